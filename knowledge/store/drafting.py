"""Drafts: how one comes to be, alone or with others that follow from what the newest versions say.

It writes versions with their lines of audit, and the marks of the inbox that came of them. What may be written is
`rules`'; a version that is there is never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from knowledge.model import Entry
from knowledge.store import inbox, rows, rules
from knowledge.store.records import VersionRecord
from knowledge.store.usage import InboxItem, Mark, MarkKind


class Drafting:
    """One act of one person on several entries; `Store.drafting` makes it and ends it."""

    def __init__(self, connection: Connection, who: str, at: datetime) -> None:
        self._connection, self._who, self._at = connection, rules.named(who), at

    def newest(self, entry_id: str) -> Entry:
        """What a change begins from: the newest version, a draft included; StateError for a retired entry."""
        return rules.to_amend(self._connection, entry_id).entry

    def add(self, entry: Entry, comment: str) -> int:
        """A new draft of an entry whose newest version was read before; its version."""
        return add(self._connection, entry, self._who, comment, self._at)

    def begin(self, entry: Entry, comment: str) -> int:
        """The first draft of a new entry; StateError where one has its id. Its version."""
        rules.unused(self._connection, entry.id)
        return add(self._connection, entry, self._who, comment, self._at)

    def undecided(self, read: Sequence[InboxItem]) -> None:
        """StateError where somebody has decided on one of these queries since they were read."""
        inbox.undecided(self._connection, read)

    def accepted(self, kind: MarkKind, keys: Sequence[str], entry_id: str, version: int) -> None:
        """Take items off the inbox: this draft came of them."""
        marks = [Mark(kind, key, "accepted", self._who, self._at, entry_id, version) for key in keys]
        inbox.mark(self._connection, marks)


def add(
    connection: Connection,
    entry: Entry,
    author: str,
    comment: str,
    at: datetime,
    act: str = "save",
    detail: dict[str, Any] | None = None,
) -> int:
    """Keep an entry as a new draft; its version."""
    number = rows.highest_version(connection, entry.id) + 1
    row = {"entry_id": entry.id, "version": number, "state": "draft", "content": rows.content(entry)}
    rows.add_versions(connection, [row | {"author": rules.named(author), "created_at": at, "comment": comment}])
    rows.add_act(connection, act, author, at, entry.id, number, comment, detail)
    return number


def add_if_new(
    connection: Connection, entry: Entry, newest: VersionRecord | None, author: str, comment: str, at: datetime
) -> tuple[int, bool]:
    """The same, unless it says what the newest version says; the version, and whether it is a new one."""
    # A retired text may come back as it was; no state leads there from its own version.
    if newest is not None and newest.entry == entry and newest.state != "retired":
        return newest.version, False
    return add(connection, entry, author, comment, at), True
