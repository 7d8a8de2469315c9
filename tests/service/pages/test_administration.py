"""/admin/people and /admin/keys: what an administrator does there comes true."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.identity.tokens import COOKIE
from service.pages.words.identity import WORDS
from tests.service.asking import ADDRESS, REFUND
from tests.service.shop import state_of
from tests.service.visiting import PASSWORD, become_admin, post, visiting


@pytest.fixture
def browser(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The administrator's browser."""
    with visiting(home, tmp_path / "knowledge.db") as client:
        become_admin(client)
        yield client


def shown_once(page: str) -> str:
    """The key or link of an answer."""
    found = re.search(r'<code id="once">([^<]+)</code>', page)
    assert found is not None, page
    return html.unescape(found[1])


def test_somebody_is_let_in_by_a_link(browser: TestClient) -> None:
    """Added with roles, they set a password themselves; the link is shown once, and no proxy keeps the page."""
    made = browser.post(
        "/admin/people",
        data={
            "csrf": browser.cookies["huashu_csrf"],
            "name": "Li",
            "display_name": "李雷",
            "roles": ["agent", "editor"],
        },
    )
    assert made.headers["cache-control"] == "no-store"
    link = shown_once(made.text).removeprefix("http://testserver")
    assert link not in browser.get("/admin/people").text
    browser.cookies.clear()
    post(browser, link, password=PASSWORD, again=PASSWORD)
    assert browser.get("/v1/insights/entries").status_code == 200
    assert browser.get("/admin/people").status_code == 403


def test_what_was_typed_of_a_person_or_a_key_stays_where_it_is_refused(browser: TestClient) -> None:
    """Also the name, and the roles that were chosen and no others: pressing again must grant what was meant."""
    page = post(browser, "/admin/people", name="zhao", display_name="李四", roles="approver").text
    assert 'name="name" type="text" value="zhao"' in page and 'value="李四"' in page
    assert re.findall(r'value="(\w+)" checked', page.partition('action="/admin/people" ')[2]) == ["approver"]
    page = post(browser, "/admin/keys", name="", scopes="insights").text
    assert re.findall(r'value="(\w+)" checked', page) == ["insights"]


def test_disabling_somebody_asks_and_says_what_was_done(browser: TestClient) -> None:
    """The button is behind a question; afterwards the page says whom it was about."""
    post(browser, "/admin/people", name="li", roles="editor")
    page = browser.get("/admin/people").text
    form = page.index('action="/admin/people/li/disable"')
    assert page.rindex("<details", 0, form) > page.rindex("</details>", 0, form)
    assert WORDS["zh"]["disable_note"] in page
    for act, told in (("disable", "已停用 li"), ("enable", "已启用 li")):
        done = post(browser, f"/admin/people/li/{act}")
        assert told in browser.get(done.headers["location"]).text


def test_roles_change_at_once(browser: TestClient) -> None:
    """For somebody who is signed in too; without any role nothing changes."""
    link = shown_once(post(browser, "/admin/people", name="li", roles="editor").text)
    admin = dict(browser.cookies)
    browser.cookies.clear()
    post(browser, link.removeprefix("http://testserver"), password=PASSWORD, again=PASSWORD)
    li = {"Cookie": f"{COOKIE}={browser.cookies[COOKIE]}"}
    browser.cookies.clear()
    browser.cookies.update(admin)
    assert browser.get("/v1/insights/entries", headers=li).status_code == 200
    assert post(browser, "/admin/people/li/roles").status_code == 422
    assert post(browser, "/admin/people/li/roles", roles="agent").status_code == 303
    assert browser.get("/v1/insights/entries", headers=li).status_code == 403
    post(browser, "/admin/people/li/disable")
    assert browser.get("/account", headers=li).status_code == 401
    page = browser.get("/admin/people").text
    assert "已停用" in page and "/admin/people/li/enable" in page
    post(browser, "/admin/people/li/enable")
    assert "已停用" not in browser.get("/admin/people").text


@pytest.mark.parametrize(
    ("address", "fields", "told"),
    [
        ("/admin/people", {"name": "a b", "roles": "agent"}, "这个用户名不能用"),
        ("/admin/people", {"name": "zhao", "roles": "agent"}, "这个用户名不能用"),
        ("/admin/people", {"name": "li"}, "请至少选一个角色"),
        ("/admin/people", {"name": "li", "roles": "emperor"}, "请至少选一个角色"),
        ("/admin/people/zhao/disable", {}, "zhao 是唯一的管理员"),
        ("/admin/people/zhao/roles", {"roles": "agent"}, "zhao 是唯一的管理员"),
        ("/admin/people/nobody/link", {}, "没有叫「nobody」的人"),
        ("/admin/keys", {"name": "", "scopes": "console"}, "没能完成"),
        ("/admin/keys", {"name": "k"}, "请至少选一项权限"),
        ("/admin/keys/7/revoke", {}, "没有第 7 号密钥"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page(
    browser: TestClient, address: str, fields: dict[str, str], told: str
) -> None:
    """422, and nothing is changed."""
    before = len(state_of(browser).identity.storage._open().audit())
    answer = post(browser, address, **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert len(state_of(browser).identity.storage._open().audit()) == before


@pytest.mark.parametrize("address", ["/admin/keys/{}/revoke", "/account/sessions/{}/end", "/editor/a.x/versions/{}"])
@pytest.mark.parametrize("number", ["0", "9" * 23])
def test_a_number_that_no_row_has_is_no_failure(browser: TestClient, address: str, number: str) -> None:
    """Also one that no database could hold: 422, not 500."""
    assert post(browser, address.format(number)).status_code == 422


def test_a_key_is_shown_once_works_and_ends(browser: TestClient) -> None:
    """At once, each time; the list goes on showing how it began and who did what."""
    made = post(browser, "/admin/keys", name="千牛", scopes="suggest")
    key = shown_once(made.text)
    assert made.headers["cache-control"] == "no-store"
    page = browser.get("/admin/keys").text
    assert key not in page and key[:11] in page and "还没用过" in page
    shown = {"Authorization": f"Bearer {key}"}
    assert browser.post(ADDRESS, json={"query": REFUND}, headers=shown).status_code == 200
    assert "最近使用 2026-11-20 10:00" in browser.get("/admin/keys").text
    assert post(browser, "/admin/keys/1/revoke").status_code == 303
    assert browser.post(ADDRESS, json={"query": REFUND}, headers=shown).status_code == 401
    assert "zhao 于 2026-11-20 10:00 作废" in browser.get("/admin/keys").text


def test_a_name_that_is_markup_stays_text(browser: TestClient) -> None:
    """In every place where it is shown."""
    typed = "<script>alert(1)</script>"
    for page in (
        post(browser, "/admin/keys", name=typed, scopes="console").text,
        post(browser, "/admin/people", name="li", display_name=typed, roles="agent").text,
        browser.get("/admin/keys").text,
    ):
        assert typed not in page and "&lt;script&gt;" in page


def test_admin_leads_to_the_people(browser: TestClient) -> None:
    """And its link is marked on each of its pages."""
    assert browser.get("/admin").headers["location"] == "/admin/people"
    assert '<a href="/admin" aria-current="page">' in browser.get("/admin/keys").text
