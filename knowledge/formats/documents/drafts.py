"""An accepted proposal as an entry: a draft like any other, with the document and the place as its source."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from knowledge.formats.documents.proposals import Proposal
from knowledge.model import Channel, Entry, EntryId, Frozen, Kind, Reply, ReplyText, Title, Variant


class Edits(Frozen):
    """What somebody changed of a proposal before accepting it; None leaves the proposal's own."""

    entry_id: EntryId | None = None
    kind: Kind | None = None
    title: Title | None = None
    variants: Annotated[tuple[Variant, ...], Field(max_length=200)] | None = None
    reply: ReplyText | None = None
    channel: Channel | None = None


def entry_of(proposal: Proposal, document: str, edits: Edits | None = None) -> Entry:
    """The entry; pydantic's ValidationError where a text is empty or too long."""
    edits = edits or Edits()
    reply = Reply.model_validate({"channel": edits.channel or proposal.channel, "text": edits.reply or proposal.reply})
    variants = proposal.variants if edits.variants is None else edits.variants
    return Entry.model_validate(
        {
            "id": edits.entry_id or proposal.entry_id,
            "kind": edits.kind or proposal.kind,
            "title": edits.title or proposal.title,
            "variants": tuple(dict.fromkeys(variants)),
            "replies": (reply,),
            "source": source_of(proposal, document),
        }
    )


def source_of(proposal: Proposal, document: str) -> str:
    """Where the entry comes from: `desk-manual.docx, page 2, paragraph 3, line 7`."""
    return f"{document}, {proposal.place}"
