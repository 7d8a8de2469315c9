"""Every entry of the database in one list, with what an editor looks for: state, owner, use, and what expires.

The list is read from the store in one go and narrowed here, so that the page, the API and the command agree.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from knowledge.errors import NotFound
from knowledge.model import BusinessHours, State
from knowledge.store import EntryCounts, Overview, Store, WorkingCopy

RowState = Literal["new", "draft", "in_review", "approved", "retired"]

USE_DAYS = 30  # looked back on for how an entry serves
ENOUGH = 5  # acts from which on its use says something
DEFAULT_ZONE: str = BusinessHours.model_fields["timezone"].default
POOR = 0.5  # share of them that used the reply as it stands, below which the entry serves badly


@dataclass(frozen=True)
class Use:
    """What became of an entry lately, in requests with feedback."""

    shown: int = 0
    used: int = 0
    edited: int = 0
    rejected: int = 0

    @property
    def low(self) -> bool:
        """Whether agents mostly changed or refused it."""
        acts = self.used + self.edited + self.rejected
        return acts >= ENOUGH and self.used < POOR * acts


@dataclass(frozen=True)
class Row:
    """An entry in the list. `state` is its newest version's, `new` where there is only a working copy of it.

    `typing` is when whoever looks typed it last, None where they have no working copy; `others` who else has one.
    `expires` is the last day of the live version; `returned` that a reviewer sent the newest back.
    """

    entry_id: str
    title: str
    kind: str
    state: RowState
    version: int
    live_version: int | None
    owner: str
    edited_at: datetime
    products: tuple[str, ...]
    expires: date | None
    use: Use
    typing: datetime | None = None
    others: tuple[str, ...] = ()
    returned: bool = False
    content: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def haystack(self) -> str:
        """What a search looks in: id, title and variants."""
        return _folded_lines(self.entry_id, self.title, *self.content.get("variants", ()))

    @property
    def category(self) -> str:
        return self.entry_id.split(".", 1)[0]


@dataclass(frozen=True)
class Wanted:
    """Which rows: every condition that is given holds. `text` is looked for in id, title and variants."""

    text: str = ""
    category: str = ""
    state: str = ""
    kind: str = ""
    product: str = ""
    owner: str = ""
    low: bool = False
    expiring_days: int | None = None
    typing: bool = False
    returned: bool = False


def rows(
    overviews: Sequence[Overview],
    copies: Sequence[WorkingCopy],
    counts: Iterable[EntryCounts],
    person: str,
) -> list[Row]:
    """Every entry, and every new one that the person has begun, last edited first."""
    use = {one.entry_id: Use(one.shown, one.used, one.edited, one.rejected) for one in counts}
    mine = {copy.entry_id: copy for copy in copies if copy.person == person}
    others: dict[str, list[str]] = {}
    for copy in copies:
        if copy.person != person:
            others.setdefault(copy.entry_id, []).append(copy.person)
    found = [
        _row(one, mine.get(one.entry_id), others.get(one.entry_id, []), use.get(one.entry_id, Use()))
        for one in overviews
    ]
    known = {one.entry_id for one in overviews}
    found += [_begun(copy, others.get(copy.entry_id, [])) for copy in mine.values() if copy.entry_id not in known]
    return sorted(found, key=lambda row: (-(row.typing or row.edited_at).timestamp(), row.entry_id))


def listed(store: Store, overviews: Sequence[Overview], person: str, moment: datetime) -> tuple[list[Row], date]:
    """Every row of a person's list, and the desk's day, by which validity goes."""
    counts = store.feedback_counts(moment - timedelta(days=USE_DAYS), moment + timedelta(seconds=1))
    return rows(overviews, store.working_copies(), counts.entries, person), today_of(store, moment)


def today_of(store: Store, now: datetime) -> date:
    """The desk's day; before any policy was imported, that of the default time zone."""
    try:
        return store.policy().business_hours.day_of(now)
    except NotFound:
        return now.astimezone(ZoneInfo(DEFAULT_ZONE)).date()


def fits(row: Row, wanted: Wanted, today: date) -> bool:
    """Whether the row is wanted."""
    return (
        (not wanted.category or row.category == wanted.category)
        and (not wanted.state or row.state == wanted.state)
        and (not wanted.kind or row.kind == wanted.kind)
        and (not wanted.product or wanted.product in row.products)
        and (not wanted.owner or row.owner == wanted.owner)
        and (not wanted.low or row.use.low)
        and (not wanted.typing or row.typing is not None)
        and (not wanted.returned or row.returned)
        and (wanted.expiring_days is None or expires_within(row, wanted.expiring_days, today))
        and (not wanted.text.strip() or _says(row, folded(wanted.text).split()))
    )


def _says(row: Row, words: Sequence[str]) -> bool:
    haystack = row.haystack
    return all(word in haystack for word in words)


def expires_within(row: Row, days: int, today: date) -> bool:
    """Whether what is live ends within so many days, or has ended already and leaves a gap."""
    return row.expires is not None and (row.expires - today).days <= days


def folded(text: str) -> str:
    """A text as it is searched: width and case make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()


# The same texts are searched at every key of a search; folding ten thousand entries takes most of a second.
@lru_cache(maxsize=2**14)
def _folded_lines(*lines: str) -> str:
    return folded("\n".join(lines))


def _row(one: Overview, mine: WorkingCopy | None, others: Sequence[str], use: Use) -> Row:
    content = one.content
    until = (one.live_content or {}).get("valid_until")
    return Row(
        entry_id=one.entry_id,
        title=content["title"],
        kind=content["kind"],
        state=_state(one.state),
        version=one.version,
        live_version=one.live_version,
        owner=one.author,
        edited_at=one.created_at,
        products=tuple(content.get("products", ())),
        expires=date.fromisoformat(until) if until else None,
        use=use,
        typing=mine.updated_at if mine is not None else None,
        others=tuple(others),
        returned=one.returned,
        content=content,
    )


def _begun(copy: WorkingCopy, others: Sequence[str]) -> Row:
    return Row(
        entry_id=copy.entry_id,
        title=copy.content.title,
        kind=copy.content.kind,
        state="new",
        version=0,
        live_version=None,
        owner=copy.person,
        edited_at=copy.updated_at,
        products=copy.content.products,
        expires=None,
        use=Use(),
        typing=copy.updated_at,
        others=tuple(others),
        content={"variants": copy.content.variants},
    )


def _state(state: State) -> RowState:
    return state
