"""Who may sign in: people, keys of programs, sessions, one-time links, and the number of their last change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the five tables; what is there is not touched."""
    _person()
    _api_key()
    _session()
    _one_time_link()
    turn = op.create_table(
        "identity_turn",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_identity_turn"),
    )
    op.bulk_insert(turn, [{"id": 1, "turns": 0}])


def downgrade() -> None:
    """Remove the five tables."""
    for table in ("identity_turn", "one_time_link", "session", "api_key", "person"):
        op.drop_table(table)


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("password", sa.Text),
        sa.Column("subject", sa.String(600)),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("signed_in_at", MOMENT),
        sa.PrimaryKeyConstraint("name", name="pk_person"),
        sa.UniqueConstraint("subject", name="uq_person_subject"),
    )


def _api_key() -> None:
    op.create_table(
        "api_key",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(20), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_by", sa.Text),
        sa.Column("revoked_at", MOMENT),
        sa.PrimaryKeyConstraint("number", name="pk_api_key"),
        sa.UniqueConstraint("secret", name="uq_api_key_secret"),
    )


def _session() -> None:
    op.create_table(
        "session",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_session"),
        sa.UniqueConstraint("secret", name="uq_session_secret"),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name="fk_session_person"),
    )
    op.create_index("ix_session_person", "session", ["person"])


def _one_time_link() -> None:
    op.create_table(
        "one_time_link",
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("person", sa.String(80)),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("secret", name="pk_one_time_link"),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name="fk_one_time_link_person"),
    )
