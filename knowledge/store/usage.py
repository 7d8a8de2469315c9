"""What the query log takes in and hands out, frozen: logged queries, counts of them, inbox items, one conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from knowledge.store.records import FeedbackRecord

MarkKind = Literal["query", "variant"]
MarkAct = Literal["accepted", "dismissed"]


@dataclass(frozen=True)
class QueryRecord:
    """One answered query. `text` is masked by whoever adds it; slots and history are never part of it.

    `day` is that of `at` on the desk's calendar; `entry_id` and `confidence` are the first candidate's, shown or not;
    `inside` is the probability that any entry was meant, None where that was not estimated; `products` are the
    request's, or those of the answer where it named none; `caller` says by which way it came.
    """

    request_id: str
    at: datetime
    day: date
    text: str
    decision: str
    entry_id: str | None
    confidence: float | None
    inside: float | None
    channel: str
    products: tuple[str, ...]
    audience: str | None
    language: str
    level: str
    target: str | None
    due_at: datetime | None
    index_version: str
    took_ms: float
    conversation_id: str | None
    agent_id: str | None
    caller: str


@dataclass(frozen=True)
class Conversation:
    """Everything kept of one conversation, oldest first."""

    queries: tuple[QueryRecord, ...]
    feedback: tuple[FeedbackRecord, ...]


@dataclass(frozen=True)
class Removed:
    """How many rows an act on privacy took, took the text from, or handed out."""

    queries: int
    feedback: int


@dataclass(frozen=True)
class Slice:
    """Which part of the log: days of the desk's calendar, both included, and where given one channel or product."""

    since: date
    until: date
    channel: str | None = None
    product: str | None = None


@dataclass(frozen=True)
class Decisions:
    """How often each decision was made under one name: a channel, a product."""

    name: str
    answer: int = 0
    clarify: int = 0
    abstain: int = 0

    @property
    def total(self) -> int:
        return self.answer + self.clarify + self.abstain


@dataclass(frozen=True)
class Day:
    """One day's decisions, and the time that half and 95 % of its queries took at most, in milliseconds."""

    day: date
    answer: int
    clarify: int
    abstain: int
    p50: float | None
    p95: float | None

    @property
    def total(self) -> int:
        return self.answer + self.clarify + self.abstain


@dataclass(frozen=True)
class Traffic:
    """Queries by day (each day there is any), channel and product, the entries answered with most, and latency."""

    days: tuple[Day, ...]
    channels: tuple[Decisions, ...]
    products: tuple[Decisions, ...]
    entries: tuple[tuple[str, int], ...]
    p50: float | None
    p95: float | None

    def counted(self, decision: Literal["answer", "clarify", "abstain"]) -> int:
        return sum(getattr(day, decision) for day in self.days)

    @property
    def total(self) -> int:
        return sum(day.total for day in self.days)


@dataclass(frozen=True)
class Outcomes:
    """On one day, in how many requests each thing became of what was shown."""

    day: date
    used: int = 0
    edited: int = 0
    rejected: int = 0
    chosen: int = 0
    none_fits: int = 0


@dataclass(frozen=True)
class Escalations:
    """Hints of one level and target; `kept` and `missed` where feedback says whether it was resolved in time."""

    level: str
    target: str | None
    count: int
    kept: int = 0
    missed: int = 0


@dataclass(frozen=True)
class EntryDay:
    """One entry's day: how often it came first, and of requests with feedback, what became of it."""

    day: date
    first: int = 0
    shown: int = 0
    used: int = 0
    edited: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class InboxItem:
    """A query that was not answered, or whose answer was not taken as it was; all that normalise alike are one.

    `decisions` and `acts` count requests; `meant` counts the entries that people chose or used for it nevertheless;
    `edits` are what replies became, with their entry, the newest first.
    """

    key: str
    text: str
    count: int
    last_seen: datetime
    decisions: Mapping[str, int]
    acts: Mapping[str, int]
    meant: Mapping[str, int]
    edits: tuple[tuple[str | None, str], ...]


@dataclass(frozen=True)
class Mark:
    """An editor's decision on an inbox item; `entry_id` and `version` are the draft it was accepted into."""

    kind: MarkKind
    key: str
    act: MarkAct
    who: str
    at: datetime
    entry_id: str | None = None
    version: int | None = None
