"""The embedder: what an engine is given. The real ones: test_engines.py."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.embedder import LONGEST, prepare
from knowledge.text import normalise


@given(st.text(st.characters(), max_size=1000))
def test_what_an_engine_is_given_is_short_clean_and_never_empty(text: str) -> None:
    """No surrogate, no NUL, no U+FDFA, at most 480 characters, whatever was typed."""
    prepared = prepare(text)
    assert 0 < len(prepared) <= LONGEST
    assert not set("\0\ufdfa") & set(prepared)
    prepared.encode("utf-8")


def test_of_a_long_text_both_ends_are_kept() -> None:
    """Questions stand at the beginning or the end; 480 characters pass whole."""
    assert prepare("头" + "中文" * 1000 + "尾")[:1] + prepare("头" + "中文" * 1000 + "尾")[-1:] == "头尾"
    assert len(prepare("中文" * 1000)) == 480
    assert prepare("中文" * 240) == "中文" * 240
    assert prepare("😀") == "?"
    assert prepare("ＡＰＰ") == normalise("ＡＰＰ")
