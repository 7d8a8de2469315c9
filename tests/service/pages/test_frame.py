"""What every page shares, on a page of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from knowledge.store import Store
from service.pages import frame
from service.pages.frame import Place, render
from service.pages.words import UiLanguage
from tests.service.people import AGENT, APPROVER, EDITOR, by_header
from tests.service.shop import FRIDAY
from tests.service.submitted import MORE, imported, reviewing, submit

TITLES: dict[UiLanguage, dict[str, str]] = {"zh": {"page_title": "样张"}, "en": {"page_title": "Specimen"}}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A page with nothing of its own, in a house of two."""
    app = FastAPI()
    app.state.identify = by_header
    monkeypatch.setattr(
        frame, "PLACES", (Place("/", "place_knowledge", "search"), Place("/desk", "place_knowledge", "edit"))
    )

    @app.get("/desk")
    def desk(request: Request) -> Response:
        return render(request, "page.html", TITLES, {}, embeddable="framed" in request.query_params)

    return TestClient(app)


def test_language_is_the_address_then_the_cookie_then_the_browsers(client: TestClient) -> None:
    """A link's choice is kept for the next page."""
    assert "样张 · 话术" in client.get("/desk").text
    assert "Specimen" in client.get("/desk", headers={"Accept-Language": "en-GB,en"}).text
    assert "Specimen" in client.get("/desk?lang=en").text
    assert "Specimen" in client.get("/desk").text


def test_no_script_but_our_own_may_run(client: TestClient) -> None:
    """The policy forbids inline script and other hosts."""
    policy = client.get("/desk").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "unsafe" not in policy


def test_the_way_between_pages_shows_where_one_may_go(client: TestClient) -> None:
    """An editor sees both pages and where they are; an agent has nowhere else to go, so no way is drawn."""
    assert '<a href="/desk" aria-current="page">' in client.get("/desk", headers=EDITOR).text
    assert 'class="places"' not in client.get("/desk", headers=AGENT).text


def test_only_a_page_made_for_it_may_stand_in_a_consoles_frame(client: TestClient) -> None:
    """The settings' consoles may show that one; any other only the service's own pages."""
    app = client.app
    assert isinstance(app, FastAPI)
    assert "frame-ancestors 'self'" in client.get("/desk?framed").headers["Content-Security-Policy"]
    app.state.frame_ancestors = ("'self'", "https://chat.example.com")
    assert (
        client.get("/desk?framed")
        .headers["Content-Security-Policy"]
        .endswith("frame-ancestors 'self' https://chat.example.com")
    )
    assert client.get("/desk").headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")


def test_people_are_called_by_their_names(home: Path, tmp_path: Path) -> None:
    """Where they have one, with the name they act under behind it; whoever is not known is called that."""
    database = tmp_path / "knowledge.db"
    imported(database)
    with Store.open(f"sqlite:///{database}") as store:
        store.people.add("li", "李编辑", ["editor"], "zhao", FRIDAY)
        submit(store, author="li")
        submit(store, MORE, "han")
    with reviewing(home, database) as client:
        page = client.get("/review/refund.time/2", headers=APPROVER).text
        assert '<span title="li">李编辑</span>' in page and '<strong title="li">李编辑</strong>' in page
        assert "作者 李编辑" in page and '<span title="han">han</span>' in page
        assert '<option value="li">李编辑</option>' in page
        assert '<td title="li">李编辑</td>' in client.get("/audit", headers=APPROVER).text
        page = client.get("/editor/refund.time", headers=EDITOR).text
        assert '<span title="li">李编辑</span>' in page and '"names": {"li": ' in page
