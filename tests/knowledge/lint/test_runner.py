"""The runner: all rules, sorted, over a pack or one entry of it."""

from __future__ import annotations

import importlib
import pkgutil
import random
import time

import pytest

from knowledge.lint import Options, lint, lint_entry, manual, rules
from knowledge.lint.runner import RULES

FEW = Options(faq_variants=3)


def test_a_good_pack_has_no_findings(make_entry, make_pack) -> None:
    """The entry these tests start from is clean, so that each finding below has one cause."""
    assert lint(make_pack(make_entry()), options=FEW) == ()


def test_every_finding_is_reported_in_order(make_entry, make_pack) -> None:
    """Lint does not stop at the first: two entries, several rules, sorted by entry, field and rule."""
    bad = {"reply": "你好,我们会尽快处理。", "source": None}
    findings = lint(make_pack(make_entry("b.two", **bad), make_entry("a.one", **bad)), options=FEW)
    assert [(finding.entry_id, finding.field, finding.rule) for finding in findings] == [
        (entry_id, *place)
        for entry_id in ("a.one", "b.two")
        for place in (
            ("replies[0].text", "formal-address"),
            ("replies[0].text", "half-width-punctuation"),
            ("replies[0].text", "promise-without-deadline"),
            ("source", "missing-parts"),
        )
    ]


def test_an_entry_is_linted_in_place_of_its_older_self(make_entry, make_pack) -> None:
    """Only the draft is judged, against the rest of the pack, and never against its own former version."""
    pack = make_pack(make_entry("a.one", variants=("退款多久到",)), make_entry("b.two", source=None))
    draft = make_entry("c.three", variants=("退款多久到",))
    findings = lint_entry(draft, pack, options=Options(faq_variants=1))
    assert [(finding.entry_id, finding.rule) for finding in findings] == [("c.three", "duplicate-variants")]
    assert lint_entry(make_entry("a.one", variants=("退款多久到",)), pack, options=Options(faq_variants=1)) == ()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_manual_page(rule: str) -> None:
    """The docstring opens with the rule's name and shows what passes and what fails."""
    page = manual(rule)
    assert page.startswith(f"{rule}: ")
    assert page.index("\nPASS") < page.index("\nFAIL")


def test_every_rule_file_is_run() -> None:
    """A file in rules/ that the runner does not list fails here; a rule's name is its file's."""
    files = {module.name for module in pkgutil.iter_modules(rules.__path__)}
    assert {rule.replace("-", "_") for rule in RULES} == files
    for file in files:
        assert importlib.import_module(f"knowledge.lint.rules.{file}").RULE == file.replace("_", "-")


@pytest.mark.timeout(60)
def test_six_thousand_variants_take_less_than_ten_seconds(make_entry, make_pack) -> None:
    """A pack of 200 entries with 30 variants each, in the words of customers, is linted while one waits."""
    random.seed(7)
    words = "退款 快递 怎么 还没 到账 订单 取消 地址 修改 发票 优惠券 用不了 客服 电话 打不通 净化器 水壶 坏了 想问 一下".split()
    entries = [
        make_entry(f"load.e{number}", variants=tuple("".join(random.choices(words, k=6)) for _ in range(30)))
        for number in range(200)
    ]
    pack = make_pack(*entries)
    begin = time.perf_counter()
    lint(pack)
    assert time.perf_counter() - begin < 10
