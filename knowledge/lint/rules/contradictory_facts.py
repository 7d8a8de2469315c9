"""contradictory-facts: a figure written out in a reply is one the shop or a service level has.

A reply takes figures by reference, so that one change changes all. Figures of days, working days, hours, months,
years and money that stand in a reply as digits, or as Chinese numerals, and equal no fact and no service level are
warnings: either the fact says otherwise, or it is missing. Steps of a procedure in minutes or seconds are left alone.

PASS:
    text: 签收后{return.days}内可以退货，24 小时内审核。

FAIL (return.days is 7 天):
    text: 签收后 10 天内可以退货。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from knowledge.lint.context import Context, Text
from knowledge.lint.finding import Finding
from knowledge.model import Fact, Language, Policy

RULE = "contradictory-facts"

DIGITS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")} | {"两": 2}
NUMERALS = r"[一二两三四五六七八九]?十[一二三四五六七八九]?|[二两三四五六七八九]"
RANGE = r"\s*(?:[-–—~～至到]|to)\s*"
FIGURE: dict[Language, re.Pattern[str]] = {
    "zh": re.compile(
        rf"(?<![\d.年月第])(?<![年月第] )(\d+(?:\.\d+)?|{NUMERALS})(?:{RANGE}(\d+(?:\.\d+)?|{NUMERALS}))?\s*"
        r"(个?工作日|天|日(?!常)|个?小时|个月|年|元|块钱)"
    ),
    "en": re.compile(
        rf"(?<![\d.])(\d+(?:\.\d+)?)(?:{RANGE}(\d+(?:\.\d+)?))?[\s-]*"
        r"((?:working|business) days?|days?|hours?|months?|years?|yuan|RMB)\b",
        re.IGNORECASE,
    ),
}
UNITS = (
    ("working days", r"工作日|working|business"),
    ("hours", r"小时|hour"),
    ("days", r"天|日|day"),
    ("months", r"月|month"),
    ("years", r"年|year"),
    ("yuan", r"元|块|yuan|RMB"),
)


class Figure(NamedTuple):
    """A number with its unit."""

    number: float
    unit: str


def check(context: Context) -> Iterator[Finding]:
    """One warning for each figure that nothing supports."""
    known = {figure for _, fact in _named_facts(context) for figure in _of_fact(fact)} | _of_levels(context.policy)
    for text in context.shown:
        if text.part == "fact":
            continue
        for written, figures in figures_in(text.words, text.language):
            if unsupported := [figure for figure in figures if not _equivalents(figure) & known]:
                message = f'"{written}" is no fact and no service level: write it as a reference'
                message += _near_facts(text, unsupported[0], context)
                yield Finding(RULE, "warning", text.entry_id, text.field, message)


def figures_in(text: str, language: Language) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    """Figures as written, with their one number or the two ends of a range."""
    for found in FIGURE[language].finditer(text):
        unit = next(name for name, pattern in UNITS if re.search(pattern, found[3], re.IGNORECASE))
        numbers = [_number(part) for part in (found[1], found[2]) if part is not None]
        if unit != "years" or max(numbers) < 1900:
            yield found[0].strip(), tuple(Figure(number, unit) for number in numbers)


def _number(text: str) -> float:
    """A number in digits or in Chinese numerals below 100."""
    if text[0].isdigit():
        return float(text)
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def _named_facts(context: Context) -> Iterator[tuple[str, Fact]]:
    yield from context.facts.facts.items()
    for code, product in context.facts.products.items():
        for name, fact in product.facts.items():
            yield f"{code}.{name}", fact


def _of_fact(fact: Fact) -> set[Figure]:
    texts: list[tuple[str, Language]] = [(fact.zh, "zh"), (fact.en or "", "en")]
    return {figure for text, language in texts for _, figures in figures_in(text, language) for figure in figures}


def _of_levels(policy: Policy) -> set[Figure]:
    levels = policy.service_levels.values()
    return {
        Figure(level.days, "working days") if level.days is not None else Figure((level.seconds or 0) / 3600, "hours")
        for level in levels
    }


def _equivalents(figure: Figure) -> set[Figure]:
    """The figure in other units of the same length: 48 hours are 2 days, 1 year 12 months."""
    number, unit = figure
    others = {"days": [("hours", 24.0)], "hours": [("days", 1 / 24)], "years": [("months", 12.0)]}
    others["months"] = [("years", 1 / 12)]
    return {figure} | {Figure(round(number * factor, 6), other) for other, factor in others.get(unit, [])}


def _near_facts(text: Text, figure: Figure, context: Context) -> str:
    """Facts in the same unit that belong to the entry's category or products, as a hint."""
    entry = next((entry for entry in context.entries if entry.id == text.entry_id), None)
    if entry is None:
        return ""
    owners = {entry.category, *entry.products}
    near = [
        f"{name} is {fact.zh}"
        for name, fact in _named_facts(context)
        if name.partition(".")[0] in owners and any(found.unit == figure.unit for found in _of_fact(fact))
    ]
    return f" ({'; '.join(near[:3])})" if near else ""
