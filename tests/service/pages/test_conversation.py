"""Conversations as consoles copy them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.requests import SuggestionRequest
from service.pages.conversation import Conversation, Turn, read_conversation

TALK = (
    Turn("customer", "我的快递三天没动了"),
    Turn("agent", "让您久等了，我马上查"),
    Turn("customer", "那要几天呢"),
)
# How each console writes a turn; {who} is the speaker, {n} makes the time go on.
STYLES = {
    "roles": ("{who}：{text}", "客户", "客服"),
    "English": ("{who}: {text}", "Customer", "Agent"),
    "roles with a name": ("{who}：{text}", "客户（张女士）", "客服-小美"),
    "time before": ("[10:2{n}] {who}：{text}", "买家", "商家"),
    "Qianniu": ("{who} (2026-11-20 10:00:0{n}): {text}", "tb88123456", "栖木旗舰店:小美"),
    "Qianniu, text below": ("{who} 2026-11-20 10:00:0{n}\n{text}", "tb88123456", "栖木旗舰店:小美"),
    "WeChat": ("{who}:\n{text}\n", "张三", "李四"),
    "WeChat with times": ("{who} 2026年11月20日 上午 10:2{n}\n{text}\n", "张三", "栖木客服"),
    "Chatwoot": ("{who} (Nov 20, 2026, 10:2{n} AM): {text}", "Jane Doe", "Support"),
}
BLANKS = " " * 5_000
# Lines that nearly name a speaker, with blanks wherever a pattern takes any number of them.
NEARLY = (
    f"a{BLANKS}10:21{BLANKS}x",
    f"10:21{BLANKS}小美{BLANKS}x",
    f"[10:21]{BLANKS}a b c{BLANKS}(",
    f"客服{BLANKS}-小美{BLANKS}x",
    f"客户 (张女士{BLANKS})",
    f"a b c d 2026-11-20 10:00:05{BLANKS}x",
    "a" + " 1" * 5_000 + " 10:21 x",
    BLANKS.join(["客户：在吗", "？\n客服：您好", "10:21", "x"]),
    "".join(f"客服{n}：在\nab{n} 10:21\n" for n in range(2_000)),
)
# Texts that no pattern takes for a speaker's line.
SAID = st.text(st.sampled_from("快递到哪了退款订单号查一下呢吧。，！？ab12 \n"), min_size=1, max_size=40).filter(
    str.strip
)


def written(style: str, turns: tuple[Turn, ...]) -> str:
    """The turns as that console copies them."""
    line, customer, agent = STYLES[style]
    who = {"customer": customer, "agent": agent}
    return "\n".join(line.format(who=who[turn.role], text=turn.text, n=n % 10) for n, turn in enumerate(turns))


@pytest.mark.parametrize("style", STYLES)
def test_every_consoles_copy_is_understood(style: str) -> None:
    """The customer's last line is the query, what was said before it the history."""
    assert read_conversation(written(style, TALK)) == Conversation(TALK[2].text, TALK[:2])


@pytest.mark.parametrize("style", [style for style in STYLES if style != "WeChat"])  # which needs three bare names
@given(texts=st.lists(SAID, min_size=2, max_size=8))
@settings(max_examples=40, deadline=None)
def test_whatever_is_said_survives_copying(style: str, texts: list[str]) -> None:
    """Taking turns, the customer first: each text comes back with its role, lines and all."""
    turns = [Turn("customer" if n % 2 == 0 else "agent", text) for n, text in enumerate(texts)]
    tidy = [Turn(turn.role, "\n".join(part.strip() for part in turn.text.split("\n")).strip()) for turn in turns]
    last = len(turns) - 1 - (len(turns) + 1) % 2
    assert read_conversation(written(style, tuple(turns))) == Conversation(tidy[last].text, tuple(tidy[:last]))


@given(text=st.text(max_size=400) | st.text(st.sampled_from("客户服我：:[(10:29)] \n\r\u3000a年月日"), max_size=120))
@settings(max_examples=300, deadline=None)
def test_whatever_is_pasted_can_be_asked(text: str) -> None:
    """Nothing raises, and a history is always one that the API takes."""
    read = read_conversation(text)
    SuggestionRequest.model_validate(
        {"query": "x", "history": [{"role": turn.role, "text": turn.text} for turn in read.history]}
    )
    if not read.history:
        assert read.query == text or read.query in text.replace("\r", "\n")


@pytest.mark.parametrize("text", NEARLY, ids=range(len(NEARLY)))
def test_reading_takes_time_in_proportion_to_the_length(text: str) -> None:
    """A pattern that tries each way to share out the blanks would need a minute; some milliseconds do."""
    begun = time.thread_time()
    read_conversation(text)
    assert time.thread_time() - begun < 1


@pytest.mark.parametrize(
    "message",
    [
        "快递三天没动静了",
        "订单号：123456\n电话：13800000000\n麻烦查一下",
        "我下单时间是 2026-11-20 10:30",
        "今天 10:30 到的\n昨天 9:00 又走了",
        "请问：\n能退吗",
        "客户端：打不开",
        "客服电话：是多少",
        "",
    ],
)
def test_a_message_is_no_conversation(message: str) -> None:
    """Labels, times and colons of a single customer stay what was said."""
    assert read_conversation(message) == Conversation(message)


def test_one_line_of_a_customer_loses_its_label() -> None:
    """客户：… is copied with its speaker; only what was said is looked for."""
    assert read_conversation("客户：快递三天没动了") == Conversation("快递三天没动了")


def test_what_the_agent_said_last_is_not_asked_for() -> None:
    """The query is the customer's last line even where the agent has answered since."""
    assert read_conversation("客户：退款多久\n客服：请稍等") == Conversation("退款多久")


def test_only_an_agent_speaking_is_one_text() -> None:
    """Without a customer there is nobody's question to find: the text is looked for as it stands."""
    assert read_conversation("客服：您好") == Conversation("客服：您好")


def test_the_latest_fifty_turns_are_kept() -> None:
    """As many as the API takes, and each no longer than it takes."""
    lines = [f"客户：第{n}句" for n in range(80)] + ["客服：" + "长" * 3000, "客户：好"]
    read = read_conversation("\n".join(lines))
    assert (len(read.history), read.query) == (50, "好")
    assert len(read.history[-1].text) == 2000
