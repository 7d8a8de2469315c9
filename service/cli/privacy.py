"""Verbs on what is kept of customers: privacy export, privacy erase."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from service.cli.acting import acting
from service.cli.terminal import Author, app, out
from service.settings import Settings

privacy = typer.Typer(help="What is kept of one conversation: show it, or erase it.", no_args_is_help=True)
app.add_typer(privacy, name="privacy")

Conversation = Annotated[str, typer.Argument(help="The conversation's id, as the console sent it.")]


@privacy.command()
def export(conversation: Conversation, by: Author = "") -> None:
    """Print all that is kept of a conversation, masked as it is kept, as JSON; the audit says that it was done."""
    import json
    from dataclasses import asdict

    from service.remembered import opened

    with opened(Settings.from_environment()) as store:
        who = acting(store, by, "administer")
        kept = asdict(store.queries.export_conversation(conversation, who, datetime.now(UTC)))
    print(json.dumps({"conversation_id": conversation, **kept}, ensure_ascii=False, indent=2, default=str))


@privacy.command()
def erase(conversation: Conversation, by: Author = "") -> None:
    """Delete all that is kept of a conversation, for good; the audit says that it was done, not what it was.

    A service that runs forgets it within a second or two.
    """
    from service.remembered import opened

    with opened(Settings.from_environment()) as store:
        who = acting(store, by, "administer")
        removed = store.queries.erase_conversation(conversation, who, datetime.now(UTC))
    out.print(f"erased {removed.queries} queries and {removed.feedback} lines of feedback", highlight=False)
