"""What every request passes: who asks, how often, and from which site."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from service.identity import directory
from service.settings import Adapters, Settings, SignIn
from tests.service.asking import ADDRESS, REFUND
from tests.service.shop import serving, state_of
from tests.service.test_live import within
from tests.service.visiting import Clock, add_key, become_admin, post, sign_in, visiting

QUERY = {"query": REFUND}
OTHERS = {"host": "0.0.0.0"}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the test's own database lies."""
    return tmp_path / "knowledge.db"


@pytest.fixture
def browser(home: Path, database: Path) -> Iterator[TestClient]:
    """A browser before the shop."""
    with visiting(home, database) as client:
        yield client


def asked(client: TestClient, key: str = "", **headers: str) -> int:
    """The status of a query, with a key where one is given."""
    shown = {"Authorization": f"Bearer {key}"} if key else {}
    return client.post(ADDRESS, json=QUERY, headers=shown | headers).status_code


def test_on_this_machine_agents_need_nothing_and_editors_a_sign_in(browser: TestClient) -> None:
    """Suggestions, search and feedback are open while no key was made; what editors see is not."""
    assert asked(browser) == 200
    assert browser.get("/v1/entries").status_code == 200
    assert browser.post("/v1/feedback", json={"request_id": "r-1", "act": "used"}).status_code == 201
    refused = browser.get("/v1/insights/entries")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Bearer realm="huashu"')


def test_a_key_nobody_needs_yet_is_no_obstacle(browser: TestClient) -> None:
    """A console that is set up to send one works before it is made."""
    assert asked(browser, "whatever") == 200


