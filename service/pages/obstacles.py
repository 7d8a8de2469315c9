"""What is wrong in a file as its page lists it: the same thing once, with all the rows it is wrong in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from knowledge.formats.sheets import CellProblem
from knowledge.model import Language
from service.cells import in_language

VALUES = 3  # different values shown of one obstacle


@dataclass(frozen=True)
class Obstacle:
    """One thing wrong: how badly, where, the values found there, and what to do."""

    severity: str
    word: str
    where: str
    sheet: str
    value: str
    message: str


def obstacles(problems: Iterable[CellProblem], language: Language, words: Mapping[str, str]) -> list[Obstacle]:
    """Errors first, as they are what keeps the file out."""
    found: dict[tuple[str, str, str, str], list[CellProblem]] = {}
    for one in sorted(problems, key=lambda one: one.severity):
        key = (one.severity, one.sheet, one.column, in_language(one, language).say(language))
        found.setdefault(key, []).append(one)
    return [_obstacle(*key, same, words) for key, same in found.items()]


def _obstacle(
    severity: str, sheet: str, column: str, message: str, same: list[CellProblem], words: Mapping[str, str]
) -> Obstacle:
    rows = sorted({one.row for one in same if one.row})
    row = words["row" if len(rows) == 1 else "rows"].format(row=spans(rows, words["between"])) if rows else ""
    values = list(dict.fromkeys(one.value for one in same if one.value))
    more = [words["more_values"].format(n=len(values) - VALUES)] if len(values) > VALUES else []
    return Obstacle(
        severity,
        words[severity],
        " · ".join(part for part in (row, column) if part) or sheet,
        sheet if row or column else "",
        "\n".join([*values[:VALUES], *more]),
        message,
    )


def spans(rows: Iterable[int], between: str) -> str:
    """`2–4、7`: ascending numbers, neighbours together."""
    runs = [[row for _, row in run] for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])]
    return between.join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
