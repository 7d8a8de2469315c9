"""What recent requests were shown."""

from __future__ import annotations

import multiprocessing
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from service.api.requests import SuggestionRequest
from service.api.responses import SuggestionResponse
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
    """The oldest goes first; its id may then be another's."""
    recent = Recent(2)
    ask = recent.remembering(suggest)
    for number in (1, 2, 3):
        ask(SuggestionRequest(query=REFUND), f"r-{number}")
    assert [recent.find(f"r-{number}") is None for number in (1, 2, 3, 4)] == [True, False, False, True]
    assert ask(SuggestionRequest(query=NOTHING), "r-1").request_id == "r-1"


def test_an_id_names_one_query(suggest: Suggest) -> None:
    """The next that comes with it has another, and what the first was shown stands."""
    recent = Recent()
    ask = recent.remembering(suggest)
    first, second = (ask(SuggestionRequest(query=query), "r-1") for query in (REFUND, NOTHING))
    assert (first.request_id, re.fullmatch("[0-9a-f]{32}", second.request_id) is None) == ("r-1", False)
    kept = [recent.find(answered.request_id) for answered in (first, second)]
    assert [shown.query for shown in kept if shown is not None] == [REFUND, NOTHING]


def test_an_id_is_taken_while_its_query_is_under_way(suggest: Suggest) -> None:
    """Of requests that come with one id at once, as a console's parallel calls may, one has it."""
    recent = Recent()
    inside = threading.Barrier(4, timeout=30)

    def slowly(asked: SuggestionRequest, request_id: str) -> SuggestionResponse:
        inside.wait()
        return suggest(asked, request_id)

    ask = recent.remembering(slowly)
    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(lambda n: ask(SuggestionRequest(query=f"{REFUND}{n}"), "trace").request_id, range(4)))
    assert (len(set(ids)), ids.count("trace")) == (4, 1)
    kept = [recent.find(request_id) for request_id in ids]
    assert [shown.query for shown in kept if shown is not None] == [f"{REFUND}{n}" for n in range(4)]


@pytest.mark.skipif(sys.platform == "win32", reason="workers are forked")
def test_workers_remember_together(suggest: Suggest) -> None:
    """What one has shown, the other knows."""
    recent = Recent()
    other = multiprocessing.get_context("fork").Process(
        target=lambda: recent.remembering(suggest)(SuggestionRequest(query=REFUND, conversation_id="c-1"), "r-1")
    )
    other.start()
    other.join(30)
    shown = recent.find("r-1")
    assert shown is not None
    assert (shown.query, shown.entries[0], shown.conversation_id) == (REFUND, "refund.time", "c-1")


def test_long_queries_are_remembered_whole(suggest: Suggest) -> None:
    """As long as there is room for them."""
    recent = Recent(100, room=20_000)
    answered = suggest(SuggestionRequest(query=REFUND), "r")
    ask = recent.remembering(lambda asked, request_id: answered.model_copy(update={"request_id": request_id}))
    for number in range(8):
        ask(SuggestionRequest(query="长" * 2000), f"r-{number}")
    found = [recent.find(f"r-{number}") for number in range(8)]
    assert [shown is None for shown in found] == [True] * 5 + [False] * 3
    assert {len(shown.query) for shown in found if shown is not None} == {2000}


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


def test_what_fails_may_be_tried_again_under_its_id(suggest: Suggest) -> None:
    """As no other query goes by it."""
    recent = Recent()

    def fail(*_: object) -> SuggestionResponse:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        recent.remembering(fail)(SuggestionRequest(query=REFUND), "r-1")
    assert recent.remembering(suggest)(SuggestionRequest(query=REFUND), "r-1").request_id == "r-1"


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
