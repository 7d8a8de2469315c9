"""unknown-references."""

from __future__ import annotations

from tests.knowledge.lint.packs import found, make_entry

RULE = "unknown-references"


def test_unknown_facts_and_slots_are_errors() -> None:
    """Each name once, in the reply that has it."""
    assert found(RULE, make_entry(reply="{ship.price}{ship.price}，请报{order_number}。")) == [
        (
            "error",
            "replies[0].text",
            "fact ship.price does not exist: add it to shop.yaml or products.yaml, or correct the name",
        ),
        ("error", "replies[0].text", "slot order_number is not in the policy: use one of its slots or add it there"),
    ]


def test_known_ones_pass() -> None:
    """Facts of the shop and slots of the policy."""
    assert found(RULE, make_entry(reply="{return.days}内请报{order_no}。")) == []


def test_a_stray_brace_is_a_warning() -> None:
    """A misspelt reference would be shown as it stands."""
    [(severity, _, message)] = found(RULE, make_entry(reply="请报{订单 号}。"))
    assert severity == "warning"
    assert "belongs to no {slot}" in message


def test_a_fact_without_english_is_a_warning_in_an_english_reply() -> None:
    """Chinese words would appear in it; figures alone do no harm."""
    [(severity, field, message)] = found(RULE, make_entry(en="Our motto: {shop.slogan}, call {shop.hotline}."))
    assert (severity, field) == ("warning", "replies[1].text")
    assert message == 'fact shop.slogan has no English words and would show "安心到家": add its en'


def test_variants_hold_no_references() -> None:
    """Nobody types {order_no}."""
    assert found(RULE, make_entry(variants=("查订单{order_no}",)))[0][:2] == ("error", "variants[0]")
