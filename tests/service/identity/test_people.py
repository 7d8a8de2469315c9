"""Permissions: what each role may do, and what somebody without the right one is told."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from starlette.testclient import TestClient

from service import errors
from service.identity.people import ROLES, Person, Role, needs
from tests.service.people import AGENT, EDITOR, by_header


@pytest.fixture
def client() -> TestClient:
    """An app with one route that only editors may ask."""
    app = FastAPI()
    app.state.identify = by_header
    errors.install(app)

    @app.get("/edit")
    async def edit(person: Annotated[Person, Depends(needs("edit"))]) -> str:
        return person.name

    return TestClient(app)


def test_who_may_is_let_in_by_name(client: TestClient) -> None:
    """The route is told who acts."""
    assert client.get("/edit", headers=EDITOR).json() == "li"


def test_a_stranger_is_asked_to_sign_in(client: TestClient) -> None:
    """401, with what to do."""
    answer = client.get("/edit")
    assert answer.status_code == 401
    assert "sign in" in answer.json()["detail"]


def test_the_wrong_role_is_named(client: TestClient) -> None:
    """403 says what is needed, and what the person has."""
    answer = client.get("/edit", headers=AGENT)
    assert answer.status_code == 403
    assert "edit" in answer.json()["detail"] and "agent" in answer.json()["detail"]


@pytest.mark.parametrize(("less", "more"), [("agent", "editor"), ("editor", "approver"), ("approver", "admin")])
def test_each_role_may_what_the_one_below_may(less: Role, more: Role) -> None:
    """Agent, editor, approver, admin: each adds to the one before."""
    assert ROLES[less] < ROLES[more]


def test_several_roles_add_up() -> None:
    """Somebody with two roles may what either may."""
    person = Person("li", frozenset({"console", "approver"}))
    assert person.permissions == ROLES["console"] | ROLES["approver"]
