"""A problem as the page tells it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from index.errors import ArtefactError, NoArtefact
from knowledge.model import Language
from service.admission import Busy
from service.api.lifecycle import Retirement
from service.api.requests import LONGEST_QUERY, SuggestionRequest
from service.pages.problems import fields, invalid, unavailable
from service.pages.words import WORDS


def refusal(query: str) -> ValidationError:
    """Why the API refuses a query."""
    with pytest.raises(ValidationError) as refused:
        SuggestionRequest(query=query)
    return refused.value


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_query_too_long_is_said_with_both_numbers(language: Language) -> None:
    """In the page's own language, and without the query."""
    words = WORDS[language]
    query = "退" * (LONGEST_QUERY + 1)
    shown = invalid(refusal(query), query, LONGEST_QUERY, words, language)
    assert (shown.kind, shown.status, shown.title) == ("invalid", 422, words["invalid_title"])
    assert "2001" in shown.text
    assert "2000" in shown.text
    assert "退退" not in shown.text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "query：第 2 个字是控制字符 U+0007：请去掉"),
        ("en", "query: holds control character U+0007 at position 2: remove it"),
    ],
)
def test_any_other_refusal_is_the_apis_own_words(language: Language, text: str) -> None:
    """Field and reason, in the page's language."""
    assert invalid(refusal("李雷\x07"), "李雷\x07", LONGEST_QUERY, WORDS[language], language).text == text


def test_a_command_in_the_message_is_shown_apart() -> None:
    """What is to be run can be copied; the request id is there for whoever is asked."""
    shown = unavailable(NoArtefact("nothing published; build one with `huashu build`"), "r-1", WORDS["zh"], "zh")
    assert (shown.kind, shown.status, shown.command) == ("unavailable", 503, "huashu build")
    assert shown.text == WORDS["zh"]["unavailable_text"]
    assert "r-1" in shown.request_id


def test_without_a_command_the_message_itself_is_shown() -> None:
    """Nothing is invented."""
    shown = unavailable(ArtefactError("a disk went away"), "r-1", WORDS["en"], "en")
    assert (shown.kind, shown.command, shown.text) == ("later", "", "a disk went away")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "排队的查询有 40 个：请等 3 秒再试"),
        ("en", "40 queries are waiting already, about 2.5 s of work: try again in 3 s"),
    ],
)
def test_where_too_many_ask_the_seconds_to_wait_are_said(language: Language, text: str) -> None:
    """In the page's language, and not as if there were no index."""
    shown = unavailable(Busy(40, 2.5), "r-1", WORDS[language], language)
    assert (shown.status, shown.title, shown.text) == (503, WORDS[language]["later_title"], text)


def test_fields_go_by_the_words_of_the_page() -> None:
    """A line each; one for which the page has no word goes by its own name."""
    with pytest.raises(ValidationError) as refused:
        Retirement.model_validate({"comment": "  ", "colour": "red"})
    words = {"comment": "停用原因", "field_refused": "{field}：{why}"}
    assert fields(refused.value, words, "zh").split("\n") == [
        "停用原因：现有 0 个字，至少要 1 个",
        "colour：没有这一项：请去掉",
    ]
