"""The pages' own words."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from knowledge.formats.golden import read_golden
from service.pages import words
from service.pages.words import FRAME, SLOTS, report

PAGES = Path(words.__file__).parents[1]
CONTENT = PAGES.parents[1] / "knowledge" / "content"
USED_BY_NAME = re.compile(r"(?<!pages\.)words\.([a-z_]+)|words\[\"([a-z_]+)\"\]")
MODULES = [importlib.import_module(f"{words.__name__}.{found.name}") for found in pkgutil.iter_modules(words.__path__)]
# Every table of every page by its module's name: {language: {key: text}}.
TABLES = {module.__name__: getattr(module, "WORDS", None) or module.FRAME for module in MODULES}


def _sources() -> str:
    files = [*PAGES.glob("*.py"), *PAGES.glob("templates/*.html"), *PAGES.glob("static/*.js")]
    return "\n".join(file.read_text("utf-8") for file in files)


@pytest.mark.parametrize("table", [*TABLES.values(), SLOTS])
def test_both_languages_have_the_same_keys(table: dict[str, dict[str, str]]) -> None:
    """A word that one language lacks would be an error on its page only."""
    assert table["zh"].keys() == table["en"].keys()


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_both_languages_fill_in_the_same_values(table: dict[str, dict[str, str]]) -> None:
    """`{name}` in one language is `{name}` in the other."""
    blanks = {
        language: {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in texts.items()}
        for language, texts in table.items()
    }
    assert blanks["zh"] == blanks["en"]


@pytest.mark.parametrize("table", [table for name, table in TABLES.items() if not name.endswith("categories")])
def test_no_page_takes_a_word_of_the_frame(table: dict[str, dict[str, str]]) -> None:
    """A page's words go before those that all pages share: the same key would change what the frame says there."""
    assert table is FRAME or not table["zh"].keys() & FRAME["zh"].keys()


def test_every_word_that_a_page_names_exists() -> None:
    """A misspelt key shows nothing: it must not get that far."""
    named = {first or second for first, second in USED_BY_NAME.findall(_sources())}
    known = {key for table in TABLES.values() for key in table["zh"]}
    assert named - known - {"get"} == set()


def test_every_kind_of_test_question_has_a_word() -> None:
    """The report counts the shipped golden queries by kind, none of them under its code."""
    kinds = {query.kind for file in (CONTENT / "golden").glob("*.yaml") for query in read_golden(file)}
    for language in ("zh", "en"):
        assert {f"kind_{kind}" for kind in kinds} - report.WORDS[language].keys() == set()
