"""The texts that a build learns from: the entries' phrasings and what triggers must hear, each with whose it is.

A text without a normal form (emoji only) is none: to an embedder they are all one, and one with a lone `?`. Who has no
other text could never be found, and is refused by name.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.errors import GateError
from knowledge.model import ApprovedEntry, Policy
from knowledge.text import normalise

SHOWN = 5  # shared phrasings that the log names

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Phrasings:
    """Every entry's distinct phrasings: as written, normalised, and the numbers of the entries (n,), ascending."""

    variants: tuple[str, ...]
    keys: tuple[str, ...]
    owner: NDArray[np.int64]


@dataclass(frozen=True)
class TriggerTexts:
    """As written: the triggers' variants, the numbers of the triggers that these are of, and all look-alikes."""

    variants: tuple[str, ...]
    owner: tuple[int, ...]
    look_alikes: tuple[str, ...]

    @property
    def every(self) -> tuple[str, ...]:
        """The variants, then the look-alikes."""
        return (*self.variants, *self.look_alikes)


def phrasings_of(entries: Sequence[ApprovedEntry]) -> Phrasings:
    """The phrasings of all entries; GateError where there is no entry, or one has none."""
    if not entries:
        raise GateError("there is no approved entry to build from: import or approve some first")
    found = [
        (text, key, number)
        for number, approved in enumerate(entries)
        for key, text in _distinct(approved.entry.phrasings).items()
    ]
    _refuse_silent("phrasing", "entry", [one.entry.id for one in entries], {number for *_, number in found})
    variants, keys, owner = zip(*found, strict=True)
    _warn_of_shared(entries, keys, owner)
    return Phrasings(variants, keys, np.asarray(owner, np.int64))


def trigger_texts_of(policy: Policy) -> TriggerTexts:
    """What the policy's triggers must hear, and must not; GateError where one has no variant."""
    own = [
        (number, text) for number, trigger in enumerate(policy.triggers) for text in filter(normalise, trigger.variants)
    ]
    _refuse_silent("variant", "trigger", [one.code for one in policy.triggers], {number for number, _ in own})
    look_alikes = (text for trigger in policy.triggers for text in filter(normalise, trigger.look_alikes))
    return TriggerTexts(tuple(text for _, text in own), tuple(number for number, _ in own), tuple(look_alikes))


def _distinct(phrasings: Sequence[str]) -> dict[str, str]:
    """Normal form → the first phrasing that has it, in their order."""
    found: dict[str, str] = {}
    for text in phrasings:
        if key := normalise(text):
            found.setdefault(key, text)
    return found


def _refuse_silent(text: str, thing: str, names: Sequence[str], heard: set[int]) -> None:
    silent = sorted(name for number, name in enumerate(names) if number not in heard)
    if silent:
        raise GateError(f"no {text} with a letter or a character in it has {thing} {', '.join(silent)}: write one")


def _warn_of_shared(entries: Sequence[ApprovedEntry], keys: Sequence[str], owner: Sequence[int]) -> None:
    """Say which phrasings belong to several entries: an error of lint in a pack, but a question set may hold some."""
    holders: dict[str, list[str]] = defaultdict(list)
    for key, number in zip(keys, owner, strict=True):
        holders[key].append(entries[number].entry.id)
    shared = [f"  {key}: {', '.join(names)}" for key, names in holders.items() if len(names) > 1]
    if shared:
        logger.warning(
            "%d phrasings belong to several entries; a query in these words asks which is meant:\n%s",
            len(shared),
            "\n".join(shared[:SHOWN]),
        )
