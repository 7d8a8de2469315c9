"""Feedback: what became of a suggestion, and the entries that its request was shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ACTS = "act IN ('used', 'edited', 'rejected', 'chosen', 'none_fits')"
SOURCES = "source IN ('agent', 'customer')"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the two tables; what is there is not touched."""
    op.create_table(
        "feedback",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("request_id", sa.String(80), nullable=False),
        sa.Column("entry_id", sa.String(120), nullable=False),
        sa.Column("act", sa.String(20), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("query", sa.Text),
        sa.Column("decision", sa.String(20)),
        sa.Column("index_version", sa.String(120)),
        sa.Column("conversation_id", sa.Text),
        sa.Column("agent_id", sa.Text),
        sa.Column("escalated", sa.Boolean),
        sa.Column("resolved_in_time", sa.Boolean),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_feedback"),
        sa.UniqueConstraint("request_id", "entry_id", "act", "source", name="uq_feedback_request_id"),
        sa.CheckConstraint(ACTS, name=op.f("ck_feedback_act")),
        sa.CheckConstraint(SOURCES, name=op.f("ck_feedback_source")),
    )
    op.create_index("ix_feedback_at", "feedback", ["at"])
    op.create_table(
        "shown_entry",
        sa.Column("request_id", sa.String(80), nullable=False),
        sa.Column("entry_id", sa.String(120), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("request_id", "entry_id", name="pk_shown_entry"),
    )
    op.create_index("ix_shown_entry_at", "shown_entry", ["at"])


def downgrade() -> None:
    """Remove the two tables."""
    op.drop_table("shown_entry")
    op.drop_table("feedback")
