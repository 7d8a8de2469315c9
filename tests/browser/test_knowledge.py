"""The knowledge page in a real browser: search as one types, choose, copy, escalate."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from service.pages import figures
from service.pages.words import SLOTS, WORDS, UiLanguage
from tests.browser.canned import (
    ENGLISH,
    FIRE,
    HOLDING,
    MISSPELT,
    NO_UPDATE,
    REFUNDS,
    SAFETY,
    SHIP,
    UNCLEAR,
    UNKNOWN,
    VAGUE,
    WITH_SLOTS,
    answer,
)
from tests.browser.conftest import clean

pytestmark = pytest.mark.browser

API = "**/v1/suggestions"
XSS = '<img src=x onerror="window.hacked=1"><b>粗</b>'
# The results as they are drawn, without what changes from moment to moment.
TIDY = """() => { const copy = document.getElementById("results").cloneNode(true);
    for (const clock of copy.querySelectorAll("time")) clock.replaceWith("clock");
    return copy.innerHTML.replace(/>\\s+</g, "><").replace(/ (checked|aria-busy)="[^"]*"/g, "").trim(); }"""
ALL_STATES = ["", NO_UPDATE, WITH_SLOTS, UNCLEAR, FIRE, UNKNOWN, VAGUE, ENGLISH]


def search(page: Page, query: str) -> None:
    """Put a query in, as pasting does, and wait for what answers it."""
    page.fill("#query", query)
    expect(page).to_have_title(re.compile(re.escape(query[:40])))


def copied(page: Page) -> str:
    """What is on the clipboard."""
    return str(page.evaluate("navigator.clipboard.readText()"))


def empty_clipboard(page: Page) -> None:
    """So that a test sees whether something was copied."""
    page.evaluate("navigator.clipboard.writeText('')")


def asked(route: Route) -> dict[str, Any]:
    """The request's JSON."""
    return dict(json.loads(route.request.post_data or "{}"))


def sent_to_the_api(page: Page) -> list[dict[str, Any]]:
    """The bodies of every search from now on."""
    bodies: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            bodies.append(json.loads(request.post_data or "{}"))

    page.on("request", note)
    return bodies


def choices_sent(page: Page) -> list[dict[str, Any]]:
    """The bodies of all feedback from now on that says which option of a clarification was meant."""
    bodies: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/v1/feedback"):
            body = json.loads(request.post_data or "{}")
            bodies.extend([body] if body["act"] in ("chosen", "none_fits") else [])

    page.on("request", note)
    return bodies


def wait_until(page: Page, happened: Callable[[], bool]) -> None:
    """Let the browser go on until something has happened on this side."""
    for _ in range(250):
        if happened():
            return
        page.wait_for_timeout(20)
    raise AssertionError("did not happen within 5 s")


def reply_text(page: Page) -> str:
    """The reply on the page."""
    return page.locator(".say .reply").inner_text()


class TestSearching:
    """Typing."""

    def test_shows_reply_confidence_and_escalation_as_one_types(self, page: Page) -> None:
        """Typing is enough: decision, candidates, reply with version and approver, match and escalation appear."""
        page.locator("#query").press_sequentially(NO_UPDATE, delay=15)
        expect(page.locator(".decision")).to_contain_text("可直接回复")
        expect(page.locator(".candidate")).to_have_count(5)
        expect(page.locator(".candidate[aria-current]")).to_contain_text("94 %")
        assert reply_text(page) == SHIP[0]["reply"]["text"]
        expect(page.locator(".say .meta")).to_have_text("v3 · 王敏 批准 · 2026-11-20")
        expect(page.locator(".match")).to_contain_text("命中 快递三天没动静了 完全一致")
        expect(page.locator(".escalation")).to_contain_text("建议升级→物流专员")

    def test_asks_for_every_candidate_of_the_channel(self, page: Page) -> None:
        """The request is the API's own: five candidates whatever they are worth, in the chosen channel."""
        bodies = sent_to_the_api(page)
        page.get_by_label("电话", exact=True).check()
        search(page, NO_UPDATE)
        assert bodies == [{"query": NO_UPDATE, "channel": "phone", "limit": 5, "min_confidence": 0.01, "slots": {}}]

    def test_waits_for_a_pause_in_typing(self, page: Page) -> None:
        """Characters in quick succession make one search, not one each."""
        bodies = sent_to_the_api(page)
        page.evaluate(
            """text => { const box = document.getElementById("query");
            for (const c of text) { box.value += c; box.dispatchEvent(new InputEvent("input", {bubbles: true})); } }""",
            NO_UPDATE,
        )
        expect(page.locator(".say")).to_be_visible()
        assert [body["query"] for body in bodies] == [NO_UPDATE]

    def test_does_not_search_in_mid_composition(self, page: Page, context: BrowserContext) -> None:
        """Pinyin on its way to Chinese is no query; the characters it ends in are."""
        bodies = sent_to_the_api(page)
        page.focus("#query")
        keyboard = context.new_cdp_session(page)
        for pinyin in ("t", "tui", "tui'k", "tui'kuan"):
            keyboard.send(
                "Input.imeSetComposition", {"text": pinyin, "selectionStart": len(pinyin), "selectionEnd": len(pinyin)}
            )
            page.wait_for_timeout(120)
        assert page.input_value("#query") == "tui'kuan"
        assert bodies == []
        keyboard.send("Input.insertText", {"text": UNCLEAR})
        expect(page.locator(".say")).to_be_visible()
        assert [body["query"] for body in bodies] == [UNCLEAR]

    @pytest.mark.parametrize("init", [{"isComposing": True}, {"keyCode": 229}])
    def test_the_enter_that_ends_a_composition_copies_nothing(self, page: Page, init: dict[str, Any]) -> None:
        """Enter belongs to the input method while it composes; Safari says so by key code 229 only."""
        search(page, NO_UPDATE)
        empty_clipboard(page)
        page.evaluate(
            """init => document.getElementById("query").dispatchEvent(
            new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...init}))""",
            init,
        )
        page.wait_for_timeout(100)
        assert copied(page) == ""

    @pytest.mark.parametrize("abortable", [True, False])
    def test_a_late_answer_never_replaces_a_newer_one(self, page: Page, abortable: bool) -> None:
        """The first search answers last, and even if it cannot be aborted the second one's reply stays."""
        held: list[Route] = []
        page.route(API, lambda route: held.append(route) if asked(route)["query"] == UNCLEAR else route.continue_())
        if not abortable:
            page.evaluate("AbortController.prototype.abort = () => {}")
        page.fill("#query", UNCLEAR)
        wait_until(page, lambda: len(held) == 1)
        search(page, NO_UPDATE)
        if not abortable:
            held[0].fulfill(json=answer(UNCLEAR))
            page.wait_for_timeout(150)
        assert reply_text(page) == SHIP[0]["reply"]["text"]
        assert page.locator(".decision").get_attribute("data-decision") == "answer"

    def test_shows_a_skeleton_only_when_slow(self, page: Page) -> None:
        """Only after 150 ms without an answer does a skeleton stand in its place."""
        held: list[Route] = []
        page.route(API, lambda route: held.append(route))
        page.evaluate(
            """() => { const skeleton = document.getElementById("skeleton"), seen = {};
            document.getElementById("query").addEventListener("input", () => { seen.typed = performance.now(); });
            new MutationObserver(() => { if (!skeleton.hidden) window.after ??= performance.now() - seen.typed; })
              .observe(skeleton, {attributes: true}); }"""
        )
        page.fill("#query", NO_UPDATE)
        expect(page.locator("#skeleton")).to_be_visible()
        assert page.evaluate("window.after") >= 20 + 150 - 2  # the pause in typing, the wait, and the clock's grain
        held[0].continue_()
        expect(page.locator(".say")).to_be_visible()
        expect(page.locator("#skeleton")).to_be_hidden()

    def test_the_address_can_be_shared(self, page: Page, context: BrowserContext) -> None:
        """Query, channel and candidate are in the address, and opening it shows the same."""
        page.get_by_label("邮件", exact=True).check()
        search(page, NO_UPDATE)
        page.keyboard.press("ArrowDown")
        expect(page).to_have_url(re.compile(r"channel=email&n=2$"))
        other = context.new_page()
        other.goto(page.url)
        expect(other.locator(".candidate[aria-current]")).to_contain_text("还没发货")
        expect(other.locator("input[value=email]")).to_be_checked()

    def test_related_entries_and_examples_are_searches(self, page: Page) -> None:
        """A click on an example or a related entry searches for it, and Back returns."""
        page.locator(".example").first.click()
        expect(page.locator(".say h2")).to_have_text("物流信息几天不更新")
        page.get_by_role("link", name="还没发货，催发货", exact=True).click()
        expect(page.locator("#query")).to_have_value("还没发货，催发货")
        expect(page.locator(".decision")).to_contain_text("暂无话术")
        page.go_back()
        expect(page.locator(".say h2")).to_have_text("物流信息几天不更新")

    def test_what_is_typed_is_only_ever_text(self, page: Page) -> None:
        """Markup in a query or a reply is shown as it is, never run."""
        body = answer(NO_UPDATE)
        body["suggestions"][0] |= {"title": XSS, "approved_by": XSS}
        body["suggestions"][0]["reply"]["text"] = XSS
        body["suggestions"][0]["related"] = [{"entry_id": "x", "title": XSS}]
        page.route(API, lambda route: route.fulfill(json=body))
        page.fill("#query", XSS)
        expect(page.locator(".say .reply")).to_have_text(XSS)
        page.goto("/?q=" + XSS)
        expect(page.locator("#query")).to_have_value(XSS)
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, .say b:not([data-at])").count() == 0


class TestChoosingAndCopying:
    """Keys."""

    def test_enter_copies_the_reply_byte_for_byte(self, page: Page) -> None:
        """One key copies the approved text, and the page says so."""
        search(page, NO_UPDATE)
        page.keyboard.press("Enter")
        expect(page.locator(".say .button.primary")).to_contain_text("已复制")
        assert copied(page) == SHIP[0]["reply"]["text"]
        expect(page.locator("#live")).to_have_text("已复制：物流信息几天不更新")

    def test_after_copying_letters_act_and_the_next_query_is_a_key_away(self, page: Page) -> None:
        """Focus goes to the reply: E copies the note; / selects the text, which typing replaces, as pasting does."""
        search(page, NO_UPDATE)
        page.keyboard.press("Enter")
        expect(page.locator("#panel")).to_be_focused()
        page.keyboard.press("e")
        expect(page.locator("#live")).to_have_text("已复制升级单")
        expect(page.locator("#query")).to_have_value(NO_UPDATE)
        page.keyboard.press("/")
        page.keyboard.type(UNKNOWN)
        expect(page.locator("#query")).to_have_value(UNKNOWN)
        expect(page.locator(".decision")).to_contain_text("暂无话术")
        page.keyboard.press("Enter")
        expect(page.locator("#panel")).to_be_focused()
        page.evaluate("text => navigator.clipboard.writeText(text)", NO_UPDATE)
        page.keyboard.press("Control+V")
        expect(page.locator("#query")).to_have_value(NO_UPDATE)
        expect(page.locator("#query")).to_be_focused()
        expect(page.locator(".say h2")).to_have_text(SHIP[0]["title"])

    @pytest.mark.parametrize("composing", [False, True])
    def test_copying_leaves_the_field_to_who_is_still_typing(
        self, page: Page, context: BrowserContext, composing: bool
    ) -> None:
        """By keys, or in an input method: the cursor stays where the text is being written."""
        page.evaluate(
            "() => { navigator.clipboard.writeText = () => new Promise((done) => { window.finish = done; }); }"
        )
        search(page, NO_UPDATE)
        page.keyboard.press("Enter")
        page.wait_for_function("() => window.finish")
        if composing:
            write = {"text": "n", "selectionStart": 1, "selectionEnd": 1}
            context.new_cdp_session(page).send("Input.imeSetComposition", write)
        else:
            page.keyboard.type("呢")
        page.evaluate("window.finish()")
        expect(page.locator("#live")).to_contain_text("已复制")
        expect(page.locator("#query")).to_be_focused()

    def test_enter_never_copies_an_answer_to_something_else(self, page: Page) -> None:
        """While the newest query is unanswered, Enter does not copy the reply to the one before."""
        search(page, NO_UPDATE)
        empty_clipboard(page)
        page.route(API, lambda route: None)
        page.fill("#query", UNKNOWN)
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        assert copied(page) == ""

    def test_a_missing_slot_needs_a_second_enter(self, page: Page) -> None:
        """An unfilled slot is highlighted; Enter names it first, and only a second Enter copies."""
        search(page, WITH_SLOTS)
        empty_clipboard(page)
        expect(page.locator(".say .slot")).to_have_text(["客户称呼", "订单号"])
        page.keyboard.press("Enter")
        expect(page.locator(".say .caution")).to_contain_text("还有 2 处没填：客户称呼、订单号")
        assert copied(page) == ""
        page.keyboard.press("Enter")
        expect(page.locator(".say .button.primary")).to_contain_text("已复制")
        assert copied(page).startswith("〔客户称呼〕您好，订单 〔订单号〕")

    def test_the_warning_is_for_that_reply_only(self, page: Page) -> None:
        """Another candidate, or other slots, want a warning of their own."""
        search(page, WITH_SLOTS)
        empty_clipboard(page)
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(".say .caution")).to_contain_text("还有 1 处没填：客户称呼")
        assert copied(page) == ""

    def test_slots_fill_the_reply_and_are_remembered_in_the_tab(self, page: Page) -> None:
        """What is typed for a slot enters every reply, survives a reload, and goes with 换客户."""
        search(page, WITH_SLOTS)
        page.locator(".say .slot", has_text="客户称呼").click()
        page.keyboard.type("张女士")
        expect(page.locator(".say .reply")).to_contain_text("张女士您好")
        page.keyboard.press("Enter")
        page.keyboard.type("A1024")
        expect(page.locator(".say .slot")).to_have_count(0)
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text("已复制")
        assert copied(page).startswith("张女士您好，订单 A1024 的差价")
        page.reload()
        expect(page.locator(".say .reply")).to_contain_text("张女士您好，订单 A1024")
        assert "张女士" not in page.url
        page.get_by_role("button", name="换客户").click()
        expect(page.locator(".say .slot")).to_have_count(2)

    def test_arrows_choose_and_numbers_copy(self, page: Page) -> None:
        """↓ and ↑ walk the candidates and back to the box; a number copies that one."""
        search(page, NO_UPDATE)
        page.keyboard.press("ArrowDown")
        expect(page.locator(".say h2")).to_have_text(SHIP[1]["title"])
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text(SHIP[1]["title"])
        assert copied(page) == SHIP[1]["reply"]["text"]
        page.keyboard.press("4")
        expect(page.locator("#live")).to_contain_text(SHIP[3]["title"])
        assert copied(page) == SHIP[3]["reply"]["text"]
        for _ in range(4):
            page.keyboard.press("ArrowUp")
        expect(page.locator("#query")).to_be_focused()
        expect(page.locator(".candidate[aria-current]")).to_contain_text(SHIP[0]["title"])

    def test_a_number_typed_into_the_box_is_text_unless_alt_is_held(self, page: Page) -> None:
        """A customer's words may hold digits; Alt and a digit copies."""
        search(page, NO_UPDATE)
        page.keyboard.press("Alt+2")
        expect(page.locator("#live")).to_contain_text(SHIP[1]["title"])
        assert copied(page) == SHIP[1]["reply"]["text"]
        page.focus("#query")
        page.keyboard.press("End")
        page.keyboard.press("2")
        expect(page.locator("#query")).to_have_value(NO_UPDATE + "2")

    def test_slash_escape_and_question_mark(self, page: Page) -> None:
        """/ goes to the box, ? shows the keys, Esc closes them and then clears."""
        search(page, NO_UPDATE)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_contain_text("复制升级单")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.keyboard.press("/")
        expect(page.locator("#query")).to_be_focused()
        expect(page.locator("#query")).to_have_value(NO_UPDATE)
        page.keyboard.press("Escape")
        expect(page.locator("#query")).to_have_value("")
        expect(page.locator("#empty")).to_be_visible()
        assert page.url.endswith("/")

    def test_when_to_choose_enter_copies_the_question(self, page: Page) -> None:
        """请选择: nothing is chosen for the agent; Enter copies the question with its options, a number the reply."""
        search(page, UNCLEAR)
        expect(page.locator(".decision")).to_contain_text("请选择")
        expect(page.locator(".candidate[aria-current]")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text("已复制")
        assert copied(page).endswith("下面哪一项？\n1. 退款多久能到账\n2. 怎么申请退款")
        page.keyboard.press("ArrowDown")
        expect(page.locator(".say h2")).to_have_text("退款多久能到账")

    def test_when_nothing_fits_enter_copies_the_holding_line(self, page: Page) -> None:
        """暂无话术: the approved line that steadies the customer is what there is to say."""
        search(page, UNKNOWN)
        expect(page.locator(".decision")).to_contain_text("暂无话术")
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text("已复制")
        assert copied(page) == HOLDING

    def test_copies_without_the_clipboard_api(self, context: BrowserContext) -> None:
        """Served without TLS a page has no navigator.clipboard: copying works all the same."""
        context.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        page = context.new_page()
        page.goto("/")
        search(page, NO_UPDATE)
        page.evaluate(
            "document.addEventListener('copy', () => { window.copiedText = String(document.activeElement.value) })"
        )
        page.keyboard.press("Enter")
        expect(page.locator(".say .button.primary")).to_contain_text("已复制")
        assert page.evaluate("window.copiedText") == SHIP[0]["reply"]["text"]
        expect(page.locator("#panel")).to_be_focused()


class TestClarifying:
    """What the customer meant."""

    def test_the_options_stand_below_the_question(self, page: Page) -> None:
        """Numbered like the candidates, with 都不是 last; an answer has none."""
        search(page, UNCLEAR)
        expect(page.locator(".options h2")).to_have_text("客户指的是哪一项？")
        expect(page.locator(".option")).to_have_text(["1退款多久能到账", "2怎么申请退款", "0都不是"])
        search(page, NO_UPDATE)
        expect(page.locator(".options")).to_have_count(0)

    def test_choosing_an_option_tells_so_and_shows_its_reply(self, page: Page) -> None:
        """One feedback with the entry and the request it answers; the reply is what there is to say."""
        told = choices_sent(page)
        search(page, UNCLEAR)
        page.locator(".option", has_text="怎么申请退款").click()
        assert reply_text(page) == REFUNDS[1]["reply"]["text"]
        expect(page.locator("#live")).to_have_text("客户指的是：怎么申请退款")
        expect(page.locator(".options")).to_have_count(0)
        expect(page).to_have_url(re.compile(r"n=2$"))
        entry = {"entry_id": "refund.how", "source": "agent"}
        assert told == [{"request_id": "req-7f3a", "act": "chosen"} | entry]

    def test_the_keyboard_is_enough(self, page: Page) -> None:
        """Tab and Enter choose, the next Enter copies the reply, and it is told once."""
        told = choices_sent(page)
        search(page, UNCLEAR)
        page.locator(".option").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#panel")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_have_text("已复制：退款多久能到账")
        assert copied(page) == REFUNDS[0]["reply"]["text"]
        assert [(body["act"], body["entry_id"]) for body in told] == [("chosen", "refund.time")]

    def test_a_number_copies_and_tells_while_looking_tells_nothing(self, page: Page) -> None:
        """Walking the candidates is no choice; copying an option's reply is, and another candidate was no option."""
        told = choices_sent(page)
        search(page, UNCLEAR)
        for _ in range(3):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text(REFUNDS[2]["title"])
        assert told == []
        page.keyboard.press("2")
        expect(page.locator("#live")).to_contain_text(REFUNDS[1]["title"])
        assert [(body["act"], body["entry_id"]) for body in told] == [("chosen", "refund.how")]

    @pytest.mark.parametrize("by", ["click", "0", "Alt+0"])
    def test_none_of_them_tells_so_and_shows_the_holding_reply(self, page: Page, by: str) -> None:
        """By mouse or key, from the search field with Alt; Enter and H copy the line that steadies the customer."""
        told = choices_sent(page)
        search(page, UNCLEAR)
        if by == "click":
            page.get_by_role("link", name="都不是").click()
        else:
            if by == "0":
                page.locator(".candidate").first.focus()
            page.keyboard.press(by)
        expect(page.locator(".say h2")).to_have_text("先这样说")
        assert reply_text(page) == HOLDING
        expect(page.locator("#live")).to_have_text("都不是，先稳住客户")
        assert told == [{"request_id": "req-7f3a", "act": "none_fits", "source": "agent"}]
        for key in ("Enter", "Alt+h"):
            empty_clipboard(page)
            page.locator("#panel").focus()
            page.keyboard.press(key)
            wait_until(page, lambda: copied(page) == HOLDING)
        assert len(told) == 1

    def test_none_of_them_can_be_taken_back_and_shared(self, page: Page) -> None:
        """↑ returns to the question; the address brings the holding reply back without telling it again."""
        told = choices_sent(page)
        search(page, UNCLEAR)
        page.keyboard.press("Alt+0")
        expect(page).to_have_url(re.compile(r"n=none$"))
        page.reload()
        assert reply_text(page) == HOLDING
        page.keyboard.press("ArrowUp")
        expect(page.locator(".say h2")).to_have_text("先问客户")
        expect(page.locator(".option")).to_have_count(3)
        assert len(told) == 1

    def test_0_means_nothing_where_there_is_nothing_to_choose(self, page: Page) -> None:
        """It is an answer's, not a clarification's."""
        told = choices_sent(page)
        search(page, NO_UPDATE)
        page.keyboard.press("Alt+0")
        assert reply_text(page) == SHIP[0]["reply"]["text"]
        assert told == []

    def test_asking_again_for_the_same_query_tells_nothing_twice(self, page: Page) -> None:
        """Another channel or a slot brings a new answer; the customer still meant the same. A new query starts anew."""
        told, number = choices_sent(page), iter(range(1, 100))

        def numbered(route: Route) -> None:
            body = asked(route)
            route.fulfill(json=answer(body["query"], body["channel"]) | {"request_id": f"req-{next(number)}"})

        page.route(API, numbered)
        search(page, UNCLEAR)
        page.locator(".option").first.click()
        page.get_by_label("电话", exact=True).check()
        expect(page).to_have_url(re.compile("channel=phone"))
        page.locator(".candidate").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text("已复制")
        search(page, NO_UPDATE)
        search(page, UNCLEAR)
        page.locator(".option").first.click()
        wait_until(page, lambda: len(told) == 2)
        assert [body["request_id"] for body in told] == ["req-1", "req-4"]

    def test_feedback_that_fails_disturbs_nobody(self, page: Page) -> None:
        """The reply is shown all the same, and choosing again tells again."""
        page.route("**/v1/feedback", lambda route: route.fulfill(status=503, json={}))
        told = choices_sent(page)
        search(page, UNCLEAR)
        for _ in range(2):
            page.locator(".option").first.click()
            assert reply_text(page) == REFUNDS[0]["reply"]["text"]
            expect(page.locator("#problem")).to_be_hidden()
            page.keyboard.press("ArrowUp")
            expect(page.locator(".option")).to_have_count(3)
        assert len(told) == 2

    def test_who_must_be_helped_at_once_can_still_be_understood(self, page: Page) -> None:
        """Where it is to be escalated, the options stand below the holding reply, and none of them keeps it."""
        body = answer(UNCLEAR)
        body["escalation"] = answer(FIRE)["escalation"]
        page.route(API, lambda route: route.fulfill(json=body))
        search(page, UNCLEAR)
        held = reply_text(page)
        expect(page.locator(".option")).to_have_count(3)
        page.get_by_role("link", name="都不是").click()
        expect(page.locator(".option")).to_have_count(0)
        assert reply_text(page) == held == body["escalation"]["holding_reply"]["text"]

    def test_in_english(self, page: Page) -> None:
        """The furniture changes its language, the knowledge does not."""
        page.goto(f"/?q={UNCLEAR}&lang=en")
        expect(page.locator(".options h2")).to_have_text("Which one does the customer mean?")
        page.get_by_role("link", name="None of these").click()
        expect(page.locator(".say h2")).to_have_text("Say this first")
        assert reply_text(page) == HOLDING

    def test_without_a_script_options_are_links(self, chromium: Browser, desk: str) -> None:
        """They show the reply; nothing is told, as a link only reads."""
        context = chromium.new_context(base_url=desk, locale="zh-CN", java_script_enabled=False)
        page = context.new_page()
        told = choices_sent(page)
        page.goto(f"/?q={UNCLEAR}")
        page.locator(".option", has_text="怎么申请退款").click()
        assert reply_text(page) == REFUNDS[1]["reply"]["text"]
        page.goto(f"/?q={UNCLEAR}")
        page.get_by_role("link", name="都不是").click()
        assert reply_text(page) == HOLDING
        assert told == []
        context.close()

    def test_script_and_server_draw_none_of_them_the_same(self, page: Page) -> None:
        """As with every other state."""
        search(page, UNCLEAR)
        page.keyboard.press("Alt+0")
        expect(page.locator(".say h2")).to_have_text("先这样说")
        drawn = page.evaluate(TIDY)
        page.route("**/*.js", lambda route: route.abort())
        page.goto(page.url)
        assert page.evaluate(TIDY) == drawn


class TestEscalating:
    """Escalation card."""

    def test_required_stands_first_with_clock_and_checklist(self, page: Page) -> None:
        """What must be escalated is above the reply and says who, how soon, and what to find out."""
        search(page, FIRE)
        told = f"安全事故「冒烟了」 ≈ 「底座冒白烟」 · 「{SAFETY['title']}」这条的规定"
        expect(page.locator("[data-at=reasons]").first).to_have_text(told)
        expect(page.locator("#panel > :first-child")).to_have_attribute("data-level", "required")
        card = page.locator(".escalation")
        expect(card).to_contain_text("需升级→产品安全负责人紧急")
        expect(card).to_contain_text("30 分钟内")
        expect(card.get_by_role("checkbox")).to_have_count(8)
        before = card.locator(".clock").inner_text()
        assert re.fullmatch(r"剩 0:29:\d\d", before)
        expect(card.locator(".clock")).not_to_have_text(before)

    def test_levels_differ_by_word_shape_and_colour(self, page: Page) -> None:
        """Offer and required are told apart without colour too; none shows no card."""
        looks = []
        for query in (NO_UPDATE, FIRE):
            search(page, query)
            card = page.locator(".escalation")
            looks.append(
                (
                    card.locator('[data-at="word"]').inner_text(),
                    card.locator("use").first.get_attribute("href"),
                    card.evaluate("e => getComputedStyle(e).borderLeftColor"),
                )
            )
        assert all(offer != required for offer, required in zip(*looks, strict=True))
        search(page, UNCLEAR)
        expect(page.locator(".escalation")).to_have_count(0)

    def test_e_copies_the_case_note(self, page: Page) -> None:
        """The note holds level, target, deadline, the query, ticked items, known slots and the entry."""
        page.evaluate("sessionStorage.setItem('huashu.slots', JSON.stringify({phone: '13800000000'}))")
        page.goto(f"/?q={FIRE}")
        page.get_by_label("发生地点").check()
        page.keyboard.press("Alt+e")
        expect(page.locator("#live")).to_have_text("已复制升级单")
        note = copied(page).split("\n")
        assert note[0] == "【升级单】需升级 → 产品安全负责人 [紧急]"
        assert note[1] == f"客户的话: {FIRE}"
        assert note[3].startswith("时限: 30 分钟内 · 20")
        assert "☑ 联系电话: 13800000000" in note
        assert "☑ 发生地点:" in note
        assert "☐ 照片、截图或录像 (选填):" in note
        assert note[-1] == f"参考话术: {SAFETY['title']} (quality.safety-incident v3)"

    def test_the_card_follows_the_chosen_candidate(self, page: Page) -> None:
        """Target, what to collect, what to say and the note are those of the entry that was chosen."""
        search(page, NO_UPDATE)
        page.keyboard.press("ArrowDown")
        card = page.locator(".escalation")
        expect(card).to_contain_text("建议升级→仓库")
        expect(card.locator("[data-at=reasons]")).to_have_text("「还没发货，催发货」这条的规定")
        expect(card.get_by_role("checkbox")).to_have_count(1)
        page.keyboard.press("Alt+h")
        expect(page.locator("#live")).to_have_text("已复制稳住客户的话")
        assert copied(page) == "让您等急了，我现在就催仓库。"
        page.keyboard.press("Alt+e")
        expect(page.locator("#live")).to_have_text("已复制升级单")
        note = copied(page).split("\n")
        assert (note[0], note[2]) == ("【升级单】建议升级 → 仓库", "原因: 「还没发货，催发货」这条的规定")
        page.keyboard.press("3")
        expect(card).to_have_count(0)

    def test_what_nobody_has_said_is_meant_is_a_condition(self, page: Page) -> None:
        """Below the question, which Enter copies; once that entry is chosen it stands first, with its clock."""
        search(page, VAGUE)
        card = page.locator(".escalation")
        expect(card.locator("h2")).to_have_text(f"如果是「{SAFETY['title']}」需升级→产品安全负责人紧急")
        expect(card.locator(".clock")).to_be_hidden()
        expect(page.locator("#panel > :first-child")).to_have_class("card say")
        page.keyboard.press("Enter")
        assert copied(page).startswith("请问您想了解的是下面哪一项？")
        page.locator(".option").first.click()
        expect(page.locator("#panel > :first-child")).to_have_attribute("data-level", "required")
        expect(card.locator("h2")).to_have_text("需升级→产品安全负责人紧急")
        expect(card.locator(".clock")).to_be_visible()

    def test_words_in_another_language_are_not_copied_at_once(self, page: Page) -> None:
        """Chinese to who writes English is marked, and takes a second press."""
        search(page, ENGLISH)
        expect(page.locator(".say [data-at=foreign]")).to_have_text("中文")
        page.keyboard.press("Enter")
        caution = page.locator(".say .caution")
        expect(caution).to_have_text("这句是中文，客户用的是英文 · 再按一次就照样复制")
        page.keyboard.press("Enter")
        expect(page.locator("#live")).to_contain_text("已复制")
        assert copied(page) == HOLDING

    def test_h_copies_the_holding_reply(self, page: Page) -> None:
        """The line that steadies the customer has a key of its own."""
        search(page, NO_UPDATE)
        page.keyboard.press("Alt+h")
        expect(page.locator("#live")).to_have_text("已复制稳住客户的话")
        assert copied(page).startswith("让您久等了，很抱歉。")


class TestPasting:
    """Long texts in the search box."""

    def test_six_lines_are_cut_between_lines(self, page: Page) -> None:
        """The box shows the last four, whole, so that the reply stays in sight."""
        page.fill("#query", "\n".join(f"客户：第{n}句" for n in range(6)))
        assert page.locator("#query").evaluate("e => [e.clientHeight, e.scrollTop]") == [128, 64]

    def test_on_a_phone_a_slot_to_fill_stands_above_the_reply(self, page: Page) -> None:
        """Not below the cards that follow it; with nothing to fill the reply comes first."""
        page.set_viewport_size({"width": 390, "height": 844})
        top = "e => Math.round(e.getBoundingClientRect().top)"
        search(page, WITH_SLOTS)
        assert page.locator("#slots").evaluate(top) < page.locator(".say").evaluate(top)
        search(page, NO_UPDATE)
        assert page.locator(".say").evaluate(top) < page.locator("#results .found").evaluate(top)


class TestTrouble:
    """Errors."""

    def test_503_shows_the_command(self, page: Page) -> None:
        """Without a knowledge base the page says what to run, and under which number it was noted."""
        details = {
            "title": "No index",
            "status": 503,
            "detail": "no index is loaded: run `huashu build`",
            "request_id": "req-9",
        }
        page.route(API, lambda route: route.fulfill(status=503, json=details, content_type="application/problem+json"))
        page.fill("#query", NO_UPDATE)
        problem = page.locator(".problem")
        expect(problem).to_contain_text("话术库还没有准备好")
        expect(problem.locator("code")).to_have_text("huashu build")
        expect(problem).to_contain_text("编号 req-9")

    def test_where_too_many_ask_it_says_when_to_try_again(self, page: Page) -> None:
        """A busy service is not one without a knowledge base."""
        details = {"status": 503, "detail": "排队的查询有 40 个：请等 3 秒再试", "request_id": "req-11"}
        page.route(API, lambda route: route.fulfill(status=503, json=details, content_type="application/problem+json"))
        page.fill("#query", NO_UPDATE)
        expect(page.locator(".problem")).to_contain_text("暂时查不了")
        expect(page.locator(".problem")).to_contain_text("请等 3 秒再试")

    def test_422_shows_what_is_wrong(self, page: Page) -> None:
        """A refused query is explained: too long in the page's own words, anything else in the API's."""
        details = {"status": 422, "detail": "query: cannot be read", "request_id": "req-10"}
        page.route(API, lambda route: route.fulfill(status=422, json=details))
        page.fill("#query", "长" * 2400)
        expect(page.locator(".problem")).to_contain_text("有 2400 个字，最多 2000 个")
        page.fill("#query", NO_UPDATE)
        expect(page.locator(".problem")).to_contain_text("query: cannot be read")

    def test_401_leads_to_the_sign_in(self, page: Page) -> None:
        """And from there back; trying again stays possible."""
        page.route(API, lambda route: route.fulfill(status=401, json={"status": 401, "detail": "x", "request_id": "r"}))
        page.fill("#query", NO_UPDATE)
        problem = page.locator(".problem")
        expect(problem.get_by_role("link", name="登录")).to_have_attribute("href", re.compile(r"^/sign-in\?next=%2F"))
        expect(problem.get_by_role("button", name="再试一次")).to_be_visible()

    def test_offline_says_so_and_recovers_by_itself(self, page: Page, context: BrowserContext) -> None:
        """A lost connection is named; when it is back the search runs again."""
        context.set_offline(True)
        page.fill("#query", NO_UPDATE)
        expect(page.locator(".problem")).to_contain_text("连不上话术服务")
        expect(page.locator("#results")).to_be_hidden()
        context.set_offline(False)
        expect(page.locator(".say")).to_be_visible()
        expect(page.locator(".problem")).to_be_hidden()


class TestForms:
    """Languages, colours, sizes, and no script at all."""

    def test_works_without_javascript(self, chromium: Browser, desk: str) -> None:
        """The form, the candidates and both switches are plain links and fields."""
        context = chromium.new_context(base_url=desk, locale="zh-CN", java_script_enabled=False)
        page = context.new_page()
        page.goto("/")
        page.fill("#query", NO_UPDATE)
        page.get_by_role("button", name="查找").click()
        assert reply_text(page) == SHIP[0]["reply"]["text"]
        expect(page.locator(".escalation")).to_contain_text("物流专员")
        page.locator(".candidate").nth(1).click()
        assert reply_text(page) == SHIP[1]["reply"]["text"]
        page.get_by_role("link", name="English").click()
        expect(page.locator(".decision")).to_contain_text("Ready to send")
        expect(page.locator(".candidate[aria-current]")).to_contain_text(SHIP[1]["title"])
        expect(page.locator("[data-do=copy]")).to_be_hidden()
        context.close()

    @pytest.mark.parametrize("query", [*ALL_STATES[1:], MISSPELT])
    def test_script_and_server_draw_the_same(self, page: Page, chromium: Browser, desk: str, query: str) -> None:
        """What the server sends for a query is, element for element, what the script draws for it."""
        search(page, query)
        drawn = page.evaluate(TIDY)
        page.route("**/*.js", lambda route: route.abort())
        page.goto(f"/?q={query}")
        assert page.evaluate(TIDY) == drawn

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_script_and_server_speak_the_same(self, page: Page, language: UiLanguage) -> None:
        """Percentages, spans, clocks and slots read alike in figures.py and figures.js."""
        words, slots = WORDS[language], SLOTS[language]
        now = datetime(2026, 11, 22, 10, tzinfo=UTC)
        shares = [0, 0.001, 0.005, 0.125, 0.5, 0.943, 0.995, 0.9999, 1]
        spans = [
            (text, clock)
            for text in ("PT30S", "PT5M", "PT24H", "PT1H30M", "P2D", "?")
            for clock in ("elapsed", "business_hours", "working_days")
        ]
        waits = [timedelta(seconds=s) for s in (0, 59, 3600, 86399, 172799, 172800, 900000, -1, -4000, -200000)]
        texts = ["您好", "{order_no}", "a{customer_name}b {自定}\nc{order_no}", "{other} {Not A Slot} {}"]
        missing = ["order_no", "customer_name", "自定"]
        told = page.evaluate(
            """async ([shares, spans, dues, texts, missing, now, words, slots]) => {
            const { left, percent, plain, span } = await import("/static/figures.js");
            return [shares.map(percent), spans.map(([text, clock]) => span(text, clock, words)),
              dues.map((due) => left(new Date(due), new Date(now), words)),
              texts.map((text) => plain(text, missing, slots))]; }""",
            [
                shares,
                spans,
                [(now + wait).isoformat() for wait in waits],
                texts,
                missing,
                now.isoformat(),
                words,
                slots,
            ],
        )
        assert told == [
            [figures.percent(share) for share in shares],
            [figures.span(text, clock, words) for text, clock in spans],
            [figures.left(now + wait, now, words) for wait in waits],
            [figures.plain(text, missing, slots) for text in texts],
        ]

    def test_english(self, chromium: Browser, desk: str) -> None:
        """The switch turns every word of the page's own, keeps the query, and is remembered."""
        context = chromium.new_context(base_url=desk, locale="zh-CN")
        page = context.new_page()
        page.goto("/")
        search(page, NO_UPDATE)
        page.get_by_text("English").click()
        expect(page.locator(".decision")).to_contain_text("Ready to send")
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert reply_text(page) == SHIP[0]["reply"]["text"]
        page.goto("/")
        expect(page.locator(".empty h2")).to_have_text("What did the customer say?")
        context.close()

    def test_dark_follows_the_system_and_the_switch(self, page: Page) -> None:
        """Dark by the system's wish; the switch wins over it and is remembered."""
        colour = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(colour)
        page.emulate_media(color_scheme="dark")
        dark = page.evaluate(colour)
        assert dark != light
        page.get_by_role("link", name="浅色").click()
        assert page.evaluate(colour) == light
        page.reload()
        assert page.evaluate(colour) == light
        page.emulate_media(color_scheme="light")
        page.get_by_role("link", name="深色").click()
        assert page.evaluate(colour) == dark

    @pytest.mark.parametrize("query", ALL_STATES)
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_a_phone_never_scrolls_sideways(self, page: Page, query: str, language: str) -> None:
        """At 390 px everything is one column."""
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"/?q={query}&lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") == 390

    def test_a_phone_shows_the_reply_before_the_candidates(self, page: Page) -> None:
        """On one column what to say comes first."""
        page.set_viewport_size({"width": 390, "height": 844})
        search(page, NO_UPDATE)
        parts = (".decision", ".say", ".escalation", "#results .found")
        tops = [page.locator(part).evaluate("e => e.getBoundingClientRect().top") for part in parts]
        assert tops == sorted(tops)

    def test_no_motion_where_none_is_wanted(self, page: Page) -> None:
        """Under prefers-reduced-motion nothing moves."""
        page.emulate_media(reduced_motion="reduce")
        assert page.locator(".search").evaluate("e => getComputedStyle(e).transitionDuration") in ("0s", "0s, 0s")

    @pytest.mark.parametrize("query", ALL_STATES)
    def test_has_no_accessibility_violations(self, page: Page, query: str) -> None:
        """axe finds nothing to object to, contrast included, in any state and theme."""
        for theme in ("light", "dark"):
            page.goto(f"/?q={query}&theme={theme}")
            clean(page)
