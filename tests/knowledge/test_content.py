"""The shipped pack: what an entry, the policy and the golden queries must hold, however they are edited."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import knowledge
from knowledge.formats.golden import read_golden
from knowledge.formats.jsonl import Query
from knowledge.formats.yaml import load_pack
from knowledge.lint.runner import lint
from knowledge.model import Entry, Pack
from knowledge.text import is_cjk, normalise

CONTENT = Path(knowledge.__file__).parent / "content"
INTENTS = Path(__file__).parents[2] / ".." / "shared" / "intents.tsv"
LEAST_VARIANTS = {"faq": 24, "script": 16}
OUT_OF_SCOPE = ("far", "near", "chit-chat", "gibberish")
NEAR = 0.8
NEAR_LENGTH = 6
NOT_WORDS = re.compile(r"[\W_]+")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack as it is shipped."""
    return load_pack(CONTENT)


@pytest.fixture(scope="module")
def entries(pack: Pack) -> dict[str, Entry]:
    """Its entries by id."""
    return {entry.id: entry for entry in pack.entries}


@pytest.fixture(scope="module")
def golden() -> tuple[Query, ...]:
    """Every golden query."""
    return tuple(query for path in sorted((CONTENT / "golden").glob("*.yaml")) for query in read_golden(path))


@pytest.fixture(scope="module")
def intents() -> dict[str, dict[str, str]]:
    """The intents the pack must cover, by id."""
    if not INTENTS.exists():
        pytest.skip(f"{INTENTS} is not here")
    with INTENTS.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


@cache
def squeezed(text: str) -> str:
    """The compared form without punctuation and white space."""
    return NOT_WORDS.sub("", normalise(text))


@cache
def pairs(text: str) -> frozenset[str]:
    """The character pairs of a text."""
    form = squeezed(text)
    return frozenset(form[at : at + 2] for at in range(len(form) - 1)) or frozenset({form})


def near_pairs(texts: Iterable[str], others: Mapping[str, str]) -> Iterator[str]:
    """A line for each text that equals or nearly equals one of the others (text → where it stands)."""
    exact = {normalise(other): where for other, where in others.items()}
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for other in others:
        for pair in pairs(other):
            holders[pair].append(other)
    for text in texts:
        if (where := exact.get(normalise(text))) is not None:
            yield f'"{text}" stands in {where}'
            continue
        if len(squeezed(text)) < NEAR_LENGTH:
            continue
        shared = Counter(other for pair in pairs(text) for other in holders.get(pair, ()))
        for other, count in shared.items():
            score = count / (len(pairs(text)) + len(pairs(other)) - count)
            if score >= NEAR:
                yield f'"{text}" is nearly "{other}" of {others[other]} ({score:.2f})'


def traditional(text: str) -> bool:
    """Whether one of its Chinese characters changes when the script is folded."""
    return any(is_cjk(character) and normalise(character) != character for character in text)


def english(text: str) -> bool:
    """Whether it is written without Chinese and has a word in it."""
    return not is_cjk(text) and LATIN_WORD.search(text) is not None


def test_lint_finds_no_error(pack: Pack) -> None:
    """Nothing that may not be shown to a customer is in the pack."""
    assert [finding for finding in lint(pack) if finding.severity == "error"] == []


def test_every_intent_is_covered(intents: dict[str, dict[str, str]], entries: dict[str, Entry]) -> None:
    """Each intent of the list is an entry of its kind, with its escalation level and target."""
    wanted = {name: (row["kind"], row["escalation"], row["target"] or None) for name, row in intents.items()}
    found = {
        name: (entry.kind, entry.escalation.level, entry.escalation.target)
        for name, entry in entries.items()
        if name in wanted
    }
    assert found == wanted


def test_entries_of_our_own_overlap_no_intent(intents: dict[str, dict[str, str]], entries: dict[str, Entry]) -> None:
    """An entry beyond the list shares no phrasing, nor nearly one, with an entry of the list."""
    listed = {text: name for name in intents for text in entries[name].phrasings}
    own = [text for name, entry in entries.items() if name not in intents for text in entry.phrasings]
    assert list(near_pairs(own, listed)) == []


