"""What went wrong, as a person needs to hear it; `static/problems.js` says the same in the browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from knowledge.model import Language
from service.fields import field_problems, sentence
from service.reasons import told

Words = Mapping[str, str]
COMMAND = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class ShownProblem:
    """A problem on a page: what happened, what to do, what to run, and the request id."""

    kind: str
    status: int
    title: str
    text: str
    command: str = ""
    request_id: str = ""


def invalid(error: ValidationError, query: str, longest: int, words: Words, language: Language) -> ShownProblem:
    """A query that the API refuses, in the page's words where it is merely too long."""
    if len(query) > longest:
        text = words["too_long"].format(n=len(query), limit=longest)
    else:
        text = sentence(field_problems(error), language)
    return ShownProblem("invalid", 422, words["invalid_title"], text)


def fields(error: ValidationError, words: Words, language: Language) -> str:
    """What the API refuses of a form, a line a field, each by the page's word for it where it has one."""
    named = [(words.get(one.field.split(".")[0], one.field), one.told(language)) for one in field_problems(error)]
    return "\n".join(words["field_refused"].format(field=name, why=why) for name, why in named)


def unavailable(error: Exception, request_id: str, words: Words, language: Language) -> ShownProblem:
    """Nothing answers now: the command that the message names in backticks, else the message itself."""
    command = COMMAND.search(str(error))
    kind = "unavailable" if command else "later"
    return ShownProblem(
        kind=kind,
        status=503,
        title=words[f"{kind}_title"],
        text=words["unavailable_text"] if command else told(error, language),
        command=command[1] if command else "",
        request_id=words["request_id"].format(id=request_id),
    )
