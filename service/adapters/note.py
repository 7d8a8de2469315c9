"""Private notes for agents: the suggestion and the escalation as text, in the words of the pages.

The furniture is the pages' own; replies and lines stand in a note byte for byte, after a blank line, to be copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from service.api.responses import SuggestionOut, SuggestionResponse
from service.pages.escalation import Dictionary, reasons_text
from service.pages.figures import percent
from service.pages.results import asks, clarification_text
from service.pages.words import WORDS, UiLanguage


def language_of(response: SuggestionResponse) -> UiLanguage:
    """That of the best suggestion's reply; Chinese where there is none."""
    return response.suggestions[0].reply.language if response.suggestions else "zh"


def suggestion_note(response: SuggestionResponse) -> str:
    """What to say: the reply of an answer, else the line to say first and the candidates behind it."""
    words = WORDS[language_of(response)]
    shown = response.suggestions
    if response.decision == "answer" and shown:
        return _reply(f"{words['answer']} · ", shown[0], response)
    parts = [words[response.decision]]
    if response.clarification is not None and asks(response.model_dump(mode="json")):
        parts += [words["say_clarify"], clarification_text(response.clarification.model_dump(mode="json"))]
    elif response.escalation.holding_reply is not None:
        parts += [words["say_holding"], response.escalation.holding_reply.text]
    if shown:
        parts.append(words["candidates_abstain" if response.decision == "abstain" else "candidates"])
    return "\n\n".join([*parts, *(_reply(f"{n}. ", item, response) for n, item in enumerate(shown, start=1))])


def escalation_note(response: SuggestionResponse, zone: ZoneInfo) -> str | None:
    """Level, target, deadline in the desk's own time, what to collect and what to say; None where there is nothing."""
    hint, words = response.escalation, WORDS[language_of(response)]
    if hint.level == "none":
        return None
    priority = words.get(hint.priority, "")
    lines = [f"▲ {words[hint.level]} → {hint.target_label or hint.target or ''}{f' · {priority}' if priority else ''}"]
    if hint.due_at is not None:
        until = words["note_before"].format(time=hint.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"))
        lines.append(f"{words['note_due']}: {until}")
    if hint.collect:
        wanted = (item.label if item.required else f"{item.label} ({words['optional']})" for item in hint.collect)
        lines.append(f"{words['note_collect']}: {words['comma'].join(wanted)}")
    reasons: list[Mapping[str, Any]] = [reason.model_dump() for reason in hint.reasons]
    lines.append(f"{words['note_reasons']}: {reasons_text(reasons, Dictionary(words, {}))}")
    said = [words["say_holding"], hint.holding_reply.text] if hint.holding_reply is not None else []
    return "\n\n".join(["\n".join(lines), *said])


def _reply(before: str, item: SuggestionOut, response: SuggestionResponse) -> str:
    words = WORDS[language_of(response)]
    head = f"{before}{item.title} · {percent(item.confidence)} · {item.entry_id} v{item.version}"
    if item.reply.missing_slots:
        names = words["comma"].join(item.reply.missing_slots)
        head += "\n" + words["still_missing"].format(n=len(item.reply.missing_slots), names=names)
    return f"{head}\n\n{item.reply.text}"
