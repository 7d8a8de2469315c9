"""Proposals into drafts: checked all before any is saved, each claimed so that it is saved once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from knowledge.errors import NotFound, StateError
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
    store: Store,
    documents: Documents,
    kept: Kept,
    made: Sequence[tuple[Proposal, Entry]],
    by: str,
    now: Callable[[], datetime],
) -> list[Accepted]:
    """Save each as a draft. Refused as a whole where one was decided already, or its id is taken."""
    for _, entry in made:
        _is_free(store, entry.id)
    document_id = kept.summary.id
    claimed: list[int] = []
    try:
        for proposal, _ in made:
            documents.claim(document_id, proposal.number, Decision(act="accepted", by=by, at=now()))
            claimed.append(proposal.number)
        done = []
        for proposal, entry in made:
            version = store.save(entry, by, f"from {source_of(proposal, kept.summary.name)}", now())
            decision = Decision(act="accepted", by=by, at=now(), entry_id=entry.id, version=version)
            documents.settle(document_id, proposal.number, decision)
            claimed.remove(proposal.number)
            done.append(Accepted(proposal.number, entry.id, version))
        return done
    finally:
        for number in claimed:
            documents.release(document_id, number)


def _is_free(store: Store, entry_id: str) -> None:
    """A proposal is a new entry; it never puts its text over one that is there."""
    try:
        count = len(store.history(entry_id))
    except NotFound:
        return
    raise StateError(f"entry {entry_id} exists with {count} versions: give another id, or edit that entry")
