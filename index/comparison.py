"""What publishing an artefact would do to answers: golden and recent real queries asked of it and of the live one.

Each text is embedded once for both. A golden query is right where its entry comes first, or, where nothing answers it,
where it is not answered. What only says how it should escalate is asked, and not judged. A query that names an entry
which the new artefact does not hold is named and not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from index.cache import VectorCache
from index.confidence import Thresholds
from index.contents import Contents
from index.conversation import Turn, looked_at
from index.embedder import Embedder, Matrix, Progress
from index.ranking import Decision
from index.retriever import Retriever
from knowledge.model import ApprovedEntry

MOST_REAL = 500  # real queries asked, the newest; an older one says little more
STEP = 20  # queries between two reports of progress

Step = Callable[[str, int, int], None]


class Golden(Protocol):
    """A query with what it should come to."""

    @property
    def text(self) -> str: ...
    @property
    def gold(self) -> str | None: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def history(self) -> tuple[Any, ...]: ...
    @property
    def escalation(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """What an agent sees first for a query: the decision, and the first suggestion that is worth showing, if any."""

    decision: Decision
    entry_id: str | None
    title: str | None
    confidence: float
    top: str | None

    def alike(self, other: Reply) -> bool:
        """Whether an agent would see the same entry and the same decision."""
        return self.decision == other.decision and self.entry_id == other.entry_id


@dataclass(frozen=True, slots=True)
class Moved:
    """A query with another first suggestion or another decision than before.

    `gold` is its entry where it is a golden query that has one; `verdict` is `better` or `worse` where that changed.
    """

    text: str
    kind: str | None
    gold: str | None
    verdict: str | None
    before: Reply
    after: Reply


@dataclass(frozen=True, slots=True)
class Tally:
    """So many golden queries of one kind: how many are right before and after, and how many changed to which side."""

    kind: str
    queries: int
    before: int
    after: int
    better: int
    worse: int


@dataclass(frozen=True, slots=True)
class Curve:
    """Precision by coverage as a build measured it on itself, with the point its threshold for answering takes."""

    points: tuple[tuple[float, float, float], ...]
    thresholds: Thresholds
    target: float


@dataclass(frozen=True)
class Comparison:
    """Golden queries by kind and in all, those that moved, and those that name entries which are gone.

    `judged` counts queries that have an entry, which the gate looks at; `outside` those that nothing answers.
    """

    judged: Tally
    outside: Tally
    kinds: tuple[Tally, ...]
    moved: tuple[Moved, ...]
    missing: tuple[tuple[str, str], ...]
    real: int
    real_moved: tuple[Moved, ...]


class _Remembering:
    """An embedder that embeds each text once: those to be kept by the cache, all others in memory alone.

    What is made of a text on the way (a misspelt one as it was meant) is among the others, whoever typed it.
    """

    def __init__(self, embedder: Embedder, cache: VectorCache, kept: Sequence[str]) -> None:
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self._cache, self._passing = cache, VectorCache(None, embedder)
        self._kept = frozenset(kept)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        place = self._cache if self._kept.issuperset(texts) else self._passing
        return place.encode(texts, progress)


def compare(
    before: Contents,
    after: Contents,
    golden: Sequence[Golden],
    real: Sequence[str],
    embedder: Embedder,
    cache: VectorCache,
    today: date,
    step: Step | None = None,
) -> Comparison:
    """Ask both of everything; of the real queries, newest first, the first `MOST_REAL` that differ.

    `cache` holds vectors of golden queries, and is given those it lacks. Vectors of real queries, and of what is made
    of them, are kept nowhere.
    Golden queries are asked of all entries, real ones of those valid `today`, as customers do.
    """
    say = step or (lambda name, done, all_: None)
    known = {approved.entry.id for approved in after.entries}
    missing = tuple((query.text, query.gold) for query in golden if query.gold is not None and query.gold not in known)
    asked = [query for query in golden if query.gold is None or query.gold in known]
    recent = list(dict.fromkeys(text for text in real if text.strip()))[:MOST_REAL]
    heard = [text for query in asked for text in looked_at(query.text, query.history)]
    engine = _Remembering(embedder, cache, heard)
    engine.encode(heard, lambda done, all_: say("embed-golden", done, all_))
    engine.encode(recent, lambda done, all_: say("embed-real", done, all_))
    total = 2 * (len(asked) + len(recent))
    pace = _pace(say, total)
    sides = []
    for contents in (before, after):
        retriever = Retriever(contents, engine, "compared")
        sides.append(
            (
                [_golden_reply(retriever, query, pace) for query in asked],
                [_reply(retriever, text, (), today, pace) for text in recent],
            )
        )
    (golden_before, real_before), (golden_after, real_after) = sides
    rows = list(zip(asked, golden_before, golden_after, strict=True))
    say("compare", total, total)
    return Comparison(
        judged=_tally("", [row for row in rows if row[0].gold is not None]),
        outside=_tally("", [row for row in rows if row[0].gold is None and _judged(row[0])]),
        kinds=_kinds(rows),
        moved=tuple(_moved(rows)),
        missing=missing,
        real=len(recent),
        real_moved=tuple(
            Moved(text, None, None, None, old, new)
            for text, old, new in zip(recent, real_before, real_after, strict=True)
            if not old.alike(new)
        ),
    )


def curve_of(contents: Contents) -> Curve:
    """The curve that an artefact's thresholds were read from."""
    sure = contents.confidence
    return Curve(sure.curve, sure.thresholds, contents.policy.precision.answer_precision)


