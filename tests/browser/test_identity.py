"""From the link of the first start to a key that ends, as the first administrator does it in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Literal

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from knowledge.store import Store
from service.app import create_app
from service.identity.tokens import digest, new_secret
from service.settings import Settings
from tests.browser.conftest import PATIENCE, clean, heard, serve
from tests.service.asking import ADDRESS, REFUND
from tests.service.shop import publish
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose live index is the small shop."""
    home = tmp_path_factory.mktemp("identity")
    publish(home)
    return home


@pytest.fixture
def app(shop: Path, tmp_path: Path) -> FastAPI:
    """The whole service over it, with a database of its own."""
    return create_app(Settings(home=shop, database=f"sqlite:///{tmp_path / 'knowledge.db'}"), ToyEmbedder())


@pytest.fixture
def service(app: FastAPI) -> Iterator[str]:
    """Its address."""
    yield from serve(app)


def first_link(app: FastAPI, service: str) -> str:
    """The link that a first start prints."""
    secret, now = new_secret(), datetime.now(UTC)
    with Store.open(app.state.settings.database_url) as store:
        store.sessions.make_link(None, digest(secret), "first start", now, now + timedelta(hours=1))
    return f"{service}/sign-in/link/{secret}"


SCHEMES: Iterator[Literal["light", "dark"]] = cycle(("light", "dark"))


def sound(page: Page) -> None:
    """axe finds nothing to object to, contrast included, in one theme or the other; nothing is cut off."""
    page.emulate_media(color_scheme=next(SCHEMES), reduced_motion="reduce")  # half a transition has other colours
    clean(page)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_from_the_first_link_to_a_key_that_ends(chromium: Browser, app: FastAPI, service: str, script: bool) -> None:
    """Every page on the way is clean, and all of it works without a script; the key does what it says."""
    context = chromium.new_context(base_url=service, locale="zh-CN", java_script_enabled=script)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    errors = heard(page)
    look = sound if script else lambda page: None

    page.goto(first_link(app, service))
    look(page)
    page.fill("[name=name]", "zhao")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("main button")
    expect(page).to_have_url(f"{service}/admin/people")
    look(page)

    page.click("main nav >> text=接口密钥")
    page.fill("[name=name]", "千牛工作台")
    page.click("text=新建 >> visible=true >> nth=-1")
    key = page.locator("#once").inner_text()
    if script:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=service)
        page.click(".once button")
        expect(page.locator(".once button")).to_have_text("已复制")
        assert page.evaluate("navigator.clipboard.readText()") == key
    look(page)
    asked = {"data": {"query": REFUND}, "headers": {"Authorization": f"Bearer {key}"}}
    program = chromium.new_context(base_url=service)
    assert program.request.post(ADDRESS, data={"query": REFUND}).status == 401
    assert program.request.post(ADDRESS, **asked).status == 200  # type: ignore[arg-type]

    page.click("summary:has-text('作废')")
    look(page)
    page.click("text=确定作废")
    expect(page.locator(".row.off")).to_contain_text("zhao")
    assert program.request.post(ADDRESS, **asked).status == 401  # type: ignore[arg-type]

    page.goto("/account")
    look(page)
    if script:
        page.goto("/")
        page.fill("#query", REFUND)
        expect(page.locator(".say h2")).to_contain_text("退款")
        look(page)
        checked = page.evaluate(
            "import('/static/checking.js').then(({ check }) => check('请拨打 13800138000', 'chat'))"
        )
        assert [one["rule"] for one in checked["findings"]] == ["personal-data"]
        page.goto("/demo")
        page.click("#customer button")
        expect(page.locator("#assist .decision")).to_be_visible()
    page.click(".sign-out button")
    expect(page.locator(".notice")).to_have_text("您已退出。")
    look(page)
    page.goto("/")
    expect(page).to_have_url(f"{service}/sign-in?next=%2F")
    page.fill("[name=name]", "zhao")
    page.fill("[name=password]", "wrong")
    page.click("main button")
    expect(page.locator(".notice")).to_contain_text("用户名和密码对不上")
    look(page)
    page.fill("[name=password]", PASSWORD)
    page.click("main button")
    expect(page).to_have_url(f"{service}/")
    assert errors == []
    context.close()
    program.close()
