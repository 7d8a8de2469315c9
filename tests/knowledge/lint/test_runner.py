"""The runner: all rules, sorted, over a pack or one entry of it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import random
import time

import pytest

from knowledge.lint import Options, count_errors, lint, lint_entry, manual, rules
from knowledge.lint.runner import ADVISORY, RULES
from tests.knowledge.lint.packs import make_entry, make_pack

FEW = Options(faq_variants=3)


def test_a_good_pack_has_no_findings() -> None:
    """The entry these tests start from is clean, so that each finding below has one cause."""
    assert lint(make_pack(make_entry()), options=FEW) == ()


def test_every_finding_is_reported_in_order() -> None:
    """Lint does not stop at the first: two entries, several rules, sorted by entry, field and rule."""
    reply = "你好,我们会尽快处理。"
    entries = [make_entry(entry_id, reply=reply, source=None) for entry_id in ("b.two", "a.one")]
    findings = lint(make_pack(*entries), options=FEW)
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


def test_an_entry_is_linted_in_place_of_its_older_self() -> None:
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
        rule = importlib.import_module(f"knowledge.lint.rules.{file}").RULE
        assert rule == file.replace("_", "-")


@pytest.mark.timeout(60)
def test_six_thousand_variants_take_less_than_ten_seconds() -> None:
    """A pack of 200 entries with 30 variants each, in the words of customers, is linted while one waits."""
    random.seed(7)
    words = "退款快递怎么还没到账订单取消地址修改发票优惠客服电话打不通净化水壶坏了想问一下"
    entries = [
        make_entry(f"load.e{number}", variants=tuple("".join(random.choices(words, k=12)) for _ in range(30)))
        for number in range(200)
    ]
    pack = make_pack(*entries)
    begin = time.perf_counter()
    lint(pack)
    assert time.perf_counter() - begin < 10


def test_errors_are_counted_without_the_rules_that_only_warn() -> None:
    """The count is that of all findings; the rules passed over name no error in their source."""
    wrong = make_entry(reply="你好,我们会尽快处理。", source=None)
    pack = make_pack(make_entry("b.two"), wrong)
    errors = [finding for finding in lint_entry(wrong, pack, options=FEW) if finding.severity == "error"]
    assert count_errors(wrong, pack, options=FEW) == len(errors) > 1
    for name in ADVISORY:
        assert '"error"' not in inspect.getsource(RULES[name])
