"""Publishes and rollbacks in the audit, each once."""

from __future__ import annotations

from typing import Any

from knowledge.store import Store

PUBLISH: dict[str, Any] = {
    "act": "publish",
    "version": "0f3c5a9b21de",
    "at": "2026-11-27T09:15:00+00:00",
    "by": "王敏",
    "reason": "旺季先上",
}
BACK: dict[str, Any] = {"act": "rollback", "version": "77aa01c3f5e2", "at": "2026-11-27T09:20:00+00:00", "by": "张伟"}


def test_every_act_has_one_line(store: Store) -> None:
    """However often the history is told, and whatever of it is new."""
    assert store.note_publications([PUBLISH]) == 1
    assert store.note_publications([PUBLISH, BACK]) == 1
    assert store.note_publications([PUBLISH, BACK]) == 0
    first, second = store.audit()
    assert (first.act, first.who, first.comment, first.entry_id) == ("publish", "王敏", "旺季先上", None)
    assert first.at.isoformat() == PUBLISH["at"]
    assert first.detail["index_version"] == "0f3c5a9b21de"
    assert (second.act, second.who, second.comment) == ("rollback", "张伟", "")


def test_the_same_version_at_another_time_is_another_act(store: Store) -> None:
    """A version may become live more than once."""
    later = PUBLISH | {"at": "2026-11-28T09:15:00+00:00"}
    assert store.note_publications([PUBLISH, BACK, later]) == 3
