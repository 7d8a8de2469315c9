"""A way to the acts of one kind, so that every worker sees what was erased without reading the whole audit log."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; no row is touched."""
    op.create_index("ix_audit_act", "audit", ["act", "at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_audit_act", "audit")
