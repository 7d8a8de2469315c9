"""What is found."""

from __future__ import annotations

from typing import get_args

from knowledge.formats.documents.recognition.found import CERTAINTY, Rule


def test_every_rule_says_how_far_it_can_be_relied_on() -> None:
    """None is forgotten."""
    assert set(CERTAINTY) == set(get_args(Rule))
