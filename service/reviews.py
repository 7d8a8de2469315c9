"""What a reviewer is shown of a version: what changed, what lint says of it in its place, and who may decide.

The pages, the API and the command all ask here, so that they say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from knowledge.differences import Difference, differences
from knowledge.errors import NotFound, OwnVersion
from knowledge.lint import Finding, lint_entry
from knowledge.model import Pack
from knowledge.store import Review, Store, Submission

# Why somebody may not approve: it is their own, it does not wait, a newer one is live, their roles do not allow it.
Hindrance = Literal["own", "state", "older", "permission"]
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
    """A version under review. `findings` are lint's about this entry alone, None without a policy."""

    review: Review
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...] | None
    hindrance: Hindrance | None

    @property
    def errors(self) -> int:
        """Findings that would keep the next build from being made."""
        return sum(finding.severity == "error" for finding in self.findings or ())


def waiting(store: Store, wanted: Wanted) -> tuple[Submission, ...]:
    """The submissions that fit, the newest first."""
    return tuple(submission for submission in store.waiting() if wanted.fits(submission))


def review(store: Store, entry_id: str, version: int, who: str, may_approve: bool, now: datetime) -> Reviewed:
    """One version as that person sees it. Lint runs after the database is let go."""
    found = store.review(entry_id, version, who)
    try:
        pack: Pack | None = store.pack()
    except NotFound:
        pack = None
    against = found.against.entry if found.against is not None else None
    findings = lint_entry(found.record.entry, pack, on=_day(pack, now)) if pack is not None else None
    return Reviewed(found, differences(against, found.record.entry), findings, _hindrance(found, may_approve))


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
