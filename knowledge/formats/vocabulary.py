"""The names a knowledge base defines, as an editor may write them: a target by its label, a product by its name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from knowledge.formats.headers import fold, reply_key
from knowledge.model import Entry, Facts, Policy
from knowledge.references import fact_names, slot_names


@dataclass(frozen=True)
class Vocabulary:
    """By field, the folded words for each name; and the slots and facts that replies may hold."""

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    slots: Collection[str] = ()
    facts: Collection[str] = ()

    @classmethod
    def of(cls, policy: Policy, facts: Facts) -> Vocabulary:
        """The names of the policy and the facts in force."""
        products = {fold(word): name for name, product in facts.products.items() for word in (*product.names, name)} | {
            fold(name): name for name in facts.products
        }
        targets = {
            fold(word): name
            for name, target in policy.targets.items()
            for word in (target.label, target.label_en, name)
        }
        collected = {
            fold(word): name for name, asked in policy.fields.items() for word in (asked.label, asked.label_en, name)
        }
        known = {f"{product}.{fact}" for product, one in facts.products.items() for fact in one.facts}
        return cls(
            {"products": products, "target": targets, "collect": collected},
            frozenset(policy.slots),
            known | set(facts.facts),
        )

    def name(self, key: str, word: str) -> str:
        """The name a word stands for; the word itself where it stands for none."""
        known = self.words.get(key, {})
        return word if word in known.values() else known.get(fold(word), word)

    def names(self, key: str) -> list[str]:
        """Every name of a kind."""
        return sorted(set(self.words.get(key, {}).values()))

    def unknown(self, entry: Entry) -> Iterator[tuple[str, str, str, str | None]]:
        """What an entry refers to and nobody defines: field, code of what to say, the name, and one near it."""
        named = [("products", "unknown_product", name) for name in entry.products]
        named += [("collect", "unknown_field", name) for name in entry.escalation.collect]
        if entry.escalation.target is not None:
            named.append(("target", "unknown_target", entry.escalation.target))
        for key, code, name in named:
            if name not in self.words.get(key, {}).values():
                yield key, code, name, nearest(name, self.names(key))
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