def right(query: Golden, reply: Reply) -> bool:
    """Whether a reply is what the query should come to."""
    return reply.top == query.gold if query.gold is not None else reply.decision != "answer"


def _judged(query: Golden) -> bool:
    return query.gold is not None or query.escalation is None


def _pace(say: Step, total: int) -> Callable[[], None]:
    """Told of every query, it tells of every `STEP`th."""
    done = 0

    def one() -> None:
        nonlocal done
        done += 1
        if done % STEP == 0:
            say("compare", done, total)

    return one


def _golden_reply(retriever: Retriever, query: Golden, pace: Callable[[], None]) -> Reply:
    return _reply(retriever, query.text, query.history, None, pace)


def _reply(
    retriever: Retriever, text: str, turns: Sequence[Turn], today: date | None, pace: Callable[[], None]
) -> Reply:
    found = retriever.find(text, turns, _valid_on(today) if today is not None else None, limit=1)
    pace()
    if not found.candidates:
        return Reply(found.decision, None, None, 0.0, None)
    first = found.candidates[0]
    entry, sure = first.entry.entry, round(first.confidence, 4)
    if sure < retriever.contents.confidence.thresholds.show:
        return Reply(found.decision, None, None, sure, entry.id)
    return Reply(found.decision, entry.id, entry.title, sure, entry.id)


def _valid_on(day: date) -> Callable[[ApprovedEntry], bool]:
    return lambda approved: approved.entry.valid_on(day)


Row = tuple[Golden, Reply, Reply]


def _tally(kind: str, rows: Sequence[Row]) -> Tally:
    pairs = [(right(query, old), right(query, new)) for query, old, new in rows]
    return Tally(
        kind,
        len(pairs),
        sum(old for old, _ in pairs),
        sum(new for _, new in pairs),
        pairs.count((False, True)),
        pairs.count((True, False)),
    )


def _kinds(rows: Sequence[Row]) -> tuple[Tally, ...]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if _judged(row[0]):
            groups[row[0].kind or "-"].append(row)
    return tuple(_tally(kind, group) for kind, group in sorted(groups.items()))


def _moved(rows: Sequence[Row]) -> Iterator[Moved]:
    """What became worse first, then better, then what only moved."""
    found = []
    for query, old, new in rows:
        was, is_ = right(query, old), right(query, new)
        verdict = None if was == is_ or not _judged(query) else "better" if is_ else "worse"
        if verdict or not old.alike(new):
            found.append(Moved(query.text, query.kind, query.gold, verdict, old, new))
    yield from sorted(found, key=lambda moved: ("worse", "better", None).index(moved.verdict))