def test_once_a_key_was_made_everything_needs_one(home: Path, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made by command beside the service: seen in a second. Revoking it opens nothing again."""
    monkeypatch.setattr(directory, "POLL", 0.02)
    with visiting(home, database) as client:
        key = add_key(database)
        assert within(5, lambda: asked(client) == 401)
        assert asked(client, key) == 200
        assert client.post(ADDRESS, json=QUERY, headers={"X-API-Key": key}).status_code == 200
        assert asked(client, key + "x") == 401
        assert client.get("/metrics").status_code == 401
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        state_of(client).identity.storage._open().keys.revoke(1, "test", Clock()())
        assert within(5, lambda: asked(client, key) == 401)
        assert asked(client) == 401


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_whoever_comes_through_a_proxy_is_no_visitor(browser: TestClient, header: str) -> None:
    """A proxy on this machine must not open the service to everybody behind it."""
    assert asked(browser, **{header: "203.0.113.7"}) == 401


@pytest.mark.parametrize("settings", [OTHERS, {"public_url": "https://desk.example"}])
def test_where_others_reach_it_everything_needs_a_key(home: Path, database: Path, settings: dict[str, str]) -> None:
    """At an address of its own, and behind a proxy that is said to stand in front."""
    key = add_key(database)
    with visiting(home, database, **settings) as client:
        assert asked(client) == 401
        assert asked(client, key) == 200
        page = client.get("/?q=退款", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (
            303,
            "/sign-in?next=%2F%3Fq%3D%25E9%2580%2580%25E6%25AC%25BE",
        )


def test_a_key_may_what_it_is_for(home: Path, database: Path) -> None:
    """And nothing else: 403 names what it lacks."""
    key = add_key(database, "search")
    with visiting(home, database, **OTHERS) as client:
        shown = {"Authorization": f"Bearer {key}"}
        assert client.get("/v1/entries", headers=shown).status_code == 200
        refused = client.post(ADDRESS, json=QUERY, headers=shown)
        assert refused.status_code == 403
        assert "suggest" in refused.json()["detail"] and "key:console" in refused.json()["detail"]


def test_a_wrong_key_is_not_made_good_by_a_cookie(home: Path, database: Path) -> None:
    """What is shown on purpose is what counts."""
    with visiting(home, database, **OTHERS) as client:
        become_admin(client)
        assert client.get("/v1/entries").status_code == 200
        assert client.get("/v1/entries", headers={"X-API-Key": "hs_wrong"}).status_code == 401


def test_known_keys_work_while_the_database_is_away(home: Path, tmp_path: Path) -> None:
    """Queries go on, at once; whoever is unknown is told that it cannot be told, and only then."""
    folder = tmp_path / "disk"
    folder.mkdir()
    database = folder / "knowledge.db"
    key = add_key(database)
    with visiting(home, database, **OTHERS) as client:
        assert asked(client, key) == 200
        state_of(client).identity.storage.close()
        shutil.rmtree(folder)
        folder.write_text("no folder any more")
        begun = time.monotonic()
        assert [asked(client, key) for _ in range(5)] == [200] * 5
        assert asked(client, "hs_unknown") == 401
        assert time.monotonic() - begun < 2


def test_with_no_database_at_all_visitors_are_still_answered(home: Path) -> None:
    """On this machine; elsewhere nobody can be told from anybody, which is a matter of trying again."""
    settings = Settings(home=home, database="postgresql+psycopg://x@127.0.0.1:9/x")
    with serving(settings) as client:
        assert asked(client) == 200
    with serving(replace(settings, host="0.0.0.0")) as client:
        refused = client.post(ADDRESS, json=QUERY, headers={"X-API-Key": "hs_x"})
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert client.get("/healthz").status_code == 200


def test_a_start_without_the_database_opens_nothing_that_was_closed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where keys were made visitors get 503 until it is back; a service that was open goes on answering them."""
    monkeypatch.setattr(directory, "POLL", 0.02)
    mine, folder = tmp_path / "home", tmp_path / "disk"
    shutil.copytree(home, mine)
    folder.mkdir()
    database = folder / "knowledge.db"
    with visiting(mine, database) as client:  # nothing is there yet: open
        assert asked(client) == 200

    def away(expected: int) -> None:
        folder.rename(tmp_path / "kept")
        folder.write_text("no folder")
        with visiting(mine, database) as client:
            refused = client.post(ADDRESS, json=QUERY)
            assert refused.status_code == expected
            assert refused.headers.get("retry-after") == (None if expected == 200 else "5")
            assert client.get("/readyz").status_code == client.get("/healthz").status_code == 200
            folder.unlink()
            (tmp_path / "kept").rename(folder)
            assert within(5, lambda: asked(client) == (200 if expected == 200 else 401))

    away(200)
    key = add_key(database)
    with visiting(mine, database) as client:
        assert within(5, lambda: asked(client) == 401)
        assert asked(client, key) == 200
    away(503)


def test_a_lost_database_opens_nothing_and_says_so(home: Path, tmp_path: Path) -> None:
    """A file of zero bytes in its place: nobody is let in, nothing is written over it, editors are told the way out."""
    mine = tmp_path / "home"
    shutil.copytree(home, mine)
    database = tmp_path / "knowledge.db"
    add_key(database)
    with visiting(mine, database) as client:
        assert asked(client) == 401
    for left in tmp_path.glob("knowledge.db*"):
        left.unlink()
    database.touch()
    with visiting(mine, database) as client:
        assert asked(client) == 503
        (reason,) = client.get("/readyz").json()["degraded"]
        assert reason["code"] == "database"
        assert "restore a backup" in reason["detail"]
        client.headers["Accept-Language"] = "zh-CN"
        told = sign_in(client, "zhao")
        assert told.status_code == 503
        assert "请恢复备份" in told.text
    assert database.read_bytes() == b""


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
def test_another_site_changes_nothing(browser: TestClient, headers: dict[str, str]) -> None:
    """Neither as a visitor nor as whoever is signed in, the token included; by key it may, as no browser adds one."""
    assert browser.post(ADDRESS, json=QUERY, headers=headers).status_code == 403
    become_admin(browser)
    token = {"X-CSRF-Token": browser.cookies["huashu_csrf"]}
    assert browser.post(ADDRESS, json=QUERY, headers=headers | token).status_code == 403
    refused = browser.post("/admin/keys", data={"csrf": token["X-CSRF-Token"], "name": "x"}, headers=headers)
    assert refused.status_code == 403
    key = {"X-API-Key": "hs_none"}
    assert browser.get("/v1/entries", headers=headers).status_code == 200
    assert "another site" in browser.post(ADDRESS, json=QUERY, headers=headers | key).text


def test_a_session_changes_things_with_its_own_token_only(browser: TestClient) -> None:
    """In a header, or in a form's field, however the form is encoded."""
    become_admin(browser)
    token = browser.cookies["huashu_csrf"]
    refused = browser.post(ADDRESS, json=QUERY)
    assert refused.status_code == 403
    assert "x-csrf-token" in refused.json()["detail"]
    for wrong in ("", "0" * 64, browser.cookies["huashu_session"]):
        assert browser.post(ADDRESS, json=QUERY, headers={"X-CSRF-Token": wrong}).status_code == 403
        assert browser.post("/admin/people", data={"csrf": wrong}).status_code == 403
    assert browser.post(ADDRESS, json=QUERY, headers={"X-CSRF-Token": token}).status_code == 200
    fields = {"csrf": token, "name": "li", "roles": "agent"}
    assert browser.post("/admin/people", data=fields).status_code == 200
    files = {name: (None, value) for name, value in (fields | {"name": "wu"}).items()}
    assert browser.post("/admin/people", files=files).status_code == 200
    assert browser.post(
        "/admin/people", content=b"\xff\x00", headers={"Content-Type": "multipart/form-data"}
    ).status_code in (400, 403, 422)


def test_a_page_gives_a_browser_its_token_again(browser: TestClient) -> None:
    """Where the cookie that scripts read was lost, the next page brings it."""
    become_admin(browser)
    token = browser.cookies["huashu_csrf"]
    browser.cookies.delete("huashu_csrf")
    browser.get("/account")
    assert browser.cookies["huashu_csrf"] == token


def test_who_asks_too_often_is_told_to_wait(home: Path, database: Path) -> None:
    """429 with Retry-After, as a problem; each key by itself; probes and files are not counted."""
    one, two = add_key(database, name="one"), add_key(database, name="two")
    rates = SignIn(rates=(("key", "2/hour"), ("address", "1/hour")))
    with visiting(home, database, sign_in=rates, **OTHERS) as client:
        assert [asked(client, one) for _ in range(3)] == [200, 200, 429]
        assert asked(client, two) == 200
        refused = client.post(ADDRESS, json=QUERY, headers={"Authorization": f"Bearer {one}"})
        assert refused.headers["content-type"] == "application/problem+json"
        assert 1 <= int(refused.headers["retry-after"]) <= 3600
        assert refused.json()["request_id"] == refused.headers["x-request-id"]
        assert [client.get("/healthz").status_code for _ in range(3)] == [200] * 3
        assert [client.get("/static/base.css").status_code for _ in range(3)] == [200] * 3
        assert [client.get("/sign-in").status_code for _ in range(2)] == [200, 429]
        assert 'status="429"' in client.get("/metrics", headers={"X-API-Key": two}).text


def test_a_person_is_told_in_a_page(home: Path, database: Path) -> None:
    """Whoever asks for HTML gets words, not JSON."""
    with visiting(home, database, sign_in=SignIn(rates=(("address", "1/hour"),))) as client:
        client.get("/")
        page = client.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 429
        assert "操作太频繁了" in page.text


def test_sign_ins_are_counted_by_address(home: Path, database: Path) -> None:
    """However many names are tried."""
    with visiting(home, database, sign_in=SignIn(rates=(("sign-in", "3/hour"),))) as client:
        assert [sign_in(client, f"name-{number}").status_code for number in range(4)] == [401, 401, 401, 429]
        assert client.get("/sign-in").status_code == 200


def test_the_adapters_key_goes_on_opening_the_adapters_alone(home: Path, database: Path) -> None:
    """It is no API key; an API key that may suggest opens them too, in the place each system has for one."""
    key = add_key(database, "suggest")
    body = {"question": REFUND}
    with visiting(home, database, adapters=Adapters(key="adapters-own"), **OTHERS) as client:
        for shown in ("adapters-own", key):
            assert client.get("/anyq", params={"question": REFUND, "token": shown}).status_code == 200
            headers = {"Ocp-Apim-Subscription-Key": shown}
            azure = "/language/:query-knowledgebases?projectName=p&deploymentName=d&api-version=2023-04-01"
            assert client.post(azure, json=body, headers=headers).status_code == 200
            rasa = client.post("/model/parse", params={"token": shown}, json={"text": REFUND})
            assert rasa.status_code == 200
        assert client.get("/anyq", params={"question": REFUND, "token": "x"}).status_code == 401
        assert asked(client, "adapters-own") == 401
        # Elsewhere a key in the address, which ends in logs of proxies, is no key.
        assert client.get("/v1/entries", params={"token": key}).status_code in (401, 422)


def test_neither_keys_nor_cookies_are_logged(home: Path, database: Path) -> None:
    """Nor passwords, whatever goes wrong."""
    key = add_key(database)
    with capture_logs() as logs, visiting(home, database, **OTHERS) as client:
        become_admin(client)
        session = client.cookies["huashu_session"]
        state_of(client).suggest = None
        for headers in ({"X-API-Key": key}, {"X-CSRF-Token": client.cookies["huashu_csrf"]}):
            assert client.post(ADDRESS, json=QUERY, headers=headers).status_code == 500
        sign_in(client, "zhao", "wrong password")
        post(client, "/sign-out")
    said = str([{name: repr(value) for name, value in line.items()} for line in logs])
    assert logs
    assert not [secret for secret in (key, session, "wrong password") if secret in said]
