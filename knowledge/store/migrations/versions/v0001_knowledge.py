"""The first tables: entry versions, policy and facts as whole documents, audit, and the writers' lock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATES = "state IN ('draft', 'in_review', 'approved', 'retired')"
DECIDED = "state <> 'approved' OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)"
ENTRY_VERSION = ["entry_version.entry_id", "entry_version.version"]
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and the lock's one row."""
    _entry_version()
    _document("policy_version")
    _document("facts_version")
    _audit()
    lock = op.create_table(
        "write_lock",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_write_lock"),
    )
    op.bulk_insert(lock, [{"id": 1, "turns": 0}])


def downgrade() -> None:
    """Remove the tables."""
    for table in ("write_lock", "audit", "facts_version", "policy_version", "entry_version"):
        op.drop_table(table)


def _entry_version() -> None:
    op.create_table(
        "entry_version",
        sa.Column("entry_id", sa.String(120), nullable=False),
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", MOMENT),
        sa.Column("retired_by", sa.Text),
        sa.Column("retired_at", MOMENT),
        sa.PrimaryKeyConstraint("entry_id", "version", name="pk_entry_version"),
        sa.CheckConstraint(STATES, name=op.f("ck_entry_version_state")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_entry_version_version")),
        sa.CheckConstraint(DECIDED, name=op.f("ck_entry_version_decided")),
    )
    approved = sa.text("state = 'approved'")
    op.create_index(
        "ux_entry_version_live",
        "entry_version",
        ["entry_id"],
        unique=True,
        sqlite_where=approved,
        postgresql_where=approved,
    )
    op.create_index("ix_entry_version_state", "entry_version", ["state"])


def _document(name: str) -> None:
    op.create_table(
        name,
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("version", name=f"pk_{name}"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("entry_id", sa.String(120)),
        sa.Column("version", sa.Integer),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        sa.ForeignKeyConstraint(["entry_id", "version"], ENTRY_VERSION, name="fk_audit_entry_id"),
    )
    op.create_index("ix_audit_entry_id", "audit", ["entry_id", "number"])
