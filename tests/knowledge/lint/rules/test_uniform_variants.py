"""uniform-variants."""

from __future__ import annotations

from tests.knowledge.lint.packs import found, make_entry

RULE = "uniform-variants"
VARIED = (
    "钱啥时候退回来",
    "退款几天到账",
    "一个礼拜了还没见着钱",
    "退钱流程走到哪了",
    "什么时候返还",
    "花呗那笔咋没恢复",
    "微信零钱没动静",
    "我的尾款呢",
)


def test_varied_variants_pass() -> None:
    """Different openings, different words."""
    assert found(RULE, make_entry(variants=VARIED)) == []


def test_the_same_opening_in_most_is_a_warning() -> None:
    """Four characters at the start."""
    same = tuple(f"请问一下{variant}" for variant in VARIED[:6]) + VARIED[6:]
    [(severity, field, message)] = found(RULE, make_entry(variants=same))
    assert (severity, field) == ("warning", "variants")
    assert message == '6 of 8 Chinese variants begin with "请问一下": vary words and openings'


def test_the_same_words_in_most_are_a_warning() -> None:
    """Three characters anywhere."""
    same = tuple(f"{variant}多久到" for variant in VARIED[:5]) + VARIED[5:]
    assert found(RULE, make_entry(variants=same))[0][2].startswith('5 of 8 Chinese variants contain "多久到"')


def test_products_and_tags_do_not_count() -> None:
    """What the entry is about may be in every variant."""
    about = tuple(f"净化器{variant}" for variant in VARIED)
    assert found(RULE, make_entry(variants=about)) == []
    freight = tuple(f"{variant}运费险" for variant in VARIED)
    assert len(found(RULE, make_entry(variants=freight))) == 1
    assert found(RULE, make_entry(variants=freight, tags=("运费险",))) == []


def test_few_variants_are_not_judged() -> None:
    """A share of three says nothing."""
    assert found(RULE, make_entry(variants=("请问一下退款", "请问一下退货", "请问一下换货"))) == []