def test_entries_have_variants_enough(entries: dict[str, Entry]) -> None:
    """At least 24 variants for what customers ask, 16 for what agents need wording for."""
    short = {name: len(entry.variants) for name, entry in entries.items()}
    assert {name: count for name, count in short.items() if count < LEAST_VARIANTS[entries[name].kind]} == {}


@pytest.mark.parametrize("written", [traditional, english])
def test_variants_cover_traditional_script_and_english(
    entries: dict[str, Entry], written: Callable[[str], bool]
) -> None:
    """Every entry is found in Traditional characters and in English, by at least two variants each."""
    counts = {name: sum(map(written, entry.variants)) for name, entry in entries.items()}
    assert {name: count for name, count in counts.items() if count < 2} == {}


def test_every_faq_is_answered_in_chat_in_both_languages(entries: dict[str, Entry]) -> None:
    """Whoever asks in Chinese or in English gets a chat reply in the same language."""
    for language in ("zh", "en"):
        missing = [
            name
            for name, entry in entries.items()
            if entry.kind == "faq"
            and not any(reply.channel == "chat" and reply.language == language for reply in entry.replies)
        ]
        assert missing == [], f"without a chat reply in {language}"


def test_policy_has_forbidden_phrases_enough(pack: Pack) -> None:
    """Sixty phrases at least that agents may not use."""
    assert len(pack.policy.forbidden_phrases) >= 60


def test_triggers_have_examples_enough(pack: Pack) -> None:
    """Each trigger has 30 ways to say it and 20 texts that only sound like it."""
    thin = {
        trigger.code: (len(trigger.variants), len(trigger.look_alikes))
        for trigger in pack.policy.triggers
        if len(trigger.variants) < 30 or len(trigger.look_alikes) < 20
    }
    assert thin == {}


def test_golden_queries_name_entries_and_triggers_that_exist(
    golden: tuple[Query, ...], pack: Pack, entries: dict[str, Entry]
) -> None:
    """No gold id and no trigger is a slip of the pen."""
    assert sorted({query.gold for query in golden if query.gold is not None} - set(entries)) == []
    codes = {trigger.code for trigger in pack.policy.triggers}
    assert sorted({query.trigger for query in golden if query.trigger is not None} - codes) == []


def test_every_entry_has_golden_queries(golden: tuple[Query, ...], entries: dict[str, Entry]) -> None:
    """Four queries an entry at least, so that no entry goes unmeasured."""
    counts = Counter(query.gold for query in golden)
    assert {name: counts[name] for name in entries if counts[name] < 4} == {}


def test_golden_queries_measure_what_must_not_be_answered(golden: tuple[Query, ...]) -> None:
    """150 queries out of scope over all four kinds, 60 with a history, 120 on escalation."""
    outside = Counter(query.kind for query in golden if query.gold is None and query.kind in OUT_OF_SCOPE)
    assert sorted(outside) == sorted(OUT_OF_SCOPE)
    assert outside.total() >= 150
    assert sum(bool(query.history) for query in golden) >= 60
    assert sum(query.kind in ("escalation", "look-alike") for query in golden) >= 120


def test_golden_queries_tell_contradictions_from_look_alikes(
    golden: tuple[Query, ...], entries: dict[str, Entry]
) -> None:
    """120 queries resemble an entry that exists; four to six of ten contradict it, in each of the five ways."""
    alike = [query for query in golden if query.resembles is not None]
    assert sorted({query.resembles for query in alike if query.resembles} - set(entries)) == []
    assert len(alike) >= 120
    assert {query.kind for query in alike} == {"product", "code", "number", "unit", "negation"}
    for kind in {query.kind for query in alike}:
        labels = [query.gold != query.resembles for query in alike if query.kind == kind]
        assert 0.4 <= sum(labels) / len(labels) <= 0.6, kind


def test_golden_queries_are_apart_from_what_is_learnt(golden: tuple[Query, ...], pack: Pack) -> None:
    """No golden query is, or nearly is, a title, a variant, or an example of a trigger.

    A bare query that came after a history is no exception: it would be found by its words alone.
    """
    learnt = {text: entry.id for entry in pack.entries for text in entry.phrasings}
    for trigger in pack.policy.triggers:
        for text in (*trigger.variants, *trigger.look_alikes):
            learnt.setdefault(text, f"trigger {trigger.code}")
    assert list(near_pairs(dict.fromkeys(query.text for query in golden), learnt)) == []
