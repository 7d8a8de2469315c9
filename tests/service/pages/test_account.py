"""/account: somebody's own password and sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.identity.tokens import COOKIE
from tests.service.shop import state_of
from tests.service.visiting import PASSWORD, become_admin, call, post, sign_in, visiting

BETTER = "another horse battery"


@pytest.fixture
def browser(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """Zhao's browser."""
    with visiting(home, tmp_path / "knowledge.db") as client:
        become_admin(client)
        yield client


def elsewhere(browser: TestClient) -> str:
    """A session of another browser; its cookie."""
    secret: str = call(browser, "open", "zhao", "another browser", "password")
    return secret


def works(browser: TestClient, cookie: str) -> bool:
    """Whether a session is still one."""
    assert browser.portal is not None
    return browser.portal.call(state_of(browser).identity.directory.session, cookie) is not None


def test_a_new_password_ends_every_other_session(browser: TestClient) -> None:
    """This one goes on; the old password is none any more."""
    other = elsewhere(browser)
    assert works(browser, other)
    done = post(browser, "/account/password", current=PASSWORD, new=BETTER, again=BETTER)
    assert done.headers["location"] == "/account?done=password_changed"
    assert "密码已修改" in browser.get(done.headers["location"]).text
    assert not works(browser, other)
    post(browser, "/sign-out")
    assert sign_in(browser, "zhao", PASSWORD).status_code == 401
    assert sign_in(browser, "zhao", BETTER).status_code == 303


@pytest.mark.parametrize(
    ("current", "new", "again", "told"),
    [
        ("wrong", BETTER, BETTER, "现在的密码不对"),
        (PASSWORD, BETTER, "x", "两次输入的密码不一样"),
        (PASSWORD, "short", "short", "太短或太容易猜到"),
    ],
)
def test_whatever_is_wrong_with_it_is_said(browser: TestClient, current: str, new: str, again: str, told: str) -> None:
    """And the password stays."""
    answer = post(browser, "/account/password", current=current, new=new, again=again)
    assert answer.status_code == 422 and told in answer.text
    post(browser, "/sign-out")
    assert sign_in(browser, "zhao").status_code == 303


def test_guessing_the_present_password_is_no_way_around_the_lock(browser: TestClient) -> None:
    """Whoever finds an open browser has five tries."""
    for _ in range(5):
        post(browser, "/account/password", current="wrong", new=BETTER, again=BETTER)
    assert post(browser, "/account/password", current=PASSWORD, new=BETTER, again=BETTER).status_code == 422


def test_a_new_password_that_will_not_do_is_no_guess(browser: TestClient) -> None:
    """However often one is tried, the present one is still believed."""
    for _ in range(6):
        post(browser, "/account/password", current=PASSWORD, new="short", again="short")
    done = post(browser, "/account/password", current=PASSWORD, new=BETTER, again=BETTER)
    assert done.headers["location"] == "/account?done=password_changed"


def test_another_browser_can_be_signed_out(browser: TestClient) -> None:
    """It is named, this one is marked; doing it twice is no error."""
    other = elsewhere(browser)
    page = browser.get("/account").text
    (address,) = re.findall(r"/account/sessions/\d+/end", page)
    assert "本机" in page and "another browser" in page and "2026-11-20 10:00" in page
    for _ in range(2):
        assert post(browser, address).headers["location"] == "/account?done=session_ended"
    assert not works(browser, other)
    assert browser.get("/account").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(browser: TestClient) -> None:
    """Its number is of no use to them."""
    post(browser, "/admin/people", name="li", roles="agent")
    link = re.search(r"/sign-in/link/[\w-]+", post(browser, "/admin/people/li/link").text)
    assert link is not None
    zhaos = browser.cookies[COOKIE]
    browser.cookies.clear()
    post(browser, link[0], password=BETTER, again=BETTER)
    for number in range(1, 4):
        post(browser, f"/account/sessions/{number}/end")
    assert works(browser, zhaos)
