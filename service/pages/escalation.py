"""The escalation card: who else must or may be told, how soon, what they need to know, and what to say meanwhile.

Pure functions of the API's response, as `results` is; `static/escalation.js` makes the same in the browser. Once a
candidate is chosen its own escalation is shown. Before that an entry's is but a guess, and is shown as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.pages.figures import left, pieces, span

Json = Mapping[str, Any]
Words = Mapping[str, str]
GUESSED = {"entry", "low_confidence"}  # reasons that nobody has said anything for yet


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

    def foreign(self, line: Json, language: str) -> str:
        """What a line is in where that is not the language to answer in; nothing where it is."""
        return "" if line["language"] == language else self.words[f"language_{line['language']}"]


def hint_of(response: Json, chosen: int) -> Json:
    """What the API says of the chosen candidate; of the query, where none is."""
    hint: Json = response["suggestions"][chosen - 1]["escalation"] if chosen else response["escalation"]
    return hint


def is_guess(response: Json, chosen: int) -> bool:
    """Whether it is the rule of an entry that nobody has said is meant, and nothing else was heard."""
    codes = [reason["code"] for reason in response["escalation"]["reasons"]]
    return not chosen and codes[:1] == ["entry"] and GUESSED.issuperset(codes)


def card(
    response: Json, chosen: int, said_above: bool, said: str, dictionary: Dictionary, now: datetime
) -> dict[str, Any] | None:
    """The card's parts, None where nobody is to be told. `said_above`: the holding reply stands above it already.

    What is but a guess has no clock that runs.
    """
    hint, words, guess = hint_of(response, chosen), dictionary.words, is_guess(response, chosen)
    if hint["level"] == "none":
        return None
    due_at = None if guess else hint["due_at"]
    holding = None if said_above else hint["holding_reply"]
    return {
        "level": hint["level"],
        "guess": guess,
        "condition": words["if_meant"].format(title=_titled(hint["reasons"][0]["detail"])) if guess else "",
        "word": words[hint["level"]],
        "target": dictionary.name(hint["target_label"] or hint["target"] or ""),
        "priority": words.get(hint["priority"], ""),
        "span": span(hint["resolve_within"], hint["clock"], words) if hint["resolve_within"] else "",
        "due_at": due_at or "",
        "left": left(datetime.fromisoformat(due_at), now, words) if due_at else "",
        "reasons": reasons_text(hint["reasons"], dictionary, said),
        "collect": [
            {
                "field": item["field"],
                "label": dictionary.name(item["label"]),
                "optional": "" if item["required"] else words["optional"],
            }
            for item in hint["collect"]
        ],
        "holding": pieces(holding["text"], holding["missing_slots"], dictionary.slots) if holding else [],
        "foreign": dictionary.foreign(holding, response["language"]) if holding else "",
    }


def reasons_text(reasons: Sequence[Json], dictionary: Dictionary, said: str = "") -> str:
    """Why to escalate, for people, each reason once: an entry by its title, a trigger by its name, what it heard where
    nobody sees it, and the stored phrasing that this was near to.

    `said` is what stands above it already.
    """
    return " · ".join(dict.fromkeys(_reason(reason, dictionary, said) for reason in reasons))


def _reason(reason: Json, dictionary: Dictionary, said: str) -> str:
    words = dictionary.words
    if reason["code"] == "entry":
        return words["reason_entry"].format(title=_titled(reason["detail"]))
    if reason["code"] != "trigger":
        return words.get(f"reason_{reason['code']}", reason["code"])
    label, _, heard = reason["detail"].partition(": ")
    heard, _, near = heard.partition(" ≈ ")
    # A long message is cut in a reason, and stands above in full.
    seen = not heard or heard == said or (heard.endswith("…") and said.startswith(heard[:-1]))
    quoted = [words["quoted"].format(text=text) for text in ("" if seen else heard, near) if text]
    return dictionary.name(label) + (" ≈ " if seen and near else "") + " ≈ ".join(quoted)


def _titled(detail: str) -> str:
    """The title of the entry that a reason names as `id: title`."""
    return detail.partition(": ")[2] or detail
