"""Ids proposed for new entries."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from knowledge.model import EntryId
from service.editing.identifiers import propose


@pytest.mark.parametrize(
    ("category", "title", "proposed"),
    [
        ("refund", "多久到账", "refund.duo-jiu-dao-zhang"),
        ("refund", "E3 报错怎么办？", "refund.e3-bao-cuo-zen-me-ban"),
        ("售后", "???", "shou-hou.entry"),
        ("refund", "退款" * 30, "refund." + "-".join(["tui-kuan"] * 4) + "-tui"),
        ("refund", "xyz" * 30, "refund." + "xyz" * 13 + "x"),
    ],
)
def test_an_id_is_spelt_from_category_and_title(category: str, title: str, proposed: str) -> None:
    """In letters, cut between words, and always an id."""
    assert propose(category, title, ()) == proposed
    TypeAdapter(EntryId).validate_python(proposed)


def test_a_taken_id_gets_a_number() -> None:
    """The first that is free."""
    assert propose("a", "b", {"a.b", "a.b-2"}) == "a.b-3"
