"""What each section of the insights says of the counts: its question, a number first, and its figures as a table.

Counts and words in, sections out. No request, no database; the charts beside them are `drawings`'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from knowledge.store import EntryCounts
from service.pages import drawings
from service.pages.figures import percent
from service.usage import FEWEST, Scope, Table, Usage, tables

LISTED = 8  # lines of a list to act on
NO_SHARE = "—"


@dataclass(frozen=True)
class Section:
    """One question: a number first, what it is made of, the chart, its figures, and where they can be had."""

    name: str
    question: str
    number: str
    detail: str
    alt: str
    table: Table
    csv: str


def sections(
    used: Usage,
    titles: Mapping[str, str],
    targets: Mapping[str, str],
    words: Mapping[str, str],
    filters: dict[str, str],
    themes: int,
) -> dict[str, Section]:
    """Every section by its name; `titles` name entries, `filters` are the address's, `themes` wait in the inbox."""
    found, rows = used.traffic, tables(used, dict(titles))
    told = {name: sum(getattr(day, name) for day in used.outcomes) for name, _ in drawings.OUTCOMES}
    kept, missed = (sum(getattr(one, name) for one in used.escalations) for name in ("kept", "missed"))
    escalated = sum(one.count for one in used.escalations)
    answers = {name: found.counted(name) for name in ("answer", "clarify", "abstain")}
    values: dict[str, tuple[str, dict[str, Any]]] = {
        "traffic": (_share(answers["answer"], found.total), answers),
        "unanswered": (_share(answers["clarify"] + answers["abstain"], found.total), {"themes": themes}),
        "outcomes": (_share(told["used"], sum(told.values())), told),
        "escalations": (
            _share(kept, kept + missed),
            {"n": escalated, "known": kept + missed, "kept": kept, "missed": missed},
        ),
        "entries": (str(len(found.entries)), {}),
        "latency": (_milliseconds(found.p50), {"ms": _milliseconds(found.p95)}),
    }
    rows["unanswered"] = rows["latency"] = rows["traffic"]
    rows["escalations"] = _named_targets(rows["escalations"], targets, words)
    return {
        name: Section(
            name,
            words[f"q_{name}"],
            words[f"n_{name}"].format(percent=number, n=number, ms=number),
            words[f"d_{name}"].format(**details),
            words[f"alt_{name}"],
            headed(rows[name], words),
            f"/v1/insights/{'traffic' if name in ('unanswered', 'latency') else name}.csv?{urlencode(filters)}",
        )
        for name, (number, details) in values.items()
    }


# Column of a table → its word on the page.
HEADS = {
    "answered": "answer",
    "clarified": "clarify",
    "abstained": "abstain",
    "p50_ms": "half",
    "p95_ms": "most",
    "entry_id": "entry",
    "title": "entry",
}


def headed(table: Table, words: Mapping[str, str]) -> Table:
    """The table under the page's own words."""
    return tuple(words[HEADS.get(name, name)] for name in table[0]), table[1]


def _named_targets(table: Table, targets: Mapping[str, str], words: Mapping[str, str]) -> Table:
    rows = [
        (words[str(level)], targets.get(str(target), str(target or words["nobody"])), *counts)
        for level, target, *counts in table[1]
    ]
    return table[0], rows


def worst(entries: Sequence[EntryCounts], titles: Mapping[str, str]) -> list[EntryCounts]:
    """The live entries edited and rejected most, more often than a tenth of the time they were used."""
    bad = [one for one in entries if one.entry_id in titles and 10 * (one.edited + one.rejected) > one.used]
    bad = [one for one in bad if one.edited + one.rejected]
    return sorted(bad, key=lambda one: (-(one.rejected + one.edited), one.entry_id))[:LISTED]


def scope_told(found: Scope, words: Mapping[str, str]) -> dict[str, str]:
    """The share without an entry: a number, and what it was read off."""
    assumed = percent(found.assumed)
    if found.estimated is None:
        told = words["few_scope"].format(n=found.queries, least=FEWEST, assumed=assumed)
        return {"number": NO_SHARE, "detail": told}
    number = words["n_scope"].format(percent=percent(found.estimated))
    return {"number": number, "detail": words["d_scope"].format(n=found.queries, assumed=assumed)}


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else NO_SHARE


def _milliseconds(value: float | None) -> str:
    return NO_SHARE if value is None else f"{value:.0f}"
