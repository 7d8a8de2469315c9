"""Review in a real browser: submitted by one person, decided by another, by mouse, by keys and without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from knowledge.store import Store
from service.app import create_app
from service.settings import Settings
from tests.browser.conftest import PATIENCE, clean, heard, serve
from tests.service.people import by_header
from tests.service.shop import ENTRIES, FRIDAY, REFUND, SHIP, publish
from tests.service.submitted import MORE, REWORDED, imported, submit
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.browser

WANG, LI, HAN = "wang approver", "li approver", "han editor"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The service's database."""
    database = tmp_path_factory.mktemp("review") / "knowledge.db"
    imported(database)
    with Store.open(f"sqlite:///{database}") as opened:
        yield opened


@pytest.fixture(scope="module")
def service(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real service over it."""
    home = tmp_path_factory.mktemp("home")
    publish(home)
    settings = Settings(home=home, database=store._database._engine.url.render_as_string())
    yield from serve(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header))


@pytest.fixture
def waiting(store: Store) -> Iterator[None]:
    """Two versions wait: refund.time, and after it ship.no-update; none is left over for the next test."""
    submit(store, REWORDED, "li")
    submit(store, MORE, "han", at=FRIDAY + timedelta(minutes=1))
    yield
    for left in store.waiting():
        store.withdraw(left.record.entry.id, left.record.version, left.submitted_by, FRIDAY)


@contextmanager
def visitor(chromium: Browser, service: str, who: str, **options: object) -> Iterator[Page]:
    """A page of somebody's own profile; any error of its scripts, CSP's included, fails the test."""
    context = chromium.new_context(
        base_url=service,
        locale="zh-CN",
        extra_http_headers={"X-Person": who},
        **options,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    errors = heard(page)
    yield page
    context.close()
    assert errors == []


def opened(page: Page, title: str) -> None:
    """Wait until that entry is open and its page's keys work."""
    expect(page.locator("#item-title")).to_have_text(title)
    expect(page.locator("html[data-script]")).to_be_attached()


def live(store: Store, entry_id: str) -> str:
    """Who approved what is live."""
    return next(item.approved_by for item in store.approved() if item.entry.id == entry_id)


@pytest.mark.usefixtures("waiting")
def test_another_person_reads_the_change_and_approves(chromium: Browser, service: str, store: Store) -> None:
    """Struck through and underlined; after the decision the next one opens."""
    with visitor(chromium, service, WANG) as page:
        page.goto("/review")
        expect(page.locator("#item-title")).to_have_text(SHIP.title)
        page.locator(".row", has_text=REFUND.title).get_by_role("link").click()
        expect(page.locator("del")).to_have_text("原路退回")
        expect(page.locator("ins")).to_have_text("退回原来的卡")
        assert "line-through" in page.locator("del").evaluate("e => getComputedStyle(e).textDecoration")
        assert "underline" in page.locator("ins").evaluate("e => getComputedStyle(e).textDecoration")
        page.fill("#comment", "已核对")
        page.click("#approve")
        expect(page.locator(".notice.good")).to_contain_text("已批准「退款多久到账」")
        expect(page.locator("#item-title")).to_have_text(SHIP.title)
    assert live(store, REFUND.id) == "wang"
    assert store.audit(REFUND.id)[-1].comment == "已核对"


@pytest.mark.usefixtures("waiting")
def test_ones_own_cannot_be_approved_and_says_why(chromium: Browser, service: str, store: Store) -> None:
    """Not by the mouse and not by the key; it can be withdrawn."""
    with visitor(chromium, service, LI) as page:
        page.goto("/review?author=li")
        expect(page.locator("#hindrance")).to_have_text("这是您自己写的，需要另一位同事批准。")
        expect(page.locator("#approve")).to_have_count(0)
        page.keyboard.press("a")
        page.wait_for_timeout(200)
        assert len(store.waiting()) == 2
        page.click("#withdraw")
        expect(page.locator(".notice.good")).to_contain_text("已撤回「退款多久到账」")
    assert [one.record.entry.id for one in store.waiting()] == [SHIP.id]


@pytest.mark.usefixtures("waiting")
def test_keys_step_decide_and_select(chromium: Browser, service: str, store: Store) -> None:
    """J and K step, R writes why and Ctrl Enter returns it; space and Shift select, A approves what is selected."""
    with visitor(chromium, service, WANG) as page:
        page.goto("/review")
        opened(page, SHIP.title)
        page.keyboard.press("j")
        opened(page, REFUND.title)
        page.keyboard.press("k")
        opened(page, SHIP.title)
        expect(page.locator("#bulk")).to_be_hidden()
        page.keyboard.press("Space")
        expect(page.locator("#bulk-count")).to_have_text("已选 1 条")
        page.keyboard.press("Shift+J")
        expect(page.locator("#bulk-count")).to_have_text("已选 2 条")
        page.keyboard.press("Escape")
        expect(page.locator("#bulk")).to_be_hidden()
        page.keyboard.press("r")
        expect(page.locator("#comment")).to_be_focused()
        page.keyboard.type("aj 写明几天")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".notice.good")).to_contain_text(f"已退回「{SHIP.title}」")
        opened(page, REFUND.title)
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()
        page.keyboard.press("Space")
        expect(page.locator("#bulk-count")).to_have_text("已选 1 条")
        page.keyboard.press("a")
        expect(page.locator(".notice.good")).to_contain_text("1 条已处理")
    assert store.audit(SHIP.id)[-1].comment == "aj 写明几天"
    assert live(store, REFUND.id) == "wang"


