"""What surrounds the search in a real browser: conversations, feedback, drafts, the shelf, consoles, and training."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from service.pages.conversation import PATTERNS, read_conversation
from service.pages.overlap import overlap
from tests.browser.canned import (
    FIRE,
    FOLLOW_UP,
    HOLDING,
    MEANT,
    MISSPELT,
    NO_UPDATE,
    REFUNDS,
    SHIP,
    UNCLEAR,
    UNKNOWN,
    WITH_SLOTS,
)
from tests.browser.conftest import clean, serve
from tests.browser.desk import make_desk
from tests.browser.test_knowledge import copied, empty_clipboard, reply_text, search, sent_to_the_api, wait_until
from tests.service.pages.test_conversation import NEARLY

pytestmark = pytest.mark.browser

TALK = f"""栖木旗舰店:小美 (2026-11-20 10:00:01): 您好
tb88 (2026-11-20 10:00:05): 退款怎么还没到
栖木旗舰店:小美 (2026-11-20 10:00:09): 已经审核通过
请您留意到账
tb88 (2026-11-20 10:01:00): {FOLLOW_UP}"""


def told(page: Page) -> list[dict[str, Any]]:
    """The bodies of all feedback from now on."""
    bodies: list[dict[str, Any]] = []
    page.on(
        "request", lambda sent: bodies.append(json.loads(sent.post_data or "{}")) if "/feedback" in sent.url else None
    )
    return bodies


class TestConversations:
    """A whole conversation in the search field."""

    def test_its_last_question_is_asked_with_what_went_before(self, page: Page) -> None:
        """Pasted as Qianniu copies it; shown, kept out of the address, and left out on wish."""
        bodies = sent_to_the_api(page)
        page.fill("#query", TALK)
        expect(page.locator(".say h2")).to_have_text("退款多久能到账")
        assert bodies[-1]["query"] == FOLLOW_UP
        assert [turn["role"] for turn in bodies[-1]["history"]] == ["agent", "customer", "agent"]
        assert bodies[-1]["history"][-1]["text"] == "已经审核通过\n请您留意到账"
        expect(page.locator("#conversation summary")).to_have_text("前面的 3 条对话也看了")
        assert page.url.endswith("/")
        page.get_by_role("button", name="不看前文").click()
        expect(page.locator("#query")).to_have_value(FOLLOW_UP)
        expect(page.locator(".decision")).to_contain_text("暂无话术")
        assert "history" not in bodies[-1]

    def test_arrows_move_through_its_lines_first(self, page: Page) -> None:
        """From the last line ↓ goes on to the candidates; Shift+Enter makes a line and copies nothing."""
        search(page, NO_UPDATE)
        page.locator("#query").press("Home")
        page.keyboard.type("第一行")
        page.keyboard.press("Shift+Enter")
        expect(page.locator("#query")).to_have_value(f"第一行\n{NO_UPDATE}")
        page.keyboard.press("ArrowUp")
        expect(page.locator("#query")).to_be_focused()
        page.keyboard.press("Control+End")
        expect(page.locator(".candidate")).to_have_count(3)
        page.keyboard.press("ArrowDown")
        expect(page.locator(".candidate").first).to_be_focused()

    def test_script_and_server_read_alike(self, page: Page) -> None:
        """Conversations and what matched, over texts of everything that looks like a speaker, a time or neither."""
        marks, breaks = "：:()[] \n\u3000😀İ\x07", ("\r\n", "2026-11-20 ", "10:21", "今天 ", "AM")
        speakers = ("客户", "客服", "张三", "Agent", "-小美", "旗舰店", "在吗", "订单号")
        pieces = st.sampled_from([*marks, *breaks, *speakers])
        texts: list[str] = []

        @given(st.lists(pieces, max_size=24).map("".join))
        @settings(max_examples=400, database=None, derandomize=True)
        def draw(text: str) -> None:
            texts.append(text)

        draw()
        assert len(set(texts)) > 100
        read, matched = page.evaluate(
            """async ([texts, patterns]) => {
            const { reader } = await import("/static/conversation.js");
            const { overlap } = await import("/static/overlap.js");
            const next = (n) => texts[(n + 1) % texts.length];
            return [texts.map(reader(patterns)), texts.map((text, n) => overlap(text, next(n)))]; }""",
            [texts, PATTERNS],
        )
        for n, text in enumerate(texts):
            own = read_conversation(text)
            history = [{"role": turn.role, "text": turn.text} for turn in own.history]
            assert read[n] == {"query": own.query, "history": history}, repr(text)
            parts = overlap(text, texts[(n + 1) % len(texts)])
            assert matched[n] == [{"text": part.text, "hit": part.hit} for part in parts], repr(text)

    def test_the_script_too_reads_long_runs_of_blanks_at_once(self, page: Page) -> None:
        """What nearly names a speaker is read as the server reads it, in a time that nobody notices."""
        read, seconds = page.evaluate(
            """async ([texts, patterns]) => {
            const { reader } = await import("/static/conversation.js");
            const begun = performance.now();
            const read = texts.map(reader(patterns));
            return [read.map(({ query, history }) => [query, history.map(({ text }) => text)]),
                    (performance.now() - begun) / 1000]; }""",
            [NEARLY, PATTERNS],
        )
        own = [read_conversation(text) for text in NEARLY]
        assert read == [[one.query, [turn.text for turn in one.history]] for one in own]
        assert seconds < len(NEARLY)


class TestAsking:
    """When the service is slower than the typist."""

    def test_the_newest_text_goes_when_the_answer_before_it_is_there(self, page: Page) -> None:
        """One search at a time; what was typed in between is never asked for, and waiting has an end."""
        bodies, held = sent_to_the_api(page), list[Route]()
        page.route("**/v1/suggestions", lambda route: held.append(route))
        page.fill("#query", UNCLEAR)
        wait_until(page, lambda: len(held) == 1)
        page.fill("#query", UNKNOWN)
        page.wait_for_timeout(60)
        page.fill("#query", NO_UPDATE)
        page.wait_for_timeout(60)
        assert len(held) == 1
        held[0].continue_()
        wait_until(page, lambda: len(held) == 2)
        held[1].continue_()
        expect(page.locator(".say h2")).to_have_text(SHIP[0]["title"])
        assert [body["query"] for body in bodies] == [UNCLEAR, NO_UPDATE]
        page.fill("#query", UNCLEAR)
        wait_until(page, lambda: len(held) == 3)
        page.fill("#query", UNKNOWN)
        wait_until(page, lambda: len(held) == 4)  # though the third is never answered


class TestFeedback:
    """What became of a reply, in one key."""

    def test_copying_counts_as_used_once(self, page: Page) -> None:
        """By request and entry; the same again, by key or button, says nothing more."""
        bodies = told(page)
        search(page, NO_UPDATE)
        page.keyboard.press("Enter")
        expect(page.locator("[data-do=tell-used]")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Enter")
        page.keyboard.press("Alt+y")
        page.keyboard.press("Alt+n")
        about = {"request_id": "req-7f3a", "source": "agent", "entry_id": "ship.no-update"}
        wait_until(page, lambda: len(bodies) == 2)
        assert bodies == [about | {"act": "used"}, about | {"act": "rejected"}]

    def test_the_decisions_own_line_is_told_without_an_entry(self, page: Page) -> None:
        """The holding reply belongs to the request, not to a candidate."""
        bodies = told(page)
        search(page, UNKNOWN)
        page.keyboard.press("Enter")
        wait_until(page, lambda: bodies == [{"request_id": "req-7f3a", "act": "used", "source": "agent"}])
        assert copied(page) == HOLDING

    def test_an_edited_reply_is_copied_and_kept_for_the_editors(self, page: Page) -> None:
        """M opens it, Ctrl+Enter copies; the text goes to feedback alone, and the reply stays as approved."""
        bodies = told(page)
        search(page, NO_UPDATE)
        page.keyboard.press("Alt+m")
        area = page.get_by_label("准备发给客户的话")
        expect(area).to_have_value(SHIP[0]["reply"]["text"])
        area.fill("张女士，我马上请物流专员核查，24 小时内回复您。")
        page.keyboard.press("Control+Enter")
        wait_until(page, lambda: len(bodies) == 1)
        assert (bodies[0]["act"], bodies[0]["text"]) == ("edited", "张女士，我马上请物流专员核查，24 小时内回复您。")
        assert copied(page) == bodies[0]["text"]
        assert reply_text(page) == SHIP[0]["reply"]["text"]
        expect(page.locator("#draft")).to_be_hidden()
        expect(page.locator("[data-do=tell-edited]")).to_have_attribute("aria-pressed", "true")

    def test_what_was_used_and_then_changed_is_changed(self, page: Page) -> None:
        """One of the two is lit: what was told last."""
        search(page, NO_UPDATE)
        page.keyboard.press("Enter")
        expect(page.locator("[data-do=tell-used]")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("m")
        page.get_by_label("准备发给客户的话").fill("张女士，我马上请物流专员核查，24 小时内回复您。")
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-do=tell-edited]")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("[data-do=tell-used]")).to_have_attribute("aria-pressed", "false")


class TestDrafts:
    """The agent's own words."""

    def test_what_must_not_be_said_takes_a_second_press(self, page: Page) -> None:
        """Also when copied before it was checked, and where a slot is still open; changed words are judged anew."""
        empty_clipboard(page)
        page.keyboard.press("Alt+c")
        area, caution = page.get_by_label("准备发给客户的话"), page.locator("#draft .caution")
        area.fill("这个我不知道，〔客户称呼〕")
        page.keyboard.press("Control+Enter")
        expect(caution).to_have_text("有 1 处不能这样说 · 还有 1 处没填：客户称呼 · 再按一次就照样复制")
        assert copied(page) == ""
        area.press("End")
        area.press_sequentially("！")
        expect(caution).to_be_hidden()
        page.keyboard.press("Control+Enter")
        expect(caution).to_be_visible()
        page.keyboard.press("Control+Enter")
        expect(page.locator("#live")).to_have_text("已复制草稿")
        assert copied(page) == "这个我不知道，〔客户称呼〕！"

    def test_approved_words_are_offered_as_they_would_be_sent(self, page: Page) -> None:
        """What is known of the customer is filled in, an open slot is marked; no braces."""
        found = {"rule": "forbidden-phrases", "severity": "error", "message": "x", "start": 0, "end": 3}
        offered = found | {"alternatives": ["{customer_name}，{product}可以换。"]}
        page.route("**/v1/checks", lambda route: route.fulfill(json={"findings": [offered]}))
        page.evaluate("sessionStorage.setItem('huashu.slots', JSON.stringify({customer_name: '张女士'}))")
        page.reload()
        page.keyboard.press("Alt+c")
        page.get_by_label("准备发给客户的话").fill("不知道")
        page.locator(".alternative").click()
        expect(page.get_by_label("准备发给客户的话")).to_have_value(re.compile("^张女士，〔.+〕可以换。$"))

    def test_are_checked_as_they_are_typed_and_mended_by_a_click(self, page: Page) -> None:
        """C opens the place; each finding offers approved words, and mending it leaves the rest."""
        page.keyboard.press("Alt+c")
        page.keyboard.type("😀这个我不知道，你等等")
        findings = page.locator("#draft-findings > li")
        expect(findings).to_have_count(2)
        expect(findings.first).to_contain_text("不能这样说")
        findings.first.get_by_role("button").click()
        expect(page.locator("#draft-text")).to_have_value("😀这个我这个问题我需要核实一下，3 小时内答复您。，你等等")
        findings.filter(has_text="请用“您”").get_by_role("button").click()
        expect(page.locator("#draft-verdict")).to_have_text("没有发现问题")
        page.keyboard.press("Escape")
        expect(page.locator("#draft")).to_be_hidden()
        stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert "核实" not in stored

    def test_two_are_mended_before_the_first_is_checked_again(self, page: Page) -> None:
        """A finding keeps its words while the text before it changes; one whose words were changed replaces nothing."""
        page.keyboard.press("Alt+c")
        page.keyboard.type("这个我不知道，你等等")
        findings = page.locator("#draft-findings > li")
        expect(findings).to_have_count(2)
        page.route("**/v1/checks", lambda route: None)  # no answer comes any more
        findings.first.get_by_role("button").click()
        findings.filter(has_text="请用“您”").get_by_role("button").click()
        expect(page.locator("#draft-text")).to_have_value("这个我这个问题我需要核实一下，3 小时内答复您。，您等等")
        page.fill("#draft-text", "这个我不清楚，您等等")
        findings.first.get_by_role("button").click()
        expect(page.locator("#draft-text")).to_have_value("这个我不清楚，您等等")

    def test_a_promise_is_replaced_by_the_entrys_own(self, page: Page) -> None:
        """The draft is about the chosen reply: that is what may be said instead."""
        search(page, UNCLEAR)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("c")
        page.fill("#draft-text", "我们会尽快处理")
        expect(page.locator("#draft-findings .alternative")).to_contain_text(REFUNDS[0]["reply"]["text"])


