"""The editors' page in a real browser, over the small shop: write, lint, save, submit, and meet other people."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import Request
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from service.app import create_app
from service.identity.people import Person
from service.settings import Settings
from tests.browser.conftest import PATIENCE, clean, serve
from tests.service.editors import typed
from tests.service.shop import FRIDAY, REFUND, SHIP, fill, phrasings, publish
from tests.toy import ToyEmbedder

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
VARIANTS = phrasings("会员卡 储值卡 积分", "怎么开通 怎么注销 在哪里看 过期了吗 能转让吗 能合并吗 丢了咋补 被盗刷了")
NUMBERS = itertools.count(1)

Open = Callable[..., Page]


def _who(request: Request) -> Person:
    """Tests say who they are in a cookie."""
    return Person(request.cookies.get("who", "li"), frozenset({"approver"}))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service over the shop, its index published and its database filled."""
    home = tmp_path_factory.mktemp("editors")
    publish(home)
    settings = Settings(home=home)
    fill(settings)
    yield from serve(create_app(settings, ToyEmbedder(), lambda: FRIDAY, _who))


@pytest.fixture
def profile(chromium: Browser, service: str) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser profiles, each somebody's own."""
    made = []

    def make(who: str = "li", **options: Any) -> BrowserContext:
        context = chromium.new_context(
            **{"base_url": service, "locale": "zh-CN", "viewport": {"width": 1280, "height": 900}} | options
        )
        context.add_cookies([{"name": "who", "value": who, "url": service}])
        context.set_default_timeout(PATIENCE)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def opened(profile: Callable[..., BrowserContext]) -> Iterator[Open]:
    """Opens an entry's page and waits for its script; any error of a script, CSP's included, fails the test."""
    errors: list[str] = []

    def open_page(entry_id: str, context: BrowserContext | None = None) -> Page:
        page = (context or profile()).new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"/editor/{entry_id}")
        ready(page)
        return page

    yield open_page
    assert errors == []


def ready(page: Page) -> None:
    """Wait until the page's script runs."""
    expect(page.locator("html[data-ready]")).to_have_count(1)


def an_entry(context: BrowserContext, **fields: Any) -> str:
    """A new entry with one draft version, made over the API; its id."""
    number = next(NUMBERS)
    entry_id = f"card.test-{number}"
    content = typed(title=f"卡片问题 {number}", variants=[f"{text}{number}" for text in VARIANTS]) | fields
    body = {"revision": "", "base_version": 0, "content": content}
    kept = context.request.put(f"/v1/drafts/{entry_id}", data=body).json()
    saved = context.request.post(f"/v1/drafts/{entry_id}/versions", data={"revision": kept["revision"]})
    assert saved.status == 201, saved.text()
    return entry_id


def desk(page: Page, entry_id: str) -> dict[str, Any]:
    """The entry as the API has it for whoever the page is."""
    body: dict[str, Any] = page.request.get(f"/v1/desk/entries/{entry_id}").json()
    return body


def saved_by_itself(page: Page) -> None:
    """Wait for the autosave after the last key."""
    expect(page.locator('#autosave[data-state="kept"]')).to_have_count(1)


