"""Lint of what is being typed."""

from __future__ import annotations

import time

from knowledge.lint.manuscripts import lint_manuscript
from knowledge.manuscript import Manuscript, TypedReply, manuscript_of
from tests.knowledge.lint.packs import make_entry, make_pack


def test_findings_stand_where_it_was_typed() -> None:
    """Blank lines shift nothing, and what stands here twice names its line as typed."""
    typed = manuscript_of(make_entry("return.time")).model_copy(
        update={"variants": ("", "怎么退", "", "怎么退"), "replies": (TypedReply(), TypedReply(text="我不知道"))}
    )
    found = {(one.rule, one.field): one.message for one in lint_manuscript(typed, "return.time", make_pack())}
    assert found["duplicate-variants", "variants[3]"] == '"怎么退" stands here twice (variants[1]): delete one'
    assert ("forbidden-phrases", "replies[1].text") in found


def test_an_entry_that_is_none_yet_is_judged_as_far_as_it_goes() -> None:
    """What cannot be used is named once, by the rule `form`, and the rest is linted against the pack."""
    other = make_entry("return.other", variants=("怎么退",))
    typed = Manuscript(title="", variants=("怎么退",))
    found = [(one.rule, one.severity, one.field) for one in lint_manuscript(typed, "return.time", make_pack(other))]
    assert ("form", "error", "title") in found
    assert ("form", "error", "replies") in found
    assert ("duplicate-variants", "error", "variants[0]") in found
    assert not [one for one in found if one[0] == "missing-parts" and one[2] == "replies"]


def test_what_it_said_before_does_not_count() -> None:
    """The manuscript stands in the place of its entry's live version."""
    live = make_entry("return.time", variants=("怎么退",))
    found = lint_manuscript(manuscript_of(live), live.id, make_pack(live))
    assert not [one for one in found if one.rule == "duplicate-variants"]


def test_typing_is_answered_at_once() -> None:
    """Two hundred entries of thirty variants: well below the pause between two words, once they have been seen."""
    entries = [
        make_entry(f"load.e{n}", variants=tuple(f"第{n}件事的第{k}种问法应该怎么说{n * k}" for k in range(30)))
        for n in range(200)
    ]
    pack, typed = make_pack(*entries), manuscript_of(entries[7])
    lint_manuscript(typed, "load.e7", pack)
    seconds = []
    for _ in range(3):
        begun = time.thread_time()
        lint_manuscript(typed, "load.e7", pack)
        seconds.append(time.thread_time() - begun)
    assert min(seconds) < 0.5  # measured: a fifth of it; docs/measurements.md