class TestShelf:
    """Favourites and recent entries."""

    def test_hold_entries_and_nothing_of_a_customer(self, page: Page) -> None:
        """F keeps one, copying remembers one; both are searches, and only ids and titles are stored."""
        search(page, NO_UPDATE)
        page.keyboard.press("Alt+f")
        expect(page.locator("[data-do=favourite]")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("Alt+2")
        expect(page.locator("#live")).to_contain_text("已复制")
        page.keyboard.press("Escape")
        expect(page.locator("#favourites a")).to_have_text([SHIP[0]["title"]])
        expect(page.locator("#recent a")).to_have_text([SHIP[1]["title"]])
        kept = page.evaluate("JSON.stringify({...localStorage})")
        assert NO_UPDATE not in kept
        page.locator("#favourites a").click()
        expect(page.locator("#query")).to_have_value(SHIP[0]["title"])

    def test_an_entry_has_a_page_of_its_own(self, page: Page) -> None:
        """From the reply to its page, which copies, keeps and prints without furniture."""
        search(page, WITH_SLOTS)
        page.keyboard.press("ArrowDown")
        page.locator(".say").get_by_role("link", name="条目").click()
        expect(page.locator("h1")).to_have_text("快递把包裹弄丢了")
        empty_clipboard(page)
        copy, caution = page.get_by_role("button", name="复制").first, page.locator(".channel .caution").first
        copy.click()
        expect(caution).to_contain_text("还有 1 处没填：客户称呼 · 再按一次就照样复制")
        assert copied(page) == ""
        copy.click()
        expect(page.locator("#live")).to_have_text("已复制")
        assert copied(page).startswith("非常抱歉，这个损失不用您承担，〔客户称呼〕")
        page.get_by_label("客户称呼").fill("张女士")
        expect(page.locator(".channel .reply").first).to_contain_text("承担，张女士。")
        copy.click()
        expect(caution).to_be_hidden()
        page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('承担，张女士'))")
        page.get_by_role("button", name="收藏").click()
        assert page.evaluate("localStorage['huashu.favourites']").startswith('[{"id":"ship.lost"')
        page.emulate_media(media="print")
        expect(page.locator(".bar")).to_be_hidden()
        expect(page.locator(".channel button").first).to_be_hidden()
        expect(page.locator(".channel .reply").first).to_be_visible()


