"""Lessons: groups of phrasings, read in order, refused with every place that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import knowledge
from index.lessons import APART, SHIPPED, load_lessons
from knowledge.errors import PackError
from knowledge.formats.golden import read_golden
from knowledge.text import normalise

CONTENT = Path(knowledge.__file__).parent / "content"


def _refused(folder: Path, text: str) -> list[tuple[int, str]]:
    (folder / "a.txt").write_text(text, "utf-8")
    with pytest.raises(PackError) as refused:
        load_lessons(folder)
    return [(problem.line, problem.message) for problem in refused.value.problems]


def test_groups_stand_apart_by_blank_lines(tmp_path: Path) -> None:
    """A title is the first phrasing of its group; files are read by name, groups as they stand."""
    (tmp_path / "b.txt").write_text("= c\nd\n", "utf-8")
    (tmp_path / "a.txt").write_text("\n= 退款多久\n 什么时候退钱 \n\n\n= hello\nhi\nhey\n", "utf-8")
    assert load_lessons(tmp_path) == (("退款多久", "什么时候退钱"), ("hello", "hi", "hey"), ("c", "d"))


def test_a_group_needs_its_title(tmp_path: Path) -> None:
    """Otherwise two groups whose blank line was lost would become one without anyone noticing."""
    assert _refused(tmp_path, "= a\nb\n\nc\nd\n") == [(4, "group begins with 'c': give it a title, `= …`")]


def test_a_title_needs_a_blank_line_before_it(tmp_path: Path) -> None:
    """The line is named, and what to do."""
    assert _refused(tmp_path, "= a\nb\n= c\nd\n") == [(3, "title '= c' inside a group: put a blank line before it")]


def test_a_group_needs_a_phrasing_beside_its_title(tmp_path: Path) -> None:
    """One phrasing alone says nothing about what means the same."""
    assert _refused(tmp_path, "= a\n\n= b\nc\n") == [(1, "group 'a' has no phrasing: add some")]


def test_no_phrasing_stands_twice_in_a_group(tmp_path: Path) -> None:
    """Compared as queries are: width, case and script do not make two of one. Elsewhere it may stand again."""
    found = _refused(tmp_path, "= 退款\n钱呢\n\n= A\n退款\nＡ\n")
    assert found == [(6, "phrasing 'Ａ' stands on line 4 too: delete one")]


def test_a_phrasing_has_words(tmp_path: Path) -> None:
    """Emoji alone come to nothing when normalised."""
    assert _refused(tmp_path, "= a\n😀\n") == [(2, "phrasing '😀' has no words: delete it")]


def test_every_place_is_named(tmp_path: Path) -> None:
    """One run tells all, over all files."""
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe")
    found = _refused(tmp_path, "a\nb\n\n= c\nd\n= e\nf\n")
    assert [line for line, _ in found] == [1, 6, 1]
    assert "save it as UTF-8 text" in found[-1][1]


def test_a_folder_without_lessons_is_refused(tmp_path: Path) -> None:
    """An empty folder is a wrong path, not a short lesson."""
    with pytest.raises(PackError, match="no lessons here"):
        load_lessons(tmp_path)


@pytest.mark.parametrize(("folder", "groups_at_least"), [(SHIPPED, 1600), (APART, 700)], ids=["taught", "apart"])
def test_the_shipped_lessons_read(folder: Path, groups_at_least: int) -> None:
    """Hundreds of groups, each with several phrasings."""
    groups = load_lessons(folder)
    assert len(groups) > groups_at_least
    assert min(len(group) for group in groups) >= 5


def test_no_lesson_is_a_golden_query() -> None:
    """What is measured on must not have been learnt from."""
    golden = {normalise(query.text) for path in (CONTENT / "golden").glob("*.yaml") for query in read_golden(path)}
    lessons = (*load_lessons(), *load_lessons(APART))
    assert not [text for group in lessons for text in group if normalise(text) in golden]


def test_what_is_kept_apart_is_not_taught() -> None:
    """A file that is read for both would show confidence a knowledge base that the engines know by heart."""
    taught = set(load_lessons())
    assert not [group for group in load_lessons(APART) if group in taught]
