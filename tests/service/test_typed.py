"""The page's queries while they may still grow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.typed import TYPING, Noted, Typed, owed
from tests.knowledge.store.test_queries import AT, query


def noted(text: str, seconds: float = 0, typist: str = "anna", **fields: Any) -> Noted:
    """What somebody has typed, so many seconds after the first."""
    return Noted(query(1, text, **({"at": AT + timedelta(seconds=seconds)} | fields)), typist)


def outgrown(*typed: Noted) -> list[str]:
    """The texts out of which a later one grew."""
    held = Typed()
    for one in typed:
        held.add(one)
    return [one.record.text for one in held.settled(AT, everything=True) if one.outgrown]


def test_the_last_of_what_is_typed_outgrows_the_rest() -> None:
    """Typed further, or taken back; in other words is another query."""
    typed = [noted(text, second) for second, text in enumerate(("快递", "快递三天", "快递三", "退款"))]
    assert outgrown(*typed) == ["快递", "快递三天"]


@pytest.mark.parametrize("more", [{"typist": "bert"}, {"agent_id": "a-7"}])
def test_one_agent_outgrows_nobody_elses(more: dict[str, Any]) -> None:
    """Nor does the same text count once where two asked it."""
    assert outgrown(noted("退款"), noted("退款几天能到", 1, **more)) == []
    assert outgrown(noted("退款"), noted("退款", 1, **more)) == []
    assert outgrown(noted("退款"), noted("退款", 1)) == ["退款"]


def test_what_is_typed_later_is_another_query() -> None:
    """Within the pause it still grows."""
    pause = TYPING.total_seconds()
    assert outgrown(noted("退款"), noted("退款几天", pause)) == ["退款"]
    assert outgrown(noted("退款"), noted("退款几天", pause + 0.1)) == []


def test_it_is_held_until_nothing_can_grow_out_of_it() -> None:
    """Then it is given once; so is one from the future, of a clock that has gone back since."""
    held = Typed()
    for one in (noted("退"), noted("退款", 1), noted("快递", 5)):
        held.add(one)
    assert (len(held), held.owed) == (3, 2)
    assert [one.record.text for one in held.settled(AT + timedelta(seconds=2))] == ["快递"]
    assert [one.record.text for one in held.settled(AT + TYPING)] == ["退"]
    rest = held.settled(AT + TYPING, everything=True)
    assert ([one.record.text for one in rest], owed(rest), len(held)) == (["退款"], 1, 0)
