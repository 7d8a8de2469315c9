"""The import page in a browser: out, edited as Excel would, and in again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from knowledge.store import Store
from service.app import create_app
from service.identity.people import Person
from service.settings import Settings
from tests.browser.conftest import PATIENCE, clean, heard, serve
from tests.knowledge.formats.imported import csv_text
from tests.service.shop import FRIDAY, pack
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.browser

PERSON = Person("王敏", frozenset({"approver"}))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database holds the shop."""
    home = tmp_path_factory.mktemp("imports")
    with Store.open(Settings(home=home).database_url) as store:
        store.import_pack(pack(), "李雷", "李雷", "first", FRIDAY)
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The service before it."""
    yield from serve(create_app(Settings(home=home), ToyEmbedder(), lambda: FRIDAY, lambda request: PERSON))


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """The import page; an error of its scripts, the policy's included, fails the test."""
    context = chromium.new_context(base_url=address, locale="zh-CN", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    errors = heard(page)
    page.goto("/import")
    yield page
    context.close()
    assert errors == []


def counted(page: Page, name: str) -> int:
    """One of the numbers of a result."""
    return int(page.locator(f'[data-count="{name}"] dd').inner_text())


def checked(page: Page, path: Path) -> None:
    """Choose a file and have it checked."""
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="检查文件").click()
    page.wait_for_url("**/import/*")


def test_excel_round_trip(page: Page, home: Path, tmp_path: Path) -> None:
    """Taken out, edited in a spreadsheet, checked, mended, checked again and imported as approved."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel 表格").click()
    file = tmp_path / "话术.xlsx"
    download.value.save_as(file)
    book = load_workbook(file)
    sheet = book.active
    assert sheet is not None
    columns = {cell.value: place for place, cell in enumerate(sheet[1], start=1)}
    rows = {row[0].value: place for place, row in enumerate(sheet.iter_rows(min_row=2), start=2)}
    refund, new = rows["refund.time"], sheet.max_row + 1
    sheet.cell(refund, columns["相似问"]).value = f"{sheet.cell(refund, columns['相似问']).value}\n钱去哪了"
    sheet.cell(new, columns["标准问"]).value = "能开发票吗"
    sheet.cell(new, columns["回复（在线）"]).value = "=您好，可以开。"
    sheet.cell(new, columns["回复（在线）"]).data_type = "s"
    sheet.cell(new, columns["失效日期"]).value = "年底"
    book.save(file)

    checked(page, file)
    assert (counted(page, "added"), counted(page, "changed"), counted(page, "skipped")) == (0, 1, 1)
    expect(page.locator("[data-severity=error]")).to_contain_text(f"第 {new} 行 · 失效日期")
    page.get_by_role("button", name="导入 1 条").click()  # the box is not ticked, so nothing is sent
    expect(page.locator(".found")).to_have_attribute("data-applied", "no")

    sheet.cell(new, columns["失效日期"]).value = "2026/12/31"
    book.save(file)
    page.get_by_role("link", name="换个文件").click()
    page.get_by_label("直接批准").check()
    checked(page, file)
    assert (counted(page, "added"), counted(page, "changed")) == (1, 1)
    page.locator("details[data-entry='refund.time'] summary").click()
    expect(page.locator("details[data-entry='refund.time'] ins")).to_contain_text("钱去哪了")
    page.get_by_label("备注").fill("秋季修订")
    page.get_by_role("button", name="导入 2 条").click()
    expect(page.locator(".found")).to_have_attribute("data-applied", "yes")
    with Store.open(Settings(home=home).database_url) as store:
        live = {one.entry.id: one for one in store.approved()}
        assert live["refund.time"].entry.variants[-1] == "钱去哪了"
        assert live["faq.neng-kai-fa-piao-ma"].entry.replies[0].text == "=您好，可以开。"
        assert store.history("refund.time")[-1].comment == "秋季修订"
        assert len(live) == len(pack().entries) + 1


def test_a_file_that_is_too_large_is_not_sent(page: Page, tmp_path: Path) -> None:
    """It is said before minutes are spent on sending it."""
    large = tmp_path / "大.csv"
    with large.open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    page.locator("input[type=file]").set_input_files(large)
    expect(page.get_by_role("alert")).to_contain_text("最大 32 MB")
    expect(page.get_by_role("button", name="检查文件")).to_be_disabled()
    small = tmp_path / "小.csv"
    small.write_bytes(b"x")
    page.locator("input[type=file]").set_input_files(small)
    expect(page.get_by_text("小.csv")).to_be_visible()
    expect(page.get_by_role("button", name="检查文件")).to_be_enabled()


@pytest.mark.parametrize(("language", "theme", "width"), [("zh", "light", 1280), ("en", "dark", 390)])
def test_has_no_accessibility_violations(page: Page, tmp_path: Path, language: str, theme: str, width: int) -> None:
    """axe finds nothing to object to, before and after a check, and nothing runs out of a narrow page."""
    page.set_viewport_size({"width": width, "height": 800})
    file = tmp_path / "a.csv"
    rows = [("怎么" + "退" * 60, "您好" * 200, "明天"), ("新的", "您好", ""), ("refund.time", "", "")]
    file.write_bytes(csv_text(("标准问", "答案", "生效日期", "负责人"), *rows))

    def sound() -> None:
        clean(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.goto(f"/import?lang={language}&theme={theme}")
    sound()
    page.locator("input[type=file]").set_input_files(file)
    page.locator(".upload .primary").click()
    page.wait_for_url("**/import/*")
    page.locator(".changes summary").first.click()
    sound()
    page.goto("/import/0123456789")
    sound()


def test_the_way_to_every_page_is_seen_on_a_phone(page: Page) -> None:
    """In either language: no link is cut off or out of sight, and the page one is on is named."""
    page.set_viewport_size({"width": 390, "height": 844})
    for language in ("zh", "en"):
        page.goto(f"/import?lang={language}")
        links = page.locator(".places > ul a, .more-places summary")
        assert links.count() == 7
        for number in range(links.count()):
            box = links.nth(number).bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        expect(page.locator(".more-places summary")).to_have_text(
            {"zh": "导入导出", "en": "Import and export"}[language]
        )
