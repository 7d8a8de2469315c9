"""Tables of sentences."""

from __future__ import annotations

from service.sentences import AS_IT_IS, Sentences, words

TABLE = Sentences(
    (
        (r"(\w+) has (\d+) apples", words("{0}有 {1} 个苹果", {"Li": "李华"})),
        (r"(\w+) has\s.*", words("{0}有东西")),
        (r"(\w+) likes (\w+)", words("{0} 喜欢{1}", AS_IT_IS, {"tea": "茶"})),
    )
)


def test_the_first_pattern_that_fits_a_whole_text_is_meant() -> None:
    """With its groups in the template, those with a table looked up in it."""
    assert TABLE.chinese("Li has 3 apples") == "李华有 3 个苹果"
    assert TABLE.chinese("Wang has\na house") == "Wang有东西"
    assert TABLE.chinese("Li likes tea") == "Li 喜欢茶"


def test_a_part_of_a_text_is_not_enough() -> None:
    """What is not known is None, never half a sentence."""
    assert TABLE.chinese("today Li has 3 apples") is None
    assert len(TABLE) == 3
