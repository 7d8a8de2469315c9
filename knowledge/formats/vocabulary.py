"""The names a knowledge base defines, as an editor may write them: a target by its label, a product by its name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from knowledge.formats.headers import fold, reply_key
from knowledge.model import Entry, Facts, Policy
from knowledge.references import fact_names, slot_names


@dataclass(frozen=True)
class Vocabulary:
    """By field, each name with the words it goes by, its label first; and the slots and facts that replies may hold."""

    words: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    slots: Collection[str] = ()
    facts: Collection[str] = ()

    @classmethod
    def of(cls, policy: Policy, facts: Facts) -> Vocabulary:
        """The names of the policy and the facts in force."""
        words: dict[str, dict[str, Sequence[str]]] = {
            "products": {name: product.names or (name,) for name, product in facts.products.items()},
            "target": {name: (target.label, target.label_en) for name, target in policy.targets.items()},
            "collect": {name: (asked.label, asked.label_en) for name, asked in policy.fields.items()},
        }
        known = {f"{product}.{fact}" for product, one in facts.products.items() for fact in one.facts}
        return cls(words, frozenset(policy.slots), known | set(facts.facts))

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, str]]:
        """By field, the name for each folded word; a name is never another's word."""
        return {
            key: {fold(word): name for name, words in known.items() for word in words}
            | {fold(name): name for name in known}
            for key, known in self.words.items()
        }

    def name(self, key: str, word: str) -> str:
        """The name a word stands for; the word itself where it stands for none."""
        return word if word in self.words.get(key, {}) else self._names.get(key, {}).get(fold(word), word)

    def labels(self, key: str) -> str:
        """Every name of a kind by its label, for a message."""
        return ", ".join(f"{words[0]} ({name})" for name, words in self.words.get(key, {}).items())

    def nearest(self, key: str, word: str) -> str | None:
        """The name or label that may have been meant."""
        return nearest(word, [one for name, words in self.words.get(key, {}).items() for one in (*words, name)])

    def unknown(self, entry: Entry) -> Iterator[tuple[str, str, str, str | None]]:
        """What an entry refers to and nobody defines: field, code of what to say, the name, and one near it."""
        named = [("products", "unknown_product", name) for name in entry.products]
        named += [("collect", "unknown_field", name) for name in entry.escalation.collect]
        if entry.escalation.target is not None:
            named.append(("target", "unknown_target", entry.escalation.target))
        for key, code, name in named:
            if name not in self.words.get(key, {}):
                yield key, code, name, self.nearest(key, name)
        texts = [(reply_key(reply.channel, reply.language), reply.text) for reply in entry.replies]
        if entry.escalation.holding_reply is not None:
            texts.append(("holding_reply", entry.escalation.holding_reply))
        for key, text in texts:
            for code, found, known in (
                ("unknown_slot", slot_names(text), self.slots),
                ("unknown_fact", fact_names(text), self.facts),
            ):
                yield from ((key, code, name, nearest(name, known)) for name in found if name not in known)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The name that may have been meant."""
    return next(iter(get_close_matches(name, known, n=1)), None)
