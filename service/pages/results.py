"""What the knowledge page shows for one response of the API: display-ready parts, in reading order.

A pure function of the response's JSON. `static/results.js` makes the same parts in the browser and a browser
test holds the two to the same drawing. It decides nothing: decision, order and level are the API's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlencode

from knowledge.text import is_cjk
from service.pages.conversation import Conversation, read_conversation
from service.pages.escalation import Dictionary, Json, card, is_guess
from service.pages.figures import Piece, percent, pieces, plain, sureness
from service.pages.overlap import overlap

OwnLine = Literal["question", "choose", "holding", "general"]
NONE = "none"
LONGEST_TALK = 20_000  # characters; a longer text in an address is one message, and as that too long for the API


@dataclass(frozen=True)
class Search:
    """What was asked of the page: the text, the channel, and which candidate is chosen (0: the decision's own).

    `none` is that no option of a clarification was meant. The text may be a whole conversation.
    """

    query: str = ""
    channel: str = "chat"
    chosen: int | None = None
    none: bool = False

    @cached_property
    def conversation(self) -> Conversation:
        """The text read as a conversation, once."""
        return read_conversation(self.query) if len(self.query) <= LONGEST_TALK else Conversation(self.query)

    def link(self, query: str | None = None, chosen: int | str | None = None) -> str:
        """The page's address for this search with another query or candidate; `NONE` for no option."""
        fields = {"q": self.query if query is None else query}
        if self.channel != "chat":
            fields["channel"] = self.channel
        if chosen is not None:
            fields["n"] = str(chosen)
        return "/?" + urlencode(fields)


def results(response: Json, search: Search, dictionary: Dictionary, now: datetime) -> dict[str, Any]:
    """Every part of the result, None or empty where there is nothing to show."""
    words, suggestions = dictionary.words, response["suggestions"]
    chosen = choose(response, search.chosen)
    confidence = suggestions[0]["confidence"] if suggestions else 0.0
    abstains = response["decision"] == "abstain"
    said_above = not chosen and own_line(response, search.none) == "holding"
    return {
        "decision": {
            "name": response["decision"],
            "word": words[response["decision"]],
            "hint": _hint(response, confidence, dictionary),
            "read_as": words["read_as"].format(text=response["read_as"]) if response["read_as"] else "",
        },
        "list_title": words["candidates_abstain" if abstains else "candidates"],
        "candidates": [_candidate(n, item, chosen, search, dictionary) for n, item in enumerate(suggestions, start=1)],
        "say": _say(response, chosen, search, dictionary),
        "options": _options(response, chosen, search),
        "none_href": search.link(chosen=NONE),
        "escalation": card(response, chosen, said_above, search.conversation.query, dictionary, now),
        "related": _related(response, chosen, search),
    }


def _hint(response: Json, confidence: float, dictionary: Dictionary) -> str:
    """How sure, or what to do instead: where nothing is approved, whom to ask."""
    whom, words = response["escalation"]["target_label"], dictionary.words
    if response["decision"] == "abstain" and whom and not is_guess(response, 0):
        return words["abstain_ask"].format(whom=dictionary.name(whom))
    return words[f"{response['decision']}_hint"].format(percent=percent(confidence))


def choose(response: Json, wanted: int | None) -> int:
    """The chosen candidate, from 1. Without a wish the first if it may be sent, else 0: the decision's line."""
    count = len(response["suggestions"])
    if wanted is not None and 0 < wanted <= count:
        return wanted
    return 1 if response["decision"] == "answer" and count else 0


def _candidate(n: int, item: Json, chosen: int, search: Search, dictionary: Dictionary) -> dict[str, Any]:
    return {
        "n": n,
        "href": search.link(chosen=n),
        "chosen": n == chosen,
        "title": item["title"],
        "confidence": percent(item["confidence"]),
        "preview": plain(item["reply"]["text"], item["reply"]["missing_slots"], dictionary.slots),
    }


def _say(response: Json, chosen: int, search: Search, dictionary: Dictionary) -> dict[str, Any]:
    """The one text that Enter copies: a reply, the question to ask, or the holding line."""
    words, language = dictionary.words, response["language"]
    if chosen:
        said = response["read_as"] or search.conversation.query
        return _reply(response["suggestions"][chosen - 1], said, language, dictionary)
    match own_line(response, search.none):
        case "question":
            clarification = response["clarification"]
            question = clarification | {"text": clarification_text(clarification), "missing_slots": []}
            return _line("clarify", words["say_clarify"], question, language, dictionary)
        case "choose":
            own = {"text": words["say_choose"], "missing_slots": [], "language": language}
            return _line("nothing", words["clarify"], own, language, dictionary) | {"lang": ""}
        case "holding":
            return _line("holding", words["say_holding"], response["escalation"]["holding_reply"], language, dictionary)
        case "general":
            return _line("holding", words["say_holding"], response["holding_reply"], language, dictionary)


def _line(kind: str, title: str, line: Json, language: str, dictionary: Dictionary) -> dict[str, Any]:
    """What is said for no entry."""
    return {
        "kind": kind,
        "title": title,
        "meta": [],
        "lang": line["language"],
        "foreign": dictionary.foreign(line, language),
        "pieces": _pieces(line, dictionary),
        "match": None,
        "entry": None,
    }


def _pieces(reply: Json, dictionary: Dictionary) -> list[Piece]:
    return pieces(reply["text"], reply["missing_slots"], dictionary.slots)


def _options(response: Json, chosen: int, search: Search) -> list[dict[str, Any]]:
    """What the customer may have meant, numbered like the candidates; once it is known there is nothing to choose."""
    clarification = response["clarification"]
    if not clarification or chosen or search.none:
        return []
    places = {item["entry_id"]: n for n, item in enumerate(response["suggestions"], start=1)}
    return [_option(item, places.get(item["entry_id"]), search) for item in clarification["options"]]


def _option(item: Json, n: int | None, search: Search) -> dict[str, Any]:
    """An option that is no candidate leads to a search for its title."""
    href = search.link(chosen=n) if n else search.link(query=item["title"])
    return {"n": n or "", "entry_id": item["entry_id"], "title": item["title"], "href": href}


def _reply(item: Json, said: str, language: str, dictionary: Dictionary) -> dict[str, Any]:
    words, match = dictionary.words, item["match"]
    day = item["approved_at"][:10]
    meta = [words["version"].format(n=item["version"]), words["approved_by"].format(name=item["approved_by"]), day]
    if item["valid_until"]:
        meta.append(words["valid_until"].format(day=item["valid_until"][:10]))
    return {
        "kind": "reply",
        "title": item["title"],
        "meta": meta,
        "lang": item["reply"]["language"],
        "foreign": dictionary.foreign(item["reply"], language),
        "pieces": _pieces(item["reply"], dictionary),
        "match": {
            "variant": overlap(match["variant"], said),
            "tier": words["exact"] if match["tier"] == "exact" else "",
            "contradictions": [words["contradiction"].format(**each) for each in match["contradictions"]],
        },
        "entry": {
            "id": item["entry_id"],
            "href": f"/entries/{item['entry_id']}",
            "sure": f"{words[sureness(item['confidence'])]} {percent(item['confidence'])}",
        },
    }


def _related(response: Json, chosen: int, search: Search) -> list[dict[str, str]]:
    """The neighbours of the chosen candidate, or the options to choose between."""
    if not chosen:
        return []
    related = response["suggestions"][chosen - 1]["related"]
    return [{"title": item["title"], "href": search.link(query=item["title"])} for item in related]


def own_line(response: Json, none: bool = False) -> OwnLine:
    """What there is to say while no candidate is chosen. Who must be helped at once is steadied, not questioned.

    `none`: no option was meant. An entry's own words are not said before somebody has said that it is meant.
    """
    hint, guess = response["escalation"], is_guess(response, 0)
    if response["clarification"] and not none and (guess or hint["level"] != "required"):
        return "question" if _askable(response) else "choose"
    return "holding" if hint["holding_reply"] and not guess else "general"


def asks(response: Json) -> bool:
    """Whether the question may be sent with nobody in between: who perhaps must be helped at once is steadied."""
    return bool(response["clarification"]) and response["escalation"]["level"] != "required" and _askable(response)


def _askable(response: Json) -> bool:
    """Whether a customer may read the options: there is a choice, and no title is worded for agents (a script's) or
    Chinese to who writes English.
    """
    faqs = {item["entry_id"] for item in response["suggestions"] if item["kind"] == "faq"}
    options = response["clarification"]["options"]
    foreign = response["language"] == "en" and any(is_cjk(option["title"]) for option in options)
    return len(options) > 1 and not foreign and all(option["entry_id"] in faqs for option in options)


def clarification_text(clarification: Json) -> str:
    """The question with its numbered options, as it is sent to the customer."""
    options = [f"{n}. {option['title']}" for n, option in enumerate(clarification["options"], start=1)]
    return "\n".join([clarification["text"], *options])