@pytest.mark.usefixtures("waiting")
def test_the_space_bar_ticks_right_after_the_list_of_keys_was_closed(chromium: Browser, service: str) -> None:
    """Its button has the focus until the next frame, and whoever is quick means the page."""
    with visitor(chromium, service, WANG) as page:
        page.goto("/review")
        opened(page, SHIP.title)
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.evaluate("""() => {
            document.getElementById("keys").close();
            const space = new KeyboardEvent("keydown", { key: " ", code: "Space", bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(space);
        }""")
        expect(page.locator("#bulk-count")).to_have_text("已选 1 条")


def test_a_range_is_ticked_with_shift_and_what_is_refused_is_named(
    chromium: Browser, service: str, store: Store
) -> None:
    """Three of four by two clicks; the one of one's own stays, and the report says why."""
    for number, entry in enumerate(ENTRIES[:4]):
        later = entry.model_copy(update={"tags": ("批",)})
        submit(store, later, "wang" if number == 2 else "li", at=FRIDAY + timedelta(minutes=9 - number))
    with visitor(chromium, service, WANG) as page:
        page.goto("/review")
        ticks = page.locator(".pick input")
        ticks.nth(0).click()
        ticks.nth(2).click(modifiers=["Shift"])
        expect(page.locator("#bulk-count")).to_have_text("已选 3 条")
        page.click("#bulk-approve")
        expect(page.locator(".notice.warn")).to_contain_text("2 条已处理，1 条没有处理")
        expect(page.locator(".notice.warn li")).to_contain_text("是 wang 自己写的")
    left = store.waiting()
    assert {one.record.entry.id for one in left} == {ENTRIES[2].id, ENTRIES[3].id}
    for one in left:
        store.withdraw(one.record.entry.id, one.record.version, one.submitted_by, FRIDAY)


@pytest.mark.usefixtures("waiting")
def test_everything_works_without_a_script(chromium: Browser, service: str, store: Store) -> None:
    """Filter, read, comment, return, and several at once."""
    with visitor(chromium, service, WANG, java_script_enabled=False) as page:
        page.goto("/review")
        page.select_option("[name=category]", "refund")
        page.locator(".filters button").click()
        assert page.locator(".row").count() == 1
        page.fill("#comment", "为什么？")
        page.click("#say")
        assert "为什么？" in page.locator(".history").inner_text()
        page.click("#return")
        assert "退回需要写明原因" in page.locator(".notice.bad").inner_text()
        page.goto("/review")
        for tick in page.locator(".pick input").all():
            tick.check()
        page.click("#bulk-approve")
        assert "2 条已处理" in page.locator(".notice.good").inner_text()
    assert live(store, SHIP.id) == "wang"


@pytest.mark.usefixtures("waiting")
def test_the_log_is_filtered_and_leads_back(chromium: Browser, service: str) -> None:
    """From the log to the version it tells of; the CSV is a download."""
    with visitor(chromium, service, HAN) as page:
        page.goto("/audit")
        page.select_option("[name=who]", "han")
        page.select_option("[name=act]", "submit")
        page.get_by_role("button", name="筛选").click()
        expect(page.locator("tbody tr").first).to_contain_text(SHIP.title)
        csv = page.get_by_role("link", name="导出 CSV").get_attribute("href")
        assert page.request.get(str(csv)).text().count("ship.no-update") >= 1
        page.locator("tbody tr").first.get_by_role("link").click()
        expect(page.locator("#item-title")).to_have_text(SHIP.title)


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(("width", "language", "theme"), [(1280, "zh", "light"), (390, "en", "dark")])
@pytest.mark.parametrize("address", ["/review?", "/review/refund.time/1?", "/audit?who=li&"])
def test_has_no_accessibility_violations(
    chromium: Browser, service: str, address: str, width: int, language: str, theme: str
) -> None:
    """axe finds nothing to object to on a desk or a phone, and nothing has to be scrolled sideways."""
    with visitor(chromium, service, LI, viewport={"width": width, "height": 800}) as page:
        page.goto(f"{address}theme={theme}&lang={language}")
        clean(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
