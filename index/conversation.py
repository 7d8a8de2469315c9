"""What was said before a message, and the message seen among it.

A follow-up says little by itself (那要几天呢), and read behind an earlier turn it says mostly what that turn said. So a
message q after the customer's last turn c and the desk's last turn d has the kernel values

    v = (v(q) + v(c，q) + v(d，q) − ω v(c)) / (3 − ω)

of which the message's own share keeps a new matter new, and what is taken off keeps a mere remark (我看看) from asking
again what was just answered. Why so: docs/decisions/history.md.
"""

from __future__ import annotations

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


class Turn(Protocol):
    """One earlier message; `role` is `customer` or the desk's."""

    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


def from_customer(history: Sequence[Turn]) -> list[str]:
    """The customer's last few turns with a word in them, oldest first."""
    return [turn.text for turn in history if turn.role == CUSTOMER and normalise(turn.text)][-LOOKED_BACK:]


def led_to(history: Sequence[Turn]) -> list[str]:
    """What a message may be about: the beginnings of the last turn of each side, the customer's first."""
    sides: dict[bool, str] = {}
    for turn in reversed(history):
        side = turn.role == CUSTOMER
        if side not in sides and normalise(turn.text):
            sides[side] = turn.text[:HEARD]
    return [sides[side] for side in (True, False) if side in sides]


def behind(turn: str, message: str) -> str:
    """The message read as one text with an earlier turn."""
    return f"{turn}，{message}"


def looked_at(message: str, history: Sequence[Turn]) -> list[str]:
    """Every text that may have to be seen for a message: itself, the customer's turns, and it behind what led to it."""
    return [message, *from_customer(history), *(behind(turn, message) for turn in led_to(history))]


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
