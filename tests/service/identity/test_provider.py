"""Sign-in by an OpenID Connect provider: the whole way, and every way it can be lied to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from httpx2 import Response
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from service.identity.provider import COOKIE, PATH, Provider
from service.settings import SignIn
from tests.service.identity.idp import CLIENT, SECRET, Idp, providing
from tests.service.shop import state_of
from tests.service.visiting import become_admin, post, visiting

ROLES = (("leads", "approver"), ("desk", "agent"))


@pytest.fixture(scope="module")
def running() -> Iterator[Idp]:
    """One provider for all tests."""
    with providing() as idp:
        yield idp


@pytest.fixture
def idp(running: Idp) -> Idp:
    """The provider as it begins: Han Mei, one of the leads, and no lie."""
    running.claims = {"sub": "17", "preferred_username": "han.mei", "name": "韩梅", "roles": ["leads", "others"]}
    running.spoil, running.signing = {}, running.key
    return running


@pytest.fixture
def browser(home: Path, tmp_path: Path, idp: Idp) -> Iterator[TestClient]:
    """A browser before a shop whose people sign in there."""
    wanted = SignIn(issuer=idp.issuer, client_id=CLIENT, client_secret=SECRET, roles=ROLES)
    with visiting(home, tmp_path / "knowledge.db", sign_in=wanted) as client:
        yield client


def leave(browser: TestClient, onward: str = "/account") -> str:
    """Press the button, and let the provider say yes: the address it sends the browser back to."""
    left = browser.get(PATH, params={"next": onward})
    assert left.status_code == 302
    return httpx2.get(left.headers["location"]).headers["location"]


def arrive(browser: TestClient, address: str) -> Response:
    """Follow the provider back."""
    return browser.get(address.removeprefix("http://testserver"))


def test_the_whole_way(browser: TestClient) -> None:
    """There and back with state, nonce and PKCE; a person with the provider's roles, where they wanted to go."""
    assert "用公司账号登录" in browser.get("/sign-in").text
    left = browser.get(PATH, params={"next": "/account"})
    asked = parse_qs(urlsplit(left.headers["location"]).query)
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["redirect_uri"] == [f"http://testserver{PATH}/callback"]
    back = arrive(browser, httpx2.get(left.headers["location"]).headers["location"])
    assert (back.status_code, back.headers["location"]) == (303, "/account")
    page = browser.get("/account").text
    assert "韩梅" in page and "审核" in page and "客服" not in page
    (person,) = state_of(browser).identity.storage._open().people.all()
    assert (person.name, person.roles, person.password) == ("han.mei", ("approver",), None)


def test_behind_a_proxy_that_ends_tls_its_cookies_stay_there(home: Path, tmp_path: Path, idp: Idp) -> None:
    """What a sign-in under way remembers, and where it leads."""
    wanted = SignIn(issuer=idp.issuer, client_id=CLIENT, client_secret=SECRET, roles=ROLES)
    with visiting(home, tmp_path / "knowledge.db", sign_in=wanted, public_url="https://desk.example") as browser:
        cookies = browser.get(PATH, params={"next": "/account"}).headers.get_list("set-cookie")
    assert len(cookies) == 2 and all("Secure" in cookie for cookie in cookies)


def test_roles_follow_the_provider(browser: TestClient, idp: Idp) -> None:
    """At every sign-in; whom it gives none of ours can do nothing."""
    arrive(browser, leave(browser))
    for theirs, ours in ((["desk"], ("agent",)), (["others"], ()), ("leads", ("approver",))):
        idp.claims["roles"] = theirs
        arrive(browser, leave(browser))
        (person,) = state_of(browser).identity.storage._open().people.all()
        assert person.roles == ours
    idp.claims["roles"] = ["others"]
    arrive(browser, leave(browser))
    assert browser.get("/v1/insights/entries").status_code == 403


