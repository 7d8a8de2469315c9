"""Chatwoot's canned responses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.knowledge.formats.imported import csv_text, entries

CANNED = {"id": 1, "account_id": 1, "short_code": "refund_time", "content": "您好，{{ contact.name }}，3 天内到账。"}


@pytest.mark.parametrize(
    "data",
    [
        json.dumps([CANNED]).encode(),
        json.dumps({"payload": [CANNED]}).encode(),
        csv_text(("id", "short_code", "content"), ("1", CANNED["short_code"], CANNED["content"])),  # type: ignore[arg-type]
    ],
    ids=["api", "payload", "csv"],
)
def test_a_canned_response_is_a_script(data: bytes) -> None:
    """Called as agents call it; a variable that is a slot here becomes the slot."""
    found, problems = entries(data, "canned")
    assert problems == []
    (one,) = found
    assert (one.id, one.kind, one.title) == ("canned.refund-time", "script", "refund_time")
    assert one.replies[0].text == "您好，{customer_name}，3 天内到账。"


@pytest.mark.parametrize(
    "variable",
    [
        "{{contact.name}}",
        "{{ contact.name | capitalize }}",
        "{{contact.first_name|default: '朋友'}}",
        "{{- contact.last_name -}}",
    ],
)
def test_filters_of_a_variable_are_left(variable: str) -> None:
    """The slot is filled as it is here."""
    found, problems = entries(json.dumps([{"short_code": "a", "content": f"您好 {variable}，请讲"}]).encode(), "x.json")
    assert problems == []
    assert found[0].replies[0].text == "您好 {customer_name}，请讲"


@pytest.mark.parametrize(
    "liquid", ["{{contact.custom-attr}}", "{{ 'x' | upcase }}", "{{}}", "{% if contact.name %}", "{{ a\n| b }}"]
)
def test_any_other_liquid_is_told_once(liquid: str) -> None:
    """As a variable that has no slot here."""
    found, problems = entries(json.dumps([{"short_code": "a", "content": f"您好 {liquid}"}]).encode(), "x.json")
    assert found == []
    assert [one.code for one in problems] == ["unknown_variable"]
    assert problems[0].message.startswith(f"variable {liquid} has no slot here")


def test_a_variable_nobody_would_fill_is_told() -> None:
    """It would reach the customer as it stands."""
    canned: list[Any] = [
        CANNED,
        {"short_code": "b", "content": "单号 {{conversation.id}}"},
        {"short_code": "", "content": "x"},
    ]
    found, problems = entries(json.dumps(canned).encode(), "x.json")
    assert [one.title for one in found] == ["refund_time"]
    assert [(one.row, one.code) for one in problems] == [(2, "unknown_variable"), (3, "no_question")]
    assert "{{conversation.id}}" in problems[0].message
