"""The editors' inbox and the supervisor's insights in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from knowledge.store import Store
from service.app import create_app
from service.identity.people import Person
from service.settings import Settings
from tests.browser.conftest import PATIENCE, clean, heard, serve
from tests.service.shop import FRIDAY, REFUND, SHIP, publish
from tests.service.usage import ENGRAVING, SCHOOL, fill
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.browser

PAGES = ("/inbox", "/inbox/repairs", "/insights", f"/insights/entries/{REFUND.id}")


@dataclass
class Desk:
    """A page of an editor's browser, and the database behind it."""

    page: Page
    url: str

    def versions(self, entry_id: str) -> list[tuple[int, str, str]]:
        """Of an entry: number, state, author."""
        with Store.open(self.url) as store:
            return [(one.version, one.state, one.author) for one in store.history(entry_id)]

    def variants(self, entry_id: str) -> tuple[str, ...]:
        """Of its newest version."""
        with Store.open(self.url) as store:
            return store.history(entry_id)[-1].entry.variants


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose live index is the shop."""
    home = tmp_path_factory.mktemp("inbox-shop")
    publish(home)
    return home


@pytest.fixture
def desk(chromium: Browser, shop: Path, tmp_path: Path) -> Iterator[Desk]:
    """An editor before a fresh log. Any error of a script, or of the content policy, fails the test."""
    url = f"sqlite:///{tmp_path / 'knowledge.db'}"
    fill(url)
    settings = Settings(home=shop, database=url)
    person = Person("li", frozenset({"editor"}))
    for address in serve(create_app(settings, ToyEmbedder(), lambda: FRIDAY, lambda request: person)):
        context = chromium.new_context(
            base_url=address, locale="zh-CN", viewport={"width": 1280, "height": 900}, color_scheme="light"
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        errors = heard(page)
        yield Desk(page, url)
        context.close()
        assert errors == []


def test_an_editor_accepts_a_theme_by_keys(desk: Desk) -> None:
    """Without a proposal, another entry is searched for and chosen: its draft has the checked variants."""
    desk.page.goto("/inbox")
    card = desk.page.locator(".theme", has_text=ENGRAVING[0]).first
    desk.page.keyboard.press("j")
    expect(card).to_be_focused()
    desk.page.keyboard.press("o")
    card.get_by_label(ENGRAVING[2]).uncheck()
    card.focus()
    desk.page.keyboard.press("c")
    desk.page.fill("#choose-query", "退款")
    first = desk.page.locator("#choose-found button").first
    expect(first).to_contain_text(REFUND.title)
    desk.page.keyboard.press("ArrowDown")
    expect(first).to_be_focused()
    desk.page.keyboard.press("ArrowUp")
    expect(desk.page.locator("#choose-query")).to_be_focused()
    desk.page.keyboard.press("Enter")
    desk.page.keyboard.press("Enter")
    expect(card.locator(".said")).to_contain_text(f"已存为草稿：{REFUND.title}，第 2 版，多了 2 条相似问")
    assert desk.versions(REFUND.id)[-1] == (2, "draft", "li")
    assert set(desk.variants(REFUND.id)) - set(REFUND.variants) == set(ENGRAVING[:2])
    desk.page.reload()
    left = desk.page.locator(".theme", has_text=ENGRAVING[2])
    expect(left.locator(".phrasings summary")).to_contain_text("1 种问法")


def test_an_editor_writes_a_new_entry(desk: Desk) -> None:
    """Its title is the theme's, its id follows category and title until one is written; one that exists is said."""
    desk.page.goto("/inbox")
    card = desk.page.locator(".theme", has_text=SCHOOL[0])
    card.locator("[data-do=new]").click()
    form = desk.page.locator("#new-form")
    expect(form.get_by_label("标准问")).to_have_value(desk.page.locator("#new [name=title]").input_value())
    form.get_by_label("标准问").fill("学生优惠")
    number = form.get_by_label("编号")
    form.get_by_label("分类").fill("价格优惠")
    expect(number).to_have_value("price.xue-sheng-you-hui")
    number.fill("学生")
    assert number.evaluate("field => field.validationMessage").startswith("编号只能用英文字母")
    number.fill("")
    form.get_by_label("分类").fill("promo")
    expect(number).to_have_value("promo.xue-sheng-you-hui")
    form.get_by_label("标准问").fill("学生折扣")
    expect(number).to_have_value("promo.xue-sheng-zhe-kou")
    number.fill(REFUND.id)
    form.get_by_label("分类").fill("price")
    desk.page.wait_for_timeout(300)
    expect(number).to_have_value(REFUND.id)
    form.get_by_label("回复").fill("您好，学生可享九五折。")
    form.get_by_role("button", name="存为草稿").click()
    expect(form.locator(".said")).to_contain_text("已经有了")
    number.fill("promo.student")
    form.get_by_role("button", name="存为草稿").click()
    expect(card.locator(".said")).to_contain_text("已存为草稿")
    expect(card.get_by_role("link", name="打开草稿")).to_have_attribute("href", "/editor/promo.student")
    assert desk.versions("promo.student") == [(1, "draft", "li")]


