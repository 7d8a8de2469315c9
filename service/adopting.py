"""Queries of the inbox into drafts: variants of an entry that is there, or of a new one.

A draft and the marks that take its queries off the list are one transaction. What is live is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from knowledge.errors import KnowledgeError, StateError
from knowledge.formats.validation import details, explain, field_name
from knowledge.model import Entry, Kind, Reply
from knowledge.store import InboxItem, Store
from knowledge.text import normalise
from service.privacy import LABELS

MASKED = re.compile("|".join(re.escape(label) for label in {*LABELS.values(), "[number]"}))
EDGES = " ,，、;；:：-"


@dataclass(frozen=True)
class NewEntry:
    """What an editor writes for queries that no entry covers."""

    id: str
    title: str
    reply: str
    kind: Kind


@dataclass(frozen=True)
class Draft:
    """A version to be reviewed, and how many variants it has more than the one before."""

    entry_id: str
    version: int
    added: int


def adopt(store: Store, chosen: Sequence[InboxItem], entry_id: str, who: str, at: datetime) -> Draft:
    """Make queries variants of an entry, as a draft upon its newest version."""
    with store.drafting(who, at) as drafts:
        # First, as whoever took them gave the entry their words, too: to dismiss them would be wrong then.
        drafts.undecided(chosen)
        entry, added = _grown(drafts.newest(entry_id), chosen)
        version = drafts.add(entry, _comment(added))
        drafts.accepted("query", [item.key for item in chosen], entry_id, version)
    return Draft(entry_id, version, added)


def adopt_new(store: Store, chosen: Sequence[InboxItem], new: NewEntry, who: str, at: datetime) -> Draft:
    """Make queries the variants of a new entry, as its first draft."""
    try:
        bare = Entry(id=new.id, kind=new.kind, title=new.title, replies=(Reply(text=new.reply),))
    except ValidationError as error:
        raise KnowledgeError(_said(new.id, error)) from None
    entry, added = _grown(bare, chosen)
    with store.drafting(who, at) as drafts:
        drafts.undecided(chosen)
        version = drafts.begin(entry, _comment(added))
        drafts.accepted("query", [item.key for item in chosen], new.id, version)
    return Draft(new.id, version, added)


def _grown(base: Entry, chosen: Sequence[InboxItem]) -> tuple[Entry, int]:
    """The entry with the queries as variants, and how many came to it."""
    added = _new_variants(base, [item.text for item in chosen])
    try:
        return Entry.model_validate(base.model_dump() | {"variants": (*base.variants, *added)}), len(added)
    except ValidationError as error:
        raise KnowledgeError(_said(base.id, error)) from None


def _new_variants(base: Entry, texts: Sequence[str]) -> list[str]:
    """The texts that the entry has not, each once, without the labels that masking left in them."""
    known = {normalise(text) for text in base.phrasings}
    added = []
    for text in texts:
        plain = " ".join(MASKED.sub("", text).split()).strip(EDGES)
        if (form := normalise(plain)) and form not in known:
            known.add(form)
            added.append(plain)
    if not added:
        raise StateError(f"entry {base.id} has all of these already, or nothing is left of them: dismiss them instead")
    return added


def _comment(added: int) -> str:
    return f"{added} variants from the inbox"


def _said(entry_id: str, error: ValidationError) -> str:
    """A refusal of the model in one sentence."""
    first = next(details(error))
    return f"entry {entry_id} cannot be saved, {field_name(first['loc'])}: {explain(first)}"
