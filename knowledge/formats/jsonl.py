"""Question sets, one JSON object a line: a knowledge base, and the queries it is measured with.

The layout of public FAQ sets: knowledge `{"id","questions":[…],"answer"?}`, queries `{"question","gold","kind"?}` with
`gold` null where nothing answers. It carries no more than that: replies by channel, escalation and dates are the
pack's (`yaml`). Real questions are longer and dirtier than an editor's: phrasings are cut to the model's limits,
as only matching depends on them. Answers are shown, so they are never altered: one too long is a problem.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from knowledge.errors import PackError, Problem
from knowledge.formats.nodes import decode
from knowledge.formats.validation import details, explain, field_name
from knowledge.model import LONGEST_ID, Entry, EntryId, Frozen, Level
from knowledge.text import encodable, is_cjk

TITLE_LIMIT, VARIANT_LIMIT = 100, 500
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
FOREIGN = re.compile(r"[^A-Za-z0-9_]")
ENTRY_ID: TypeAdapter[str] = TypeAdapter(EntryId)


class Turn(NamedTuple):
    """One earlier message of the conversation."""

    role: Literal["customer", "agent"]
    text: str


class Query(Frozen):
    """One labelled query. `gold` None: nothing in the knowledge base answers it.

    `escalation` is the expected level, `trigger` what should raise it, `resembles` an entry that it looks like.
    """

    text: Annotated[str, Field(min_length=1)]
    gold: EntryId | None
    kind: str | None = None
    history: tuple[Turn, ...] = ()
    escalation: Level | None = None
    trigger: str | None = None
    resembles: EntryId | None = None


class _KnowledgeRow(Frozen):
    id: Annotated[str, Field(min_length=1, coerce_numbers_to_str=True)]
    questions: Annotated[tuple[str, ...], Field(min_length=1)]
    answer: str | None = None


def read_knowledge(path: Path) -> tuple[Entry, ...]:
    """The entries of a question set: title and variants from its questions, the reply its answer or else the title."""
    problems: list[Problem] = []
    entries: list[Entry] = []
    lines: dict[str, int] = {}
    for line, row in _rows(path, problems):
        try:
            entry = _entry(_KnowledgeRow.model_validate(row))
        except ValidationError as error:
            problems.extend(_problems(error, path, line, row, {"title": "questions[0]", "replies[0].text": "answer"}))
            continue
        if entry.id in lines:
            message = f"the id is also on line {lines[entry.id]}: rename or delete one"
            problems.append(Problem(str(path), line, message, entry.id, "id"))
        lines.setdefault(entry.id, line)
        entries.append(entry)
    if problems:
        raise PackError(problems)
    return tuple(entries)


def read_queries(path: Path) -> tuple[Query, ...]:
    """The labelled queries of a question set; columns we do not know are passed over, `gold` must be there."""
    problems: list[Problem] = []
    queries: list[Query] = []
    for line, row in _rows(path, problems):
        known = {name: row[name] for name in Query.model_fields if name in row and name != "text"}
        if "question" in row:
            known["text"] = row["question"]
        if isinstance(known.get("gold"), str | int):
            known["gold"] = entry_id(str(known["gold"]))
        try:
            queries.append(Query.model_validate(known))
        except ValidationError as error:
            problems.extend(_problems(error, path, line, {}, {"text": "question"}))
    if problems:
        raise PackError(problems)
    return tuple(queries)


def entry_id(name: str) -> str:
    """The name as an entry id: itself where it fits, otherwise with every foreign character spelt by its code.

    Knowledge and queries go through it alike, so a gold still names its entry: `paid?` → `paid_x3f`.
    """
    try:
        return ENTRY_ID.validate_python(name)
    except ValidationError:
        spelt = FOREIGN.sub(lambda match: f"_x{ord(match[0]):x}", name)
    if not 0 < len(spelt) <= LONGEST_ID:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        spelt = f"{spelt[: LONGEST_ID - 13]}_{digest}"
    return spelt


def _entry(row: _KnowledgeRow) -> Entry:
    phrasings = [text for question in row.questions if (text := _matchable(question))]
    title = phrasings[0][:TITLE_LIMIT].strip() if phrasings else ""
    # A first question that was cut for the title stays whole among the variants.
    variants = dict.fromkeys(phrasing[:VARIANT_LIMIT].strip() for phrasing in phrasings)
    variants.pop(title, None)
    text = row.answer if row.answer is not None else title
    reply = {"language": "zh" if is_cjk(text) else "en", "text": text}
    fields = {"id": entry_id(row.id), "kind": "faq", "title": title, "variants": tuple(variants), "replies": (reply,)}
    return Entry.model_validate(fields)


def _matchable(question: str) -> str:
    """A question without what no entry may hold: lone surrogates, and control characters, which become a space."""
    return CONTROL.sub(" ", encodable(question)).strip()


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of every line that is not blank."""
    for number, line in enumerate(decode(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            problems.append(Problem(str(path), number, f"not readable as JSON ({error}): correct it"))
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            problems.append(Problem(str(path), number, "expects an object: put the line in { }"))


def _problems(
    error: ValidationError, path: Path, line: int, row: dict[str, Any], called: dict[str, str]
) -> Iterator[Problem]:
    """Problems under the names that the fields have in the file."""
    entry = str(row["id"]) if "id" in row else None
    for detail in details(error):
        name = field_name(detail["loc"])
        yield Problem(str(path), line, explain(detail), entry, called.get(name, name) or None)
