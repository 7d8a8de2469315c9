"""Training: `/training` shows a customer's line, the agent replies, and then sees the approved reply.

The lines are the golden queries of the shipped pack, read when first asked for; one whose entry is not live is left
out. What a line ought to come to is its label, not the service's own guess. Without a script the page shows line and
reply; with one it also says what the rules make of the agent's own. Nothing is kept here.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

import knowledge
from index.contents import Contents
from index.errors import RetrievalError
from knowledge.formats.golden import read_golden
from knowledge.formats.jsonl import Query
from knowledge.lint.context import language_of as language_of_text
from knowledge.model import ApprovedEntry, Level, Target
from knowledge.references import slot_names
from service.desk import choose_reply
from service.errors import request_id
from service.identity.people import needs
from service.pages.figures import pieces
from service.pages.frame import language_of, render
from service.pages.problems import unavailable
from service.pages.slots import labels
from service.pages.words import WORDS as PARTS
from service.pages.words import UiLanguage
from service.pages.words.categories import WORDS as CATEGORIES
from service.pages.words.training import WORDS

GOLDEN = Path(knowledge.__file__).resolve().parent / "content" / "golden"
# Ways in which customers speak; the others are keywords, or made to contradict an entry.
KINDS = (
    *("plain", "colloquial", "indirect", "long", "emotional", "typo", "zh-Hant", "en", "follow-up", "topic-change"),
    *("escalation", "look-alike", "near", "far", "chit-chat"),
)
WITHOUT_ENTRY = ("near", "far", "chit-chat")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Exercise:
    """A customer's line and what it ought to come to; `approved` None: nothing answers it."""

    query: Query
    approved: ApprovedEntry | None
    target: Target | None
    level: Level

    @property
    def category(self) -> str:
        return self.approved.entry.category if self.approved is not None else ""


@router.get("/training", dependencies=[Depends(needs("search"))])
def training(request: Request) -> Response:
    """One exercise of the kind and category asked for; with `show` also what it ought to come to."""
    language, asked = language_of(request), request.query_params
    words = PARTS[language] | WORDS[language]
    context: dict[str, Any] = {"problem": None, "exercise": None, "approved": None, "kinds": [], "categories": []}
    try:
        contents: Contents = request.app.state.live.retriever.contents
        context |= _shown(exercises(contents, golden(GOLDEN)), contents, asked, language)
    except RetrievalError as error:
        context["problem"] = unavailable(error, request_id(request), words, language)
    status = context["problem"].status if context["problem"] else 200
    return render(request, "training.html", {language: words}, context, status)


@cache
def golden(folder: Path) -> tuple[Query, ...]:
    """The lines that customers could have said, in an order that has nothing to do with their entries."""
    queries = [query for path in sorted(folder.glob("*.yaml")) for query in read_golden(path)]
    spoken = [query for query in queries if query.kind in KINDS]
    return tuple(sorted(spoken, key=lambda query: hashlib.sha256(query.text.encode()).digest()))


def exercises(contents: Contents, queries: tuple[Query, ...]) -> list[Exercise]:
    """Those of the lines whose right outcome the live knowledge has."""
    approved = {one.entry.id: one for one in contents.entries}
    made = (_exercise(query, approved, contents) for query in queries)
    return [exercise for exercise in made if exercise is not None]


def _exercise(query: Query, approved: Mapping[str, ApprovedEntry], contents: Contents) -> Exercise | None:
    policy = contents.policy
    if query.gold is not None:
        one = approved.get(query.gold)
        if one is None or one.entry.kind != "faq":
            return None  # an agent's situation is no customer's line
        own = one.entry.escalation
        level = query.escalation or own.level
        return Exercise(query, one, policy.targets.get(own.target or policy.default_target or ""), level)
    trigger = next((each for each in policy.triggers if each.code == query.trigger), None)
    if trigger is not None:
        return Exercise(query, None, policy.targets.get(trigger.target), query.escalation or trigger.level)
    if query.kind in WITHOUT_ENTRY:
        return Exercise(query, None, policy.targets.get(policy.default_target or ""), "offer")
    return None


def _shown(made: list[Exercise], contents: Contents, asked: Mapping[str, str], language: UiLanguage) -> dict[str, Any]:
    names, words = CATEGORIES[language], WORDS[language]
    kind, category = asked.get("kind", ""), asked.get("category", "")
    fitting = [each for each in made if kind in ("", each.query.kind) and category in ("", each.category)]
    spoken = {each.query.kind for each in made}
    number = _number(asked.get("n", ""), len(fitting))
    exercise = fitting[number] if fitting else None

    def link(n: int, **more: str) -> str:
        chosen = {"kind": kind, "category": category}
        return "/training?" + urlencode({k: v for k, v in chosen.items() if v} | {"n": str(n)} | more)

    return {
        "exercise": exercise,
        "approved": _approved(exercise, contents, language) if exercise and "show" in asked else None,
        "kind": kind,
        "category": category,
        "kinds": [(each, words[f"kind_{each.replace('-', '_')}"]) for each in KINDS if each in spoken],
        "categories": sorted({(each.category, names.get(each.category, each.category)) for each in made} - {("", "")}),
        "show_href": link(number, show="1"),
        "next_href": link(number + 1),
        "number": number,
        "data": {
            "words": PARTS[language] | words,
            "slots": labels(contents.policy, language),
            "entry": exercise.query.gold if exercise else None,
        },
    }


def _number(text: str, count: int) -> int:
    """Which exercise: round and round, and anywhere where none is named."""
    if not count:
        return 0
    return int(text) % count if text.isascii() and text.isdecimal() and len(text) < 7 else random.randrange(count)


def _approved(exercise: Exercise, contents: Contents, language: UiLanguage) -> dict[str, Any]:
    """What ought to be said and done: the approved reply, or the holding line; level, whom, and what to collect."""
    policy, target, one = contents.policy, exercise.target, exercise.approved
    if one is not None:
        text = choose_reply(one.entry, "chat", language_of_text(exercise.query.text)).text
    else:
        text = target.holding_reply if target and exercise.query.trigger else policy.lines.holding
    own = one.entry.escalation.collect if one is not None else ()
    fields = [policy.fields[name] for name in own or (target.collect if target else ()) if name in policy.fields]
    english = language == "en"
    return {
        "one": one,
        "pieces": pieces(text, slot_names(text), labels(policy, language)),
        "level": exercise.level,
        "target": (target.label_en if english else target.label) if target and exercise.level != "none" else "",
        "collect": [
            {"label": field.label_en if english else field.label, "required": field.required}
            for field in (fields if exercise.level != "none" else [])
        ],
    }
