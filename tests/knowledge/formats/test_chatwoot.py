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
