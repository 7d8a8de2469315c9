"""The editors' list: every entry, filters, pages, and what is marked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.pages import entrylist
from tests.service.editors import editing
from tests.service.shop import FRIDAY, PROMO


def test_the_list_shows_every_entry_and_its_filters(desk: TestClient) -> None:
    """Rows link to the sheet and keep the filter; chips and pages are links."""
    page = desk.get("/editor?state=approved&category=refund").text
    assert "/editor/refund.time?state=approved&amp;category=refund" in page
    assert "1 条" in page and "/editor/ship.no-update" not in page
    assert 'href="/editor?category=refund&amp;state=draft"' in page
    assert desk.get("/editor?state=nonsense").status_code == 200
    assert "没有符合条件的话术" in desk.get("/editor?query=没有这句").text


def test_pages_of_the_list_are_links(desk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forwards and backwards, with the filter kept."""
    monkeypatch.setattr(entrylist, "ROWS", 3)
    assert 'href="/editor?kind=faq&amp;offset=3"' in desk.get("/editor?kind=faq").text
    last = desk.get("/editor?kind=faq&offset=6").text
    assert 'href="/editor?kind=faq&amp;offset=3"' in last and "offset=9" not in last


def test_what_expires_and_serves_badly_is_marked(home: Path, tmp_path: Path) -> None:
    """In the list, with the day."""
    assert PROMO.valid_until is not None
    moment = FRIDAY.replace(month=8, day=31) - timedelta(days=3)
    with editing(home, tmp_path, moment) as desk:
        assert "2026-08-31 到期" in desk.get("/editor").text
        assert "2026-08-31 已过期" not in desk.get("/editor").text
