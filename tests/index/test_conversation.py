"""What was said before a message, and the message seen among it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from index.channels import Seen
from index.conversation import ALONE, HEARD, among, behind, from_customer, led_to, looked_at, other_than, telling
from tests.index.desk import said


def seen(value: float, stranger: float = 0.0) -> Seen:
    """A text all of whose numbers are one."""
    rows = {"one": np.full((1, 2), value, np.float32), "words": sparse.csr_matrix([[value, 0.0]], dtype=np.float32)}
    return Seen(rows, np.full((1, 3), value, np.float32), np.full((1, 2), value, np.float32), stranger)


def test_the_customers_last_three_turns() -> None:
    """Oldest first; what the desk said is not among them."""
    history = [*said("一", "二"), *said("好的", role="agent"), *said("三", "四")]
    assert from_customer(history) == ["二", "三", "四"]
    assert from_customer([]) == []


@pytest.mark.parametrize(
    "nudge", ["？", "。。。", "😀", "在吗", "您好，在吗？？", "有人吗", "人呢！", "[图片][图片]", "hello?", ""]
)
def test_a_nudge_and_what_the_desk_said_to_it_tell_nothing(nudge: str) -> None:
    """Whoever waits asks whether anybody is there; the matter is in what was said before."""
    history = [*said("退款多久"), *said("1 天", role="agent"), *said(nudge), *said("在的，您请说", role="agent")]
    asked = said("在吗那要几天")
    assert telling([*history, *asked]) == [*history[:2], *asked]


def test_the_same_said_again_leads_to_nothing() -> None:
    """What the message was about stands before it was first said; the desk's turn stays."""
    history = [*said("退款多久"), *said("那要 几天？？"), *said("您稍等", role="agent")]
    assert other_than("那要几天?", history) == [history[0], history[2]]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ([], []),
        (said("退款"), ["退款"]),
        (said("您好", role="agent"), ["您好"]),
        ([*said("您好", role="agent"), *said("退款", "多久")], ["多久", "您好"]),
        (said("退款" * 250), [("退款" * 250)[:HEARD]]),
        (said(" " * 50 + "😀退款[图片]"), ["退款"]),
    ],
)
def test_what_a_message_may_be_about(history: list[object], expected: list[str]) -> None:
    """The last turn of each side that says something, the customer's first, and only its beginning."""
    assert led_to(history) == expected  # type: ignore[arg-type]


def test_a_message_is_read_behind_a_turn() -> None:
    """As one text."""
    assert behind("退款", "多久") == "退款，多久"


def test_all_that_may_be_looked_at_is_known_beforehand() -> None:
    """Nothing else has to be embedded to find what a message means."""
    history = [*said("退款", "多久"), *said("1 天", role="agent")]
    assert looked_at("真的吗", history) == ["真的吗", "退款", "多久", "多久，真的吗", "1 天，真的吗"]
    assert looked_at("退款", []) == ["退款"]
    assert looked_at("多久", [*said("退款"), *said("多久", "？")]) == ["多久", "退款", "多久", "退款，多久"]


def test_a_message_among_turns_is_the_mean_less_what_was_asked_already() -> None:
    """Of kernel values, divided by what all weigh; rows and stranger are the mean of what holds the message."""
    found = among(seen(1, 0.3), [seen(4, 0.6), seen(7, 0.9)], seen(2))
    assert found.values == pytest.approx(np.full((1, 3), (1 + 4 + 7 - ALONE * 2) / (3 - ALONE)))
    assert found.rows["one"] == pytest.approx(np.full((1, 2), 4.0))
    assert found.rows["words"].toarray() == pytest.approx(np.array([[4.0, 0.0]]))
    assert found.stranger == pytest.approx(0.6)
    assert (found.values.dtype, found.rows["one"].dtype) == (np.float32, np.float32)


def test_where_the_customer_said_nothing_before_nothing_is_taken_off() -> None:
    """The desk alone spoke: the mean of the message and of it behind that."""
    assert among(seen(1), [seen(4)], None).values == pytest.approx(np.full((1, 3), 2.5))
