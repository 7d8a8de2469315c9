"""Facts and slots in replies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.errors import KnowledgeError
from knowledge.model import Fact, Facts
from knowledge.references import fact_names, fill, resolve_facts, slot_names
from tests.knowledge.sample import facts


def test_facts_are_put_in_in_the_language_of_the_reply() -> None:
    """A fact gives its English text in English, and its Chinese text where there is no English."""
    text = "{ship.fee}/{shop.phone}/{A3.area}"
    assert resolve_facts(text, facts(), "zh") == "8 元/400-000/21 ㎡"
    assert resolve_facts(text, facts(), "en") == "8 yuan/400-000/21 ㎡"


def test_a_missing_fact_is_named() -> None:
    """Every missing fact is named at once, and what exists is not."""
    with pytest.raises(KnowledgeError, match=r"fact ship\.free, A3\.weight does not exist: add it"):
        resolve_facts("{ship.free}{ship.fee}{A3.weight}", facts(), "zh")


def test_a_facts_own_braces_are_not_expanded() -> None:
    """What a fact says is put in as it stands, even where it looks like a reference."""
    tricky = Facts(facts={"a.b": Fact(zh="{a.b}{c.d}", source="x")})
    assert resolve_facts("{a.b}", tricky, "zh") == "{a.b}{c.d}"


def test_names_come_once_and_in_order() -> None:
    """Names are unique, in order of first use, and the two kinds do not mix."""
    text = "{order_no}{ship.fee}{customer_name}{order_no}{A3.area}{ship.fee}"
    assert slot_names(text) == ("order_no", "customer_name")
    assert fact_names(text) == ("ship.fee", "A3.area")


@pytest.mark.parametrize(
    "text", ["{}", "{ order_no }", "{3.5}", "{1}", '{"a": 1}', "{a.}", "{.a}", "{a b}", "{a", "a}", "{{}}"]
)
def test_other_braces_are_text(text: str) -> None:
    """Braces around anything but a name stay untouched."""
    assert slot_names(text) == fact_names(text) == ()
    assert fill(text, {}) == (text, ())
    assert resolve_facts(text, Facts(), "zh") == text


def test_a_misspelt_slot_is_still_a_slot() -> None:
    """Capitals and Chinese names count as slots, so that a check can say they do not exist."""
    assert slot_names("{Order_no}{姓名}") == ("Order_no", "姓名")


def test_given_slots_are_filled_and_others_stay_visible() -> None:
    """The missing are returned once each, in order, and remain in the text."""
    text = "{customer_name}，单号{order_no}，{order_no}，{city}，{ship.fee}"
    filled, missing = fill(text, {"customer_name": "张女士", "unused": "x"})
    assert filled == "张女士，单号{order_no}，{order_no}，{city}，{ship.fee}"
    assert missing == ("order_no", "city")


def test_an_empty_value_fills_its_slot() -> None:
    """An empty value was given, so the slot is not missing."""
    assert fill("a{order_no}b", {"order_no": ""}) == ("ab", ())


@given(
    st.dictionaries(st.sampled_from(["a", "b"]), st.text() | st.sampled_from(["{a}", "{b}", "\\1", "{a.b}", r"\g<0>"]))
)
def test_slot_values_are_inserted_as_they_are(slots: dict[str, str]) -> None:
    """No value is read again, whatever it holds: neither as a slot nor as a regular expression."""
    filled, missing = fill("<{a}|{b}>", slots)
    assert filled == f"<{slots.get('a', '{a}')}|{slots.get('b', '{b}')}>"
    assert missing == tuple(name for name in ("a", "b") if name not in slots)
