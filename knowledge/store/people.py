"""People in and out of their table: who may sign in, with which roles, and how often somebody guessed wrong.

What a password hashes to, which roles there are and how long a wait is are the caller's. Every act is one transaction
with one line of audit, whose act begins with `person.`; the last administrator cannot be taken away.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from knowledge.errors import KnowledgeError, NotFound, StateError
from knowledge.store import rows, rules
from knowledge.store.database import Database
from knowledge.store.records import PersonRecord
from knowledge.store.tables import identity_turn, one_time_link, person, session

ADMIN: Final = "admin"
NAME: Final = re.compile(r"[\w.@+-]{1,80}")


class People:
    """Acts on people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[PersonRecord, ...]:
        """Everybody, by name."""
        with self._database.reading() as connection:
            return people(connection)

    def find(self, name: str) -> PersonRecord:
        """One of them; NotFound where there is none of that name."""
        with self._database.reading() as connection:
            return existing(connection, name)

    def add(
        self,
        name: str,
        display_name: str,
        roles: Sequence[str],
        who: str,
        at: datetime,
        *,
        password: str | None = None,
        subject: str | None = None,
    ) -> PersonRecord:
        """Let somebody in; StateError where the name is taken."""
        with self._database.writing() as connection:
            return add(connection, name, display_name, roles, who, at, password=password, subject=subject)

    def set_roles(self, name: str, roles: Sequence[str], who: str, at: datetime) -> None:
        """Change what somebody may do, from their next request on."""
        with self._database.writing() as connection:
            before = existing(connection, name)
            if ADMIN not in roles:
                _not_the_last_admin(connection, before)
            kept = sorted(set(roles))
            _change(connection, before.name, roles=kept)
            record(connection, "person.roles", who, at, person=before.name, roles=kept, before=list(before.roles))

    def disable(self, name: str, who: str, at: datetime) -> None:
        """Let somebody in no more, and end their sessions."""
        with self._database.writing() as connection:
            before = existing(connection, name)
            _not_the_last_admin(connection, before)
            _change(connection, before.name, disabled=True)
            ended = end_sessions(connection, before.name)
            connection.execute(delete(one_time_link).where(one_time_link.c.person == before.name))
            record(connection, "person.disable", who, at, person=before.name, sessions=ended)

    def enable(self, name: str, who: str, at: datetime) -> None:
        """Let somebody in again, forgetting wrong guesses."""
        with self._database.writing() as connection:
            before = existing(connection, name)
            _change(connection, before.name, disabled=False, failures=0, locked_until=None)
            record(connection, "person.enable", who, at, person=before.name)

    def set_password(self, name: str, password: str, who: str, at: datetime, keep: str | None = None) -> None:
        """Keep a new password's hash and end the person's sessions, but for the one whose secret is `keep`."""
        with self._database.writing() as connection:
            set_password(connection, existing(connection, name).name, password, who, at, keep)

    def rehash(self, name: str, before: str, password: str) -> None:
        """Keep the same password hashed by newer parameters; nothing that anybody did, so no line of audit.

        Where its hash is not `before` any more, another password was chosen since, and stays.
        """
        with self._database.writing() as connection:
            same = person.c.name == canonical(name), person.c.password == before
            connection.execute(update(person).where(*same).values(password=password))

    def attempt(self, name: str, at: datetime, wait: Callable[[int], timedelta | None]) -> PersonRecord | None:
        """Count a guess before it is looked at, so that many at once are no more than they are.

        The person where the guess may be looked at; None where there is nobody, or they must wait. `wait` says for how
        long after so many wrong guesses in a row. Opening a session forgets them.
        """
        with self._database.writing() as connection:
            row = connection.execute(select(person).where(person.c.name == canonical(name))).first()
            found = _record(row) if row is not None else None
            # The same statements for a name that nobody has, so that it takes the same time.
            locked = found is not None and _locked(found, at, wait)
            failures = 0 if found is None else found.failures + (0 if locked else 1)
            pause = None if locked else wait(failures)
            until = at + pause if pause is not None else found.locked_until if found is not None else None
            statement = update(person).where(person.c.name == canonical(name))
            connection.execute(statement.values(failures=failures, locked_until=until))
            if pause is not None and found is not None:
                line = {"person": found.name, "failures": failures, "until": until.isoformat() if until else None}
                record(connection, "person.lock", "sign-in", at, **line)
            return None if found is None or locked or found.disabled else found

    def of_subject(
        self, subject: str, name: str, display_name: str, roles: Sequence[str] | None, at: datetime
    ) -> PersonRecord:
        """Who a provider's subject is: the person who has it, else a new one. `roles`, where given, become theirs."""
        with self._database.writing() as connection:
            row = connection.execute(select(person).where(person.c.subject == subject)).first()
            if row is None:
                return add(connection, name, display_name, roles or (), "sign-in", at, subject=subject)
            known = _record(row)
            if known.disabled:
                raise StateError(f"{known.name} is disabled: ask an administrator")
            if roles is not None and tuple(sorted(set(roles))) != known.roles:
                if ADMIN not in roles:
                    _not_the_last_admin(connection, known)
                kept = sorted(set(roles))
                _change(connection, known.name, roles=kept)
                record(connection, "person.roles", "sign-in", at, person=known.name, roles=kept, before=known.roles)
            return existing(connection, known.name)


