"""`huashu privacy`: one conversation, shown and erased."""

from __future__ import annotations

import json
from pathlib import Path

from knowledge.store import Store
from knowledge.store.queries import conversation_hash
from service.settings import Settings
from tests.knowledge.store.test_queries import feedback, query
from tests.service.cli.conftest import Huashu


def test_a_conversation_is_exported_and_erased(huashu: Huashu, home: Path) -> None:
    """Queries and feedback as JSON; after erasing nothing of it, and all of another. The audit says who did it and
    when, with a hash of the conversation and how many rows, and nothing that was said.
    """
    with Store.open(Settings(home=home).database_url) as store:
        store.queries.add([query(1, "退款多久", conversation_id="c-1"), query(2, conversation_id="c-2")])
        store.add_feedback(feedback("r-1"))
    shown = huashu("privacy", "export", "c-1")
    kept = json.loads(shown.out)
    assert shown.status == 0
    assert kept["conversation_id"] == "c-1"
    assert [line["text"] for line in kept["queries"]] == ["退款多久"]
    assert [line["act"] for line in kept["feedback"]] == ["used"]
    assert huashu("privacy", "erase", "c-1").out == "erased 1 queries and 1 lines of feedback\n"
    assert json.loads(huashu("privacy", "export", "c-1").out)["queries"] == []
    assert len(json.loads(huashu("privacy", "export", "c-2", "--by", "王敏").out)["queries"]) == 1
    with Store.open(Settings(home=home).database_url) as store:
        lines = store.audit()
    assert [(line.act, line.who) for line in lines] == [
        ("privacy.export", "李雷"),
        ("privacy.erase", "李雷"),
        ("privacy.export", "李雷"),
        ("privacy.export", "王敏"),
    ]
    hashes = [conversation_hash("c-1")] * 3 + [conversation_hash("c-2")]
    assert [line.detail["conversation"] for line in lines] == hashes
    assert [(line.detail["queries"], line.detail["feedback"]) for line in lines] == [(1, 1), (1, 1), (0, 0), (1, 0)]
    assert "退款多久" not in str(lines) and "c-1" not in str(lines)
