"""The documents' pages in a real browser: upload, look, decide by key, and the draft is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from knowledge.formats.documents.reading import read
from knowledge.store import Store
from service.app import create_app
from service.documents import Documents
from service.identity.people import Person
from service.settings import Settings
from tests.browser.conftest import PATIENCE, clean, heard, serve
from tests.knowledge.formats.documents.manuals import MESSY
from tests.service.shop import FRIDAY, publish
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.browser

EDITOR = Person("li", frozenset({"editor"}))
COVERED = "\n五、退款\n退款多久到账时：“您好，三天内。”\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's home, in which drafts may be made."""
    folder = tmp_path_factory.mktemp("browser")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[str]:
    """The whole service, at which an editor sits."""
    app = create_app(Settings(home=home), ToyEmbedder(), lambda: FRIDAY, lambda request: EDITOR)
    app.state.documents = Documents(home / "documents", lambda: FRIDAY, read)  # read in this process
    yield from serve(app)


@pytest.fixture
def context(chromium: Browser, service: str) -> Iterator[BrowserContext]:
    """A fresh Chinese browser profile."""
    context = chromium.new_context(base_url=service, locale="zh-CN", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A document, just uploaded. Any error of the page's scripts, CSP's included, fails the test."""
    page = context.new_page()
    errors = heard(page)
    page.goto("/documents")
    page.set_input_files("#file", {"name": "手册.txt", "mimeType": "text/plain", "buffer": (MESSY + COVERED).encode()})
    expect(page.locator("#chosen")).to_have_text("手册.txt")
    page.click("#upload button.primary")
    expect(page.locator(".proposal")).to_have_count(7, timeout=30_000)
    expect(page.locator(".proposal.current")).to_have_count(1)  # the page's script is there
    yield page
    assert errors == []


def draft_of(home: Path, entry_id: str) -> tuple[str, str, str]:
    """Title, wording and source of a draft."""
    with Store.open(Settings(home=home).database_url) as store:
        record = store.history(entry_id)[-1]
    assert record.state == "draft"
    return record.entry.title, record.entry.replies[0].text, record.entry.source or ""


def current(page: Page) -> str | None:
    """The proposal that keys act on."""
    return page.locator(".proposal.current").get_attribute("data-n")


def test_one_by_one_by_key_until_the_drafts_are_there(page: Page, home: Path) -> None:
    """Edit and accept, skip, accept, each going on to the next; what is covered is shown; a reload forgets nothing."""
    assert current(page) == "1"
    page.keyboard.press("e")
    expect(page.locator("#p1 [name=title]")).to_be_focused()
    page.fill("#p1 [name=title]", "书到了没有")
    page.fill("#p1 [name=entry_id]", "ship.arrived")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#p1 .state")).to_have_text("已存为草稿 ship.arrived（第 1 版）")
    assert current(page) == "2"
    page.keyboard.press("s")
    expect(page.locator("#p2 .state")).to_have_text("已跳过")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert current(page) == "3"
    page.keyboard.press("a")
    expect(page.locator("#p3 .state")).to_contain_text("已存为草稿")
    expect(page.locator("#p1 .state a")).to_have_attribute("href", "/editor/ship.arrived")
    expect(page.locator("#progress")).to_have_text("已处理 3 / 7")
    title, reply, source = draft_of(home, "ship.arrived")
    assert (title, reply) == ("书到了没有", "您好，这本书大约三天后到店，到了我马上给您发消息。")
    assert source.startswith("手册.txt, paragraph 4, line 12")
    expect(page.locator("#p7 .covering")).to_contain_text("已有：退款多久到账")
    page.reload()
    expect(page.locator("#progress")).to_have_text("已处理 3 / 7")
    assert current(page) == "4"


def test_what_has_no_category_is_asked_for_one(page: Page) -> None:
    """Its key makes no draft of it until one is chosen, which takes the first place of the id."""
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#p2 .failure")).to_contain_text("没认出是哪一类")
    expect(page.locator("#p2 [name=category]")).to_be_focused()
    page.select_option("#p2 [name=category]", "ship")
    page.locator("#p2 [data-do=accept]").click()
    expect(page.locator("#p2 .state a")).to_contain_text("已存为草稿 ship.shu-you-xiang-gai")


def test_an_id_that_is_taken_is_said_where_it_is_typed(page: Page) -> None:
    """And nothing is lost: another id is accepted then."""
    for number in ("4", "5"):
        page.locator(f"#p{number} summary").click()
        page.fill(f"#p{number} [name=entry_id]", "clarify.taken")
        page.locator(f"#p{number} [data-do=accept]").click()
    expect(page.locator("#p4 .state")).to_contain_text("clarify.taken")
    expect(page.locator("#p5 .failure")).to_contain_text("clarify.taken 已经有了（v1）")
    page.fill("#p5 [name=entry_id]", "clarify.free")
    page.locator("#p5 [data-do=accept]").click()
    expect(page.locator("#p5 .state")).to_contain_text("clarify.free")


def test_the_source_is_shown_with_its_proposal(page: Page) -> None:
    """Choosing a proposal marks its line; a line's number leads to its proposal; another wording can be taken."""
    page.keyboard.press("j")
    expect(page.locator(".text .here")).to_contain_text("书友想改收货地址时")
    page.locator(".text .jump", has_text="6").click()
    assert current(page) == "6"
    page.locator("#p2 summary").click()
    page.locator("#p2 [data-do=use]").click()
    expect(page.locator("#p2 [name=reply]")).to_have_value("好的，您稍等，我先看看包裹出库了没有。")
    page.get_by_label("隐藏已有的").check()
    expect(page.locator("#p7")).to_be_hidden()


def test_a_file_that_cannot_be_read_says_why(page: Page) -> None:
    """On the page from which it was sent."""
    page.goto("/documents")
    page.set_input_files("#file", {"name": "a.doc", "mimeType": "x/y", "buffer": b"\xd0\xcf\x11\xe0"})
    page.click("#upload button.primary")
    expect(page.locator("#failure")).to_contain_text("旧版 Word", timeout=30_000)


def test_both_pages_are_accessible_and_fit_a_phone(page: Page) -> None:
    """axe finds nothing in either theme, open forms included; nothing is wider than 390 px."""
    address = page.url
    for theme in ("light", "dark"):
        for at in (address, address.rpartition("/")[0]):
            page.goto(f"{at}?theme={theme}")
            for summary in page.locator("#p1 summary, .repairs summary").all():
                summary.click()
            clean(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    tops = [page.locator(part).evaluate("e => e.getBoundingClientRect().top") for part in (".found", ".source")]
    assert tops == sorted(tops)
