"""/insights as it is drawn, and its charts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from knowledge.store import Store
from knowledge.store import traffic as log
from service.api import traffic
from service.inbox import StillGrouping
from service.pages import insights, sections
from service.pages.drawings import CHARTS
from tests.service.people import AGENT, EDITOR
from tests.service.shop import REFUND, SHIP, state_of
from tests.service.threads import watched
from tests.service.usage import used


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The shop with a log, its requests a supervisor's. Nobody may write here."""
    with used(home, tmp_path_factory.mktemp("insights")) as client:
        client.headers |= EDITOR
        yield client


def test_every_section_asks_and_answers(client: TestClient) -> None:
    """A question, a number, a chart, and a list that leads to an entry or the inbox."""
    page = client.get("/insights").text
    for text in (
        "多少问题能直接回复？",
        "25 % 可直接回复",
        "哪些问题我们答不上来？",
        "/inbox#theme-",
        "67 % 照用",
        f"/insights/entries/{REFUND.id}?from=2026-10-22",
        "100 % 按时",
        "规则里假定的是 20 %",
        "/insights/chart/traffic.svg?from=2026-10-22&amp;to=2026-11-20&amp;theme=dark",
        "/v1/insights/traffic.csv?",
    ):
        assert text in page, text
    assert "25 % ready to send" in client.get("/insights?lang=en").text
    client.cookies.clear()


def test_filters_narrow_and_stay(client: TestClient) -> None:
    """The form keeps them, and so do the charts' addresses."""
    page = client.get("/insights?channel=phone&from=2026-11-19&to=").text
    assert "2026-11-19 至 2026-11-20，1 次提问" in page
    assert '<option value="phone" selected>' in page
    assert "channel=phone&amp;theme=light" in page


@pytest.mark.parametrize(
    "address", ["from=x", "from=2026-12-01&to=2026-11-01", "channel=fax", "from=2020-01-01", "q=1"]
)
def test_what_an_address_cannot_mean_is_left_out(client: TestClient, address: str) -> None:
    """The page is there all the same, for the last thirty days."""
    assert "2026-10-22 至 2026-11-20" in client.get(f"/insights?{address}").text


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("asked", ["theme=light", "theme=dark&narrow=true"])
def test_every_chart_is_an_image_without_a_script(client: TestClient, name: str, asked: str) -> None:
    """Sound SVG that names no other host to load from, and a policy of its own."""
    response = client.get(f"/insights/chart/{name}.svg?from=2026-11-19&to=2026-11-20&{asked}")
    assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")
    tree = ElementTree.fromstring(response.content)
    assert tree.tag.endswith("svg")
    assert not [node for node in tree.iter() if isinstance(node.tag, str) and node.tag.endswith("script")]
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("name", "read"), [(name, name if name in ("outcomes", "escalations") else "traffic") for name in CHARTS]
)
def test_a_chart_reads_what_it_shows(client: TestClient, monkeypatch: pytest.MonkeyPatch, name: str, read: str) -> None:
    """One count of the log, once, and no feedback of all entries."""
    made = {one: watched(monkeypatch, log, one) for one in ("traffic", "outcomes", "escalations", "entry_days")}
    made["feedback"] = watched(monkeypatch, Store, "feedback_counts")
    assert client.get(f"/insights/chart/{name}.svg").status_code == 200
    assert {one: len(calls) for one, calls in made.items() if calls} == {read: 1}


def test_the_event_loop_draws_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of thousands of entries are made while others are answered."""
    made = [watched(monkeypatch, module, "tables") for module in (sections, traffic)]
    made.append(watched(monkeypatch, insights, "render"))
    assert client.get("/insights").status_code == client.get("/v1/insights/entries.csv").status_code == 200
    assert made == [[False], [False], [False]]


def test_an_entry_has_its_page_and_chart(client: TestClient) -> None:
    """Its days; one that is not live says so."""
    page = client.get(f"/insights/entries/{REFUND.id}?from=2026-11-19").text
    assert REFUND.title in page and "排第一 1 次" in page and "1 次改过再用" in page
    assert f"/editor/{REFUND.id}" in page
    assert "no.such （未上线）" in client.get("/insights/entries/no.such").text
    assert client.get(f"/insights/entries/{SHIP.id}.svg").headers["content-type"] == "image/svg+xml"


def test_while_the_inbox_is_being_sorted_the_page_does_not_wait(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is there."""

    def themes(items: object) -> None:
        raise StillGrouping("still being read")

    monkeypatch.setattr(state_of(client).inbox, "themes", themes)
    page = client.get("/insights").text
    assert "提问还在归类" in page and "25 % 可直接回复" in page


def test_an_empty_log_says_that_it_is(home: Path, tmp_path: Path) -> None:
    """No figure is made up."""
    with used(home, tmp_path) as client:
        page = client.get("/insights?from=2026-01-01&to=2026-01-02", headers=EDITOR).text
    assert "还没有记录" in page and "— 可直接回复" in page


def test_only_who_may_see_insights_does(client: TestClient) -> None:
    """Page, entry and charts alike."""
    for path in ("/insights", "/insights/entries/a.b", "/insights/chart/traffic.svg", "/insights/entries/a.b.svg"):
        assert client.get(path, headers=AGENT).status_code == 403
