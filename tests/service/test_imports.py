"""Plans kept between the dry run and the click."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge.errors import NotFound, StateError
from knowledge.store.planning import Plan
from service import imports
from service.imports import Plans

PLAN = Plan(file="a.csv", format="csv", arrival="draft", rows=0)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_plan_is_its_makers_and_survives_a_restart(tmp_path: Path) -> None:
    """Another worker finds it; another person does not, nor anybody under a made-up id."""
    clock = Clock()
    kept = Plans(tmp_path / "imports", clock).keep(PLAN, "wang")
    other = Plans(tmp_path / "imports", clock)
    assert other.get(kept.id, "wang") == kept
    for plan_id, owner in ((kept.id, "li"), ("x" * 16, "wang"), ("../../etc/passwd", "wang"), ("", "wang")):
        with pytest.raises(NotFound, match="upload the file again"):
            other.get(plan_id, owner)


def test_a_plan_is_kept_for_a_day(tmp_path: Path) -> None:
    """Then it says what to do."""
    clock = Clock()
    plans = Plans(tmp_path, clock)
    kept = plans.keep(PLAN, "wang")
    clock.now += timedelta(hours=25)
    with pytest.raises(NotFound):
        plans.get(kept.id, "wang")


def test_a_plan_is_applied_once(tmp_path: Path) -> None:
    """It can still be looked at."""
    plans = Plans(tmp_path, Clock())
    kept = plans.keep(PLAN, "wang")
    plans.applied(plans.to_apply(kept.id, "wang"))
    assert plans.get(kept.id, "wang").applied_at is not None
    with pytest.raises(StateError, match="was applied at"):
        plans.to_apply(kept.id, "wang")


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By number and by size; the newest always stays."""
    plans = Plans(tmp_path, Clock())
    monkeypatch.setattr(imports, "MOST", 3)
    ids = []
    for number in range(5):
        ids.append(plans.keep(PLAN, "wang").id)
        os.utime(tmp_path / f"{ids[-1]}.json", (number, number))
    assert {path.stem for path in tmp_path.glob("*")} == set(ids[2:])
    monkeypatch.setattr(imports, "LARGEST", 1)
    newest = plans.keep(PLAN, "wang").id
    assert [path.stem for path in tmp_path.glob("*")] == [newest]


def test_a_broken_file_is_no_plan(tmp_path: Path) -> None:
    """Cut off by a full disk, say."""
    plans = Plans(tmp_path, Clock())
    kept = plans.keep(PLAN, "wang")
    path = tmp_path / f"{kept.id}.json"
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(NotFound):
        plans.get(kept.id, "wang")
