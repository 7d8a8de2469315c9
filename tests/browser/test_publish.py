"""The publishing page in a browser: the story, its progress as it comes, and the way back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from index.shelf import Shelf
from service import building
from service.app import create_app
from service.builds import Builds
from service.settings import Settings
from tests.browser.conftest import PATIENCE, clean, heard, serve
from tests.service.people import APPROVER, by_header
from tests.service.shop import BETTER, WORSE, fill, only_shop_golden, release, report_of
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.browser

TOY = (sys.executable, "-m", "tests.fault.runner")
BUILDS_WITHIN = 120_000  # milliseconds; the libraries alone take ten seconds on a busy machine


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A home in which the shop is live, with an edit that waits; builds run the toy."""
    monkeypatch.setattr(building, "COMMAND", TOY)
    found = Settings(home=tmp_path / "home", poll_seconds=0.1)
    only_shop_golden(found)
    fill(found)
    release(found)
    fill(found, BETTER)
    yield found
    running = Builds(found.home).running()
    if running is not None:  # of a test that failed midway
        Builds(found.home).cancel(running.id)


@pytest.fixture
def context(chromium: Browser, settings: Settings) -> Iterator[BrowserContext]:
    """An approver's browser before the service over that home."""
    for address in serve(create_app(settings, ToyEmbedder(), identify=by_header)):
        context = chromium.new_context(base_url=address, locale="zh-CN", extra_http_headers=APPROVER)
        context.set_default_timeout(PATIENCE)
        yield context
        context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page whose scripts may not fail."""
    page = context.new_page()
    errors = heard(page)
    yield page
    assert errors == []


def test_from_an_edit_to_its_publish_and_back(page: Page, settings: Settings) -> None:
    """Build, watch, read the story, publish, ask, and go back by one click and a confirmation."""
    first = Shelf(settings.artefacts).current()
    page.goto("/publish")
    expect(page.locator("#pending")).to_contain_text("退款什么时候到")
    page.get_by_role("button", name="生成并对比").click()
    expect(page.locator("#running")).to_be_visible()
    expect(page.locator("#decide")).to_be_visible(timeout=BUILDS_WITHIN)
    expect(page.locator("#quality")).to_contain_text("检查通过")
    expect(page.locator("#curve svg polyline")).to_have_count(2)
    page.locator("#decide .button.primary").click()
    expect(page.get_by_role("heading", name="已发布")).to_be_visible()
    second = Shelf(settings.artefacts).current()
    assert second != first
    expect(page.locator(".story-head code")).to_have_text(second)
    answer = page.request.post("/v1/suggestions", data={"query": "钱到底还退不退"}).json()
    assert (answer["index_version"], answer["suggestions"][0]["title"]) == (second, "退款什么时候到")
    page.locator("#history summary", has_text="回滚到这一版").click()
    page.get_by_role("button", name="确定回滚").click()
    expect(page.locator(".story-head code")).to_have_text(first)
    assert Shelf(settings.artefacts).current() == first


def test_progress_comes_by_itself_and_a_build_can_be_cancelled(
    page: Page, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step and its count move without a reload; cancelling ends the process, and what is live stays."""
    monkeypatch.setenv("HUASHU_TEST_PAUSE", "embed")
    (settings.home / "vectors.npz").unlink()
    first = Shelf(settings.artefacts).current()
    page.goto("/publish")
    page.get_by_role("button", name="生成并对比").click()
    page.evaluate("window.same = true")
    expect(page.locator('[data-step="embed"]')).to_have_attribute("data-state", "now", timeout=BUILDS_WITHIN)
    expect(page.locator('[data-step="embed"] .phase-count')).to_contain_text("/")
    expect(page.locator("#told")).to_have_text("读懂每一句相似问")
    assert page.evaluate("window.same") is True
    page.get_by_role("button", name="取消这次生成").click()
    expect(page.locator(".notice")).to_contain_text("这次生成已取消", timeout=BUILDS_WITHIN)
    assert Shelf(settings.artefacts).current() == first


def test_the_story_is_accessible_and_fits(context: BrowserContext, settings: Settings) -> None:
    """axe finds nothing to object to, and nothing runs out of a small screen; a regression's reason is within reach."""
    fill(settings, WORSE)
    report_of(settings, real=("退款几天能到", "快递停住了"))
    page = context.new_page()
    page.goto("/publish")
    page.locator("summary", has_text="仍要发布").click()
    page.locator("#changed summary").first.click()
    for scheme, width in (("light", 1280), ("dark", 390)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        clean(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("textarea").fill("活动期间先这样")
    page.get_by_role("button", name="说明理由并发布").click()
    expect(page.locator("#history")).to_contain_text("活动期间先这样")
