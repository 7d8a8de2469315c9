"""What a reviewer is shown of a version: what changed, what lint says of it in its place, and who may decide.

The pages, the API and the command all ask here, so that they say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.differences import Difference, differences
from knowledge.errors import NotFound, OwnVersion
from knowledge.lint import Finding, count_errors, lint_entry
from knowledge.manuscript import manuscript_of
from knowledge.model import Facts, Pack, Policy
from knowledge.store import Review, Store, Submission, VersionRecord
from service.editing.previews import Preview, previews

# Why somebody may not approve: it is their own, it does not wait, a newer one is live, their roles do not allow it.
Hindrance = Literal["own", "state", "older", "permission"]
Packed = Callable[[Store], Pack]  # reads all that is live, from the store or from what is kept of it
Version = tuple[str, int]  # an entry's id and a number
ZONE = "Asia/Shanghai"  # of the days where no policy says


@dataclass(frozen=True)
class Wanted:
    """Which submissions: all that fit everything given. `mine` are those that this person wrote or submitted."""

    author: str | None = None
    category: str | None = None
    mine: str | None = None

    def fits(self, submission: Submission) -> bool:
        record = submission.record
        return (
            (self.author is None or same_person(record.author, self.author))
            and (self.category is None or record.entry.category == self.category)
            and (self.mine is None or is_own(submission, self.mine))
        )


@dataclass(frozen=True)
class Reviewed:
    """A version under review. `findings` are lint's about this entry alone, None without a policy.

    `previews` are its replies as each channel shows them; none without a policy.
    """

    review: Review
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...] | None
    previews: tuple[Preview, ...]
    hindrance: Hindrance | None

    @property
    def errors(self) -> int:
        """Findings that would keep the next build from being made."""
        return sum(finding.severity == "error" for finding in self.findings or ())


def waiting(store: Store, wanted: Wanted) -> tuple[Submission, ...]:
    """The submissions that fit, the newest first."""
    return tuple(submission for submission in store.waiting() if wanted.fits(submission))


def review(
    store: Store,
    entry_id: str,
    version: int,
    who: str,
    may_approve: bool,
    now: datetime,
    packed: Packed = Store.pack,
) -> Reviewed:
    """One version as that person sees it. Lint runs after the database is let go."""
    found, pack = store.review(entry_id, version, who), _pack(store, packed)
    entry = found.record.entry
    against = found.against.entry if found.against is not None else None
    findings = lint_entry(entry, pack, on=_day(pack, now)) if pack is not None else None
    shown = previews(manuscript_of(entry), pack.policy, pack.facts) if pack is not None else ()
    return Reviewed(found, differences(against, entry), findings, tuple(shown), _hindrance(found, may_approve))


class ErrorCounts:
    """How many errors lint finds in versions that wait: counted once, until policy or facts change.

    What becomes of other entries meanwhile may add an error or mend one; whoever decides has them counted `again`.
    """

    def __init__(self) -> None:
        self._rules: tuple[Policy, Facts] | None = None
        self._counts: dict[Version, int] = {}

    def of(
        self, records: Iterable[VersionRecord], store: Store, now: datetime, packed: Packed, again: bool = False
    ) -> dict[Version, int]:
        """Those of each that has any; nothing without a policy."""
        pack = _pack(store, packed)
        if pack is None:
            return {}
        if (rules := (pack.policy, pack.facts)) != self._rules:
            self._rules, self._counts = rules, {}
        found, counts = {}, self._counts
        for record in records:
            key = record.entry.id, record.version
            if again or key not in counts:
                counts[key] = count_errors(record.entry, pack, on=_day(pack, now))
            if counts[key]:
                found[key] = counts[key]
        return found


def _pack(store: Store, packed: Packed) -> Pack | None:
    """All that is live; None where no policy was ever imported."""
    try:
        return packed(store)
    except NotFound:
        return None


def zone_of(store: Store) -> ZoneInfo:
    """The desk's time zone."""
    try:
        return ZoneInfo(store.policy().business_hours.timezone)
    except NotFound:
        return ZoneInfo(ZONE)


def is_own(submission: Submission, who: str) -> bool:
    """Whether that person wrote or submitted it, and so may withdraw it."""
    return same_person(submission.record.author, who) or same_person(submission.submitted_by, who)


def same_person(one: str, other: str) -> bool:
    """Names are compared as the store does: case and spaces make no second person."""
    return one.strip().casefold() == other.strip().casefold()


def _hindrance(found: Review, may_approve: bool) -> Hindrance | None:
    if found.record.state != "in_review":
        return "state"
    if not may_approve:
        return "permission"
    if found.obstacle is None:
        return None
    return "own" if isinstance(found.obstacle, OwnVersion) else "older"


def _day(pack: Pack, now: datetime) -> date:
    return now.astimezone(ZoneInfo(pack.policy.business_hours.timezone)).date()
