"""What is stored and makes no sense: bits that changed within a value, which the database itself does not notice.

Every value that is more than text or a number is read through here: JSON, moments and days as they come out of the
driver, and models made of them. So damage is told apart from a mistake of ours, which must show as one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.errors import DatabaseError

M = TypeVar("M", bound=BaseModel)


class Unreadable(DatabaseError):
    """A stored value cannot be what was written; `Database` says in which database."""


def decoded(text: str | bytes) -> Any:
    """Stored JSON as data."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"stored JSON is none: {error}") from error


def parsed(reader: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    """A driver's reader of moments or days, whose failure is the value's."""
    if reader is None:
        return None

    def read(value: Any) -> Any:
        try:
            return reader(value)
        except (ValueError, TypeError, OverflowError) as error:
            raise Unreadable(f"stored time is none: {error}") from error

    return read


def word(value: str, words: Sequence[str]) -> str:
    """A stored word that is one of those there are."""
    if value not in words:
        raise Unreadable(f"stored word is none of {', '.join(words)}")
    return value


def modelled(model: type[M], content: Any) -> M:
    """Stored data as the model that it was written from."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        # Without the input, which may be what a customer said.
        told = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, told["loc"]))
        raise Unreadable(f"stored {model.__name__.lower()} is none: {where}: {told['msg']}") from error
