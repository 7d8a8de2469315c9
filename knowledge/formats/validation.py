"""What pydantic refused, said so that an editor knows what to change.

Owns pydantic's error types and wording: no other module knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Location = Sequence[str | int]


def field_name(location: Location) -> str:
    """`("replies", 0, "text")` → `replies[0].text`."""
    name = ""
    for part in location:
        name += f"[{part}]" if isinstance(part, int) else f".{part}"
    return name.removeprefix(".")


def details(error: ValidationError) -> Iterator[ErrorDetails]:
    """The errors an editor can act on: a list that is too short only because its elements are wrong is none."""
    found = error.errors(include_url=False)
    for detail in found:
        inside = (other["loc"][: len(detail["loc"])] for other in found if len(other["loc"]) > len(detail["loc"]))
        if detail["type"] != "too_short" or detail["loc"] not in inside:
            yield detail


def explain(detail: ErrorDetails) -> str:
    """One error of pydantic as one sentence: what is wrong, both values, the next step."""
    say = _SENTENCES.get(detail["type"])
    return say(detail.get("ctx", {}), detail["input"]) if say else f"{detail['msg']}, found {_short(detail['input'])}"


def _short(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'


def _too_long(ctx: dict[str, Any], value: object) -> str:
    """Both numbers; as pydantic measures after stripping, so does this."""
    length = ctx.get("actual_length") or len(str(value).strip())
    return f"is {length} characters long, at most {ctx['max_length']} fit: shorten it"


def _too_short(ctx: dict[str, Any], value: object) -> str:
    return f"is {'too short' if value else 'empty'}: give at least {ctx['min_length']}"


def _not_offered(ctx: dict[str, Any], value: object) -> str:
    return f"{_short(value)} is not one of {ctx['expected'].replace(' or ', ', ')}: choose one"


def _not_a_name(ctx: dict[str, Any], value: object) -> str:
    return f"{_short(value)} has characters that do not belong (pattern {ctx['pattern']}): rename it"


def _wanted(kind: str) -> Callable[[dict[str, Any], object], str]:
    return lambda ctx, value: f"expects {kind}, found {_short(value)}: correct it"


def _wanted_form(kind: str) -> Callable[[dict[str, Any], object], str]:
    return lambda ctx, value: f"expects {kind}, found {_short(value)} ({ctx.get('error', 'not that form')}): correct it"


_DATE = "a date such as 2026-11-22"
_SENTENCES: dict[str, Callable[[dict[str, Any], object], str]] = {
    "missing": lambda ctx, value: "is missing: add it",
    "extra_forbidden": lambda ctx, value: "is not a known field: correct its name or remove it",
    "literal_error": _not_offered,
    "string_too_long": _too_long,
    "too_long": _too_long,
    "string_too_short": lambda ctx, value: "is empty: write something or remove it",
    "too_short": _too_short,
    "string_pattern_mismatch": _not_a_name,
    "string_type": _wanted("text"),
    "tuple_type": _wanted("a list"),
    "model_type": _wanted("a mapping of fields"),
    "dict_type": _wanted("a mapping"),
    "int_parsing": _wanted("a whole number"),
    "float_parsing": _wanted("a number"),
    "bool_parsing": _wanted("true or false"),
    "time_parsing": _wanted_form("a time such as 08:30"),
    "date_parsing": _wanted_form(_DATE),
    "date_from_datetime_parsing": _wanted_form(_DATE),
    "date_from_datetime_inexact": _wanted(_DATE),
    "value_error": lambda ctx, value: str(ctx["error"]),
}
