"""What was probably meant to be typed, and what must stay as it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import spelling
from index.embedder import LONGEST
from index.lessons import load_lessons
from index.lexical import syllable
from index.spelling import KEPT, Speller, Writing, load_background, save_background, writing_of
from index.strangers import strangers
from knowledge.text import normalise

DESK = ("退货怎么退", "退货要多久", "想退货", "不能退货吗", "部分退货", "积分会过期吗", "积分怎么用", "快递到哪了")
NOTHING = writing_of([])


@pytest.fixture(scope="module")
def speller() -> Speller:
    """Of a small desk and the shipped background."""
    return Speller(DESK)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("推货怎么退", "退货怎么退"),
        ("积芬会过期吗", "积分会过期吗"),
        ("快底到哪了", "快递到哪了"),
        ("推货要多久，块递到哪了", "退货要多久,快递到哪了"),
        ("净化器绿芯", "净化器滤芯"),  # which the desk never says: the background does
    ],
)
def test_a_homophone_gives_way_to_what_people_write(speller: Speller, typed: str, meant: str) -> None:
    """One character or several, by the desk's words or by those of other desks."""
    assert speller.corrected(typed) == meant


@pytest.mark.parametrize(
    "text", ["", "?", "E2", "where is my order", "退货怎么退", "𠮷𠮷野家", "微波炉能用吗", "我家的豆浆机坏了", "🙂"]
)
def test_what_nobody_mistyped_stays(speller: Speller, text: str) -> None:
    """Known words of the desk and of others, foreign words, rare characters, and nothing at all."""
    assert speller.corrected(text) is None


def test_what_denies_or_counts_is_never_read_otherwise() -> None:
    """退 after 不 is as likely as can be, and 部 stays; 两 does not become 凉, nor 没 什么 else."""
    sure = Speller(["不退货"] * 500, NOTHING)
    assert sure.corrected("部退货") is None
    assert Speller(["部退货"] * 500, NOTHING).corrected("不退货") is None
    assert Speller(["凉天到"] * 500, NOTHING).corrected("两天到") is None


