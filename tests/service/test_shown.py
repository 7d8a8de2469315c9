"""What recent requests were shown."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from service.api.requests import SuggestionRequest
from service.desk import Desk
from service.shown import REMEMBERED, Recent, Suggest
from tests.service.asking import BOTH, NOTHING, REFUND
from tests.service.shop import BRUSH, FILTER, FRIDAY, state_of


@pytest.fixture(scope="module")
def suggest(client: TestClient) -> Suggest:
    """The shop's answers, remembered by nobody."""
    live = state_of(client).live
    desk = Desk(lambda: live.retriever, lambda: FRIDAY)
    return desk.suggest


def test_an_answer_is_remembered_with_all_that_was_shown(suggest: Suggest) -> None:
    """Query, decision, entries in their order, index and the console's ids; the answer itself is not touched."""
    recent = Recent()
    asked = SuggestionRequest(query=REFUND, limit=2, min_confidence=0, conversation_id="c-1", agent_id="a-7")
    answered = recent.remembering(suggest)(asked, "r-1")
    shown = recent.find("r-1")
    assert shown is not None
    assert (answered.request_id, answered.decision) == ("r-1", "answer")
    assert (shown.query, shown.decision, shown.index_version) == (REFUND, "answer", answered.index_version)
    assert shown.entries == tuple(item.entry_id for item in answered.suggestions)
    assert (shown.options, shown.all) == ((), shown.entries)
    assert (shown.conversation_id, shown.agent_id) == ("c-1", "a-7")


def test_the_options_of_a_clarification_were_shown_too(suggest: Suggest) -> None:
    """Also those that are not among the suggestions, each entry once."""
    recent = Recent()
    recent.remembering(suggest)(SuggestionRequest(query=BOTH, limit=1), "r-1")
    shown = recent.find("r-1")
    assert shown is not None
    assert set(shown.options) == {FILTER.id, BRUSH.id}
    assert sorted(shown.all) == sorted({*shown.entries, *shown.options})


def test_only_the_last_requests_are_remembered(suggest: Suggest) -> None:
    """The oldest goes first; asking again under an id makes it the newest, with what was shown last."""
    recent = Recent(2)
    ask = recent.remembering(suggest)
    for request_id, query in (("r-1", REFUND), ("r-2", REFUND), ("r-1", NOTHING), ("r-3", REFUND)):
        ask(SuggestionRequest(query=query), request_id)
    again = recent.find("r-1")
    assert again is not None
    assert (again.query, again.entries) == (NOTHING, ())
    assert recent.find("r-2") is None
    assert recent.find("r-3") is not None
    assert recent.find("never") is None


def test_threads_remember_side_by_side(suggest: Suggest) -> None:
    """No more than its size, and none lost before it is full."""
    recent = Recent(50)
    ask = recent.remembering(suggest)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda n: ask(SuggestionRequest(query=REFUND), f"r-{n}"), range(200)))
    assert sum(recent.find(f"r-{n}") is not None for n in range(200)) == 50


def test_what_fails_is_not_remembered(suggest: Suggest) -> None:
    """Nothing was shown for it."""
    recent = Recent()

    def fail(*_: object) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        recent.remembering(fail)(SuggestionRequest(query=REFUND), "r-1")  # type: ignore[arg-type]
    assert recent.find("r-1") is None


def test_the_service_remembers_ten_thousand(client: TestClient) -> None:
    """As its description says."""
    assert REMEMBERED == 10_000
    description = client.get("/openapi.json").json()["paths"]["/v1/feedback"]["post"]["description"]
    assert "10 000" in description


def test_a_conversation_can_be_forgotten(suggest: Suggest) -> None:
    """All of its requests, and none of another's."""
    recent = Recent()
    ask = recent.remembering(suggest)
    for request_id, conversation in (("r-1", "c-1"), ("r-2", "c-2"), ("r-3", "c-1"), ("r-4", None)):
        ask(SuggestionRequest(query=REFUND, conversation_id=conversation), request_id)
    recent.forget("c-1".__eq__)
    assert [recent.find(f"r-{n}") is None for n in (1, 2, 3, 4)] == [True, False, True, False]
