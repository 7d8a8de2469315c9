"""How Alembic reaches the database: over the connection, and inside the transaction, that the store hands it."""

from __future__ import annotations

from alembic import context

from knowledge.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
