"""What every rule is given: the pack, the texts in it, and the options. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from knowledge.model import Channel, Entry, Facts, Language, Pack, Policy
from knowledge.references import FACT, SLOT
from knowledge.text import is_cjk, normalise

Part = Literal["title", "variant", "reply", "holding_reply", "line", "fact"]
# Every rule over variants compares the same few thousand forms, and an editor lints at every save.
form = lru_cache(maxsize=2**16)(normalise)

SHOWN: frozenset[Part] = frozenset({"reply", "holding_reply", "line", "fact"})


@dataclass(frozen=True, slots=True)
class Options:
    """What a shop may set for itself; lengths are characters, shares and scores 0..1."""

    faq_languages: tuple[Language, ...] = ("zh", "en")
    source_required: bool = True
    faq_variants: int = 24
    script_variants: int = 16
    chat_warning: int = 120
    chat_error: int = 200
    phone_warning: int = 160
    phone_error: int = 300
    email_error: int = 1500
    near_duplicate_score: float = 0.8
    uniform_share: float = 0.5
    expiring_days: int = 14


@dataclass(frozen=True, slots=True)
class Text:
    """One text with the place it stands in; `channel` is set for replies only."""

    entry_id: str | None
    field: str
    part: Part
    value: str
    language: Language
    channel: Channel | None = None

    @property
    def shown(self) -> bool:
        """Whether customers are shown it (as against what they are thought to type)."""
        return self.part in SHOWN

    @property
    def words(self) -> str:
        """The text without its references, each replaced by a space."""
        return SLOT.sub(" ", FACT.sub(" ", self.value))


@dataclass(frozen=True)
class Context:
    """A pack under lint. `entries` are judged; the rest of the pack is there to compare with."""

    pack: Pack
    options: Options = field(default_factory=Options)
    on: date | None = None
    subject: str | None = None

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries to judge: all, or the subject alone."""
        return tuple(entry for entry in self.pack.entries if self.subject is None or entry.id == self.subject)

    @property
    def policy(self) -> Policy:
        return self.pack.policy

    @property
    def facts(self) -> Facts:
        return self.pack.facts

    @cached_property
    def product_names(self) -> dict[str, str]:
        """Products' names in the form in which queries are matched, and the product each belongs to."""
        products = self.facts.products.items()
        return {form(name): code for code, product in products for name in product.names}

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every text to judge: the entries', and with a whole pack those of policy and facts."""
        found = [text for entry in self.entries for text in _entry_texts(entry)]
        if self.subject is None:
            found += [*_policy_texts(self.policy), *_fact_texts(self.facts)]
        return tuple(found)

    @cached_property
    def shown(self) -> tuple[Text, ...]:
        """The texts customers are shown."""
        return tuple(text for text in self.texts if text.shown)

    def resolved(self, text: Text) -> str:
        """The text with the facts put in that exist; slots and unknown facts stay as they are."""
        found = {name: self.facts.resolve(name) for name in FACT.findall(text.value)}
        return FACT.sub(
            lambda match: fact.text(text.language) if (fact := found[match[1]]) is not None else match[0], text.value
        )


def language_of(text: str) -> Language:
    """Chinese as soon as there is one Chinese character."""
    return "zh" if is_cjk(text) else "en"


def _entry_texts(entry: Entry) -> Iterator[Text]:
    yield Text(entry.id, "title", "title", entry.title, language_of(entry.title))
    for number, variant in enumerate(entry.variants):
        yield Text(entry.id, f"variants[{number}]", "variant", variant, language_of(variant))
    for number, reply in enumerate(entry.replies):
        yield Text(entry.id, f"replies[{number}].text", "reply", reply.text, reply.language, reply.channel)
    if (holding := entry.escalation.holding_reply) is not None:
        yield Text(entry.id, "escalation.holding_reply", "holding_reply", holding, language_of(holding))


def _policy_texts(policy: Policy) -> Iterator[Text]:
    for name, target in policy.targets.items():
        replies = target.model_dump(include={"holding_reply", "holding_reply_en"}, exclude_none=True)
        for part, reply in replies.items():
            yield Text(None, f"targets.{name}.{part}", "holding_reply", reply, language_of(reply))
    for name, line in policy.lines.model_dump(exclude_none=True).items():
        yield Text(None, f"lines.{name}", "line", line, language_of(line))
    for number, phrase in enumerate(policy.forbidden_phrases):
        where = f"forbidden_phrases[{number}].instead"
        yield Text(None, where, "line", phrase.instead, language_of(phrase.instead))


def _fact_texts(facts: Facts) -> Iterator[Text]:
    named = {f"facts.{name}": fact for name, fact in facts.facts.items()}
    for code, product in facts.products.items():
        named |= {f"products.{code}.facts.{name}": fact for name, fact in product.facts.items()}
    for name, fact in named.items():
        yield Text(None, f"{name}.zh", "fact", fact.zh, language_of(fact.zh))
        if fact.en is not None:
            yield Text(None, f"{name}.en", "fact", fact.en, language_of(fact.en))
