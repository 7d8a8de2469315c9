"""What was said before a message, and the message seen among it.

A follow-up says little by itself (那要几天呢), and read behind an earlier turn it says mostly what that turn said. So a
message q after the customer's last turn c and the desk's last turn d has the kernel values

    v = (v(q) + v(c，q) + v(d，q) − ω v(c)) / (3 − ω)

of which the message's own share keeps a new matter new, and what is taken off keeps a mere remark (我看看) from asking
again what was just answered. Why so: docs/decisions/history.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any, Protocol

from index.channels import Seen
from knowledge.text import normalise

CUSTOMER = "customer"
FOLLOWS = 80  # characters up to which a message may need what was said before; a longer one tells its matter itself
LOOKED_BACK = 3  # turns of the customer's
HEARD = 40  # characters of an earlier turn that a message is read behind: a long one would drown it
ALONE = 0.3  # ω: what the customer's turn says by itself, which was answered
# What a waiting customer sends and what consoles write for a picture, both in normal form.
NUDGE = re.compile(
    r"(?:(?:你|您|人|有人|客服|还)?在(?:吗|么|嘛|不在|不|没|线吗)?|有人(?:吗|么)|人呢|你好|您好|哈[喽罗啰]|嗨|喂|亲|请问"
    r"|麻烦问一?下|说话|回(?:我|一下|话|复(?:我|一下)?)|快点?|hi|hello|hey|(?:is )?(?:anyone|anybody|are you) there"
    r"|[啊呀呢哦呐哈吧嘛]|\W)*"
)
MEDIA = re.compile(
    r"\[(?:图片|表情|动画表情|语音|视频|文件|链接|位置|卡片|image|photo|picture|sticker|voice|video|file)\]"
)


class Turn(Protocol):
    """One earlier message; `role` is `customer` or the desk's."""

    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


def telling(history: Sequence[Turn]) -> list[Turn]:
    """The turns that tell of a matter, oldest first: neither a customer's who waits (？, 在吗) nor the desk's to it."""
    turns, told = [], True
    for turn in history:
        said = _said(turn)
        if turn.role == CUSTOMER:
            told = NUDGE.fullmatch(said) is None
        if told and any(map(str.isalnum, said)):
            turns.append(turn)
    return turns


def from_customer(turns: Sequence[Turn]) -> list[str]:
    """The customer's last few turns, oldest first."""
    return [turn.text for turn in turns if turn.role == CUSTOMER][-LOOKED_BACK:]


def other_than(message: str, turns: Sequence[Turn]) -> list[Turn]:
    """The turns but for those in which the customer said the very same, which tell no more of what it is about."""
    key = normalise(message)
    return [turn for turn in turns if turn.role != CUSTOMER or normalise(turn.text) != key]


def led_to(turns: Sequence[Turn]) -> list[str]:
    """What a message may be about: the beginnings of the last turn of each side, the customer's first."""
    sides: dict[bool, str] = {}
    for turn in reversed(turns):
        sides.setdefault(turn.role == CUSTOMER, _said(turn)[:HEARD])
    return [sides[side] for side in (True, False) if side in sides]


def _said(turn: Turn) -> str:
    return MEDIA.sub("", normalise(turn.text)).strip()


def behind(turn: str, message: str) -> str:
    """The message read as one text with an earlier turn."""
    return f"{turn}，{message}"


def looked_at(message: str, history: Sequence[Turn]) -> list[str]:
    """Every text that may have to be seen for a message: itself, the customer's turns, and it behind what led to it."""
    turns = telling(history)
    before = led_to(other_than(message, turns))
    return [message, *from_customer(turns), *(behind(turn, message) for turn in before)]


def among(message: Seen, behind_turns: Sequence[Seen], asked: Seen | None) -> Seen:
    """The message as it is meant after what was said: itself and behind each turn, less what was `asked` already.

    Its rows are the mean of these texts', so a cosine with them is the mean of the texts' own (−1..1).
    """
    said = [message, *behind_turns]

    def together(found: Sequence[Any]) -> Any:
        return reduce(add, found)

    values, weight = together([one.values for one in said]), float(len(said))
    if asked is not None:
        values, weight = values - ALONE * asked.values, weight - ALONE
    return replace(
        message,
        rows={channel: together([one.rows[channel] for one in said]) / len(said) for channel in message.rows},
        values=values / weight,
        stranger=together([one.stranger for one in said]) / len(said),
    )