def test_a_blurred_sound_must_make_more_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same text with 资 for 字 and with 之 for 字: the second asks for more, as few ears hear it so."""
    told = Speller(["写字楼"] * 40 + ["资", "之"] * 20, NOTHING)
    assert (syllable("资"), syllable("之")) == (syllable("字"), syllable("字"))
    assert [told.corrected(text) for text in ("写资楼", "写之楼")] == ["写字楼", "写字楼"]
    monkeypatch.setattr(spelling, "BLURRED", 100.0)
    assert [told.corrected(text) for text in ("写资楼", "写之楼")] == ["写字楼", None]


def test_what_is_a_thousand_times_likelier_must_sound_the_same() -> None:
    """A factor of 1 100 is 7 nats: between what the same sound asks and what a blurred one does."""
    told = Speller(["字"] * 22_000 + ["资", "之"] * 20, NOTHING)
    assert [told.corrected(text) for text in ("资", "之")] == ["字", None]


def test_at_most_a_third_of_a_text_is_read_otherwise() -> None:
    """Of two to five characters one, of six two, of many four; a text that is all slips is not made up anew."""
    told = Speller([*["退货地址在哪"] * 200, *["退货"] * 200], NOTHING)
    assert [told.corrected(text) for text in ("推货", "推货地址", "推货低址")] == ["退货", "退货地址", "退货低址"]
    assert [told.corrected(text) for text in ("推货低址在哪", "推或低址在哪")] == ["退货地址在哪", "退货低址在哪"]
    long = "推货低址在哪里茶看块递积芬发漂"
    meant = Speller(["退货地址在哪里查看快递积分发票"] * 300, NOTHING).corrected(long)
    assert sum(map(str.__ne__, meant or "", long)) == 4


def test_what_people_write_together_is_not_doubted() -> None:
    """However much likelier another character would be: from twenty-one times on that it was written so."""
    desks = (Speller([*["推货"] * times, *["退货"] * 50_000], NOTHING) for times in (20, 21))
    assert [desk.corrected("推货") for desk in desks] == ["退货", None]


def test_what_takes_a_place_need_be_written_beside_one_neighbour() -> None:
    """Nobody wrote 急退, but 退货; beside neither it would be no word."""
    told = Speller(["退货怎么退"] * 200, NOTHING)
    assert (told.corrected("急推货怎么退"), told.corrected("急推么")) == ("急退货怎么退", None)


def test_a_long_text_is_left_as_it_is() -> None:
    """An engine sees the two ends of it alone, which nobody typed as one sentence."""
    told, said = Speller(["退货怎么退"] * 200, NOTHING), "我买了东西,"
    most = said * ((LONGEST - 5) // len(said))
    assert told.corrected(most + "推货怎么退") == most + "退货怎么退"
    assert told.corrected(most + said + "推货怎么退") is None


@given(st.text("退货推或快递块第不没12ab,。𠮷", max_size=12))
def test_what_is_read_otherwise_sounds_alike(text: str) -> None:
    """The same length and sounds; signs, digits, letters and what denies untouched; never the text itself."""
    found = Speller(DESK, NOTHING).corrected(text)
    if found is not None:
        before = normalise(text)
        assert found != before
        assert len(found) == len(before)
        for one, other in zip(before, found, strict=True):
            assert one == other or (syllable(one) == syllable(other) and not {one, other} & KEPT)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("my parcel is dealyed", "my parcel is delayed"),  # two letters swapped
        ("my pacage is lost", "my package is lost"),  # one left out
        ("wheree is my ordder", "where is my order"),  # one too many
        ("cancek the ordet", "cancel the order"),  # another
        ("我的parcell到哪了", "我的parcel到哪了"),
    ],
)
def test_a_latin_word_gives_way_to_one_that_is_a_slip_away(speller: Speller, typed: str, meant: str) -> None:
    """Where nobody writes the word as it is, in a sentence of either language."""
    assert speller.corrected(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "the R5x0 ordr1",
        "ordr-2a",
        "tom@gmial.com",
        "www.ordr.cn",
        "tke it",
        "xqzv jjjj",
        "my husband's guarantee",
        "fa huo",
    ],
)
def test_codes_short_and_foreign_words_stay(speller: Speller, text: str) -> None:
    """What has digits in it, what is too short to tell, what is like nothing, what is written so."""
    assert speller.corrected(text) is None


def test_of_several_words_a_slip_away_the_commonest_is_meant() -> None:
    """And the desk's own words count among them."""
    told = Speller(["late", *["lake"] * 3], NOTHING)
    assert told.corrected("laze") == "lake"
    assert Speller([*["late"] * 4, *["lake"] * 3], NOTHING).corrected("laze") == "late"


def test_runs_are_counted_within_a_text() -> None:
    """Two texts of two characters have three runs each, and none that goes from one into the other."""
    found = writing_of(["退货", "退货", "货退"])
    assert (len(found.runs), found.counts.sum()) == (6, 9)
    assert np.all(np.diff(found.runs.astype(np.int64)) > 0)


def same(one: Writing, other: Writing) -> bool:
    """Whether two are alike in every run and word."""
    return (one.runs.tolist(), one.counts.tolist(), one.words) == (
        other.runs.tolist(),
        other.counts.tolist(),
        other.words,
    )


def test_a_background_is_read_as_it_was_saved(tmp_path: Path) -> None:
    """Run by run and word by word, with their counts."""
    keys = [*DESK, "where is my order", "cancel my order"]
    save_background(tmp_path / "spelling.npz", keys)
    assert same(load_background(tmp_path / "spelling.npz"), writing_of(keys))


@pytest.mark.slow
def test_the_shipped_background_is_of_the_lessons_that_are_there() -> None:
    """Who changes a lesson or a stranger runs scripts/fit-spelling too."""
    texts = [*(text for group in load_lessons() for text in group), *strangers()]
    assert same(load_background(), writing_of([normalise(text) for text in texts])), "run scripts/fit-spelling"
