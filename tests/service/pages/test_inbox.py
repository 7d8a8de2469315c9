"""/inbox as it is drawn before any script runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.inbox import Proposal, StillGrouping
from service.pages import inbox
from tests.service.people import AGENT, EDITOR
from tests.service.shop import REFUND, state_of
from tests.service.usage import ENGRAVING, used


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The shop with a log, its requests an editor's. Nobody may write here."""
    with used(home, tmp_path_factory.mktemp("inbox")) as client:
        client.headers |= EDITOR
        yield client


def test_themes_are_there_without_a_script(client: TestClient) -> None:
    """With their queries, what came of them, what colleagues sent, and the entry they may belong to."""
    page = client.get("/inbox").text
    for text in (
        *ENGRAVING,
        "暂无话术 3",
        "您好，退款已提交。",
        "现有话术里没有合适的",
        f"/insights/entries/{REFUND.id}",
    ):
        assert text in page
    assert "Nothing approved 3" in client.get("/inbox?lang=en").text
    client.cookies.clear()


@pytest.mark.parametrize("page", ["0", "99", "x", "-1", "１"])
def test_a_page_that_is_not_there_is_the_nearest(client: TestClient, page: str) -> None:
    """Whatever the address says."""
    assert "能刻字吗" in client.get("/inbox", params={"page": page}).text


def test_repairs_have_their_page(client: TestClient) -> None:
    """The shop's build has found some suspicious; each with its act."""
    page = client.get("/inbox/repairs").text
    assert "可能放错" in page and 'data-act="move"' in page


def test_while_many_are_new_the_page_says_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """And offers to look again."""

    def themes(items: object) -> None:
        raise StillGrouping("still being read")

    monkeypatch.setattr(state_of(client).inbox, "themes", themes)
    assert "正在归类" in client.get("/inbox").text


def test_only_editors_see_it(client: TestClient) -> None:
    """An agent may not."""
    assert client.get("/inbox", headers=AGENT).status_code == 403
    assert client.get("/inbox/repairs", headers=AGENT).status_code == 403


def test_only_a_likely_proposal_is_what_one_key_does(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of 23 % is offered, and nothing on its card is done by A."""

    def card(confidence: float) -> str:
        async def proposed(shown: tuple[object, ...], _: object) -> list[Proposal]:
            return [Proposal(REFUND.id, REFUND.title, confidence)] * len(shown)

        monkeypatch.setattr(inbox, "proposals_for", proposed)
        return client.get("/inbox").text.partition('<div class="acts')[2].partition("</div>")[0]

    assert 'primary" data-do="accept"' in card(0.9) and "<kbd>A</kbd>" in card(0.9)
    assert 'data-do="accept"' in card(0.23) and "primary" not in card(0.23) and "<kbd>A</kbd>" not in card(0.23)
