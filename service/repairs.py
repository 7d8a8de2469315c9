"""Variants that stand where they should not: suspicious ones, nearer to another entry, and redundant ones.

Both lists are the live index's. A repair is a draft upon the newest version of each entry it touches, all of them or
none; what was decided on is remembered, and comes back after a month only if it is still live.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from index.redundancy import redundant
from index.retriever import Retriever
from knowledge.errors import NotFound, StateError
from knowledge.model import Entry
from knowledge.store import Mark, Store
from knowledge.store.inbox import settled
from knowledge.store.queries import key_of
from knowledge.text import normalise
from service.adopting import Draft


@dataclass(frozen=True)
class Repair:
    """A variant to look at. `other_id` is the entry that a suspicious one is nearer to, with its title; `like` the
    variant beside which a redundant one says nothing new."""

    kind: Literal["suspicious", "redundant"]
    entry_id: str
    title: str
    variant: str
    score: float
    other_id: str | None = None
    other_title: str | None = None
    own_score: float | None = None
    like: str | None = None


class Repairs:
    """Lists and makes repairs; safe to share between threads."""

    def __init__(self, retriever: Callable[[], Retriever], now: Callable[[], datetime]) -> None:
        self._retriever, self._now = retriever, now
        self._found: tuple[str, tuple[Repair, ...]] = ("", ())
        self._working = threading.Lock()

    def listed(self, store: Store) -> tuple[Repair, ...]:
        """What nobody has decided on yet: suspicious ones first, the clearest of each kind first."""
        marks, now = store.queries.inbox_marks("variant"), self._now()
        return tuple(one for one in self._all() if not settled(marks.get(_key(one.entry_id, one.variant)), now))

    def move(self, store: Store, entry_id: str, variant: str, to: str, who: str) -> tuple[Draft, ...]:
        """Drafts of both entries: the variant is the other's, and no longer its own's."""
        if entry_id == to:
            raise StateError(f"entry {to} holds the variant already: choose another")
        made = []
        with store.drafting(who, self._now()) as drafts:
            left, target = _without(drafts.newest(entry_id), variant), drafts.newest(to)
            if normalise(variant) not in {normalise(text) for text in target.phrasings}:
                grown = target.model_copy(update={"variants": (*target.variants, variant)})
                made.append(Draft(to, drafts.add(grown, f"a variant moved here from {entry_id}"), 1))
            made.append(Draft(entry_id, drafts.add(left, f"a variant moved to {to}"), -1))
            drafts.accepted("variant", [_key(entry_id, variant)], made[0].entry_id, made[0].version)
        return tuple(made)

    def remove(self, store: Store, entry_id: str, variant: str, who: str) -> tuple[Draft, ...]:
        """A draft without the variant."""
        with store.drafting(who, self._now()) as drafts:
            version = drafts.add(_without(drafts.newest(entry_id), variant), "a redundant variant removed")
            drafts.accepted("variant", [_key(entry_id, variant)], entry_id, version)
        return (Draft(entry_id, version, -1),)

    def dismiss(self, store: Store, entry_id: str, variant: str, who: str) -> tuple[Draft, ...]:
        """The variant is right where it is; NotFound where nothing doubts it, StateError where it was decided on."""
        doubts = [one for one in self._all() if (one.entry_id, one.variant) == (entry_id, variant)]
        if not doubts:
            raise NotFound(f'entry {entry_id} has no variant "{variant}" to repair: read GET /v1/inbox/repairs again')
        if doubts[0] not in self.listed(store):
            raise StateError(f'variant "{variant}" of entry {entry_id} was decided on already: read the list again')
        store.queries.mark_inbox([Mark("variant", _key(entry_id, variant), "dismissed", who, self._now())])
        return ()

    def _all(self) -> tuple[Repair, ...]:
        retriever = self._retriever()
        with self._working:
            if self._found[0] != retriever.version:
                self._found = retriever.version, _found(retriever)
            return self._found[1]


def _found(retriever: Retriever) -> tuple[Repair, ...]:
    titles = {approved.entry.id: approved.entry.title for approved in retriever.contents.entries}
    suspicious = [
        Repair(
            "suspicious",
            item["entry_id"],
            titles[item["entry_id"]],
            item["variant"],
            item["score"],
            item["nearer_to"],
            titles[item["nearer_to"]],
            item["own_score"],
        )
        for item in retriever.contents.report.get("suspicious", ())
        if item["variant"] != titles[item["entry_id"]]  # a title is reworded in the editor, not moved
    ]
    spare = [
        Repair("redundant", one.entry_id, titles[one.entry_id], one.variant, one.score, like=one.like)
        for one in redundant(retriever.contents)
    ]
    return (*suspicious, *spare)


def _without(entry: Entry, variant: str) -> Entry:
    left = tuple(text for text in entry.variants if text != variant)
    if len(left) == len(entry.variants):
        raise StateError(f'entry {entry.id} has no variant "{variant}" in its newest version: somebody has changed it')
    return entry.model_copy(update={"variants": left})


def _key(entry_id: str, variant: str) -> str:
    return key_of(f"{entry_id}\n{variant}")
