"""Signing in: by password with its lock, by a link, and what a session is worth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from service.identity.tokens import COOKIE
from tests.service.shop import state_of
from tests.service.visiting import PASSWORD, Clock, become_admin, call, post, sign_in, visiting


@pytest.fixture
def clock() -> Clock:
    """Friday at ten, until it is moved."""
    return Clock()


@pytest.fixture
def browser(home: Path, tmp_path: Path, clock: Clock) -> Iterator[TestClient]:
    """A browser before a shop that zhao administers, signed out."""
    with visiting(home, tmp_path / "knowledge.db", clock) as client:
        become_admin(client)
        post(client, "/sign-out")
        yield client


def test_a_sign_in_lasts_until_it_is_ended(browser: TestClient) -> None:
    """The cookie is no script's to read; after signing out it is worth nothing, kept or not."""
    done = sign_in(browser, "Zhao")
    assert (done.status_code, done.headers["location"]) == (303, "/")
    session = next(cookie for cookie in done.headers.get_list("set-cookie") if cookie.startswith(COOKIE))
    assert "HttpOnly" in session and "SameSite=lax" in session and "Secure" not in session
    assert browser.get("/admin/people").status_code == 200
    kept = browser.cookies[COOKIE]
    post(browser, "/sign-out")
    assert COOKIE not in browser.cookies
    browser.cookies.set(COOKIE, kept)
    assert browser.get("/admin/people").status_code == 401


def test_over_https_the_cookie_stays_there(home: Path, tmp_path: Path) -> None:
    """Secure, so that it is never sent in the clear."""
    with visiting(home, tmp_path / "knowledge.db") as client:
        client.base_url = "https://testserver"
        become_admin(client)
        post(client, "/sign-out")
        cookies = sign_in(client, "zhao").headers.get_list("set-cookie")
    assert len(cookies) == 2 and all("Secure" in cookie for cookie in cookies)


def test_behind_a_proxy_that_ends_tls_the_cookies_stay_there_too(home: Path, tmp_path: Path) -> None:
    """The address that people open says https, whatever the proxy's own requests look like."""
    with visiting(home, tmp_path / "knowledge.db", public_url="https://desk.example") as client:
        secret = call(client, "first_link")
        fields = {"name": "zhao", "password": PASSWORD, "again": PASSWORD}
        cookies = post(client, f"/sign-in/link/{secret}", **fields).headers.get_list("set-cookie")
        session = cookies[0].partition(";")[0]
        again = client.get("/account", headers={"Cookie": session}).headers.get_list("set-cookie")
    assert len(cookies) == 2 and all("Secure" in cookie for cookie in cookies)
    assert len(again) == 1 and "Secure" in again[0]  # the token that a browser had lost


def test_after_five_wrong_guesses_even_the_right_one_waits(browser: TestClient, clock: Clock) -> None:
    """Half a minute at first, twice as long after each more; the right one ends it. The answer is always the same."""
    answers = [sign_in(browser, "zhao", "wrong").text for _ in range(5)]
    answers.append(sign_in(browser, "zhao").text)
    clock.forward(seconds=29)
    answers.append(sign_in(browser, "zhao").text)
    clock.forward(seconds=2)
    assert sign_in(browser, "zhao", "wrong").status_code == 401
    clock.forward(seconds=59)
    assert sign_in(browser, "zhao").status_code == 401
    clock.forward(seconds=2)
    assert sign_in(browser, "zhao").status_code == 303
    assert len(set(answers)) == 1
    post(browser, "/sign-out")
    assert sign_in(browser, "zhao", "wrong").status_code == 401
    assert sign_in(browser, "zhao").status_code == 303


def test_a_name_that_nobody_has_is_answered_alike(browser: TestClient) -> None:
    """So is somebody who has no password yet, and somebody disabled."""
    sign_in(browser, "zhao")
    for name in ("han", "wu"):
        post(browser, "/admin/people", name=name, roles="agent")
    post(browser, "/admin/people/wu/disable")
    post(browser, "/sign-out")
    names = ("zhao", "nobody", "han", "wu", "zha\ufffdo")
    answers = {sign_in(browser, name, "wrong").text.replace(name, "NAME") for name in names}
    assert sign_in(browser, "zha\0o", "wrong").status_code == 401
    assert len(answers) == 1
    assert "用户名和密码对不上" in answers.pop()


def test_a_password_is_hashed_anew_when_parameters_change(browser: TestClient) -> None:
    """At the next sign-in, without anybody noticing."""
    store = state_of(browser).identity.storage._open()
    weaker = PasswordHasher(1, 8 * 1024, 1).hash(PASSWORD)
    store.people.rehash("zhao", str(store.people.find("zhao").password), weaker)
    assert sign_in(browser, "zhao").status_code == 303
    kept = store.people.find("zhao").password
    assert kept != weaker and "m=19456" in kept
    post(browser, "/sign-out")
    assert sign_in(browser, "zhao").status_code == 303


def test_an_unused_session_ends(browser: TestClient, clock: Clock) -> None:
    """After twelve hours; after seven days in any case."""
    sign_in(browser, "zhao")
    for _ in range(14):
        clock.forward(hours=11)
        assert browser.get("/account").status_code == 200
    clock.forward(hours=11, minutes=59)
    assert browser.get("/account").status_code == 200
    clock.forward(hours=3)
    assert browser.get("/account").status_code == 401
    sign_in(browser, "zhao")
    clock.forward(hours=12)
    assert browser.get("/account").status_code == 401


def test_a_new_session_has_a_secret_of_its_own(browser: TestClient) -> None:
    """One that a browser brought along before is never taken over."""
    browser.cookies.set(COOKIE, "chosen-by-somebody-else")
    sign_in(browser, "zhao")
    first = browser.cookies.get(COOKIE, domain="testserver.local") or browser.cookies.get(COOKIE, domain="testserver")
    assert first != "chosen-by-somebody-else"


def test_the_first_link_is_there_until_somebody_administers(home: Path, tmp_path: Path) -> None:
    """Each start makes another in the place of the one before."""
    with visiting(home, tmp_path / "knowledge.db") as client:
        old, new = call(client, "first_link"), call(client, "first_link")
        assert client.get(f"/sign-in/link/{old}").status_code == 404
        assert client.get(f"/sign-in/link/{new}").status_code == 200
        become_admin(client)
        assert call(client, "first_link") is None
