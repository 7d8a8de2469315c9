"""One live entry as a page to link to and to print: `/entries/{id}`, with every reply, and nothing to edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from index.errors import RetrievalError
from knowledge.errors import NotFound
from knowledge.model import Entry, Policy
from knowledge.model import Reply as ApprovedReply
from knowledge.references import slot_names
from service.api.entries import EntryDetail, detail_of
from service.errors import request_id
from service.identity.people import needs, permissions_of
from service.pages.figures import pieces
from service.pages.frame import language_of, render
from service.pages.problems import ShownProblem, unavailable
from service.pages.slots import labels, live_labels
from service.pages.words import WORDS as PARTS
from service.pages.words import UiLanguage
from service.pages.words.categories import WORDS as CATEGORIES
from service.pages.words.entry import WORDS

Words = Mapping[str, str]
ORDER = ("chat", "any", "phone", "email")
# The words that the script says.
TOLD = ("copied", "copy_failed", "favoured", "unfavoured", "still_missing", "copy_anyway", "fill_in", "comma")

router = APIRouter(include_in_schema=False)


@router.get("/entries/{entry_id}", dependencies=[Depends(needs("search"))])
def entry(entry_id: str, request: Request) -> Response:
    """The entry, or what to do where there is none."""
    language = language_of(request)
    words = PARTS[language] | WORDS[language]
    context: dict[str, Any] = {"problem": None, "shown": None}
    try:
        context["shown"] = _shown(detail_of(request, entry_id), request.app.state.live.retriever.contents, language)
    except NotFound:
        context["problem"] = ShownProblem(
            "missing", 404, words["missing_title"], words["missing_text"].format(id=entry_id[:120])
        )
    except RetrievalError as error:
        context["problem"] = unavailable(error, request_id(request), words, language)
    if context["shown"]:
        context |= {
            "labels": live_labels(request, language),
            "may_edit": "edit" in permissions_of(request),
            "own_words": {key: words[key] for key in TOLD},
        }
    status = context["problem"].status if context["problem"] else 200
    return render(request, "entry.html", {language: words}, context, status, embeddable=True)


def _shown(detail: EntryDetail, contents: Any, language: UiLanguage) -> dict[str, Any]:
    entry, words = detail.entry, WORDS[language]
    titles = {approved.entry.id: approved.entry.title for approved in contents.entries}
    replies = sorted(entry.replies, key=lambda reply: (reply.language != language, ORDER.index(reply.channel)))
    return {
        "detail": detail,
        "entry": entry,
        "category": CATEGORIES[language].get(entry.category, entry.category),
        "replies": [_reply(reply, labels(contents.policy, language), words) for reply in replies],
        "related": [(name, titles[name]) for name in entry.related if name in titles],
        "escalation": _escalation(entry, contents.policy, language),
        "validity": _validity(entry, detail.valid_today, words),
    }


def _reply(reply: ApprovedReply, slots: Words, words: Words) -> dict[str, Any]:
    missing = slot_names(reply.text)
    return {
        "channel": words[f"channel_{reply.channel}"],
        "language": reply.language,
        "text": reply.text,
        "pieces": pieces(reply.text, missing, slots),
    }


def _escalation(entry: Entry, policy: Policy, language: UiLanguage) -> dict[str, Any] | None:
    """Level, whom, and what to collect; None where the entry asks for none."""
    own = entry.escalation
    if own.level == "none":
        return None
    name = own.target or policy.default_target
    target = policy.targets.get(name) if name else None
    holding = own.holding_reply or (target.holding_reply if target else "")
    fields = [policy.fields[field] for field in own.collect or (target.collect if target else ())]
    return {
        "level": own.level,
        "target": (target.label_en if language == "en" else target.label) if target else name or "",
        "collect": [field.label_en if language == "en" else field.label for field in fields],
        "holding": pieces(holding, slot_names(holding), labels(policy, language)),
    }


def _validity(entry: Entry, valid_today: bool, words: Words) -> str:
    if entry.valid_from is None and entry.valid_until is None:
        return words["always_valid"]
    days = words["valid_days"].format(since=entry.valid_from or "…", until=entry.valid_until or "…")
    return days if valid_today else f"{days} · {words['not_valid']}"
