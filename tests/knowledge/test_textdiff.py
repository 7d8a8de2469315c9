"""Differences of two texts, word by word."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.textdiff import Piece, alike, pieces, tokens, whole

WORDS = st.sampled_from(
    ["退款", "到账", "3", "5.5", "天", "，", "。", "{order_no}", "{shop.fee}", " ", "refund", "R5", "👍🏽", "é"]
)
TEXTS = st.lists(WORDS, max_size=14).map("".join) | st.text(max_size=30)


def shown(old: str, new: str) -> str:
    """The pieces as one line: `[-went-]`, `{+came+}`."""
    marks = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
    return "".join(piece.text.join(marks[piece.kind]) for piece in pieces(old, new))


@settings(max_examples=100, deadline=None)
@given(old=TEXTS, new=TEXTS)
def test_the_pieces_are_the_two_texts(old: str, new: str) -> None:
    """What is not added makes up the old text exactly, what is not removed the new one; no piece is empty."""
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.kind != "added") == old
    assert "".join(piece.text for piece in found if piece.kind != "removed") == new
    assert all(piece.text for piece in found)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_equal_texts_have_no_difference(text: str) -> None:
    """One piece, the same in both; none for an empty text. Its words are the text."""
    assert pieces(text, text) == whole("same", text)
    assert "".join(tokens(text)) == text


@settings(max_examples=60, deadline=None)
@given(old=TEXTS, new=TEXTS)
def test_a_reference_is_never_cut(old: str, new: str) -> None:
    """Every reference of a text stands whole in one piece."""
    for text, other in ((old, "added"), (new, "removed")):
        for name in ("{order_no}", "{shop.fee}"):
            in_pieces = sum(piece.text.count(name) for piece in pieces(old, new) if piece.kind != other)
            assert in_pieces == text.count(name)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("退款3天内到账", "退款5天内到账", "退款[-3-]{+5+}天内到账"),
        ("面积21.5㎡", "面积21.8㎡", "面积[-21.5-]{+21.8+}㎡"),
        ("请把{order_no}发我", "请把{tracking_no}发我", "请把[-{order_no}-]{+{tracking_no}+}发我"),
        ("within 3 days", "within three days", "within [-3-]{+three+} days"),
        ("您好，退款已办", "您好，请放心，退货款已办", "您好，{+请放心，+}退{+货+}款已办"),
        ("", "新的", "{+新的+}"),
        ("旧的", "", "[-旧的-]"),
    ],
)
def test_a_change_is_shown_as_a_reader_would_mark_it(old: str, new: str, expected: str) -> None:
    """Characters for Chinese, words for Latin, numbers and references whole."""
    assert shown(old, new) == expected


def test_a_coincidence_between_two_changes_belongs_to_them() -> None:
    """A blank or a character that happens to stand in both is no unchanged text; a reference always is."""
    assert shown("退款 3 天内", "退款 5 个工作日内") == "退款 [-3 天-]{+5 个工作日+}内"
    assert shown("甲乙{order_no}丙丁", "戊己{order_no}庚辛") == "[-甲乙-]{+戊己+}{order_no}[-丙丁-]{+庚辛+}"


def test_likeness_is_the_share_of_words_in_common() -> None:
    """1 for the same words in any order, 0 for none."""
    assert alike("怎么退货", "退货怎么") == 1.0
    assert alike("怎么退货", "发票") == 0.0
    assert alike("退货", "退款") == 0.5
    assert alike("", "") == 0.0


@pytest.mark.parametrize(
    ("old", "new"),
    [("哈" * 4000, "哈" * 3990), ("哈哈啊" * 1300, "哈啊哈啊" * 1000), ("哈啊。" * 1300, "啊。哈。" * 1000)],
)
def test_a_text_of_few_characters_keeps_nobody_waiting(old: str, new: str) -> None:
    """What would take minutes word by word is compared by passages, or shown as replaced."""
    began = time.perf_counter()
    found = pieces(old, new)
    assert time.perf_counter() - began < 5
    assert "".join(piece.text for piece in found if piece.kind != "added") == old


def test_a_long_text_changed_in_one_sentence_is_marked_there() -> None:
    """Beyond the limit of pairs, the sentences that are the same stay quiet."""
    same = "的一是了" * 500 + "。"
    found = pieces(same + "退款三天。", same + "退款五天。")
    assert [(piece.kind, piece.text) for piece in found[1:]] == [("removed", "三"), ("added", "五"), ("same", "天。")]
    assert found[0] == Piece("same", same + "退款")