def test_from_a_new_entry_to_review(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """Create, see what lint says, mend it; what was typed survives a reload and a killed tab; then submit."""
    context = profile()
    page = context.new_page()
    page.goto("/editor")
    page.fill("#new [name=title]", "会员卡怎么办理")
    page.fill("#new [name=category]", "member")
    page.get_by_role("button", name="开始写").click()
    page.wait_for_url("**/editor/member.hui-yuan-ka-zen-me-ban-li")
    ready(page)
    entry_id = page.url.rpartition("/")[2]
    expect(page.locator("#title")).to_have_value("会员卡怎么办理")
    expect(page.locator("#summary")).to_contain_text("个错误")
    page.fill("#variants", "\n".join([*VARIANTS, SHIP.variants[0]]))
    page.fill("[data-reply] textarea", "我不知道。")
    page.fill("#source", "手册")
    expect(page.locator(f"#line-marks li:nth-child({len(VARIANTS) + 1})")).to_contain_text("ship.no-update")
    expect(page.locator("[data-reply] .remark")).to_contain_text(["用了「不知道」（生硬）：请改说「我帮您核实」"])
    saved_by_itself(page)

    page.reload()
    ready(page)
    expect(page.locator("#variants")).to_have_value("\n".join([*VARIANTS, SHIP.variants[0]]))
    page.fill("#variants", "\n".join(VARIANTS))
    page.fill("[data-reply] textarea", "您好，办卡请到会员中心。")
    page.get_by_role("button", name="加一条回复").click()
    page.locator("[data-reply]:not([hidden]) [name=reply_language]").select_option("en")
    page.fill("[data-reply]:not([hidden]) textarea", "Please apply in the member centre")
    page.close(run_before_unload=False)  # the tab is gone before the pause in typing was over

    page = opened(entry_id, context)
    expect(page.locator("#summary")).to_have_text("没有发现问题")
    expect(page.locator("[data-reply] textarea").nth(1)).to_have_value("Please apply in the member centre")
    page.fill("[name=comment]", "新卡上线")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notices")).to_contain_text("已提交审核")
    body = desk(page, entry_id)
    assert (body["newest"]["version"]["state"], body["own"]) == ("in_review", None)
    assert body["newest"]["content"]["variants"] == list(VARIANTS)
    expect(page.locator("#history")).to_contain_text("新卡上线")
    expect(page.locator("#state")).to_contain_text("待审核")


def test_submitting_twice_is_submitting_once(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """A press while one is under way, one after it, and one in another window that has not heard: all of them done."""
    context = profile()
    entry_id = an_entry(context)
    page, late = opened(entry_id, context), opened(entry_id, context)
    asked = []

    def slowly(route: Route) -> None:
        asked.append(route.request.post_data_json)
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/submission", slowly)
    for window in (page, page, page, late):
        window.bring_to_front()
        window.keyboard.press("Control+Enter")
        window.wait_for_timeout(150)
    for window in (page, late):
        expect(window.locator("#notices")).to_contain_text("已提交审核")
        expect(window.locator("#notices [role=alert]")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notices [data-told=done]")).to_contain_text("已提交审核")
    assert len(asked) == 1
    assert desk(page, entry_id)["newest"]["version"]["state"] == "in_review"


def test_a_late_save_of_a_page_that_is_gone_is_no_other_tab(
    profile: Callable[..., BrowserContext], opened: Open
) -> None:
    """What the closed page had under way arrives after the next was drawn: nothing is asked, submitting goes on."""
    context = profile()
    entry_id = an_entry(context)
    under_way: list[dict[str, Any]] = []

    def hold(route: Route) -> None:
        if route.request.method == "PUT":
            under_way.append(route.request.post_data_json)  # and never answered
        else:
            route.continue_()

    page = opened(entry_id, context)
    page.route("**/v1/drafts/*", hold)
    page.fill("#source", "手册第 3 页")
    expect(page.locator('#autosave[data-state="sending"]')).to_have_count(1)
    page.fill("#source", "手册第 3 页，2026 年版")
    page.close(run_before_unload=False)

    def arrive(route: Route) -> None:
        if route.request.method == "PUT" and under_way:
            assert context.request.put(f"/v1/drafts/{entry_id}", data=under_way.pop(0)).ok
            under_way.clear()
        route.continue_()

    context.route("**/v1/drafts/*", arrive)
    page = opened(entry_id, context)
    expect(page.locator("#source")).to_have_value("手册第 3 页，2026 年版")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#notices")).to_contain_text("已提交审核")
    expect(page.locator("#merge")).to_be_hidden()
    assert desk(page, entry_id)["newest"]["content"]["source"] == "手册第 3 页，2026 年版"


def test_two_editors_get_the_merge_view(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """Each sees that the other is at it; who saves later decides what both changed, and nothing is overwritten."""
    one, two = profile("li"), profile("wang")
    entry_id = an_entry(one)
    first, second = opened(entry_id, one), opened(entry_id, two)
    before, title = "您好，办理需要 3 天。\n请您留意通知。", first.locator("#title").input_value()
    first.fill("#title", "李的标题")
    first.fill("[data-reply] textarea", before)
    saved_by_itself(first)
    second.fill("#title", "王的标题")
    second.fill("[data-reply] textarea", "\n".join(f"第 {n} 步，请您按提示操作。" for n in range(1, 9)))
    second.locator("#variants").press("Control+End")
    second.locator("#variants").press_sequentially("\n王加的一行")
    expect(second.locator("[data-presence]")).to_have_text("li 正在编辑这条话术")
    saved_by_itself(second)
    first.keyboard.press("Control+s")
    expect(first.locator("#notices")).to_contain_text("已保存为草稿 v2")

    second.get_by_role("button", name="保存草稿").click()
    expect(second.locator("[data-conflict]")).to_have_count(2)
    expect(second.locator("#merge")).not_to_contain_text("null")
    result = second.locator('[data-conflict^="replies"] textarea')
    assert result.evaluate("box => box.scrollHeight - box.clientHeight") <= 2
    conflict = second.locator('[data-conflict="title"]')
    expect(conflict.locator('[data-side="theirs"] del')).to_have_text(title)
    expect(conflict.locator('[data-side="theirs"] ins')).to_have_text("李的标题")
    expect(conflict.locator("textarea")).to_have_value("王的标题")
    conflict.get_by_label("对方（li）").check()
    conflict.locator("textarea").fill("李和王的标题")
    second.get_by_role("button", name="用这个结果继续编辑").click()
    expect(second.locator("#title")).to_have_value("李和王的标题")
    second.keyboard.press("Control+s")
    expect(second.locator("#notices")).to_contain_text("已保存为草稿 v3")
    body = desk(second, entry_id)
    assert [version["author"] for version in body["history"]] == ["li", "li", "wang"]
    content = body["newest"]["content"]
    assert (content["title"], content["variants"][-1]) == ("李和王的标题", "王加的一行")


def test_two_tabs_of_one_person_are_merged(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """The later is told, and what both typed at different places is there in the end."""
    context = profile()
    entry_id = an_entry(context)
    first, second = opened(entry_id, context), opened(entry_id, context)
    first.fill("#source", "手册第二章")
    saved_by_itself(first)
    second.fill("#title", "第二个窗口的标题")
    expect(second.locator("#merge")).to_contain_text("已经自动合并")
    second.get_by_role("button", name="用这个结果继续编辑").click()
    expect(second.locator("#source")).to_have_value("手册第二章")
    saved_by_itself(second)
    own = desk(second, entry_id)["own"]["content"]
    assert (own["title"], own["source"]) == ("第二个窗口的标题", "手册第二章")


def test_without_a_connection_nothing_is_lost(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """It is said, kept in the browser over a killed tab, and saved once the connection is back."""
    context = profile()
    entry_id = an_entry(context)
    page = opened(entry_id, context)
    context.set_offline(True)
    page.fill("#title", "断网时写的")
    expect(page.locator('#autosave[data-state="offline"]')).to_contain_text("已存在这台电脑上")
    assert desk(profile().new_page(), entry_id)["own"] is None
    page.close(run_before_unload=False)
    context.set_offline(False)
    page = opened(entry_id, context)
    expect(page.locator("#title")).to_have_value("断网时写的")
    saved_by_itself(page)
    assert desk(page, entry_id)["own"]["content"]["title"] == "断网时写的"


def test_opening_an_entry_changes_nothing(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """No working copy comes of looking, also where names are unknown to the policy."""
    context = profile()
    entry_id = an_entry(context, products=["Z9"], tags=["a b"], related=["card.gone"], stage="after-sale")
    page = opened(entry_id, context)
    before = desk(page, entry_id)["newest"]["content"]
    page.wait_for_timeout(900)
    assert desk(page, entry_id)["own"] is None
    page.fill("#title", "只改标题")
    saved_by_itself(page)
    assert desk(page, entry_id)["own"]["content"] == before | {"title": "只改标题"}


def test_names_are_completed_by_keyboard(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """`{`, or an input method's `｛`, offers slots and facts; arrows and Enter put one in; the preview shows it."""
    context = profile()
    page = opened(an_entry(context), context)
    area = page.locator("[data-reply]:not([hidden]) textarea")
    area.fill("")
    area.press_sequentially("请报一下{订单")
    expect(page.locator("#completion [role=option]").first).to_contain_text("order_no")
    area.press("Enter")
    expect(area).to_have_value("请报一下{order_no}")
    area.press_sequentially("，｛")
    area.press("ArrowDown")
    area.press("ArrowUp")
    area.press_sequentially("refund")
    area.press("Tab")
    expect(area).to_have_value("请报一下{order_no}，{refund.days}")
    expect(page.locator(".reply:not([hidden]) .bubble")).to_have_text("请报一下订单号，3 天")
    area.press_sequentially("{")
    area.press("Escape")
    expect(page.locator("#completion")).to_be_hidden()
    page.get_by_role("button", name="邮件").click()
    expect(page.locator(".reply:not([hidden]) .bubble")).to_contain_text("此致")


def test_who_else_would_claim_a_line_stands_beside_it(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """Pasted lines at once: another entry's phrasing is named with its title."""
    context = profile()
    page = opened(an_entry(context), context)
    page.fill("#variants", f"{VARIANTS[0]}\n\n{REFUND.variants[0]}我想知道一下\n{VARIANTS[1]}")
    expect(page.locator("#line-marks li").nth(2)).to_contain_text(REFUND.title)
    expect(page.locator("#line-marks li").nth(1)).to_have_text("")
    expect(page.locator("#variants-count")).to_have_text("3 种")


def test_on_a_phone_what_is_said_of_a_line_stands_below(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """There is no room for the margin: the line one is in is named, with what would stand beside it."""
    context = profile(viewport=PHONE)
    page = opened(an_entry(context, variants=[*VARIANTS, SHIP.variants[0]]), context)
    note = page.locator("#line-note")
    expect(note).to_be_hidden()
    page.locator("#variants").press("Control+End")
    expect(note).to_contain_text(f"{SHIP.variants[0]}：")
    expect(note).to_contain_text("ship.no-update")


def test_the_list_of_names_opens_where_there_is_room(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """Above a field at the foot of the screen, below one at its head; whole on the screen, and not behind the acts."""
    context = profile()
    page = opened(an_entry(context), context)
    area = page.locator("[data-reply] textarea").first
    for block, by in (("end", 90), ("start", -120)):
        area.evaluate("(box, [block, by]) => { box.scrollIntoView({ block }); scrollBy(0, by); }", [block, by])
        area.evaluate("box => { box.focus({ preventScroll: true }); box.select(); }")
        page.keyboard.type("{")
        box, foot = page.locator("#completion").bounding_box(), page.locator("#sheet .acts").bounding_box()
        assert box is not None and foot is not None
        assert box["y"] >= 0 and box["y"] + box["height"] <= foot["y"]
        area.press("Escape")


def test_the_list_goes_by_keyboard(profile: Callable[..., BrowserContext]) -> None:
    """J, K and the arrows move, Enter opens, / searches; chips narrow the list."""
    page = profile().new_page()
    page.goto("/editor?query=product")
    rows = page.locator("#rows .row")
    expect(rows).to_have_count(2)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#list-query")).to_be_focused()
    page.locator(".chip", has_text="快到期").click()
    expect(page.locator("#rows .row")).to_have_count(0)
    page.goto("/editor?expiring_days=14")
    expect(page.locator("#rows .row")).to_contain_text(["夏季满减活动"])


def test_changes_can_be_discarded_and_versions_restored(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """Twice pressed, what is typed is gone and the version stands; an old version becomes a draft again."""
    context = profile()
    entry_id = an_entry(context)
    page = opened(entry_id, context)
    before = page.locator("#title").input_value()
    page.fill("#title", "不要了")
    saved_by_itself(page)
    page.locator('[data-do="discard"]').click()
    page.get_by_role("button", name="再按一次").click()
    expect(page.locator("#title")).to_have_value(before)
    assert desk(page, entry_id)["own"] is None
    page.fill("#title", "第二版")
    page.keyboard.press("Control+s")
    expect(page.locator(".version-row")).to_have_count(2)
    page.locator(".version-row", has_text="v1").get_by_role("link", name="查看").click()
    expect(page.locator("h1")).to_contain_text(before)
    page.get_by_role("button", name="恢复成草稿").click()
    expect(page.locator("#notices")).to_contain_text("已恢复成新的草稿")
    expect(page.locator("#title")).to_have_value(before)


def test_it_works_before_any_script(profile: Callable[..., BrowserContext]) -> None:
    """Saving is a form like any other; what cannot be saved is told, and stays in the fields and on the server."""
    context = profile(java_script_enabled=False)
    entry_id = an_entry(context)
    page = context.new_page()
    page.goto(f"/editor/{entry_id}")
    page.fill("#title", "")
    page.fill("#variants", "一行\n\n二行")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#notices [role=alert]")).to_contain_text("title: is empty")
    expect(page.locator("#variants")).to_have_value("一行\n\n二行")
    assert desk(page, entry_id)["own"]["content"]["variants"] == ["一行", "", "二行"]
    page.fill("#title", "没有脚本也行")
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator("#notices")).to_contain_text("已提交审核")
    newest = desk(page, entry_id)["newest"]
    assert (newest["version"]["state"], newest["content"]["title"]) == ("in_review", "没有脚本也行")


def test_script_and_server_read_the_same_form_alike(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """One manuscript comes of the fields, whoever reads them."""
    context = profile()
    entry_id = an_entry(
        context,
        tags=["甲", "乙"],
        products=["A3"],
        related=["refund.time"],
        valid_until="2027-01-31",
        escalation={"level": "offer", "target": "logistics", "priority": "high", "collect": ["order_no"]},
    )
    page = opened(entry_id, context)
    page.fill("#variants", " 一行 \n\n二行\n\n")
    page.fill("[name=tags]", "甲，乙,丙、丁;")
    read = page.evaluate(
        "async () => (await import('/static/manuscript.js')).readForm(document.getElementById('sheet'))"
    )
    saved_by_itself(page)
    page.evaluate(
        """async () => { const data = new FormData(document.getElementById("sheet")); data.set("act", "keep");
        data.set("revision", (await (await fetch(`/v1/desk/entries/${document.getElementById("sheet").dataset.entry}`))
            .json()).own.revision);
        await fetch(document.getElementById("sheet").action, {method: "POST", body: new URLSearchParams(data)}); }"""
    )
    assert desk(page, entry_id)["own"]["content"] == read


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_phone_never_scrolls_sideways(profile: Callable[..., BrowserContext], opened: Open, language: str) -> None:
    """At 390 px list and sheet are one column each, in both languages."""
    context = profile(viewport=PHONE)
    entry_id = an_entry(context)
    page = opened(f"{entry_id}?lang={language}", context)
    page.fill("#variants", "\n".join(["很长的一行" * 30, *VARIANTS]))
    expect(page.locator("#summary b").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.goto(f"/editor?lang={language}")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_has_no_accessibility_violations(profile: Callable[..., BrowserContext], opened: Open) -> None:
    """axe finds nothing to object to in either theme: list, sheet with findings and completion, merge view, old
    version.
    """
    one, two = profile("li"), profile("wang")
    entry_id = an_entry(one)

    def sound(page: Page) -> None:
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            clean(page)

    page, other = opened(entry_id, one), opened(entry_id, two)
    other.fill("#title", "王的")
    other.keyboard.press("Control+s")
    expect(other.locator("#notices")).to_contain_text("v2")
    page.fill("#variants", f"{SHIP.variants[0]}\n{VARIANTS[0]}\n{REFUND.variants[0]}呀")
    page.fill("#title", "李的")
    page.locator("[data-reply]:not([hidden]) textarea").press_sequentially("我不知道{")
    expect(page.locator("#line-marks li[data-kind=error]")).to_have_count(1)
    sound(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-conflict]")).to_have_count(1)
    sound(page)
    page.goto(f"/editor/{entry_id}/versions/1")
    sound(page)
    page.goto("/editor")
    sound(page)
    assert re.search(r"\d+ 条", page.locator(".list-head").inner_text())


def test_an_unknown_entry_is_said_to_be_none(service: str, profile: Callable[..., BrowserContext]) -> None:
    """404 with the id in it."""
    response = profile().request.get("/editor/refund.gone")
    assert response.status == 404
    assert "refund.gone" in response.text()
