"""Working copies: what editors are typing and have not saved as a version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table; what is there is not touched."""
    op.create_table(
        "working_copy",
        sa.Column("entry_id", sa.String(120), nullable=False),
        sa.Column("person", sa.String(200), nullable=False),
        sa.Column("base_version", sa.Integer, nullable=False),
        sa.Column("revision", sa.String(32), nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "person", name="pk_working_copy"),
        sa.CheckConstraint("base_version >= 0", name=op.f("ck_working_copy_base_version")),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("working_copy")
