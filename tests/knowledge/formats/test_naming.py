"""Ids for entries that came without one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from knowledge.formats.naming import propose, slug
from knowledge.model import LONGEST_ID, EntryId

VALID: TypeAdapter[str] = TypeAdapter(EntryId)


@pytest.mark.parametrize(
    ("categories", "title", "expected"),
    [
        (["退款"], "退款多久到账", "tui-kuan.tui-kuan-duo-jiu-dao-zhang"),
        (["售后/退款"], "退款多久", "shou-hou.tui-kuan.tui-kuan-duo-jiu"),
        (["售后", "退款"], "R5 怎么连 WiFi？", "shou-hou.tui-kuan.r5-zen-me-lian-wifi"),
        ([], "How long?", "faq.how-long"),
        (["refund"], "退款", "refund.tui-kuan"),
    ],
)
def test_an_id_is_category_and_question_in_latin_letters(categories: list[str], title: str, expected: str) -> None:
    """Pinyin of Chinese, words of English; entries without a category are kept together by kind."""
    assert propose(categories, title, "faq", set()) == expected


def test_a_taken_id_gets_a_digest_that_depends_on_the_words_alone() -> None:
    """Whatever else is in the file, the same question has the same id."""
    first = propose([], "怎么退?", "faq", {"faq.zen-me-tui"})
    assert first == propose([], "怎么退?", "faq", {"faq.zen-me-tui", "other"})
    assert first.startswith("faq.zen-me-tui-")
    assert slug("这个问题非常非常长，长到不能放进编号里") != slug("这个问题非常非常长，长到不能放进编号中")


def test_a_long_category_gives_an_id_all_the_same() -> None:
    """Cut to the length of ids, with a digest of all of it."""
    category = "售后服务与维修保障中心/家用电器清洁机器人产品线/扫地机器人边刷滚刷配件类"
    found = propose([category], "扫地机器人边刷多久需要更换一次才合适", "faq", set())
    assert VALID.validate_python(found).startswith("shou-hou-fu-wu-yu-wei-xiu-bao-")
    assert len(found) <= LONGEST_ID
    assert found != propose([category], "扫地机器人边刷多久需要更换一次才便宜", "faq", set())
    assert VALID.validate_python(propose([category], "扫地机器人边刷多久需要更换一次才合适", "faq", {found})) != found


LONG = st.text("售后服务维修保障中心", min_size=8, max_size=30)


@given(st.lists(LONG | st.text(max_size=30), max_size=4), st.text(max_size=120), st.sampled_from(["faq", "script"]))
def test_every_proposal_is_an_id(categories: list[str], title: str, kind: str) -> None:
    """Of any script, of emoji, of nothing; twice the same is the same, and a second one is another."""
    found = propose(categories, title, kind, set())
    assert VALID.validate_python(found) == found == propose(categories, title, kind, set())
    assert VALID.validate_python(propose(categories, title, kind, {found})) != found
