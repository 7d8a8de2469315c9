"""Moments as people of this desk read them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request
from starlette.testclient import TestClient

from service.pages.moments import moment_in
from service.settings import Settings
from tests.service.shop import serving

AT = datetime(2026, 11, 20, 22, 5, tzinfo=UTC)


def test_a_moment_is_the_desks_own(client: TestClient) -> None:
    """Shanghai is eight hours ahead."""
    assert moment_in(Request({"type": "http", "app": client.app}))(AT) == "2026-11-21 06:05"


def test_without_an_index_it_says_which_time_it_is(tmp_path: Path) -> None:
    """Nobody knows the desk's time zone then."""
    with serving(Settings(home=tmp_path)) as client:
        assert moment_in(Request({"type": "http", "app": client.app}))(AT) == "2026-11-20 22:05 UTC"