def chatwoot(conversation: int, *messages: tuple[int, str]) -> dict[str, Any]:
    """What Chatwoot tells a dashboard app; 0 is the customer's message, 1 the agent's, 2 its own."""
    said = [{"content": text, "message_type": kind, "private": False} for kind, text in messages]
    hidden = [{"content": "内部备注", "message_type": 1, "private": True}, {"content": None, "message_type": 0}]
    return {
        "event": "appContext",
        "data": {
            "conversation": {"id": conversation, "account_id": 1, "messages": [*hidden, *said]},
            "contact": {"name": "张女士"},
            "currentAgent": {"name": "小美"},
        },
    }


@pytest.fixture(scope="module")
def console() -> Iterator[str]:
    """Another origin with the page in a frame, which answers its question as Chatwoot does."""
    app = FastAPI()

    @app.get("/")
    def page(desk: str) -> HTMLResponse:
        return HTMLResponse(
            f"""<iframe id=app src="{desk}" width=1200 height=700></iframe><script>
            window.told = ""; window.asked = 0;
            onmessage = ({{data}}) => {{ if (data !== "chatwoot-dashboard-app:fetch-info") return;
              window.asked += 1; tell(); }};
            window.tell = () => window.told && app.contentWindow.postMessage(JSON.stringify(window.told), "*");
            </script>"""
        )

    yield from serve(app)