def test_what_was_dismissed_can_be_undone(desk: Desk) -> None:
    """One key, and one click back."""
    desk.page.goto("/inbox")
    card = desk.page.locator(".theme", has_text=SCHOOL[0])
    card.focus()
    desk.page.keyboard.press("x")
    expect(card.locator(".said")).to_contain_text("已忽略 2 种问法")
    card.get_by_role("button", name="撤销").click()
    expect(card.locator(".said")).to_contain_text("已放回收件箱")
    expect(card).to_be_focused()
    expect(card).not_to_have_class(re.compile("settled"))
    expect(card.locator("[name=query]:checked")).to_have_count(2)
    desk.page.keyboard.press("x")
    expect(card.locator(".said")).to_contain_text("已忽略 2 种问法")
    card.get_by_role("button", name="撤销").click()
    expect(card).to_be_focused()
    desk.page.reload()
    expect(desk.page.locator(".theme", has_text=SCHOOL[0])).to_be_visible()


def test_what_another_decided_meanwhile_is_said(desk: Desk) -> None:
    """The card stays, with the reason."""
    desk.page.goto("/inbox")
    other = desk.page.context.new_page()
    other.goto("/inbox")
    other.locator(".theme", has_text=SCHOOL[0]).locator("[data-do=dismiss]").click()
    expect(other.locator(".theme.settled")).to_be_visible()
    card = desk.page.locator(".theme", has_text=SCHOOL[0])
    card.locator("[data-do=dismiss]").click()
    expect(card.locator(".said")).to_contain_text("没有成功")


def test_a_misfiled_variant_is_moved(desk: Desk) -> None:
    """In drafts of both entries."""
    desk.page.goto("/inbox/repairs")
    card = desk.page.locator(".repair").first
    variant, owner = card.get_attribute("data-variant") or "", card.get_attribute("data-entry") or ""
    card.locator("[data-act=move]").click()
    expect(card.locator(".said")).to_contain_text("已存为草稿")
    assert variant not in desk.variants(owner)


def test_insights_lead_to_the_inbox_and_to_entries(desk: Desk) -> None:
    """Charts are drawn, filters narrow, lists are links."""
    desk.page.goto("/insights")
    charts = desk.page.locator(".chart img")
    for number in range(charts.count()):
        charts.nth(number).scroll_into_view_if_needed()
        expect(charts.nth(number)).to_have_js_property("complete", True)
        assert charts.nth(number).evaluate("image => image.naturalWidth") > 0
    desk.page.locator("select[name=channel]").select_option("phone")
    desk.page.get_by_role("button", name="查看").click()
    expect(desk.page.locator(".page-head")).to_contain_text("1 次提问")
    desk.page.get_by_role("link", name=SHIP.title).first.click()
    expect(desk.page.locator("h1")).to_have_text(SHIP.title)
    desk.page.go_back()
    desk.page.get_by_role("link", name="去收件箱处理").click()
    expect(desk.page.locator("h1")).to_have_text("收件箱")


def test_the_pages_are_clean_in_either_theme_and_on_a_phone(desk: Desk) -> None:
    """axe finds nothing, contrast included, and nothing scrolls sideways at 390 px, in both languages."""
    for path in PAGES:
        for theme, language, width in (("light", "zh", 1280), ("dark", "en", 390)):
            desk.page.set_viewport_size({"width": width, "height": 900})
            desk.page.goto(f"{path}?theme={theme}&lang={language}")
            clean(desk.page)
            assert desk.page.evaluate("document.documentElement.scrollWidth") == width, path
