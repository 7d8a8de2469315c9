"""The log of answered queries, and what editors decided about the items of their inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the two tables; what is there is not touched."""
    op.create_table(
        "logged_query",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("request_id", sa.String(80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("entry_id", sa.String(120)),
        sa.Column("confidence", sa.Float),
        sa.Column("inside", sa.Float),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("products", sa.JSON, nullable=False),
        sa.Column("audience", sa.String(20)),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("target", sa.String(60)),
        sa.Column("due_at", MOMENT),
        sa.Column("index_version", sa.String(120), nullable=False),
        sa.Column("took_ms", sa.Float, nullable=False),
        sa.Column("conversation_id", sa.Text),
        sa.Column("agent_id", sa.Text),
        sa.Column("caller", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_logged_query"),
        sa.CheckConstraint("decision IN ('answer', 'clarify', 'abstain')", name=op.f("ck_logged_query_decision")),
    )
    op.create_index("ix_logged_query_day", "logged_query", ["day", "decision"])
    for column in ("at", "key", "request_id", "conversation_id"):
        op.create_index(f"ix_logged_query_{column}", "logged_query", [column])
    op.create_table(
        "inbox_mark",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("entry_id", sa.String(120)),
        sa.Column("version", sa.Integer),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_inbox_mark"),
        sa.CheckConstraint("kind IN ('query', 'variant')", name=op.f("ck_inbox_mark_kind")),
        sa.CheckConstraint("act IN ('accepted', 'dismissed')", name=op.f("ck_inbox_mark_act")),
    )


def downgrade() -> None:
    """Remove the two tables."""
    op.drop_table("inbox_mark")
    op.drop_table("logged_query")