@pytest.fixture(scope="module")
def allowed(console: str) -> Iterator[str]:
    """The desk that this console may show."""
    yield from serve(make_desk(("'self'", console)))


class TestConsoles:
    """In a frame of Chatwoot."""

    def test_the_conversation_is_searched_by_itself(self, page: Page, console: str, allowed: str) -> None:
        """It asks, hears, fills in the names, and follows to new messages unless the agent typed something else."""
        page.goto(f"{console}/?desk={allowed}")
        frame = page.frame_locator("#app")
        wait_until(page, lambda: page.evaluate("window.asked") > 0)
        context = chatwoot(7, (0, "退款怎么还没到"), (1, "已经审核通过"), (2, "已分配"), (0, FOLLOW_UP))
        page.evaluate("told => { window.told = told; tell(); }", context)
        expect(frame.locator(".say h2")).to_have_text("退款多久能到账")
        expect(frame.locator("#query")).to_have_value(FOLLOW_UP)
        expect(frame.locator("#conversation summary")).to_have_text("前面的 2 条对话也看了")
        more = chatwoot(7, (0, FOLLOW_UP), (0, WITH_SLOTS))
        page.evaluate("told => { window.told = told; tell(); }", more)
        expect(frame.locator(".say .reply")).to_contain_text("张女士您好")
        frame.locator("#query").fill(FIRE)
        expect(frame.locator(".escalation")).to_contain_text("产品安全负责人")
        page.evaluate("told => { window.told = told; tell(); }", chatwoot(7, (0, NO_UPDATE)))
        page.wait_for_timeout(200)
        expect(frame.locator("#query")).to_have_value(FIRE)
        page.evaluate("told => { window.told = told; tell(); }", chatwoot(8, (0, NO_UPDATE)))
        expect(frame.locator("#query")).to_have_value(NO_UPDATE)

    def test_nobody_else_is_shown_or_heard(self, page: Page, console: str, desk: str, allowed: str) -> None:
        """A console that the settings do not name gets no page; a message from elsewhere changes nothing."""
        other = page.context.new_page()
        refused: list[str] = []
        other.on("console", lambda said: refused.append(said.text))
        other.goto(f"{console}/?desk={desk}")
        wait_until(other, lambda: any("frame-ancestors" in text for text in refused))
        expect(other.frame_locator("#app").locator("#query")).to_have_count(0)
        # Allowed to show it, but the message comes from a page inside the frame's own window, not from around it.
        other.goto(f"{console}/?desk={allowed}")
        frame = other.frame_locator("#app")
        expect(frame.locator("#empty")).to_be_visible()
        inner = other.frames[1]
        inner.evaluate("told => window.postMessage(JSON.stringify(told), '*')", chatwoot(7, (0, NO_UPDATE)))
        other.wait_for_timeout(200)
        expect(frame.locator("#empty")).to_be_visible()
        other.close()


