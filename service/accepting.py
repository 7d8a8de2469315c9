"""Proposals into drafts, all or none: saved in one transaction, which stands only with the decisions about them.

The decisions are files. They are written last before the transaction ends, and taken back where it fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from knowledge.formats.documents.drafts import Edits, entry_of, source_of
from knowledge.formats.documents.proposals import Proposal
from knowledge.formats.validation import details, explain, field_name
from knowledge.model import Entry
from knowledge.store import Store
from service.documents import Decision, Documents, Kept
from service.errors import RequestError


@dataclass(frozen=True)
class Accepted:
    """A proposal that has become a draft."""

    number: int
    entry_id: str
    version: int


def entries_of(kept: Kept, chosen: Sequence[tuple[int, Edits]]) -> list[tuple[Proposal, Entry]]:
    """The entries of the chosen proposals; RequestError names the field that cannot be used."""
    made = []
    for place, (number, edits) in enumerate(chosen):
        proposal = kept.proposal(number)
        try:
            made.append((proposal, entry_of(proposal, kept.summary.name, edits)))
        except ValidationError as error:
            first = next(iter(details(error)))
            raise RequestError(f"proposals.{place}.{field_name(first['loc'])}", explain(first)) from error
    for what, counts in (
        ("proposal", Counter(str(proposal.number) for proposal, _ in made)),
        ("entry_id", Counter(entry.id for _, entry in made)),
    ):
        name, count = counts.most_common(1)[0]
        if count > 1:
            raise RequestError("proposals", f"{what} {name} is there {count} times: give each once")
    return made


def accept(
    store: Store, documents: Documents, kept: Kept, made: Sequence[tuple[Proposal, Entry]], by: str, at: datetime
) -> list[Accepted]:
    """Save each as the first draft of a new entry, all of them or none.

    StateError where one was decided already, or where an entry has its id: none is ever written over.
    """
    document_id, done = kept.summary.id, list[Accepted]()
    with ExitStack() as undo:
        with store.drafting(by, at) as drafts:
            # First, as what was accepted a moment ago has taken its id, too.
            documents.undecided(document_id, [proposal.number for proposal, _ in made])
            for proposal, entry in made:
                version = drafts.begin(entry, f"from {source_of(proposal, kept.summary.name)}")
                done.append(Accepted(proposal.number, entry.id, version))
            documents.decide(document_id, {one.number: _decision(one, by, at) for one in done})
            undo.callback(documents.release, document_id, [one.number for one in done])
        undo.pop_all()
    return done


def _decision(accepted: Accepted, by: str, at: datetime) -> Decision:
    return Decision(act="accepted", by=by, at=at, entry_id=accepted.entry_id, version=accepted.version)