def canonical(name: str) -> str:
    """A name as it is kept, so that no two differ in case or width alone.

    NUL, which no database need take, becomes what nobody's name holds either: whoever sends it is nobody.
    """
    return unicodedata.normalize("NFKC", name.replace("\0", "\ufffd")).strip().casefold()


def add(
    connection: Connection,
    name: str,
    display_name: str,
    roles: Sequence[str],
    who: str,
    at: datetime,
    *,
    password: str | None = None,
    subject: str | None = None,
) -> PersonRecord:
    """Write a new person."""
    kept = canonical(name)
    if not NAME.fullmatch(kept):
        raise KnowledgeError(f"name {name!r} cannot be used: give 1 to 80 letters, digits, and . @ + - _")
    if connection.execute(select(person.c.name).where(person.c.name == kept)).first() is not None:
        raise StateError(f"the name {kept} is taken: choose another")
    added = PersonRecord(
        kept, display_name.strip()[:200] or kept, tuple(sorted(set(roles))), at, password=password, subject=subject
    )
    values = {"name": kept, "display_name": added.display_name, "roles": list(added.roles), "created_at": at}
    fresh = {"password": password, "subject": subject, "disabled": False, "failures": 0}
    connection.execute(insert(person).values(values | fresh))
    record(connection, "person.add", who, at, person=kept, roles=list(added.roles))
    return added


def set_password(
    connection: Connection, name: str, password: str, who: str, at: datetime, keep: str | None = None
) -> None:
    """Keep a new password's hash, forget wrong guesses, and end sessions and links that the old one opened."""
    _change(connection, name, password=password, failures=0, locked_until=None)
    ended = end_sessions(connection, name, keep)
    connection.execute(delete(one_time_link).where(one_time_link.c.person == name))
    record(connection, "person.password", who, at, person=name, sessions=ended)


def existing(connection: Connection, name: str) -> PersonRecord:
    """One person; NotFound names what to do."""
    row = connection.execute(select(person).where(person.c.name == canonical(name))).first()
    if row is None:
        raise NotFound(f"there is nobody named {name}: `huashu user list` shows who there is")
    return _record(row)


def people(connection: Connection) -> tuple[PersonRecord, ...]:
    """Everybody, by name."""
    return tuple(sorted((_record(row) for row in connection.execute(select(person))), key=lambda one: one.name))


def has_admin(connection: Connection) -> bool:
    """Whether somebody may administer."""
    return any(ADMIN in one.roles and not one.disabled for one in people(connection))


def end_sessions(connection: Connection, name: str, keep: str | None = None) -> int:
    """End somebody's sessions, but for the one whose secret is `keep`; how many."""
    statement = delete(session).where(session.c.person == name)
    return connection.execute(statement if keep is None else statement.where(session.c.secret != keep)).rowcount


def turn_of(connection: Connection) -> int:
    """The number of the last change."""
    turn: int = connection.execute(select(identity_turn.c.turns)).scalar_one()
    return turn


def record(connection: Connection, act: str, who: str, at: datetime, **detail: Any) -> None:
    """One line of audit, and the turn moves on."""
    line = {"act": act, "who": rules.named(who), "at": at, "entry_id": None, "version": None, "comment": ""}
    rows.add_audit(connection, [line | {"detail": detail}])
    move_on(connection)


def move_on(connection: Connection) -> None:
    """Have every service look at what changed."""
    connection.execute(update(identity_turn).values(turns=identity_turn.c.turns + 1))


def _change(connection: Connection, name: str, **values: Any) -> None:
    connection.execute(update(person).where(person.c.name == name).values(**values))


def _not_the_last_admin(connection: Connection, leaving: PersonRecord) -> None:
    admins = {one.name for one in people(connection) if ADMIN in one.roles and not one.disabled}
    if admins == {leaving.name}:
        raise StateError(f"{leaving.name} is the only administrator: make somebody else one first")


def _locked(found: PersonRecord, at: datetime, wait: Callable[[int], timedelta | None]) -> bool:
    """Whether a wait is under way; one that is longer than any was is of a clock that has gone back since."""
    if found.locked_until is None:
        return False
    return timedelta(0) < found.locked_until - at <= (wait(found.failures) or timedelta(0))


def _record(row: Row[Any]) -> PersonRecord:
    values = dict(row._mapping)
    return PersonRecord(**values | {"roles": tuple(values["roles"])})