class TestTraining:
    """A line, a reply, and what is to be said of it."""

    def test_compares_by_keyboard_and_counts_in_the_tab(self, page: Page) -> None:
        """Ctrl+Enter shows the approved reply, the findings, what was not asked for, and the level; Enter goes on."""
        page.goto("/training?kind=escalation&category=quality&n=0")
        expect(page.locator("#answer")).to_be_focused()
        page.keyboard.type("这个我不知道，请把订单号发我")
        page.get_by_label("不必升级").check()
        page.locator("#answer").press("Control+Enter")
        expect(page.locator(".answer h2")).to_have_text("漏电、冒烟、起火、爆炸等安全事故")
        expect(page.locator(".points li")).to_have_text(["这件事必须升级", "可能还没问到：电话"])
        expect(page.locator("#draft-findings > li")).to_have_count(1)
        expect(page.locator("#progress")).to_contain_text("练了 1 题，升级判断对 0 题，用语没有问题 0 题")
        said = page.locator(".line").inner_text()
        expect(page.locator("#next")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".line")).not_to_have_text(said)
        expect(page.locator("#answer")).to_be_focused()
        page.keyboard.type("您请放心，麻烦告诉我订单号和联系电话。")
        page.get_by_label("必须升级").check()
        page.locator("#answer").press("Control+Enter")
        expect(page.locator(".points li")).to_have_text(["升级判断对了", "该问的都问到了", "用语没有问题"])
        expect(page.locator("#progress")).to_contain_text("练了 2 题，升级判断对 1 题，用语没有问题 1 题")
        assert "放心" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


