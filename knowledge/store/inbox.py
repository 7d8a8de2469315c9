"""The inbox's rows: queries that need an editor, and what editors decided about them.

An item is a query that was abstained from or clarified, or whose answer was rejected, edited, or offered nothing that
was meant; queries that normalise alike are one item. A dismissed item never comes back; an accepted one does where the
same is still asked, and still not answered, a month later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, or_, select

from knowledge.errors import StateError
from knowledge.store.queries import key_of
from knowledge.store.tables import feedback, inbox_mark, logged_query
from knowledge.store.unreadable import Unreadable
from knowledge.store.usage import InboxItem, Mark, MarkKind

LOG = logged_query.c
PATIENCE = timedelta(days=30)  # for an accepted query to be approved and answered
TELLING = ("rejected", "edited", "none_fits")
EDITS = 3  # shown of one item
FEEDBACK_ROWS = 20_000  # the newest looked at


@dataclass
class _Gathered:
    """An item while its rows come in."""

    text: str
    last_seen: datetime
    decisions: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    meant: Counter[str] = field(default_factory=Counter)
    edits: list[tuple[str | None, str]] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)


def items(connection: Connection, since: datetime, limit: int) -> tuple[InboxItem, ...]:
    """What needs an editor since a moment, the last seen first, at most `limit` items."""
    found: dict[str, _Gathered] = {}
    marked = marks(connection, "query")
    accepted = sum(one.act == "accepted" for one in marked.values())
    _add_unanswered(connection, since, limit + accepted, found)
    _add_feedback(connection, since, found)
    rows = [
        InboxItem(
            key,
            one.text,
            one.decisions.total() + len(one.answered),
            one.last_seen,
            dict(one.decisions),
            dict(one.acts),
            dict(one.meant),
            tuple(dict.fromkeys(one.edits))[:EDITS],
        )
        for key, one in found.items()
        if (one.decisions or one.answered) and not settled(marked.get(key), one.last_seen)
    ]
    return tuple(sorted(rows, key=lambda item: (-item.last_seen.timestamp(), item.key))[:limit])


def marks(connection: Connection, kind: MarkKind, keys: Sequence[str] | None = None) -> dict[str, Mark]:
    """Key → what was decided, of all items or of those with these keys."""
    query = select(inbox_mark).where(inbox_mark.c.kind == kind)
    if keys is not None:
        query = query.where(inbox_mark.c.key.in_(keys))
    return {row["key"]: Mark(**row) for row in connection.execute(query).mappings()}


def mark(connection: Connection, decided: Iterable[Mark]) -> None:
    """Keep decisions; a later one on the same item replaces the earlier."""
    rows = list({(one.kind, one.key): asdict(one) for one in decided}.values())
    if rows:
        for row in rows:
            same = inbox_mark.c.kind == row["kind"], inbox_mark.c.key == row["key"]
            connection.execute(delete(inbox_mark).where(*same))
        connection.execute(insert(inbox_mark), rows)


def unmark(connection: Connection, kind: MarkKind, keys: Sequence[str]) -> int:
    """Take decisions back; how many there were."""
    there = inbox_mark.c.kind == kind, inbox_mark.c.key.in_(keys)
    return connection.execute(delete(inbox_mark).where(*there)).rowcount


def undecided(connection: Connection, read: Sequence[InboxItem]) -> None:
    """StateError where somebody has decided on one of these queries since they were read."""
    known = marks(connection, "query", [item.key for item in read])
    if closed := [item.key for item in read if settled(known.get(item.key), item.last_seen)]:
        raise gone(closed, len(read))


def gone(keys: Sequence[str], among: int) -> StateError:
    """What to say of queries that are not in the inbox, among so many that were chosen."""
    return StateError(
        f"{len(keys)} of {among} queries are no longer in the inbox, the first is {keys[0]}: "
        "somebody may have decided on them; read the inbox again"
    )


def settled(decided: Mark | None, last_seen: datetime) -> bool:
    """Whether an item that was last seen then is off the list."""
    return decided is not None and (decided.act == "dismissed" or last_seen < decided.at + PATIENCE)


def _add_unanswered(connection: Connection, since: datetime, limit: int, found: dict[str, _Gathered]) -> None:
    """The last seen of those that were not dismissed; accepted ones may be off the list, and count."""
    dismissed = select(inbox_mark.c.key).where(inbox_mark.c.kind == "query", inbox_mark.c.act == "dismissed")
    within = LOG.at >= since, LOG.decision != "answer", LOG.key.not_in(dismissed)
    newest = (
        select(LOG.key, func.max(LOG.number).label("number"))
        .where(*within)
        .group_by(LOG.key)
        .order_by(func.max(LOG.at).desc())
        .limit(limit)
        .subquery()
    )
    texts = select(LOG.key, LOG.text, LOG.at).join(newest, newest.c.number == LOG.number)
    for key, text, at in connection.execute(texts):
        found[key] = _Gathered(text, at)
    counts = (
        select(LOG.key, LOG.decision, func.count())
        .where(*within, LOG.key.in_(select(newest.c.key)))
        .group_by(LOG.key, LOG.decision)
    )
    for key, decision, count in connection.execute(counts):
        if key not in found:
            raise Unreadable(f"queries are counted under the key {key!r}, and none has it")
        found[key].decisions[decision] = count


def _add_feedback(connection: Connection, since: datetime, found: dict[str, _Gathered]) -> None:
    """What people said of it: also of queries the log does not hold, where feedback brought the text."""
    f = feedback.c
    asked = func.coalesce(LOG.text, f.query)
    decision = func.coalesce(LOG.decision, f.decision)
    meant_anyway = and_(f.act.in_(("used", "chosen")), decision != "answer")
    said = (
        select(f.request_id, f.act, f.entry_id, f.text, f.at, asked, decision)
        .join_from(feedback, logged_query, LOG.request_id == f.request_id, isouter=True)
        .where(f.at >= since, asked.is_not(None), or_(f.act.in_(TELLING), meant_anyway))
        .order_by(f.number.desc())
        .limit(FEEDBACK_ROWS)
    )
    for request_id, act, entry_id, text, at, query, decided in connection.execute(said):
        one = found.setdefault(key_of(query), _Gathered(query, at))
        one.last_seen = max(one.last_seen, at)
        if act in TELLING:
            one.acts[act] += 1
            if decided in ("answer", None):
                one.answered.add(request_id)
        elif entry_id:
            one.meant[entry_id] += 1
        if act == "edited" and text:
            one.edits.append((entry_id or None, text))
