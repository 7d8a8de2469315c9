"""The clients we hand out: the Python one against the service and against the API's own shapes, and the JavaScript
example in Node where it is installed."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from service.api.checks import DraftFinding
from service.api.requests import Turn
from service.api.responses import (
    ClarificationOut,
    CollectOut,
    ContradictionOut,
    EscalationOut,
    MatchOut,
    OptionOut,
    ReasonOut,
    RelatedOut,
    ReplyOut,
    SuggestionOut,
    SuggestionResponse,
)
from tests.contract.approved import reply
from tests.service.asking import BOTH, LEAK, NOTHING, REFUND, SHIP

ROOT = Path(__file__).parents[2]
SHAPES: dict[str, type[BaseModel]] = {
    "Turn": Turn,
    "Reply": ReplyOut,
    "Contradiction": ContradictionOut,
    "Match": MatchOut,
    "Related": RelatedOut,
    "Suggestion": SuggestionOut,
    "Option": OptionOut,
    "Clarification": ClarificationOut,
    "Reason": ReasonOut,
    "Collect": CollectOut,
    "Escalation": EscalationOut,
    "Response": SuggestionResponse,
    "Finding": DraftFinding,
}


@pytest.fixture(scope="module")
def module() -> ModuleType:
    """The file, as a console would import it."""
    spec = importlib.util.spec_from_file_location("huashu_client", ROOT / "clients" / "python" / "huashu_client.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    sys.modules["huashu_client"] = found  # dataclasses look their module up
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def huashu(module: ModuleType, address: str) -> Iterator[Any]:
    """A client of the service."""
    with module.HuashuClient(address) as client:
        yield client


@pytest.mark.parametrize("name", SHAPES)
def test_the_shapes_are_the_apis(module: ModuleType, name: str) -> None:
    """Every field of the API, by its name, and no other."""
    assert [field.name for field in dataclasses.fields(getattr(module, name))] == list(SHAPES[name].model_fields)


def test_an_answer_is_typed(huashu: Any, desk: TestClient) -> None:
    """Times are times, parts are objects, the reply is the approved text."""
    found = huashu.suggest(REFUND, channel="phone", request_id="mine-1")
    assert (found.request_id, found.decision) == ("mine-1", "answer")
    first = found.suggestions[0]
    assert first.reply.text == reply(desk, "refund.time", "phone")
    assert isinstance(first.approved_at, datetime)
    assert (first.valid_until, found.clarification) == (None, None)


def test_a_clarification_and_an_escalation_are_typed(huashu: Any) -> None:
    """Options, what to collect, and when it is due."""
    assert [option.entry_id for option in huashu.suggest(BOTH).clarification.options] == [
        "product.r5.brush",
        "product.a3.filter",
    ]
    hint = huashu.suggest(LEAK).escalation
    assert (hint.level, hint.due_at.isoformat()) == ("required", "2026-11-21T10:00:00+08:00")
    assert hint.collect[0].field == "order_no"
    assert huashu.suggest(NOTHING).escalation.holding_reply.text == "请稍等"


def test_what_is_known_is_sent(huashu: Any, module: ModuleType) -> None:
    """History, slots, and any other field by its name."""
    again = [module.Turn("customer", REFUND)] * 2
    assert huashu.suggest(REFUND, history=again).escalation.level != "none"
    filled = huashu.suggest(SHIP, slots={"customer_name": "张女士", "order_no": "A1"})
    assert filled.suggestions[0].reply.missing_slots == []
    assert huashu.suggest(BOTH, products=["A3"], min_confidence=0, limit=10).suggestions


def test_a_refusal_is_an_error_that_says_why(huashu: Any, module: ModuleType) -> None:
    """Status, detail, id, and the field to mend."""
    with pytest.raises(module.HuashuError) as refused:
        huashu.suggest("")
    assert refused.value.status == 422
    assert list(refused.value.fields) == ["query"]
    assert refused.value.request_id in str(refused.value)


def test_a_batch_keeps_its_order(huashu: Any) -> None:
    """One response for each query."""
    found = huashu.suggest_batch([REFUND, NOTHING], limit=1)
    assert [row.decision for row in found] == ["answer", "abstain"]


def test_feedback_and_checks(huashu: Any) -> None:
    """Feedback is safe to repeat; findings have their places."""
    request_id = huashu.suggest(REFUND).request_id
    huashu.feedback(request_id, "used")
    huashu.feedback(request_id, "used")
    findings = huashu.check("你等着吧，我不知道。", channel="chat")
    assert findings and all(0 <= finding.start <= finding.end for finding in findings)


def test_a_field_of_a_newer_service_is_passed_over(module: ModuleType) -> None:
    """And what a proxy answers with is an error too."""
    assert module._made(module.Related, {"entry_id": "a", "title": "b", "new": 1}) == module.Related("a", "b")
    with pytest.raises(KeyError, match="title"):
        module._made(module.Related, {"entry_id": "a"})


def test_the_javascript_example_runs(address: str, desk: TestClient) -> None:
    """In Node, against the service, for each decision."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed")
    script = (ROOT / "docs" / "examples" / "console.js").read_text("utf-8")
    asked = json.dumps([REFUND, SHIP, BOTH, NOTHING, LEAK], ensure_ascii=False)
    script += f"""
    const all = [];
    for (const query of {asked}) all.push(await huashu.suggest(query));
    await huashu.feedback(all[0].id, "used");
    const error = await huashu.suggest("").catch((found) => found.message);
    console.log(JSON.stringify({{ all, error }}));
    """
    done = subprocess.run(
        [node, "--input-type=module", "-e", f"globalThis.HUASHU_URL = {json.dumps(address)};\n{script}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    refund, ship, both, nothing, leak = found["all"]
    assert (refund["say"], refund["ready"], refund["escalation"]) == (reply(desk, "refund.time"), True, None)
    assert (ship["ready"], ship["fill"]) == (False, ["customer_name", "order_no"])
    assert both["say"] == "哪一项？\n1. 扫地机边刷多久更换\n2. 净化器滤网多久更换"
    assert nothing["say"] == "请稍等"
    assert leak["escalation"]["target_label"] == "物流专员"
    assert "query" in found["error"]


def test_the_example_is_short() -> None:
    """It is to be pasted."""
    assert len((ROOT / "docs" / "examples" / "console.js").read_text("utf-8").splitlines()) <= 45