def test_without_the_claim_roles_are_the_administrators(browser: TestClient, idp: Idp) -> None:
    """Who is new has none; what an administrator gives stays."""
    del idp.claims["roles"]
    arrive(browser, leave(browser))
    store = state_of(browser).identity.storage._open()
    assert store.people.find("han.mei").roles == ()
    store.people.set_roles("han.mei", ["editor"], "zhao", state_of(browser).now())
    arrive(browser, leave(browser))
    assert store.people.find("han.mei").roles == ("editor",)


@pytest.mark.parametrize(
    ("claim", "claims", "roles"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["admin", "offline"]}}, ("admin",)),
        ("roles", {"roles": ["editor", "agent"]}, ("agent", "editor")),
        ("roles", {"roles": "editor"}, ("editor",)),
        ("realm_access.roles", {"realm_access": "x"}, None),
        ("roles", {}, None),
    ],
)
def test_roles_may_lie_deep_and_go_by_our_names(claim: str, claims: dict[str, object], roles: object) -> None:
    """Without a mapping, those of the same name count."""
    provider = Provider("https://idp", CLIENT, SECRET, claim)
    assert provider._subject({"sub": "1"} | claims).roles == roles


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "of another sign-in"},
        {"aud": "another client"},
        {"iss": "http://evil.example"},
        {"exp": 1},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(
    browser: TestClient, idp: Idp, lie: dict[str, object]
) -> None:
    """Another nonce, audience or issuer, too old, or about nobody."""
    idp.spoil = lie
    refused(browser, arrive(browser, leave(browser)))


def test_a_token_signed_by_anybody_else_lets_nobody_in(browser: TestClient, idp: Idp) -> None:
    """Whatever key id it claims."""
    idp.signing = RSAKey.generate_key(2048, {"kid": "k1"})
    refused(browser, arrive(browser, leave(browser)))


def test_a_return_that_this_browser_did_not_begin_lets_nobody_in(browser: TestClient, idp: Idp) -> None:
    """Another state, no cookie, a cookie that was tampered with, an error, or a code used before."""
    back = leave(browser)
    refused(browser, arrive(browser, back.replace("state=", "state=x")))
    refused(browser, arrive(browser, f"{PATH}/callback?error=access_denied&state=x"))
    kept = browser.cookies[COOKIE]
    browser.cookies.clear()
    refused(browser, arrive(browser, back))
    browser.cookies.set(COOKIE, kept[:-2] + "xx", path=PATH)
    refused(browser, arrive(browser, back))
    browser.cookies.clear()
    back = leave(browser)
    idp.codes.clear()
    refused(browser, arrive(browser, back))


def refused(browser: TestClient, answer: Response) -> None:
    """Back at the form, with a reason and without a session; nothing that was sent is logged."""
    assert answer.status_code == 401, answer.text
    assert "公司账号没能确认您的身份" in answer.text
    assert browser.get("/account").status_code == 401


def test_a_provider_takes_nobodys_account_over(browser: TestClient, idp: Idp) -> None:
    """Whoever calls themselves like somebody with a password is not them."""
    become_admin(browser)
    post(browser, "/sign-out")
    idp.claims["preferred_username"] = "ZHAO"
    answer = arrive(browser, leave(browser))
    assert answer.status_code == 403
    assert "这个公司账号暂时不能登录" in answer.text


def test_a_provider_that_is_away_is_said_so(home: Path, tmp_path: Path) -> None:
    """502 and the form, by which a password still works; secrets stay out of the log."""
    wanted = SignIn(issuer="http://127.0.0.1:9", client_id=CLIENT, client_secret=SECRET)
    with visiting(home, tmp_path / "knowledge.db", sign_in=wanted) as client, capture_logs() as logs:
        answer = client.get(PATH)
        assert answer.status_code == 502
        assert 'name="password"' in answer.text
    assert any(line["event"] == "the sign-in provider cannot be used" for line in logs)
    assert SECRET not in str(logs)


def test_without_a_provider_there_is_no_such_way(home: Path, tmp_path: Path) -> None:
    """Neither a button nor an address."""
    with visiting(home, tmp_path / "knowledge.db") as client:
        assert "用公司账号登录" not in client.get("/sign-in").text
        for address in (PATH, f"{PATH}/callback"):
            assert client.get(address).headers["location"] == "/sign-in"
