"""The list of live entries."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from service.api import entries
from service.pages import browse
from tests.browser.desk import make_desk
from tests.browser.shelf import CONTENTS
from tests.service.pages.test_knowledge import Empty
from tests.service.threads import watched


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A visitor before a desk that answers by hand."""
    with TestClient(make_desk()) as client:
        yield client


def listed(page: str) -> list[str]:
    """The entries a page lists."""
    return re.findall(r'href="/entries/([^"]+)"', page)


def test_every_live_entry_is_listed_by_category(client: TestClient) -> None:
    """With what an agent needs to tell them apart."""
    page = client.get("/browse").text
    assert len(listed(page)) == 9
    assert "<h2>物流" in page and "<h2>退款" in page
    assert "物流信息几天不更新" in page and "建议升级" in page


def test_filters_narrow_it_and_are_taken_off_again(client: TestClient) -> None:
    """By category and by stage, each by a link; what cannot be read is as if it were not there."""
    assert set(listed(client.get("/browse?category=refund").text)) == {
        "refund.time",
        "refund.how",
        "refund.not-arrived",
    }
    page = client.get("/browse?stage=in-sale").text
    assert all(name.startswith("ship.") for name in listed(page))
    assert '<a class="chip" href="/browse" aria-current="true">售中</a>' in page
    assert "没有符合的话术" in client.get("/browse?category=refund&stage=in-sale").text
    assert len(listed(client.get("/browse?stage=never").text)) == 9


def test_the_event_loop_lists_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are looked through, and the page is drawn, while others are answered; each entry twice, however many."""
    monkeypatch.setattr(CONTENTS, "entries", CONTENTS.entries * 100)
    looked, drawn = watched(monkeypatch, entries, "_fits"), watched(monkeypatch, browse, "render")
    assert len(listed(client.get("/browse").text)) == 900
    assert (len(looked), any(looked), drawn) == (1800, False, [False])


def test_without_an_index_it_says_what_to_run() -> None:
    """503 and the command."""
    app = make_desk()
    app.state.live = Empty()
    answer = TestClient(app).get("/browse")
    assert answer.status_code == 503
    assert "huashu build" in answer.text
