"""A pasted conversation → its turns, and which of them is the query; `static/conversation.js` does the same.

Consoles copy conversations as lines with a speaker: `客户：…`, `[10:21] 客服-小美：…`, `tb88 (2026-11-20 10:00:05): …`,
or the speaker and the time on a line of their own and the text below. A text without speakers is one message and no
conversation. The patterns are written here once and handed to the script, so both read alike: they hold nothing that
Python and JavaScript understand differently. Anybody may send a text, so reading takes time in proportion to its
length: no two parts of a pattern that stand side by side may both take a blank without a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from service.api.requests import LONGEST_QUERY

Role = Literal["customer", "agent"]

MOST_TURNS = 50  # as many as the API takes
BLANK = " \t\u3000\u00a0"
_BLANKS = f"[{BLANK}]*"
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* [0-9]{1,2}(?:, ?[0-9]{4})?"
_DATE = (
    "(?:[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{1,2}[-/月][0-9]{1,2}日?|今天|昨天|前天"
    f"|(?:星期|周)[一二三四五六日天]|{_MONTH})"
)
_CLOCK = "(?:凌晨|早上|上午|中午|下午|晚上)? ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[ap]m)?"
_TIME = f"(?:{_DATE}[ ,T]{{0,3}})?{_CLOCK}"
_WHEN = f"[(（\\[]?{_TIME}[)）\\]]?"
_SAID = f"{_BLANKS}(?:[:：]{_BLANKS}([^\\n]*))?"
_CUSTOMER = (
    "客户|客戶|买家|買家|顾客|顧客|用户|用戶|访客|訪客|客人|消费者|会员|customer|client|visitor|user|buyer|contact"
)
_AGENT = (
    "客服|智能客服|商家|店铺|卖家|賣家|坐席|座席|小二|店主|掌柜|机器人|機器人|我方|我|agent|support|seller|operator|bot"
)
_INNER = "[^:：()（）\\n]{0,20}"
_SUFFIX = f"(?:[A-Za-z0-9]{{1,6}}|{_BLANKS}[-_·—]{_INNER}|{_BLANKS}[(（]{_INNER}[)）])?"
_MARKS = ":：()（）\\[\\]【】\\n"  # what no name has in it
_NAME = f"[^{_MARKS}]{{1,30}}"

# Each is matched, ignoring case, against one whole line without the blanks around it.
PATTERNS: Final[dict[str, str]] = {
    # 小美 (2026-11-20 10:00:05): …   and the same without a text, which is then below
    "time_last": f"^([^()（）\\[\\]【】\\n]{{0,39}}?[^()（）\\[\\]【】\\n{BLANK}]){_BLANKS}{_WHEN}{_SAID}$",
    # [10:21] 客户：…
    "time_first": f"^{_WHEN}{_BLANKS}((?![{BLANK}])[^{_MARKS}]{{0,29}}?[^{_MARKS}{BLANK}]){_SAID}$",
    # 客户：…
    "role": f"^((?:{_CUSTOMER}|{_AGENT}){_SUFFIX}){_BLANKS}[:：]{_BLANKS}([^\\n]*)$",
    # 张三:   with the text below
    "name": f"^({_NAME})[:：]$",
    "customer": f"^(?:{_CUSTOMER}){_SUFFIX}$",
    # A shop's own names; those of its staff have a colon: 栖木旗舰店:小美
    "agent": f"^(?:{_AGENT}){_SUFFIX}$|客服|旗舰店|专卖店|专营店|官方|商家|售前|售后|机器人|[:：]",
    "control": "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]",
}
_READ = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in PATTERNS.items()}


class Turn(NamedTuple):
    """One message of the conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is asked for, and what was said before it, oldest first."""

    query: str
    history: tuple[Turn, ...] = ()


class _Line(NamedTuple):
    """A line that names its speaker; `kind` is the pattern it fits."""

    kind: str
    name: str
    text: str


def read_conversation(text: str) -> Conversation:
    """The last thing the customer said with what went before; the whole text where nobody is named as its speaker."""
    turns = _turns(_READ["control"].sub(" ", text))
    last = max((place for place, turn in enumerate(turns) if turn.role == "customer"), default=None)
    if last is None:
        return Conversation(text)
    history = [Turn(turn.role, turn.text[:LONGEST_QUERY].strip(f"{BLANK}\n")) for turn in turns[:last]]
    return Conversation(turns[last].text, tuple(history[-MOST_TURNS:]))


def _turns(text: str) -> list[Turn]:
    lines = [line.strip(BLANK) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    heads = _heads(lines)
    roles = _roles([head for head in heads if head is not None])
    turns: list[tuple[Role, list[str]]] = []
    for line, head in zip(lines, heads, strict=True):
        if head is not None:
            turns.append((roles[head.name], [head.text]))
        elif turns:  # what stands before the first speaker is nobody's
            turns[-1][1].append(line)
    said = [Turn(role, "\n".join(parts).strip(f"{BLANK}\n")) for role, parts in turns]
    return [turn for turn in said if turn.text]


def _heads(lines: Sequence[str]) -> list[_Line | None]:
    """The lines that name a speaker. One time in a message, or a list of labels, is no conversation."""
    heads = [_head(line) for line in lines]
    bare = [head.name for head in heads if head is not None and head.kind == "name"]
    if len(bare) < 3 or len(set(bare)) != 2:
        heads = [None if head is not None and head.kind == "name" else head for head in heads]
    found = [head for head in heads if head is not None]
    if len(found) < 2 and not any(head.kind == "role" for head in found):
        return [None] * len(lines)
    return heads


def _head(line: str) -> _Line | None:
    for kind in ("role", "time_first", "time_last", "name"):
        found = _READ[kind].match(line)
        if found is not None and found[1].strip(BLANK):
            return _Line(kind, found[1].strip(BLANK), (found[2] or "") if kind != "name" else "")
    return None


def _roles(heads: Iterable[_Line]) -> dict[str, Role]:
    """Who is who: by the word, else a shop's name; of the others the first to speak is the customer."""
    names = list(dict.fromkeys(head.name for head in heads))
    known: dict[str, Role] = {}
    for name in names:
        if _READ["customer"].search(name):
            known[name] = "customer"
        elif _READ["agent"].search(name):
            known[name] = "agent"
    unknown = [name for name in names if name not in known]
    if unknown and "customer" not in known.values():
        known[unknown.pop(0)] = "customer"
    return known | dict.fromkeys(unknown, "agent")
