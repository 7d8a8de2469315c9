"""/sign-in and /sign-out: the forms, their words, and where one goes afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.pages.sign_in import local
from tests.service.visiting import HTML, PASSWORD, become_admin, call, post, sign_in, visiting


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that zhao administers."""
    return tmp_path_factory.mktemp("sign-in") / "knowledge.db"


@pytest.fixture(scope="module")
def service(home: Path, database: Path) -> Iterator[TestClient]:
    """One service for all tests here."""
    with visiting(home, database) as client:
        become_admin(client)
        yield client


@pytest.fixture
def browser(service: TestClient) -> TestClient:
    """A browser without cookies before it."""
    service.cookies.clear()
    return service


@pytest.mark.parametrize("address", ["/", "/admin/keys", "/?q=%E9%80%80%E6%AC%BE&channel=phone"])
def test_a_path_of_this_service_is_gone_to(address: str) -> None:
    """With its query."""
    assert local(address) == address


@pytest.mark.parametrize(
    "address",
    ["", "admin", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\nb", "/退款"],
)
def test_nowhere_else_is(address: str) -> None:
    """Another site, a scheme, or what could break a header."""
    assert local(address) == "/"


def test_one_goes_on_to_where_one_wanted(browser: TestClient) -> None:
    """From the page that needs a sign-in, through the form, and on."""
    sent = browser.get("/admin/keys", headers=HTML)
    assert sent.headers["location"] == "/sign-in?next=%2Fadmin%2Fkeys"
    assert 'name="next" value="/admin/keys"' in browser.get(sent.headers["location"]).text
    done = post(browser, "/sign-in", name="zhao", password=PASSWORD, next="/admin/keys")
    assert done.headers["location"] == "/admin/keys"
    assert browser.get("/admin/keys").status_code == 200


def test_a_refused_sign_in_keeps_name_and_way(browser: TestClient) -> None:
    """Only the password is to be typed again, and it is not sent back; nothing typed is markup."""
    typed = '"><script>alert(1)</script>'
    page = post(browser, "/sign-in", name=typed, password="wrong-secret", next="/account").text
    assert "&lt;script&gt;" in page and "<script>alert" not in page
    assert "wrong-secret" not in page
    assert 'name="next" value="/account"' in page


def test_the_frame_says_who_is_signed_in(browser: TestClient) -> None:
    """A stranger is offered the form, everybody else their account and the way out."""
    assert 'href="/sign-in?next=/"' in browser.get("/").text
    assert 'href="/sign-in?next' not in browser.get("/sign-in").text
    sign_in(browser, "zhao")
    page = browser.get("/").text
    assert ">zhao<" in page and 'action="/sign-out"' in page and 'name="csrf"' in page
    assert browser.get("/sign-in?lang=en").text.count("Sign in to Huashu") >= 1


def test_signing_out_says_so(browser: TestClient) -> None:
    """Also without a session."""
    sign_in(browser, "zhao")
    for _ in range(2):
        done = post(browser, "/sign-out")
        assert done.headers["location"] == "/sign-in?out=1"
    assert "您已退出" in browser.get("/sign-in?out=1").text


def test_a_link_asks_for_the_password_twice_and_a_good_one(browser: TestClient) -> None:
    """Whatever is wrong is said, and the link still works; a spent one leads to the form."""
    secret = call(browser, "make_link", "zhao", "test")
    address = f"/sign-in/link/{secret}"
    assert "请为 zhao 设置新密码" in browser.get(address).text
    assert "两次输入的密码不一样" in post(browser, address, password=PASSWORD, again="x").text
    assert "太短或太容易猜到" in post(browser, address, password="short", again="short").text
    done = post(browser, address, name="somebody-else", password=PASSWORD, again=PASSWORD)
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert ">zhao<" in browser.get("/").text
    for spent in (browser.get(address), post(browser, address, password=PASSWORD, again=PASSWORD)):
        assert spent.status_code == 404
        assert "已经用过或过期" in spent.text


def test_the_first_one_chooses_a_name(home: Path, tmp_path: Path) -> None:
    """One that can be used, and goes on to the people."""
    with visiting(home, tmp_path / "knowledge.db") as client:
        address = f"/sign-in/link/{call(client, 'first_link')}"
        assert "将成为管理员" in client.get(address).text
        refused = post(client, address, name="a b", password=PASSWORD, again=PASSWORD)
        assert refused.status_code == 422 and "这个用户名不能用" in refused.text
        done = post(client, address, name="老板", password=PASSWORD, again=PASSWORD)
        assert done.headers["location"] == "/admin/people"
        assert "老板" in client.get("/admin/people").text
