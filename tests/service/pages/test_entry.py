"""The page of one entry."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.identity.people import Person
from tests.browser.canned import SHIP
from tests.browser.desk import make_desk
from tests.service.pages.test_knowledge import Empty


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A visitor before a desk that answers by hand."""
    with TestClient(make_desk()) as client:
        yield client


def test_everything_approved_is_on_it(client: TestClient) -> None:
    """Each reply by channel, who approved which version, to whom it goes, and what else there is."""
    page = client.get("/entries/ship.no-update").text
    for part in (
        "<h1>物流信息几天不更新</h1>",
        SHIP[0]["reply"]["text"],
        "电话里请说",
        "v3 · 王敏 批准 · 2026-11-19",
        "物流专员",
        "☐ 订单号",
        "长期有效",
        "相似问 · 2",
        '<a href="/entries/ship.urge">还没发货，催发货</a>',
    ):
        assert part in page


def test_open_slots_are_visible(client: TestClient) -> None:
    """No raw braces reach an agent's eye."""
    page = client.get("/entries/ship.lost").text
    assert '<span class="slot">客户称呼</span>' in page
    assert "{customer_name}" not in re.sub(r'data-text="[^"]*"', "", page)
    assert "… 至 2026-12-31" in page


def test_who_may_edit_is_led_to_the_editor() -> None:
    """An agent is not."""
    app = make_desk()
    link = 'href="/editor/ship.lost"'
    assert link not in TestClient(app).get("/entries/ship.lost").text
    app.state.identify = lambda request: Person("li", frozenset({"editor"}))
    assert link in TestClient(app).get("/entries/ship.lost").text


@pytest.mark.parametrize("name", ["refund.never", "<script>", "x" * 300])
def test_what_is_not_live_is_said_to_be_missing(client: TestClient, name: str) -> None:
    """404 as a page."""
    answer = client.get(f"/entries/{name}")
    assert answer.status_code == 404
    assert "没有这条话术" in answer.text
    assert "<script>." not in answer.text


def test_without_an_index_it_says_what_to_run() -> None:
    """503 and the command."""
    app = make_desk()
    app.state.live = Empty()
    answer = TestClient(app).get("/entries/ship.lost", headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "huashu build" in answer.text
