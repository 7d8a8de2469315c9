"""Which golden queries a build is held to."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import PackError
from service import golden
from service.golden import golden_files, golden_queries


def test_the_shipped_ones_are_in_force(tmp_path: Path) -> None:
    """A home without any of its own is held to every shipped file."""
    assert [path.name for path in golden_files(tmp_path)] == sorted(path.name for path in golden.SHIPPED.glob("*.yaml"))
    assert len(golden_queries(tmp_path)) > 1000


def test_a_teams_own_come_beside_them_or_in_their_place(tmp_path: Path, few_golden: Path) -> None:
    """A file of a new name is added, one of a shipped name takes its place, and an empty list switches it off."""
    shipped = len(golden_queries(tmp_path))
    own = tmp_path / "golden"
    own.mkdir()
    (own / "ours.yaml").write_text("- {query: 我们的问题, gold: our.entry, kind: plain}\n", "utf-8")
    assert golden_queries(tmp_path)[0].text == "我们的问题"
    assert len(golden_queries(tmp_path)) == shipped + 1
    (own / "shop.yaml").write_text("[]\n", "utf-8")
    assert [query.text for query in golden_queries(tmp_path)] == ["我们的问题"]
    assert few_golden.is_dir()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, few_golden: Path) -> None:
    """Nobody takes a report for whole from which queries are missing."""
    (few_golden / "broken.yaml").write_text("- {query: x}\n", "utf-8")
    with pytest.raises(PackError, match=r"broken.yaml:1: query 1: needs query, gold and kind"):
        golden_queries(tmp_path)
