"""Fields and conditions; every operator over HTTP is in tests/contract/test_dify.py."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from knowledge.model import ApprovedEntry, Entry, Reply
from service.adapters.metadata import OPERATORS, Condition, fields, shown

APPROVED = ApprovedEntry(
    entry=Entry(
        id="promo.summer",
        kind="faq",
        title="夏季满减",
        replies=(Reply(channel="chat", text="好"), Reply(channel="any", language="en", text="Yes")),
        products=("A3", "R5"),
        stage="pre-sale",
        tags=("VIP",),
        valid_until=date(2026, 8, 31),
    ),
    version=12,
    approved_by="王敏",
    approved_at=datetime(2026, 6, 1, tzinfo=UTC),
)


def holds(name: str, operator: str, *values: str) -> bool:
    """Whether a condition holds for the entry above."""
    return Condition((name,), operator, values).holds(APPROVED)


def test_every_field_is_text() -> None:
    """With as many values as the entry has; none is empty rather than `None`."""
    found = fields(APPROVED)
    assert found["product"] == ("A3", "R5")
    assert found["category"] == ("promo",)
    assert found["channel"] == ("any", "chat", "email", "phone")
    assert found["language"] == ("en", "zh")
    assert found["valid_until"] == ("2026-08-31",)
    assert found["source"] == found["valid_from"] == ()


def test_what_is_shown_holds_no_null() -> None:
    """Single values and lists; nothing of an entry that is gone."""
    assert shown(APPROVED)["stage"] == "pre-sale"
    assert shown(APPROVED)["product"] == ["A3", "R5"]
    assert "source" not in shown(APPROVED)
    assert shown(None) == {}


@pytest.mark.parametrize(
    ("name", "operator", "values"),
    [
        ("tags", "is", ["vip"]),
        ("tag", "is", ["VIP"]),
        ("products", "in", ["X", "R5"]),
        ("stage", "start with", ["pre"]),
        ("version", "=", ["12.0"]),
        ("version", ">", ["9"]),
        ("version", "in", ["12"]),
        ("valid_until", "before", ["2026-09-01T00:00:00+08:00"]),
        ("valid_until", "after", ["2026-08-30"]),
        ("approved_at", "before", ["1780358400"]),
        ("source", "empty", []),
        ("source", "null", []),
        ("tags", "not null", []),
        ("source", "is not", ["手册"]),
        ("unknown", "not in", ["x"]),
    ],
)
def test_a_condition_and_its_opposite(name: str, operator: str, values: list[str]) -> None:
    """It holds; where the operator has a negation, that does not."""
    assert holds(name, operator, *values)
    opposites = {"is": "is not", "in": "not in", "contains": "not contains", "empty": "not empty", "=": "≠"}
    opposites |= {value: key for key, value in opposites.items()}
    if operator in opposites:
        assert not holds(name, opposites[operator], *values)


@pytest.mark.parametrize(
    ("name", "operator", "values"),
    [
        ("version", ">", ["many"]),
        ("title", ">", ["5"]),
        ("valid_until", "before", ["soon"]),
        ("valid_from", "before", ["2030-01-01"]),
        ("tags", "is", []),
        ("tags", "contains", ["x"]),
    ],
)
def test_what_cannot_be_compared_does_not_hold(name: str, operator: str, values: list[str]) -> None:
    """Neither is it an error."""
    assert not holds(name, operator, *values)


def test_every_documented_operator_is_there() -> None:
    """Those of Dify's own documents, older ones included."""
    documented = (
        "contains,not contains,start with,end with,is,is not,in,not in,empty,not empty,=,≠,>,<,≥,≤,before,after"
    )
    assert set(documented.split(",")) | {"null", "not null"} == set(OPERATORS)
