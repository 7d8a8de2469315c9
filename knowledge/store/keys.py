"""Keys of programs in and out of their table: made, used, revoked. A revoked one stays, as what happened stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from knowledge.errors import KnowledgeError, NotFound, StateError
from knowledge.store.database import Database
from knowledge.store.people import record
from knowledge.store.records import KeyRecord
from knowledge.store.tables import api_key

LONGEST_NAME = 80


class Keys:
    """Acts on keys, each one transaction with its line of audit, whose act begins with `key.`"""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[KeyRecord, ...]:
        """Every key ever made, oldest first."""
        with self._database.reading() as connection:
            return keys(connection)

    def add(self, name: str, secret: str, hint: str, scopes: Sequence[str], who: str, at: datetime) -> KeyRecord:
        """Keep a new key by its secret's hash; StateError where a key that still works has the name."""
        kept = name.strip()
        if not 1 <= len(kept) <= LONGEST_NAME:
            raise KnowledgeError(f"a key's name has {len(kept)} characters: give 1 to {LONGEST_NAME}")
        with self._database.writing() as connection:
            if any(key.name.casefold() == kept.casefold() for key in keys(connection) if key.revoked_at is None):
                raise StateError(f"a key named {kept} is in use: choose another name, or revoke that one first")
            values = {"name": kept, "secret": secret, "hint": hint, "scopes": sorted(set(scopes))}
            made = connection.execute(insert(api_key).values(values | {"created_by": who, "created_at": at}))
            number = int(made.inserted_primary_key[0])  # type: ignore[index]
            record(connection, "key.add", who, at, key=number, name=kept, scopes=values["scopes"])
            return _existing(connection, number)

    def revoke(self, number: int, who: str, at: datetime) -> KeyRecord:
        """End a key for good; revoking it again changes nothing."""
        with self._database.writing() as connection:
            key = _existing(connection, number)
            if key.revoked_at is None:
                statement = update(api_key).where(api_key.c.number == number)
                connection.execute(statement.values(revoked_by=who, revoked_at=at))
                record(connection, "key.revoke", who, at, key=number, name=key.name)
            return _existing(connection, number)

    def used(self, when: Mapping[int, datetime]) -> None:
        """Keep when keys were last used; no act of anybody's."""
        with self._database.writing() as connection:
            for number, at in when.items():
                # Another service may have seen it later.
                later = api_key.c.used_at.is_(None) | (api_key.c.used_at < at)
                connection.execute(update(api_key).where(api_key.c.number == number, later).values(used_at=at))


def keys(connection: Connection) -> tuple[KeyRecord, ...]:
    """Every key, oldest first."""
    return tuple(_record(row) for row in connection.execute(select(api_key).order_by(api_key.c.number)))


def _existing(connection: Connection, number: int) -> KeyRecord:
    row = connection.execute(select(api_key).where(api_key.c.number == number)).first()
    if row is None:
        raise NotFound(f"there is no key {number}: `huashu key list` shows which there are")
    return _record(row)


def _record(row: Row[Any]) -> KeyRecord:
    values = dict(row._mapping)
    return KeyRecord(**values | {"scopes": tuple(values["scopes"])})
