"""promise-without-deadline."""

from __future__ import annotations

import pytest

from tests.knowledge.lint.packs import found, make_entry, marked

RULE = "promise-without-deadline"


@pytest.mark.parametrize(
    ("reply", "severity", "clause"),
    [
        ("很抱歉，我们会尽快核实并联系您。", "error", "我们会尽快核实并联系您"),
        ("稍后专员回复您。", "error", "稍后专员回复您"),
        ("您的建议我们第一时间反馈给同事。", "error", "您的建议我们第一时间反馈给同事"),
        ("专员会联系您。", "warning", "专员会联系您"),
        ("我们将给您一个说法。", "warning", "我们将给您一个说法"),
    ],
)
def test_a_promise_without_time_is_found(reply: str, severity: str, clause: str) -> None:
    """A vague word in place of the time makes it an error."""
    expected = (severity, "replies[0].text", f'promises "{clause}" without a time: say by when')
    assert found(RULE, make_entry(reply=reply)) == [expected]


@pytest.mark.parametrize(
    "reply",
    [
        "我们会在 24 小时内联系您。",
        "我们会尽快处理，最迟{return.days}给您结果。",
        "我们会在{due_time}前回复您。",
        "我马上核实，会第一时间告知您。",
        "专员明天会联系您。",
        "专员会在两个工作日内回电。",
    ],
)
def test_a_time_anywhere_in_the_reply_is_enough(reply: str) -> None:
    """Figures, days, at once, facts and slots that hold a time."""
    assert found(RULE, make_entry(reply=reply)) == []


@pytest.mark.parametrize(
    "reply",
    [
        "请您尽快联系快递公司。",
        "您可以随后联系我们处理。",
        "系统会自动通知您。",
        "很抱歉没能及时解决您的问题。",
        "为了尽快帮您处理，请报订单号。",
        "拨打官方电话会更快解决。",
        "签收后可以退货。",
    ],
)
def test_what_is_no_promise_of_ours_is_let_through(reply: str) -> None:
    """The customer's acts, a machine's, excuses and purposes."""
    assert found(RULE, make_entry(reply=reply)) == []


def test_english_promises_count_too() -> None:
    """As soon as possible is no time; a figure or a day is."""
    [(severity, field, _)] = found(RULE, make_entry(en="We will contact you as soon as possible."))
    assert (severity, field) == ("error", "replies[1].text")
    assert found(RULE, make_entry(en="A specialist will call you within 2 working days.")) == []
    assert found(RULE, make_entry(en="Please contact the courier soon.")) == []


def test_every_promise_is_marked() -> None:
    """Each clause without the white space around it, and none where a time stands anywhere."""
    text = "很抱歉， 我们会尽快核实 ，稍后联系您。"
    assert marked(RULE, text) == [("error", "我们会尽快核实"), ("error", "稍后联系您")]
    assert marked(RULE, text + "24 小时内。") == []
    assert marked(RULE, "专员会联系您") == [("warning", "专员会联系您")]
