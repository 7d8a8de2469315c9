"""Numbers, times and slots as people read them; `static/figures.js` says the same in the browser.

Pure functions over what the API returned. No wording of its own: it is handed the page's words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import floor

BRACED = re.compile(r"\{([^{}\s]+)\}")
DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")

SURE = (0.4, 0.7, 0.9)  # from here on one speaks of perhaps, likely, and sure

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a reply: plain text, or an unfilled slot (`slot` is its name, `text` what an agent calls it)."""

    text: str
    slot: str | None = None


def percent(confidence: float) -> str:
    """0.943 → `94 %`, rounding halves up; what is neither nothing nor certain is `<1 %` or `>99 %` at the ends."""
    whole = floor(confidence * 100 + 0.5)
    if 0 < confidence < 1 and whole in (0, 100):
        return "<1 %" if whole == 0 else ">99 %"
    return f"{whole} %"


def sureness(confidence: float) -> str:
    """Which of the page's words says it: `sure_4` for as good as certain, down to `sure_1` for hardly."""
    return f"sure_{1 + sum(confidence >= least for least in SURE)}"


def pieces(text: str, missing: Collection[str], labels: Words) -> list[Piece]:
    """The text with its unfilled slots, which are those named by `missing`, set apart. Other braces are text."""
    cut: list[Piece] = []
    start = 0
    for braced in BRACED.finditer(text):
        if braced[1] in missing:
            cut += [Piece(text[start : braced.start()]), Piece(labels.get(braced[1], braced[1]), braced[1])]
            start = braced.end()
    return [piece for piece in [*cut, Piece(text[start:])] if piece.text]


def marked(text: str, missing: Collection[str], labels: Words) -> str:
    """The text as it is copied, unfilled slots as `〔订单号〕`."""
    return "".join(f"〔{piece.text}〕" if piece.slot else piece.text for piece in pieces(text, missing, labels))


def plain(text: str, missing: Collection[str], labels: Words) -> str:
    """`marked` in one line."""
    return " ".join(marked(text, missing, labels).split())


def span(duration: str, clock: str | None, words: Words) -> str:
    """ISO 8601 and its clock in words: `PT24H` → `24 小时内`."""
    found = DURATION.fullmatch(duration)
    if found is None:
        return duration
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if days:
        return words["within_working_days" if clock == "working_days" else "within_days"].format(n=days)
    if minutes and hours:
        minutes, hours = minutes + 60 * hours, 0
    unit, number = next(
        (pair for pair in (("hours", hours), ("minutes", minutes), ("seconds", seconds)) if pair[1]), ("seconds", 0)
    )
    within = words[f"within_{unit}"].format(n=number)
    return words["in_business_hours"].format(within=within) if clock == "business_hours" else within


def left(due_at: datetime, now: datetime, words: Words) -> str:
    """What is left until `due_at` as a clock: `剩 23:41:07`, from two days on in days and hours."""
    seconds = int((due_at - now).total_seconds())
    word = words["left"] if seconds >= 0 else words["overdue"]
    seconds = abs(seconds)
    if seconds >= 2 * 86400:
        clock = words["days_hours"].format(days=seconds // 86400, hours=seconds % 86400 // 3600)
    else:
        clock = f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    return word.format(clock=clock)
