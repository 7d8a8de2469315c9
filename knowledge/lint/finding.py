"""What a rule has to say: a finding about a place in a pack, a mark in one text. Data; lint never raises for either."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]

NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `entry_id` is None for policy and facts; `field` is a path such as `variants[0]`, counted from 0.

    An error keeps a build from being published, a warning does not. `line` is known only where a file was read.
    """

    rule: str
    severity: Severity
    entry_id: str | None
    field: str
    message: str
    line: int | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """Sorting key: entry, field with its numbers as numbers, rule, message; policy and facts first."""
        parts = NUMBER.split(self.field)
        field = tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)
        return self.entry_id or "", field, self.rule, self.message


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing a rule has to say about a part of one text: the characters from `start` to before `end`, from 0.

    `alternatives` are approved words to say instead.
    """

    rule: str
    severity: Severity
    message: str
    start: int
    end: int
    alternatives: tuple[str, ...] = ()
