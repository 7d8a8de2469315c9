"""too-few-variants."""

from __future__ import annotations

from tests.knowledge.lint.packs import found, make_entry

RULE = "too-few-variants"


def test_a_faq_and_a_script_have_their_least_number() -> None:
    """24 and 16 unless the shop says otherwise."""
    some = tuple(f"第{number}种问法" for number in range(20))
    assert found(RULE, make_entry(kind="script", variants=some)) == []
    assert found(RULE, make_entry(variants=some)) == [
        ("error", "variants", "20 different variants, a faq needs 24: add 4")
    ]
    assert found(RULE, make_entry(variants=some), faq_variants=20) == []
    assert found(RULE, make_entry(kind="script", variants=some), script_variants=21)[0][0] == "error"


def test_the_same_variant_twice_counts_once() -> None:
    """Emoji and script do not make a variant different."""
    [(_, _, message)] = found(RULE, make_entry(variants=("退货", "退货😡", "退貨")))
    assert message.startswith("1 different variants")


def test_none_at_all_is_another_rules_matter() -> None:
    """One cause, one finding."""
    assert found(RULE, make_entry(variants=())) == []
