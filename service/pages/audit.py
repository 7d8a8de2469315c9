"""/audit: the log of every act on the knowledge, for administrators also on people and keys; filters, and its CSV."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from knowledge.store import AuditRecord, Store
from service.api.audit import AuditQuery, administers, page
from service.api.reviews import Reader
from service.errors import RequestError
from service.fields import field_problems, sentence
from service.pages.frame import called_in, language_of, render
from service.pages.words.review import WORDS
from service.reviews import zone_of

router = APIRouter(include_in_schema=False)

FILTERS = ("entry", "who", "act", "from", "to")
Found = tuple[tuple[AuditRecord, ...], int, int | None]


@router.get("/audit")
async def audit(request: Request, person: Reader) -> Response:
    """The lines that fit the filters of the address; a filter that cannot be read is named."""
    asked = {name: value for name in (*FILTERS, "before") if (value := request.query_params.get(name, "").strip())}
    filters = {name: value for name, value in asked.items() if name in FILTERS}
    problem = ""
    found: Found = ((), 0, None)
    run = request.app.state.storage.run
    whole = administers(person)
    try:
        query = AuditQuery.model_validate(asked)
        found = await run(lambda store: page(store, query, whole))
    except ValidationError as error:
        problem = sentence(field_problems(error), language_of(request))
    except RequestError as error:
        problem = f"{error.field}: {error}"

    lines, total, following = found
    named = {line.entry_id for line in lines if line.entry_id}

    def read(store: Store) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ZoneInfo, dict[str, str]]:
        return store.audit_choices(whole), zone_of(store), store.titles(named)

    (people, acts), zone, titles = await run(read)
    words = {language: {**WORDS[language], "page_title": WORDS[language]["audit_title"]} for language in WORDS}
    own = words[language_of(request)]
    called = called_in(request)
    context: dict[str, Any] = {
        "lines": lines,
        "titles": titles,
        "total": total,
        "older": _address("/audit", filters | {"before": str(following)}) if following is not None else None,
        "newest": _address("/audit", filters) if "before" in asked else None,
        "csv": _address("/v1/audit.csv", filters),
        "filters": filters,
        "people": people,
        "acts": acts,
        "problem": problem,
        "when": lambda moment: moment.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        "act_word": lambda act: own.get(f"act_{act}", act),
        "who": lambda name: own.get(f"who_{name}") or called(name),
        "about": lambda line: _about(line, own),
    }
    return render(request, "audit.html", words, context, 422 if problem else 200)


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _about(line: AuditRecord, words: dict[str, str]) -> str:
    """What an act without an entry is about."""
    word = words.get(str(line.detail.get("document", "")))
    if word:
        return word.format(n=line.detail.get("version", ""))
    if "conversation" in line.detail:
        return words["conversation_hash"].format(hash=line.detail["conversation"])
    found = (line.detail.get(name) for name in ("index_version", "person", "name"))
    return next((str(one) for one in found if one is not None), "")
