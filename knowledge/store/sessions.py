"""Sessions and one-time links in and out of their tables: opened, seen, ended. What has ended is not kept.

Each act is one transaction with its line of audit, whose act begins with `session.` or `link.`
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from knowledge.errors import NotFound, StateError
from knowledge.store import people
from knowledge.store.database import Database
from knowledge.store.people import record
from knowledge.store.records import LinkRecord, PersonRecord, SessionRecord
from knowledge.store.tables import one_time_link, person, session

SPENT = "this link was used before, or is too old: ask for another"


class Sessions:
    """Acts on sessions and links. Secrets come hashed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, name: str) -> tuple[SessionRecord, ...]:
        """Somebody's sessions, the newest first."""
        with self._database.reading() as connection:
            found = [one for one in sessions(connection) if one.person == people.canonical(name)]
            return tuple(sorted(found, key=lambda one: one.number, reverse=True))

    def open(
        self,
        name: str,
        secret: str,
        at: datetime,
        ends_at: datetime,
        agent: str,
        how: str,
        password: str | None = None,
    ) -> SessionRecord:
        """Let somebody in until `ends_at`; forgets wrong guesses.

        `password`, where given, is the hash that what they showed fits: StateError where it is theirs no more.
        """
        with self._database.writing() as connection:
            if password is not None and people.existing(connection, name).password != password:
                raise StateError(f"{name} has another password by now: sign in with that")
            return _open(connection, name, secret, at, ends_at, agent, how)

    def end(self, secret: str, at: datetime) -> None:
        """End a session by its own secret: who signs out. One that is over is no error."""
        with self._database.writing() as connection:
            row = connection.execute(select(session).where(session.c.secret == secret)).first()
            if row is not None:
                connection.execute(delete(session).where(session.c.secret == secret))
                record(connection, "session.end", row.person, at, person=row.person, session=row.number)

    def end_number(self, name: str, number: int, who: str, at: datetime) -> None:
        """End one of somebody's sessions by its number; NotFound where they have none of it."""
        with self._database.writing() as connection:
            own = session.c.person == people.canonical(name), session.c.number == number
            if not connection.execute(delete(session).where(*own)).rowcount:
                raise NotFound(f"{name} has no session {number}: it may have ended already")
            record(connection, "session.end", who, at, person=people.canonical(name), session=number)

    def seen(self, when: Mapping[int, datetime], idle_since: datetime, at: datetime) -> None:
        """Keep when sessions were last seen, and forget those that ended by themselves; no act of anybody's."""
        with self._database.writing() as connection:
            for number, moment in when.items():
                later = session.c.number == number, session.c.seen_at < moment
                connection.execute(update(session).where(*later).values(seen_at=moment))
            connection.execute(delete(session).where((session.c.ends_at <= at) | (session.c.seen_at < idle_since)))
            connection.execute(delete(one_time_link).where(one_time_link.c.ends_at <= at))

    def make_link(self, name: str | None, secret: str, who: str, at: datetime, ends_at: datetime) -> None:
        """Keep a link for somebody, in the place of any before; with no name, for the first administrator."""
        with self._database.writing() as connection:
            owner = None if name is None else people.existing(connection, name)
            if owner is None and people.has_admin(connection):
                raise StateError("there is an administrator already: ask them for a link of your own")
            if owner is not None and owner.disabled:
                raise StateError(f"{owner.name} is disabled: enable them first")
            kept = owner.name if owner is not None else None
            same = one_time_link.c.person == kept if kept is not None else one_time_link.c.person.is_(None)
            connection.execute(delete(one_time_link).where(same))
            values = {"secret": secret, "person": kept, "made_by": who, "made_at": at, "ends_at": ends_at}
            connection.execute(insert(one_time_link).values(values))
            record(connection, "link.make", who, at, person=kept)

    def link(self, secret: str, at: datetime) -> LinkRecord:
        """A link that still works, which looking does not use up; NotFound where it does not."""
        with self._database.reading() as connection:
            return _link(connection, secret, at)

    def use_link(self, secret: str, name: str, password: str, at: datetime) -> PersonRecord:
        """Use a link up: its person, or a new first administrator of that name, has this password's hash from now."""
        with self._database.writing() as connection:
            link = _link(connection, secret, at)
            connection.execute(delete(one_time_link).where(one_time_link.c.secret == secret))
            if link.person is None:
                if people.has_admin(connection):
                    raise NotFound(SPENT)
                added = people.add(connection, name, "", [people.ADMIN], "one-time link", at, password=password)
                record(connection, "link.use", added.name, at, person=added.name)
                return added
            people.set_password(connection, link.person, password, link.person, at)
            record(connection, "link.use", link.person, at, person=link.person)
            return people.existing(connection, link.person)


def sessions(connection: Connection) -> tuple[SessionRecord, ...]:
    """Every session that is kept."""
    return tuple(_record(row) for row in connection.execute(select(session)))


def _open(
    connection: Connection, name: str, secret: str, at: datetime, ends_at: datetime, agent: str, how: str
) -> SessionRecord:
    owner = people.existing(connection, name)
    if owner.disabled:
        raise StateError(f"{owner.name} is disabled: ask an administrator")
    moments = {"created_at": at, "seen_at": at, "ends_at": ends_at}
    values = {"secret": secret, "person": owner.name, "agent": agent} | moments
    number = int(connection.execute(insert(session).values(values)).inserted_primary_key[0])  # type: ignore[index]
    statement = update(person).where(person.c.name == owner.name)
    connection.execute(statement.values(failures=0, locked_until=None, signed_in_at=at))
    record(connection, "session.open", owner.name, at, person=owner.name, session=number, how=how)
    row = connection.execute(select(session).where(session.c.number == number)).one()
    return _record(row)


def _link(connection: Connection, secret: str, at: datetime) -> LinkRecord:
    row = connection.execute(select(one_time_link).where(one_time_link.c.secret == secret)).first()
    found = None if row is None else LinkRecord(row.person, row.made_by, row.ends_at)
    if found is None or found.ends_at <= at:
        raise NotFound(SPENT)
    return found


def _record(row: Row[Any]) -> SessionRecord:
    return SessionRecord(**row._mapping)
