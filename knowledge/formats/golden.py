"""Golden queries: YAML lists of labelled queries, kept apart from all variants.

    - {query: "钱退了三天还没收到", gold: refund.not-arrived, kind: colloquial}

`gold` null: nothing answers it (kinds far, near, chit-chat, gibberish), or it is not judged (kinds escalation and
look-alike, whose `escalation` and `trigger` are). `history` holds earlier turns, oldest first. `resembles` names an
entry that the query looks like: unless that is its gold, the query contradicts it, in what `kind` says.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from knowledge.errors import PackError, Problem
from knowledge.formats.jsonl import Query, Turn
from knowledge.formats.nodes import decode
from knowledge.formats.validation import explain

FIELDS = {"query", "gold", "kind", "history", "escalation", "trigger", "resembles"}


def read_golden(path: Path) -> tuple[Query, ...]:
    """The queries of one file; PackError names every row that cannot be read."""
    try:
        rows = yaml.load(decode(path), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PackError([Problem(str(path), line, f"is not YAML ({error.problem}): mend this line")]) from error
    if not isinstance(rows, list):
        raise PackError([Problem(str(path), 1, "must be a list of queries")])
    problems: list[Problem] = []
    queries = []
    for number, row in enumerate(rows, start=1):
        try:
            queries.append(_query(row))
        except (ValidationError, ValueError) as error:
            message = (
                str(error)
                if not isinstance(error, ValidationError)
                else "; ".join(str(explain(item)) for item in error.errors())
            )
            problems.append(Problem(str(path), 1, f"query {number}: {message}"))
    if problems:
        raise PackError(problems)
    return tuple(queries)


def _query(row: Any) -> Query:
    if not isinstance(row, dict) or not {"query", "gold", "kind"} <= set(row):
        raise ValueError("needs query, gold and kind")
    if unknown := set(row) - FIELDS:
        raise ValueError(f"has unknown fields {sorted(unknown)}: the fields are {sorted(FIELDS)}")
    turns = row.get("history", [])
    if not isinstance(turns, list) or not all(
        isinstance(turn, dict) and set(turn) == {"role", "text"} for turn in turns
    ):
        raise ValueError("history must be a list of {role, text}")
    history = tuple(Turn(turn["role"], turn["text"]) for turn in turns)
    return Query(
        text=row["query"],
        gold=row["gold"],
        kind=row["kind"],
        history=history,
        escalation=row.get("escalation"),
        trigger=row.get("trigger"),
        resembles=row.get("resembles"),
    )
