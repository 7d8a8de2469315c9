"""Promises in time: within what a desk picks up, answers, calls back, concludes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from knowledge.formats.documents.recognition.lines import Line
from knowledge.model import Clock

NUMBER = r"(?P<number>\d+(?:\.\d+)?|半|[一二两三四五六七八九十]{1,3})"
UNIT = r"(?P<unit>秒钟?|分钟|个?小时|个?工作日|天|声)"
SPAN = re.compile(
    rf"(?:(?:最[长多迟晚]|不超过|不得超过|控制在|限)[^，。；\d一二两三四五六七八九十半]{{0,8}}{NUMBER}\s*个?{UNIT})|{NUMBER.replace('number', 'number2')}\s*{UNIT.replace('unit', 'unit2')}(?:之?内|以内|为限|内接听)"
)
# What is promised, in the order in which they are looked for; the policy's names for it.
ACTS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"铃|接听|接起|拿起(?:电话|话筒)?|接通|三声"), "phone-pickup"),
    (re.compile(r"投诉|立案"), "complaint"),
    (re.compile(r"首次|第一(?:次|时间)|首响|响应|欢迎|提出后"), "first-reply"),
    (re.compile(r"回电|电话答复|致电|回访|回拨|联系客户|电话回复"), "callback"),
    (re.compile(r"查[证询]|核实|个案|解决方案|上级|升级"), "lookup"),
    (re.compile(r"回复|答复|解答|回答|处理|解决|完成|办结|反馈|通知|邮件|发货|退款|跟进"), "reply"),
)
SECONDS: Final = {"秒": 1, "分": 60, "小": 3600, "个小": 3600, "天": 86_400}
RING = 5  # seconds
SENTENCE = re.compile(r"[^。！？；\n]+")
DIGITS: Final = {numeral: value for value, numeral in enumerate("一二三四五六七八九", 1)} | {"两": 2}
CLAUSES = "，,。；;！？\n"
LONGEST = 120
BEFORE, BEHIND = 40, 20  # characters around a span that say what it is for
MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Limit:
    """A promise as it stands in the document. Seconds, or working days, as in the policy's service levels."""

    act: str
    text: str
    clock: Clock
    seconds: int | None
    days: int | None
    line: Line


def find(lines: Sequence[Line]) -> Iterator[Limit]:
    """One for each span of time in a sentence that says what happens within it."""
    for line in lines:
        for sentence in SENTENCE.finditer(line.text):
            yield from _in_sentence(sentence, line)


def _in_sentence(sentence: re.Match[str], line: Line) -> Iterator[Limit]:
    for span in SPAN.finditer(sentence[0]):
        number, unit = span["number"] or span["number2"], span["unit"] or span["unit2"]
        act = _act(line.text, sentence.start() + span.start(), sentence.start() + span.end())
        if act is None:
            continue
        seconds, days = _measured(_value(number), unit)
        if seconds is None and days is None:
            continue
        clock: Clock = "working_days" if days is not None else "elapsed"
        yield Limit(act, sentence[0].strip()[:LONGEST], clock, seconds, days, line)


def _act(text: str, start: int, end: int) -> str | None:
    """What is promised: by the clause the span stands in, else by what stands around it, the sentence before included."""
    first = max(text.rfind(mark, 0, start) for mark in CLAUSES) + 1
    last = min((at for mark in CLAUSES if (at := text.find(mark, end)) >= 0), default=len(text))
    for part in (text[first:last], text[max(0, start - BEFORE) : end + BEHIND]):
        if (act := next((name for pattern, name in ACTS if pattern.search(part)), None)) is not None:
            return act
    return None


def _measured(value: float, unit: str) -> tuple[int | None, int | None]:
    if "工作日" in unit:
        return None, int(value) if 1 <= value <= MOST_DAYS and value == int(value) else None
    factor = RING if unit == "声" else next((SECONDS[key] for key in SECONDS if unit.startswith(key)), 0)
    seconds = round(value * factor)
    return (seconds if 0 < seconds <= MOST_DAYS * 86_400 else None), None


def _value(number: str) -> float:
    if number == "半":
        return 0.5
    if number[0].isdigit():
        return float(number)
    tens, ten, ones = number.partition("十")
    if not ten:
        return float(DIGITS.get(number, 0))
    return float((DIGITS.get(tens, 1)) * 10 + DIGITS.get(ones, 0))