class TestDemo:
    """The example console."""

    def test_history_goes_along_and_what_was_sent_is_told(self, page: Page) -> None:
        """As it stands it was used, changed it was edited; a follow-up is understood by what went before."""
        bodies, posted = told(page), sent_to_the_api(page)
        page.goto("/demo")
        page.get_by_role("button", name="发送").first.click()
        expect(page.locator(".badge")).to_contain_text("建议升级 → 物流专员")
        page.get_by_role("button", name="填入").first.click()
        page.locator("#reply").press("Enter")
        expect(page.locator("#told")).to_have_text("已发送，并反馈：原样用了")
        page.fill("#said", FOLLOW_UP)
        page.keyboard.press("Enter")
        expect(page.locator("#assist .decision")).to_contain_text("看了前文")
        asked = [body for body in posted if "query" in body][-1]
        assert [turn["role"] for turn in asked["history"]] == ["customer", "agent"]
        page.get_by_role("button", name="填入").first.click()
        page.locator("#reply").press_sequentially("谢谢您")
        page.locator("#reply").press("Enter")
        expect(page.locator("#told")).to_have_text("已发送，并反馈：改过再用")
        assert [(body["act"], body["entry_id"]) for body in bodies] == [
            ("used", "ship.no-update"),
            ("edited", "refund.time"),
        ]
        assert bodies[1]["text"].endswith("谢谢您")

    def test_what_a_misspelt_message_was_read_as_is_said(self, page: Page) -> None:
        """Beside the decision, as on the agents' page."""
        page.goto("/demo")
        page.fill("#said", MISSPELT)
        page.keyboard.press("Enter")
        expect(page.locator("#assist .decision")).to_contain_text(f"按“{MEANT}”理解")


class TestForms:
    """Languages, colours, sizes."""

    PAGES = ("/browse", "/entries/quality.safety-incident", "/training?kind=escalation&n=0&show=1", "/demo")

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_every_page_is_accessible_and_fits_a_phone(self, page: Page, theme: str) -> None:
        """axe finds nothing at 1280, nothing scrolls sideways at 390, in both languages; so with the draft open."""
        for path in (*self.PAGES, f"/?q={quote(TALK)}"):
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(f"{path}{'&' if '?' in path else '?'}theme={theme}&lang={'zh' if theme == 'light' else 'en'}")
            if path.startswith("/?q"):
                page.locator("#conversation summary").click()
                page.keyboard.press("Alt+m")
                page.fill("#draft-text", "这个我不知道，你等等")
                expect(page.locator("#draft-findings > li")).to_have_count(2)
            clean(page)
            page.set_viewport_size({"width": 390, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") == 390, path

    def test_what_is_pressed_is_seen_in_forced_colours(self, page: Page) -> None:
        """Where the system paints everything, an outline says it, and the match is still set apart."""
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        search(page, NO_UPDATE)
        page.keyboard.press("Alt+y")
        outline = "e => getComputedStyle(e).outlineStyle"
        assert page.locator("[data-do=tell-used]").evaluate(outline) == "solid"
        assert page.locator("[data-do=tell-rejected]").evaluate(outline) == "none"
        colours = [
            page.locator(place).evaluate("e => getComputedStyle(e).backgroundColor") for place in ("mark", "body")
        ]
        assert colours[0] != colours[1]

    def test_without_a_script_all_but_the_demo_work(self, chromium: Browser, desk: str) -> None:
        """Browse, an entry, training by links, and a conversation by the search form."""
        context: BrowserContext = chromium.new_context(base_url=desk, locale="zh-CN", java_script_enabled=False)
        page = context.new_page()
        page.goto("/")
        page.get_by_role("link", name=re.compile("物流 5")).click()
        page.get_by_role("link", name="还没发货，催发货").click()
        expect(page.locator(".channel .reply").first).to_have_text(SHIP[1]["reply"]["text"])
        page.goto("/training?kind=plain&n=0")
        page.get_by_role("link", name="看已批准的话术").click()
        expect(page.locator(".answer .reply")).to_be_visible()
        page.goto("/")
        page.fill("#query", TALK)
        page.get_by_role("button", name="查找").click()
        expect(page.locator(".say h2")).to_have_text("退款多久能到账")
        context.close()
