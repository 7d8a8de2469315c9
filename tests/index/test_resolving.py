"""Facts put into knowledge before it is indexed."""

from __future__ import annotations

import pytest

from index.resolving import resolved, resolved_policy
from knowledge.errors import KnowledgeError
from knowledge.model import Escalation, Facts
from tests.index.desk import approved, matter, matters, rules
from tests.knowledge.sample import facts


def test_facts_are_put_into_holding_replies_and_the_policys_lines() -> None:
    """Whatever the service itself shows."""
    escalation = Escalation(level="offer", target="agent", holding_reply="请拨{shop.phone}。")
    (entry,) = resolved(approved(matter("refund.time", escalation=escalation)), facts())
    assert entry.entry.escalation.holding_reply == "请拨400-000。"
    policy = rules()
    lines = policy.lines.model_copy(update={"closing": "再见，{shop.phone}"})
    target = policy.targets["agent"].model_copy(update={"holding_reply": "稍候，{shop.phone}"})
    found = resolved_policy(policy.model_copy(update={"lines": lines, "targets": {"agent": target}}), facts())
    assert (found.lines.closing, found.targets["agent"].holding_reply) == ("再见，400-000", "稍候，400-000")
    assert found.lines.email_open == policy.lines.email_open


def test_a_missing_fact_is_named() -> None:
    """The gate's lint says so first; resolving never leaves a brace for a customer."""
    with pytest.raises(KnowledgeError, match=r"ship\.fee does not exist"):
        resolved(matters(), Facts())


def test_entries_are_put_in_order_of_id() -> None:
    """So that the order of import changes nothing."""
    ids = [one.entry.id for one in resolved(matters()[::-1], facts())]
    assert ids == sorted(ids)
