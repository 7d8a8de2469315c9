"""Refusals: a person is led on or told in a page, a program gets a problem."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from starlette.testclient import TestClient

from service import errors
from service.identity.people import Person, needs
from service.pages import refusal
from tests.service.people import AGENT, by_header
from tests.service.visiting import HTML


@pytest.fixture
def client() -> TestClient:
    """An app with a page and an API that only editors may ask."""
    app = FastAPI()
    app.state.identify = by_header
    errors.install(app)
    refusal.install(app)

    @app.api_route("/edit", methods=["GET", "POST"])
    @app.get("/v1/edit")
    async def edit(person: Annotated[Person, Depends(needs("edit"))]) -> str:
        return person.name

    return TestClient(app, follow_redirects=False)


def test_a_person_who_is_not_signed_in_is_led_there_and_back(client: TestClient) -> None:
    """With the address they wanted, as far as it can be opened again."""
    assert client.get("/edit?a=1&b=2", headers=HTML).headers["location"] == "/sign-in?next=%2Fedit%3Fa%3D1%26b%3D2"
    assert client.post("/edit", headers=HTML).headers["location"] == "/sign-in?"


def test_a_person_who_may_not_is_told_in_their_language(client: TestClient) -> None:
    """403, with the request's id and no JSON."""
    page = client.get("/edit", headers=HTML | AGENT)
    assert page.status_code == 403
    assert "您没有这个权限" in page.text
    assert "You may not do this" in client.get("/edit?lang=en", headers=HTML | AGENT).text


@pytest.mark.parametrize(("address", "headers"), [("/edit", {}), ("/v1/edit", HTML)])
def test_a_program_gets_a_problem(client: TestClient, address: str, headers: dict[str, str]) -> None:
    """Whoever asks for no HTML, and the API whatever it is asked for; 401 says how to show who one is."""
    stranger, agent = client.get(address, headers=headers), client.get(address, headers=headers | AGENT)
    assert (stranger.status_code, agent.status_code) == (401, 403)
    assert stranger.headers["www-authenticate"].startswith("Bearer")
    assert stranger.headers["content-type"] == agent.headers["content-type"] == "application/problem+json"


def test_any_other_problem_is_a_page_too(client: TestClient) -> None:
    """What is not there, in the reader's language and with a way on; a program still gets a problem."""
    page = client.get("/nothing", headers=HTML)
    assert page.status_code == 404 and "<h1>没有找到</h1>" in page.text
    assert "没有 /nothing 这个页面" in page.text and 'href="/"' in page.text
    assert "there is nothing at /nothing" in client.get("/nothing?lang=en", headers=HTML).text
    assert client.get("/nothing").headers["content-type"] == "application/problem+json"
