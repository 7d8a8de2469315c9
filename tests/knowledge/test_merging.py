"""Three-way merging of what two people typed."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from knowledge.manuscript import Manuscript, TypedEscalation, TypedReply
from knowledge.merging import Conflict, Merge, merge

LINES = st.lists(st.sampled_from("甲乙丙丁戊己庚辛"), max_size=8).map(tuple)
TEXTS = st.sampled_from(("", "一", "二", "三"))
PAIRS = st.tuples(st.sampled_from(("chat", "phone")), st.sampled_from(("zh", "en")))
REPLIES = st.dictionaries(PAIRS, TEXTS, max_size=4).map(
    lambda found: tuple(TypedReply(channel=key[0], language=key[1], text=text) for key, text in found.items())
)
MANUSCRIPTS = st.builds(
    Manuscript,
    title=TEXTS,
    variants=LINES,
    replies=REPLIES,
    tags=LINES.map(lambda lines: tuple(dict.fromkeys(lines))),
    source=TEXTS,
    escalation=st.builds(TypedEscalation, target=TEXTS, holding_reply=TEXTS),
)


def variants(*lines: str) -> Manuscript:
    """A manuscript with these variants."""
    return Manuscript(variants=lines)


def shown(found: Merge, name: str) -> set[str]:
    """Every line that the conflicts about a field show."""
    sides = ((one.base, one.theirs, one.mine) for one in found.conflicts if one.field == name)
    return set(chain.from_iterable(side or () for side in chain.from_iterable(sides)))


def test_what_one_side_changed_is_taken() -> None:
    """Two people at work on different fields and lines do not meet."""
    base = Manuscript(title="一", variants=("a", "b", "c"), source="手册", tags=("x",))
    theirs = base.model_copy(update={"title": "二", "variants": ("a", "b", "c", "d"), "tags": ("x", "y")})
    mine = base.model_copy(update={"variants": ("A", "b", "c"), "source": "法", "tags": ()})
    found = merge(base, theirs, mine)
    assert (found.merged.title, found.merged.variants, found.merged.source) == ("二", ("A", "b", "c", "d"), "法")
    assert (found.merged.tags, found.conflicts) == (("y",), ())
    assert found.taken == ("title", "tags", "variants")


def test_what_both_changed_is_shown() -> None:
    """All three texts stand in the conflict; until somebody decides, mine stands in the place."""
    found = merge(Manuscript(title="一"), Manuscript(title="二"), Manuscript(title="三"))
    assert found.conflicts == (Conflict("title", "text", ("一",), ("二",), ("三",)),)
    assert found.merged.title == "三"


def test_two_long_lists_are_merged() -> None:
    """Though together they are more than one may send at once."""
    theirs, mine = (variants(*(f"{who} {n}" for n in range(12_000))) for who in "甲乙")
    assert merge(variants(), theirs, mine).merged.variants == (*theirs.variants, *mine.variants)


def test_a_conflict_says_what_each_side_did_to_the_text() -> None:
    """Word by word, for whoever has to choose between two long replies; a side that has none took all away."""
    long = "您好，退款会在 3 天内原路退回，请您留意。"
    base, theirs, mine = (Manuscript(source=text) for text in (long, long.replace("3 天", "5 天"), ""))
    conflict = merge(base, theirs, mine).conflicts[0]
    assert [(piece.kind, piece.text) for piece in conflict.theirs_pieces if piece.kind != "same"] == [
        ("removed", "3"),
        ("added", "5"),
    ]
    assert [(piece.kind, piece.text) for piece in conflict.mine_pieces] == [("removed", long)]


def test_lines_that_both_added_are_both_kept() -> None:
    """The commonest meeting of all, at the end of the list, needs nobody's decision."""
    found = merge(variants("a"), variants("a", "b", "c"), variants("a", "d", "c"))
    assert (found.merged.variants, found.conflicts) == (("a", "b", "c", "d"), ())


def test_a_line_that_both_rewrote_says_where_it_stands() -> None:
    """So that a page can put the decision in its place."""
    found = merge(variants("a", "b", "c"), variants("n", "a", "b2", "c"), variants("a", "b3", "c"))
    assert found.conflicts == (Conflict("variants", "lines", ("b",), ("b2",), ("b3",), 2),)
    assert found.merged.variants == ("n", "a", "b3", "c")


def test_a_reply_deleted_here_and_changed_there_is_a_conflict() -> None:
    """Neither deletion nor change goes unseen; a reply that only they added comes in."""
    reply = TypedReply(channel="chat", text="一")
    theirs = Manuscript(replies=(TypedReply(channel="chat", text="二"), TypedReply(channel="phone", text="新")))
    found = merge(Manuscript(replies=(reply,)), theirs, Manuscript())
    assert found.conflicts == (Conflict("replies[chat/zh]", "text", ("一",), ("二",), None),)
    assert found.merged.replies == (TypedReply(channel="phone", text="新"),)


@given(base=MANUSCRIPTS, theirs=MANUSCRIPTS, mine=MANUSCRIPTS)
def test_no_line_of_either_side_is_lost_without_a_conflict(
    base: Manuscript, theirs: Manuscript, mine: Manuscript
) -> None:
    """Whatever a side has is in the merge or in a conflict, unless the other side took it out of the base."""
    found = merge(base, theirs, mine)
    for side, other in ((theirs, mine), (mine, theirs)):
        for name in ("variants", "tags"):
            kept = {*getattr(found.merged, name), *shown(found, name)}
            gone = set(getattr(base, name)) - set(getattr(other, name))
            assert set(getattr(side, name)) <= kept | gone
        merged = {(one.channel, one.language): one.text for one in found.merged.replies}
        before = {(one.channel, one.language): one.text for one in base.replies}
        for reply in side.replies:
            key = reply.channel, reply.language
            where = shown(found, f"replies[{key[0]}/{key[1]}]")
            assert reply.text in (merged.get(key), before.get(key), *where)
        for name in ("title", "source"):
            assert getattr(side, name) in (getattr(found.merged, name), getattr(base, name), *shown(found, name))
        assert side.escalation.target in (
            found.merged.escalation.target,
            base.escalation.target,
            *shown(found, "escalation.target"),
        )


@given(base=MANUSCRIPTS, mine=MANUSCRIPTS)
def test_an_untouched_side_changes_nothing(base: Manuscript, mine: Manuscript) -> None:
    """Merging with somebody who changed nothing gives mine, and with me unchanged theirs, save for orders of names."""
    assert merge(base, base, mine) == Merge(mine)
    theirs = merge(base, mine, base)
    assert theirs.conflicts == ()
    assert (theirs.merged.variants, theirs.merged.title) == (mine.variants, mine.title)
    assert set(theirs.merged.tags) == set(mine.tags)
    assert {(one.channel, one.text) for one in theirs.merged.replies} == {
        (one.channel, one.text) for one in mine.replies
    }


@given(base=LINES, theirs=LINES, mine=LINES)
def test_conflicts_of_lines_stand_where_they_say(
    base: tuple[str, ...], theirs: tuple[str, ...], mine: tuple[str, ...]
) -> None:
    """My lines of a conflict are found at its start among the merged lines."""
    found = merge(variants(*base), variants(*theirs), variants(*mine))
    for one in found.conflicts:
        assert one.mine is not None
        assert found.merged.variants[one.start : one.start + len(one.mine)] == one.mine
