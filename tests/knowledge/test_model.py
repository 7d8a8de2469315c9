"""The knowledge's types refuse what could never be right."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.model import Entry, Escalation, Fact, Facts, Product, Reply, ServiceLevel
from tests.knowledge.sample import policy as sample_policy


def entry(**changes: Any) -> Entry:
    """A small valid entry with changes."""
    content: dict[str, Any] = {
        "id": "refund.time",
        "kind": "faq",
        "title": "退款多久",
        "replies": [{"text": "您好，3 天内到账。"}],
    }
    return Entry.model_validate(content | changes)


def test_an_entry_is_immutable() -> None:
    """A version that was approved cannot be changed in place."""
    with pytest.raises(ValidationError, match="frozen"):
        entry().title = "别的"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("id", "退款", "pattern"),
        ("kind", "question", "'faq' or 'script'"),
        ("title", "  ", "at least 1 character"),
        ("title", "退" * 101, "at most 100"),
        ("variants", ["a\x00b"], "U+0000 at position 1"),
        ("variants", ["\ud800"], "unicode"),
        ("products", ["\ud800"], "half of one"),
        ("replies", [], "at least 1 item"),
        ("colour", "red", "Extra inputs"),
    ],
)
def test_a_wrong_field_is_refused(field: str, value: Any, said: str) -> None:
    """Ids, kinds, lengths, control characters, lone surrogates, missing replies and unknown fields are errors."""
    with pytest.raises(ValidationError) as caught:
        entry(**{field: value})
    assert said in str(caught.value)


def test_two_replies_for_one_channel_and_language_are_refused() -> None:
    """Which of the two would be shown would be chance."""
    with pytest.raises(ValidationError, match="two replies for channel chat in zh"):
        entry(replies=[{"channel": "chat", "text": "甲"}, {"channel": "chat", "text": "乙"}])


def test_the_window_includes_both_ends_and_must_be_ordered() -> None:
    """An entry may be shown on its first and on its last day; a window that ends before it begins is an error."""
    shown = entry(valid_from=date(2026, 11, 1), valid_until=date(2026, 11, 30))
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)]
    assert [shown.valid_on(day) for day in days] == [False, True, True, False]
    with pytest.raises(ValidationError, match="swap them"):
        entry(valid_from=date(2026, 11, 30), valid_until=date(2026, 11, 1))


def test_category_and_phrasings() -> None:
    """The category is the id's first part; the title is the first of the phrasings."""
    found = entry(variants=["钱呢"])
    assert found.category == "refund"
    assert found.phrasings == ("退款多久", "钱呢")


def test_an_escalation_names_a_target() -> None:
    """Somebody must be told by name; level none tells nobody."""
    assert Escalation().level == "none"
    with pytest.raises(ValidationError, match="needs a target"):
        Escalation(level="required")


def test_facts_resolve_by_dotted_name() -> None:
    """A shop's fact by its whole name, a product's by product and field; English falls back to Chinese."""
    fee = Fact(zh="8 元", en="8 yuan", source="shop")
    area = Fact(zh="30 ㎡", source="manual")
    facts = Facts(facts={"ship.fee": fee}, products={"A3": Product(topic="purifier", facts={"area": area})})
    assert facts.resolve("ship.fee") is fee
    assert facts.resolve("A3.area") is area
    assert facts.resolve("A3.colour") is None
    assert facts.resolve("B4.area") is None
    assert (fee.text("en"), area.text("en")) == ("8 yuan", "30 ㎡")


@pytest.mark.parametrize(
    ("level", "duration"),
    [
        (ServiceLevel(label="x", seconds=30, clock="business_hours"), "PT30S"),
        (ServiceLevel(label="x", seconds=86400), "PT24H"),
        (ServiceLevel(label="x", seconds=5430), "PT1H30M30S"),
        (ServiceLevel(label="x", days=2, clock="working_days"), "P2D"),
    ],
)
def test_durations_are_iso_8601(level: ServiceLevel, duration: str) -> None:
    """Hours stay hours (24 h is not a day on a business calendar); working days are days."""
    assert level.duration == duration


@pytest.mark.parametrize(
    "fields", [{}, {"seconds": 5, "days": 1}, {"days": 2}, {"seconds": 5, "clock": "working_days"}]
)
def test_a_service_level_has_one_measure(fields: dict[str, Any]) -> None:
    """Seconds by the clock or days by the calendar, never both or neither."""
    with pytest.raises(ValidationError, match="give days with clock working_days"):
        ServiceLevel.model_validate({"label": "x", **fields})


def test_a_policy_names_only_what_it_has() -> None:
    """A trigger or target that points at nothing is an error that says what there is."""
    policy = sample_policy()
    with pytest.raises(ValidationError, match="first_reply nowhere is not one of the service levels"):
        type(policy).model_validate(policy.model_dump() | {"first_reply": "nowhere"})


def test_a_reply_defaults_to_any_channel_in_chinese() -> None:
    """Most shops write one text for all channels."""
    assert (Reply(text="您好").channel, Reply(text="您好").language) == ("any", "zh")
