"""The tables as they are now; `migrations/` holds the way there, and a test holds the two together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from knowledge.store.unreadable import parsed, word


class Instant(TypeDecorator[datetime]):
    """A moment, always aware and always kept in UTC, as SQLite forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.utcoffset() is None:
            raise ValueError(f"moment {value} has no time zone: pass an aware datetime")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        return parsed(super().result_processor(dialect, coltype))


class Day(TypeDecorator[date]):
    """A day of the desk's calendar."""

    impl = Date
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        return parsed(super().result_processor(dialect, coltype))


class Word(TypeDecorator[str]):
    """One of a few words, of at most 20 characters; the table's own check keeps others from being written."""

    impl = String
    cache_ok = True

    def __init__(self, *words: str) -> None:
        super().__init__(20)
        self.words = words

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else word(value, self.words)

    def copy(self, **_: Any) -> Word:
        return Word(*self.words)


metadata = MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

entry_version = Table(
    "entry_version",
    metadata,
    Column("entry_id", String(120), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("state", Word("draft", "in_review", "approved", "retired"), nullable=False),
    Column("content", JSON, nullable=False),
    Column("author", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("comment", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("retired_by", Text),
    Column("retired_at", Instant),
    CheckConstraint("state IN ('draft', 'in_review', 'approved', 'retired')", name="state"),
    CheckConstraint("version >= 1", name="version"),
    CheckConstraint("state <> 'approved' OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)", name="decided"),
)
# At most one approved version of an entry, whatever the code above it does.
Index(
    "ux_entry_version_live",
    entry_version.c.entry_id,
    unique=True,
    sqlite_where=text("state = 'approved'"),
    postgresql_where=text("state = 'approved'"),
)
Index("ix_entry_version_state", entry_version.c.state)


def _document(name: str) -> Table:
    """A table of whole documents, the highest version being in force."""
    return Table(
        name,
        metadata,
        Column("version", Integer, primary_key=True, autoincrement=False),
        Column("content", JSON, nullable=False),
        Column("author", Text, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("comment", Text, nullable=False),
        Column("decided_by", Text, nullable=False),
    )


policy_version = _document("policy_version")
facts_version = _document("facts_version")

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("act", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("entry_id", String(120)),
    Column("version", Integer),
    Column("comment", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    ForeignKeyConstraint(["entry_id", "version"], ["entry_version.entry_id", "entry_version.version"]),
)
Index("ix_audit_entry_id", audit.c.entry_id, audit.c.number)
Index("ix_audit_act", audit.c.act, audit.c.at)

# One row; whoever writes updates it first, so writers queue on any database and read what the last one left.
write_lock = Table(
    "write_lock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("turns", Integer, nullable=False),
)

# What became of a suggestion. `entry_id` is empty, not null, where an act is about no entry: nulls are never alike, and
# the same act twice must be.
feedback = Table(
    "feedback",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("request_id", String(80), nullable=False),
    Column("entry_id", String(120), nullable=False),
    Column("act", Word("used", "edited", "rejected", "chosen", "none_fits"), nullable=False),
    Column("source", String(20), nullable=False),
    Column("text", Text),
    Column("query", Text),
    Column("decision", String(20)),
    Column("index_version", String(120)),
    Column("conversation_id", Text),
    Column("agent_id", Text),
    Column("escalated", Boolean),
    Column("resolved_in_time", Boolean),
    Column("at", Instant, nullable=False),
    UniqueConstraint("request_id", "entry_id", "act", "source"),
    CheckConstraint("act IN ('used', 'edited', 'rejected', 'chosen', 'none_fits')", name="act"),
    CheckConstraint("source IN ('agent', 'customer')", name="source"),
)
Index("ix_feedback_at", feedback.c.at)

# The entries that a request with feedback was shown, in their order from 1; `at` is its first feedback's.
shown_entry = Table(
    "shown_entry",
    metadata,
    Column("request_id", String(80), primary_key=True),
    Column("entry_id", String(120), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_shown_entry_at", shown_entry.c.at)

# Who may sign in. `password` is argon2's own text, `subject` the issuer and subject of an OpenID provider.
person = Table(
    "person",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("password", Text),
    Column("subject", String(600)),
    Column("disabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("signed_in_at", Instant),
    UniqueConstraint("subject"),
)

# Keys of programs. Of a secret only its SHA-256 is kept, here and below; `hint` is how it begins.
api_key = Table(
    "api_key",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("secret", String(64), nullable=False),
    Column("hint", String(20), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("revoked_by", Text),
    Column("revoked_at", Instant),
    UniqueConstraint("secret"),
)

session = Table(
    "session",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("person", String(80), nullable=False),
    Column("agent", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    UniqueConstraint("secret"),
    ForeignKeyConstraint(["person"], ["person.name"]),
)
Index("ix_session_person", session.c.person)

# A link that works once: for a person, or, with none, for whoever becomes the first administrator.
one_time_link = Table(
    "one_time_link",
    metadata,
    Column("secret", String(64), primary_key=True),
    Column("person", String(80)),
    Column("made_by", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    ForeignKeyConstraint(["person"], ["person.name"]),
)

# One row; its number moves on with whatever changes who may do what, and with every erasure, so that a service sees
# it by one small read.
identity_turn = Table(
    "identity_turn",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("turns", Integer, nullable=False),
)

# What somebody is typing and has not saved as a version. `revision` is another at every save, so that whoever saves
# over another tab's is told; `base_version` is the version that was begun from, 0 for none.
working_copy = Table(
    "working_copy",
    metadata,
    Column("entry_id", String(120), primary_key=True),
    Column("person", String(200), primary_key=True),
    Column("base_version", Integer, nullable=False),
    Column("revision", String(32), nullable=False),
    Column("content", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("base_version >= 0", name="base_version"),
)

# One answered query, its text masked. `key` is alike for texts that normalise alike; `day` is the desk's own calendar.
logged_query = Table(
    "logged_query",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("request_id", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("day", Day, nullable=False),
    Column("text", Text, nullable=False),
    Column("key", String(64), nullable=False),
    Column("decision", Word("answer", "clarify", "abstain"), nullable=False),
    Column("entry_id", String(120)),
    Column("confidence", Float),
    Column("inside", Float),
    Column("channel", String(20), nullable=False),
    Column("products", JSON, nullable=False),
    Column("audience", String(20)),
    Column("language", String(20), nullable=False),
    Column("level", String(20), nullable=False),
    Column("target", String(60)),
    Column("due_at", Instant),
    Column("index_version", String(120), nullable=False),
    Column("took_ms", Float, nullable=False),
    Column("conversation_id", Text),
    Column("agent_id", Text),
    Column("caller", String(20), nullable=False),
    CheckConstraint("decision IN ('answer', 'clarify', 'abstain')", name="decision"),
)
Index("ix_logged_query_day", logged_query.c.day, logged_query.c.decision)
Index("ix_logged_query_at", logged_query.c.at)
Index("ix_logged_query_key", logged_query.c.key)
Index("ix_logged_query_request_id", logged_query.c.request_id)
Index("ix_logged_query_conversation_id", logged_query.c.conversation_id)

# What editors decided about an inbox item: a query by its key, a stored variant by entry and text. Holds no text.
inbox_mark = Table(
    "inbox_mark",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("act", Word("accepted", "dismissed"), nullable=False),
    Column("entry_id", String(120)),
    Column("version", Integer),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('query', 'variant')", name="kind"),
    CheckConstraint("act IN ('accepted', 'dismissed')", name="act"),
)
