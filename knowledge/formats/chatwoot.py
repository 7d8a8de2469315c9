"""Chatwoot's canned responses: `short_code` and `content`, in JSON or CSV.

A short code is how agents call the wording, so it is the script's title and gives its id. Variables in double braces
that are slots here become slots, whatever filters stand behind them; any other, and any other Liquid, is a problem, as
nothing would ever fill it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from knowledge.formats.headers import fold
from knowledge.formats.naming import slug
from knowledge.formats.sheets import CellProblem, Grid, problem

COLUMNS = ("id", "kind", "title", "reply")
# A variable with its filters, or a tag; neither begins anew within itself.
LIQUID = re.compile(r"\{\{(?P<variable>(?:(?!\{\{|\}\}).)*)\}\}|\{%(?:(?!\{%|%\}).)*%\}", re.DOTALL)
SHOWN = 60  # characters of a stretch of Liquid that a problem names
SLOTS = {
    "contact.name": "customer_name",
    "contact.first_name": "customer_name",
    "contact.last_name": "customer_name",
    "agent.name": "agent_name",
    "agent.first_name": "agent_name",
    "agent.last_name": "agent_name",
}
LISTS = ("payload", "data", "canned_responses")


def from_json(data: Any, name: str) -> tuple[Grid, list[CellProblem]] | None:
    """The canned responses of an export; None where it is none."""
    if isinstance(data, Mapping):
        data = next((data[key] for key in LISTS if isinstance(data.get(key), list)), None)
    if not isinstance(data, list) or not data:
        return None
    if not all(isinstance(one, Mapping) and {"short_code", "content"} <= one.keys() for one in data):
        return None
    pairs = [(str(one["short_code"] or ""), str(one["content"] or "")) for one in data]
    return _grid(name, list(enumerate(pairs, start=1)))


def from_grid(grid: Grid) -> tuple[Grid, list[CellProblem]] | None:
    """The rows of a CSV with these two columns; None where it has others."""
    places = {fold(name): place for place, name in grid.rows[0][1].items()} if grid.rows else {}
    if not {"shortcode", "content"} <= places.keys():
        return None
    rows = grid.rows[1:]
    pairs = [(n, (cells.get(places["shortcode"], ""), cells.get(places["content"], ""))) for n, cells in rows]
    return _grid(grid.name, pairs)


def _grid(name: str, pairs: list[tuple[int, tuple[str, str]]]) -> tuple[Grid, list[CellProblem]]:
    problems: list[CellProblem] = []
    records = []
    for number, (short_code, content) in pairs:
        text, unknown = _with_slots(content)
        for liquid in unknown:
            problems.append(problem(name, number, "content", content, "unknown_variable", name=liquid))
        code = short_code.strip()
        records.append((number, [f"canned.{slug(code.replace('_', ' '))}" if code else "", "script", code, text]))
    return Grid.of(name, COLUMNS, records), problems


def _with_slots(text: str) -> tuple[str, list[str]]:
    """The text with our slots, and the stretches of Liquid that are none."""
    unknown: list[str] = []

    def slot(found: re.Match[str]) -> str:
        name = (found["variable"] or "").split("|")[0].strip(" -\n")
        if name in SLOTS:
            return "{" + SLOTS[name] + "}"
        unknown.append(found[0] if len(found[0]) <= SHOWN else found[0][:SHOWN] + "…")
        return found[0]

    return LIQUID.sub(slot, text), unknown
