"""Customer and agent speaking in turn: 客户：… / 客服：…, and questions with their answers: 问：… 答：…."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.formats.documents.recognition.found import Found
from knowledge.formats.documents.recognition.lines import Line
from knowledge.formats.documents.recognition.speech import unquoted

CUSTOMER = re.compile(r"(?:客户|顾客|买家|用户|来电者|客人|C|问|Q|问题)\s*\d*\s*[：:]\s*(?=\S)(.+)$", re.IGNORECASE)
AGENT = re.compile(
    r"(?:客服(?:人员|代表|专员)?|坐席|座席|话务员|店员|服务员|A|答|回答|答复|回复)\s*\d*\s*[：:]\s*(.+)$", re.IGNORECASE
)
ASKED = re.compile(r".{4,60}[？?]$")
INLINE = re.compile(
    r"(?P<asked>(?:如何|怎[么样]|什么|是否|能否|能不能|可不可以|可以|为什么|多久|哪|有没有|几)[^？?。！；]{2,40}[？?])\s*(?P<answer>.{8,})$"
)
NOT_CUSTOMER = re.compile(r"您(?!们好)|为您|感谢您")
TURNS = 6  # of one side in a row
LONGEST_ANSWER = 4  # lines


def find(lines: Sequence[Line]) -> Iterator[Found]:
    """One for each customer's turn, or turns, that an agent answers; then headings that ask, with what stands below."""
    at = 0
    while at < len(lines):
        asked = _turns(lines, at, CUSTOMER)
        answered = _turns(lines, at + len(asked), AGENT) if asked else []
        if asked and answered:
            said = [unquoted(match[1]) for match in asked]
            wordings = tuple(unquoted(match[1]) for match in answered)
            where = tuple(lines[at : at + len(asked) + len(answered)])
            yield Found("dialogue", said[0], wordings, where, variants=tuple(said), kind="faq")
            at += len(where)
        else:
            at += 1
    yield from _questions(lines)


def _turns(lines: Sequence[Line], at: int, who: re.Pattern[str]) -> list[re.Match[str]]:
    found = []
    for line in lines[at : at + TURNS]:
        match = who.match(line.text)
        if match is None:
            break
        found.append(match)
    return found


def _questions(lines: Sequence[Line]) -> Iterator[Found]:
    for line in lines:
        if line.marker and (inline := INLINE.match(line.text)):
            asked = inline["asked"]
            yield Found("question", asked, (inline["answer"].strip(),), (line,), variants=(asked,), kind="faq")
    for at, line in enumerate(lines[:-1]):
        asks = (line.heading or line.marker) and ASKED.fullmatch(line.text) and not CUSTOMER.match(line.text)
        if not asks or NOT_CUSTOMER.search(line.text):
            continue
        below = []
        for answer in lines[at + 1 : at + 1 + LONGEST_ANSWER]:
            if answer.heading or answer.cells or ASKED.fullmatch(answer.text) or answer.marker:
                break
            below.append(answer)
        if below:
            text = "".join(unquoted(AGENT.sub(r"\1", answer.text)) for answer in below)
            yield Found("question", line.text, (text,), (line, *below), variants=(line.text,), kind="faq")
