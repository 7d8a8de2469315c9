"""What the knowledge page shows for one response of the API: display-ready parts, in reading order.

A pure function of the response's JSON. `static/results.js` makes the same parts in the browser and a browser
test holds the two to the same drawing. It decides nothing: decision, order and level are the API's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlencode

from service.pages.conversation import Conversation, read_conversation
from service.pages.figures import Piece, left, percent, pieces, plain, span, sureness
from service.pages.overlap import overlap

Json = Mapping[str, Any]
Words = Mapping[str, str]
OwnLine = Literal["question", "choose", "holding", "none", "nothing"]
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


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The page's words and the names of slots, in one language.

    `names` has what the policy calls its targets, fields and triggers in that language, by the other language's: the
    API names them in the query's.
    """

    words: Words
    slots: Words
    names: Words = field(default_factory=dict)

    def name(self, label: str) -> str:
        """What the policy names, in the page's language."""
        return self.names.get(label, label)


def results(response: Json, search: Search, dictionary: Dictionary, now: datetime) -> dict[str, Any]:
    """Every part of the result, None or empty where there is nothing to show."""
    words, suggestions = dictionary.words, response["suggestions"]
    chosen = choose(response, search.chosen)
    confidence = suggestions[0]["confidence"] if suggestions else 0.0
    abstains = response["decision"] == "abstain"
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
        "escalation": _escalation(response, chosen, search, dictionary, now),
        "related": _related(response, chosen, search),
    }


def _hint(response: Json, confidence: float, dictionary: Dictionary) -> str:
    """How sure, or what to do instead: where nothing is approved, whom to ask."""
    whom, words = response["escalation"]["target_label"], dictionary.words
    if response["decision"] == "abstain" and whom:
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
    if chosen:
        return _reply(response["suggestions"][chosen - 1], response["read_as"] or search.conversation.query, dictionary)
    words = dictionary.words
    match own_line(response, search.none):
        case "none":
            held = response["clarification"]["holding_reply"]
            return _line("holding", words["say_holding"], _pieces(held, dictionary))
        case "question":
            return _line("clarify", words["say_clarify"], [Piece(clarification_text(response["clarification"]))])
        case "holding":
            return _line("holding", words["say_holding"], _holding(response, dictionary))
        case "choose":
            return _line("nothing", words["clarify"], [Piece(words["say_choose"])])
        case _:
            return _line("nothing", words["abstain"], [Piece(words["say_nothing"])])


def _line(kind: str, title: str, text: list[Piece]) -> dict[str, Any]:
    return {"kind": kind, "title": title, "meta": [], "lang": "", "pieces": text, "match": None, "entry": None}


def _holding(response: Json, dictionary: Dictionary) -> list[Piece]:
    """The approved line that steadies the customer, or nothing."""
    holding = response["escalation"]["holding_reply"]
    return _pieces(holding, dictionary) if holding else []


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


def _reply(item: Json, said: str, dictionary: Dictionary) -> dict[str, Any]:
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


def _escalation(
    response: Json, chosen: int, search: Search, dictionary: Dictionary, now: datetime
) -> dict[str, Any] | None:
    hint, words = response["escalation"], dictionary.words
    if hint["level"] == "none":
        return None
    due_at = hint["due_at"]
    said_above = not chosen and own_line(response, search.none) == "holding"
    return {
        "level": hint["level"],
        "word": words[hint["level"]],
        "target": dictionary.name(hint["target_label"] or hint["target"] or ""),
        "priority": words.get(hint["priority"], ""),
        "span": span(hint["resolve_within"], hint["clock"], words) if hint["resolve_within"] else "",
        "due_at": due_at or "",
        "left": left(datetime.fromisoformat(due_at), now, words) if due_at else "",
        "reasons": reasons_text(hint["reasons"], dictionary, search.conversation.query),
        "collect": [
            {
                "field": item["field"],
                "label": dictionary.name(item["label"]),
                "optional": "" if item["required"] else words["optional"],
            }
            for item in hint["collect"]
        ],
        "holding": [] if said_above else _holding(response, dictionary),
    }


def _related(response: Json, chosen: int, search: Search) -> list[dict[str, str]]:
    """The neighbours of the chosen candidate, or the options to choose between."""
    if not chosen:
        return []
    related = response["suggestions"][chosen - 1]["related"]
    return [{"title": item["title"], "href": search.link(query=item["title"])} for item in related]


def own_line(response: Json, none: bool = False) -> OwnLine:
    """What there is to say while no candidate is chosen. Who must be helped at once is steadied, not questioned.

    `none`: no option was meant. The escalation's own holding reply, where it has one, goes before the general line.
    """
    if response["clarification"] and none and not response["escalation"]["holding_reply"]:
        return "none"
    if response["clarification"] and not none and response["escalation"]["level"] != "required":
        return "question" if _askable(response) else "choose"
    return "holding" if response["escalation"]["holding_reply"] else "nothing"


def _askable(response: Json) -> bool:
    """Whether a customer may read the options: there is a choice, and no title is worded for agents (a script's)."""
    faqs = {item["entry_id"] for item in response["suggestions"] if item["kind"] == "faq"}
    options = response["clarification"]["options"]
    return len(options) > 1 and all(option["entry_id"] in faqs for option in options)


def clarification_text(clarification: Json) -> str:
    """The question with its numbered options, as it is sent to the customer."""
    options = [f"{n}. {option['title']}" for n, option in enumerate(clarification["options"], start=1)]
    return "\n".join([clarification["text"], *options])


def reasons_text(reasons: list[Json], dictionary: Dictionary, said: str = "") -> str:
    """Why to escalate, for people, each reason once: a trigger by its name, what it heard where nobody sees it, and the
    stored phrasing that this was near to.

    `said` is what stands above it already.
    """
    return " · ".join(dict.fromkeys(_reason(reason, dictionary, said) for reason in reasons))


def _reason(reason: Json, dictionary: Dictionary, said: str) -> str:
    if reason["code"] != "trigger":
        return dictionary.words.get(f"reason_{reason['code']}", reason["code"])
    label, _, heard = reason["detail"].partition(": ")
    heard, _, near = heard.partition(" ≈ ")
    # A long message is cut in a reason, and stands above in full.
    seen = not heard or heard == said or (heard.endswith("…") and said.startswith(heard[:-1]))
    quoted = [dictionary.words["quoted"].format(text=text) for text in ("" if seen else heard, near) if text]
    return dictionary.name(label) + (" ≈ " if seen and near else "") + " ≈ ".join(quoted)
