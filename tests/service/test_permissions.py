"""Every route of the whole service, asked by everybody: each states what it needs, and keeps to it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from httpx2 import Response
from starlette.routing import Mount
from starlette.testclient import TestClient

from knowledge.store import Store
from service.api.description import calls, stated
from service.app import PUBLIC_FILES, create_app
from service.identity.people import ACCOUNT, PERMISSIONS, PUBLIC, ROLES, Permission, Role
from service.settings import ROLES as SETTABLE
from service.settings import Settings, SignIn
from tests.service.people import by_header
from tests.toy import ToyEmbedder

REFUSED = (401, 403)
HIDDEN = "known-to-administrators"  # somebody whose account was made: nobody else may be told
VALUES = {
    "entry_id": "refund.time",
    "version": "1",
    "number": "1",
    "name": "li",
    "token": "x",
    "import_id": "0123456789",
    "document_id": "0123456789",
    "build_id": "20260101-000000-00000000",
    "theme_id": "0123456789ab",
}


def routes() -> list[RouteContext]:
    """Every route of the service."""
    return list(iter_route_contexts(create_app(Settings(), ToyEmbedder()).routes))


def described(route: RouteContext) -> str:
    """A route as one reads it."""
    return f"{'/'.join(sorted(route.methods or ()))} {route.path}"


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole service, every adapter on, where a header says who asks."""
    database = f"sqlite:///{tmp_path_factory.mktemp('permissions') / 'knowledge.db'}"
    with Store.open(database) as store:
        store.people.add(HIDDEN, "", ["agent"], HIDDEN, datetime.now(UTC))
    # So many requests come from one address that its limits would answer some of them.
    often = SignIn(rates=tuple((kind, "1000000/minute") for kind in ("key", "person", "address", "sign-in")))
    app = create_app(Settings(home=home, database=database, sign_in=often), ToyEmbedder(), identify=by_header)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("route", routes(), ids=described)
def test_every_route_states_its_permission(route: RouteContext) -> None:
    """One of those there are, that of the own account, or that anybody may ask; folders of files are listed."""
    if isinstance(route.original_route, Mount):
        assert route.path in PUBLIC_FILES
        return
    assert isinstance(route.original_route, APIRoute)
    assert stated(route) in (*PERMISSIONS, ACCOUNT, PUBLIC), (
        f"{described(route)} states no permission: Depends(needs(…))"
    )


@pytest.mark.parametrize("route", [one for one in routes() if isinstance(one.original_route, APIRoute)], ids=described)
def test_what_a_route_depends_on_takes_no_thread(route: RouteContext) -> None:
    """A plain function would be run in a thread, which a query would wait for before it is even admitted."""
    plain = [call for call in calls(route.dependant) if not inspect.iscoroutinefunction(call)]
    assert not plain, f"{described(route)}: write {plain} as async def"


def asking(client: TestClient, route: RouteContext, role: Role | None) -> Response:
    """What somebody of that role is answered."""
    path = route.path or ""
    for name, value in VALUES.items():
        path = path.replace("{" + name + "}", value)
    assert "{" not in path, f"{path}: give VALUES one for it"
    (method,) = route.methods or ()
    body = {} if method in ("POST", "PUT", "PATCH") else None
    return client.request(method, path, headers={"X-Person": f"li {role}"} if role else {}, json=body)


@pytest.mark.parametrize("role", [None, *ROLES])
@pytest.mark.parametrize(
    "route", [route for route in routes() if isinstance(route.original_route, APIRoute)], ids=described
)
def test_every_route_lets_in_whom_it_says(client: TestClient, route: RouteContext, role: Role | None) -> None:
    """A stranger nowhere but where anybody may; everybody else exactly where their role allows it. Who has an account
    is told to nobody but administrators, wherever it is asked.
    """
    needed = stated(route)
    answer = asking(client, route, role)
    let_in = answer.status_code not in REFUSED
    assert HIDDEN not in answer.text or "administer" in ROLES.get(role or "console", ())
    if needed == PUBLIC:
        # What a signature or a password is wrong for is refused by its own words, whoever sends it.
        assert let_in or "this needs" not in answer.text
        assert answer.status_code == asking(client, route, None).status_code
    elif needed == ACCOUNT:
        assert not let_in, "only a session has an account"
    else:
        assert let_in is (role is not None and needed in ROLES[role]), f"{role}: {answer.status_code} {answer.text}"


@pytest.mark.parametrize("role", ["editor", "approver", "admin"])
@pytest.mark.parametrize("address", ["/audit", "/v1/audit", "/v1/audit.csv"])
def test_acts_on_accounts_are_told_to_administrators(client: TestClient, role: Role, address: str) -> None:
    """On the page, by the API and in the file, filtered for or not."""
    for query in ("", "?act=person.add", f"?who={HIDDEN}"):
        answer = client.get(address + query, headers={"X-Person": f"li {role}"})
        assert answer.status_code == 200
        lines = answer.text.replace(f'value="{HIDDEN}"', "").replace(f"who={HIDDEN}", "")
        assert (HIDDEN in lines) is (role == "admin"), query


def test_each_permission_guards_something_or_is_given_by_a_role() -> None:
    """A permission that no role has would lock its routes for good."""
    given: set[Permission] = set().union(*ROLES.values())
    assert given == set(PERMISSIONS)


def test_the_roles_that_settings_know_are_those_there_are() -> None:
    """Settings are read without the service's libraries, so they have a list of their own."""
    assert set(SETTABLE) == set(ROLES)


def test_the_description_says_who_may(client: TestClient) -> None:
    """Each operation names its permission and how to show a key; what anybody may ask has no lock."""
    description: dict[str, Any] = client.get("/openapi.json", headers={"X-Person": "li agent"}).json()
    assert set(description["components"]["securitySchemes"]) == {"bearer", "key", "session"}
    found = {
        (method, path): operation for path, item in description["paths"].items() for method, operation in item.items()
    }
    for name, operation in found.items():
        needed = operation["x-permission"]
        assert needed in (*PERMISSIONS, PUBLIC), name
        assert bool(operation["security"]) is (needed != PUBLIC), name
        assert ("401" in operation["responses"] or "403" in operation["responses"]) or needed == PUBLIC, name
        assert "429" in operation["responses"], name
    assert found["post", "/v1/suggestions"]["x-permission"] == "suggest"
    assert found["get", "/healthz"]["security"] == []
