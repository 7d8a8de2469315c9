"""The pages' own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.pages import words
from service.pages.words import SLOTS, WORDS

PAGES = Path(words.__file__).parent
USED_BY_NAME = re.compile(r"words\.([a-z_]+)|words\[\"([a-z_]+)\"\]")


def _sources() -> str:
    files = [*PAGES.glob("*.py"), *PAGES.glob("templates/*.html"), *PAGES.glob("static/*.js")]
    return "\n".join(file.read_text("utf-8") for file in files if file.name != "words.py")


@pytest.mark.parametrize("table", [WORDS, SLOTS])
def test_both_languages_have_the_same_keys(table: dict[str, dict[str, str]]) -> None:
    """A word that one language lacks would be an error on its page only."""
    assert table["zh"].keys() == table["en"].keys()


def test_both_languages_fill_in_the_same_values() -> None:
    """`{name}` in one language is `{name}` in the other."""
    blanks = {
        language: {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in table.items()}
        for language, table in WORDS.items()
    }
    assert blanks["zh"] == blanks["en"]


def test_every_word_that_a_page_names_exists() -> None:
    """A misspelt key shows nothing: it must not get that far."""
    named = {first or second for first, second in USED_BY_NAME.findall(_sources())}
    assert named - WORDS["zh"].keys() - {"get"} == set()


def test_no_word_is_left_over() -> None:
    """Each key stands somewhere in a page, whole or as the tail of a name put together."""
    source = _sources()
    put_together = re.compile(r"^(reason|within)_|_(title|hint)$|^(high|urgent|offer)$")
    unused = [key for key in WORDS["zh"] if not put_together.search(key) and not re.search(rf"\b{key}\b", source)]
    assert unused == []
