"""POST /v1/feedback: joined with what was shown, masked, kept once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.api.feedback import FeedbackOut
from service.settings import Settings
from tests.service.asking import BOTH, NOTHING, REFUND, SHIP, ask
from tests.service.shop import BRUSH, FILTER, FRIDAY, serving, state_of
from tests.service.shop import REFUND as REFUND_ENTRY

ADDRESS = "/v1/feedback"


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The shop with a database of its own."""
    with serving(Settings(home=home, database=f"sqlite:///{tmp_path / 'knowledge.db'}")) as client:
        yield client


def told(client: TestClient, status: int = 201, **body: Any) -> dict[str, Any]:
    """The body of the answer to feedback, which must have this status."""
    response = client.post(ADDRESS, json=body)
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_a_request_and_an_act_are_enough(client: TestClient) -> None:
    """The rest is known: entry, query, decision, index, the console's own ids, and the time."""
    asked = ask(client, REFUND, conversation_id="c-1", agent_id="a-7")
    kept = told(client, request_id=asked["request_id"], act="used")
    assert set(kept) == set(FeedbackOut.model_fields)
    assert kept == {
        "request_id": asked["request_id"],
        "entry_id": "refund.time",
        "act": "used",
        "source": "agent",
        "at": FRIDAY.isoformat(),
        "text": None,
        "query": REFUND,
        "decision": "answer",
        "index_version": state_of(client).live.version,
        "conversation_id": "c-1",
        "agent_id": "a-7",
        "escalated": None,
        "resolved_in_time": None,
    }


def test_the_same_again_changes_nothing(client: TestClient) -> None:
    """201 the first time, then 200 with the first record, whatever else is sent; it is counted once."""
    request_id = ask(client, REFUND)["request_id"]
    first = told(client, request_id=request_id, act="edited", text="一", escalated=True)
    again = told(client, 200, request_id=request_id, entry_id="refund.time", act="edited", text="二", agent_id="b")
    assert again | {"at": first["at"]} == first
    assert 'huashu_feedback_total{act="edited",source="agent"} 1.0' in client.get("/metrics").text
    assert told(client, request_id=request_id, act="edited", source="customer")["text"] is None


def test_every_field_that_is_sent_is_kept(client: TestClient) -> None:
    """The feedback's own ids win over the request's."""
    request_id = ask(client, SHIP, conversation_id="c-1", agent_id="a-7")["request_id"]
    own: dict[str, Any] = {"conversation_id": "c-2", "agent_id": "a-8", "text": "您好"}
    own |= {"escalated": True, "resolved_in_time": False}
    kept = told(client, request_id=request_id, act="edited", source="agent", **own)
    assert own.items() <= kept.items()


def test_what_is_kept_is_masked(client: TestClient) -> None:
    """The query and the edited text, also in what is said back."""
    request_id = ask(client, f"{REFUND}，电话13912345678")["request_id"]
    kept = told(client, request_id=request_id, entry_id="refund.time", act="rejected")
    assert kept["query"] == f"{REFUND}，电话[phone]"
    kept = told(client, request_id="gone", act="edited", text="订单2026112200012345", query="身份证11010519491231002X")
    assert (kept["text"], kept["query"]) == ("订单[number]", "身份证[id-card]")


def test_a_request_that_is_forgotten_is_kept_as_it_is_sent(client: TestClient) -> None:
    """Nothing is made up for it: decision and index are null."""
    kept = told(client, request_id="long-ago", entry_id="refund.time", act="used", query="退款")
    assert (kept["entry_id"], kept["query"]) == ("refund.time", "退款")
    assert (kept["decision"], kept["index_version"]) == (None, None)


def test_without_an_entry_it_is_about_what_the_decision_offered(client: TestClient) -> None:
    """The first suggestion of an answer; the holding reply or the question of the others, which are no entry."""
    for query, entry_id in ((REFUND, "refund.time"), (NOTHING, None), (BOTH, None)):
        request_id = ask(client, query, min_confidence=0)["request_id"]
        assert told(client, request_id=request_id, act="used")["entry_id"] == entry_id


def test_an_entry_that_was_never_shown_is_refused(client: TestClient) -> None:
    """Both are named, with what was shown, and nothing is kept."""
    request_id = ask(client, REFUND, limit=1)["request_id"]
    problem = told(client, 422, request_id=request_id, entry_id="ship.fee", act="used")
    assert problem["errors"][0]["field"] == "entry_id"
    for part in ("ship.fee", request_id, "refund.time"):
        assert part in problem["detail"]
    empty = ask(client, NOTHING)["request_id"]
    assert "offered no entry" in told(client, 422, request_id=empty, entry_id="ship.fee", act="used")["detail"]
    told(client, request_id=request_id, act="used")


def test_an_option_can_be_chosen(client: TestClient) -> None:
    """Also one that limit kept from the suggestions; another entry, shown or not, was no option."""
    asked = ask(client, BOTH, limit=10, min_confidence=0)
    request_id = asked["request_id"]
    for entry_id in (FILTER.id, BRUSH.id):
        kept = told(client, request_id=request_id, entry_id=entry_id, act="chosen", source="customer")
        assert (kept["entry_id"], kept["decision"]) == (entry_id, "clarify")
    options = {option["entry_id"] for option in asked["clarification"]["options"]}
    other = next(item["entry_id"] for item in asked["suggestions"] if item["entry_id"] not in options)
    detail = told(client, 422, request_id=request_id, entry_id=other, act="chosen")["detail"]
    assert other in detail
    assert all(option in detail for option in options)
    assert told(client, request_id=request_id, entry_id=other, act="used")["entry_id"] == other


def test_none_of_the_options_can_fit(client: TestClient) -> None:
    """It is about no entry, and said once."""
    request_id = ask(client, BOTH)["request_id"]
    assert told(client, request_id=request_id, act="none_fits")["entry_id"] is None
    told(client, 200, request_id=request_id, act="none_fits")


@pytest.mark.parametrize(
    ("query", "body", "field", "words"),
    [
        (BOTH, {"act": "chosen"}, "entry_id", "name the option"),
        (BOTH, {"act": "none_fits", "entry_id": FILTER.id}, "entry_id", "leave it out"),
        (REFUND, {"act": "chosen", "entry_id": REFUND_ENTRY.id}, "act", "came to answer"),
        (NOTHING, {"act": "none_fits"}, "act", "came to abstain"),
        (REFUND, {"act": "used", "text": "x"}, "text", "leave it out for used"),
    ],
)
def test_acts_that_do_not_fit_are_refused(
    client: TestClient, query: str, body: dict[str, Any], field: str, words: str
) -> None:
    """The field to mend is named, with what to do."""
    problem = told(client, 422, request_id=ask(client, query)["request_id"], **body)
    assert problem["errors"][0]["field"] == field
    assert words in problem["errors"][0]["message"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"act": "used"}, "request_id"),
        ({"request_id": "r"}, "act"),
        ({"request_id": "r", "act": "liked"}, "act"),
        ({"request_id": "a b", "act": "used"}, "request_id"),
        ({"request_id": "r" * 81, "act": "used"}, "request_id"),
        ({"request_id": "r", "act": "used", "entry_id": "../x"}, "entry_id"),
        ({"request_id": "r", "act": "used", "source": "boss"}, "source"),
        ({"request_id": "r", "act": "edited", "text": "字" * 2001}, "text"),
        ({"request_id": "r", "act": "edited", "text": " "}, "text"),
        ({"request_id": "r", "act": "used", "escalated": "yes"}, "escalated"),
        ({"request_id": "r", "act": "used", "stars": 5}, "stars"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_by_name(client: TestClient, body: dict[str, Any], field: str) -> None:
    """As everywhere."""
    response = client.post(ADDRESS, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert response.status_code == 422
    assert [item["field"] for item in response.json()["errors"]] == [field]


def test_a_row_of_a_batch_has_feedback_of_its_own(client: TestClient) -> None:
    """By its own request id."""
    body = {"requests": [{"query": REFUND}, {"query": SHIP}]}
    rows = client.post("/v1/suggestions/batch", json=body).json()["responses"]
    kept = [told(client, request_id=row["request_id"], act="used")["entry_id"] for row in rows]
    assert kept == ["refund.time", "ship.no-update"]


def test_a_request_id_that_is_sent_twice_names_the_first_query(client: TestClient) -> None:
    """The second is answered under an id of its own, in the body and the header, and each keeps its own feedback."""
    sent = {"X-Request-ID": "trace-1"}
    asked = []
    for query, conversation in ((REFUND, "c-1"), (SHIP, "c-2")):
        body = {"query": query, "conversation_id": conversation, "min_confidence": 0, "limit": 1}
        response = client.post("/v1/suggestions", json=body, headers=sent)
        assert response.headers["x-request-id"] == response.json()["request_id"]
        asked.append(response.json()["request_id"])
    assert asked[0] == "trace-1" != asked[1]
    kept = [told(client, request_id=request_id, act="used") for request_id in asked]
    assert [(one["entry_id"], one["query"], one["conversation_id"]) for one in kept] == [
        ("refund.time", REFUND, "c-1"),
        ("ship.no-update", SHIP, "c-2"),
    ]


def test_the_rows_of_a_batch_take_nobodys_place(client: TestClient) -> None:
    """Not that of a request whose id looks like a row's, nor that of a batch before under the same id."""
    client.post("/v1/suggestions", json={"query": SHIP}, headers={"X-Request-ID": "b-1.0"})
    for _ in range(2):
        body = {"requests": [{"query": REFUND}]}
        rows = client.post("/v1/suggestions/batch", json=body, headers={"X-Request-ID": "b-1"}).json()["responses"]
        assert rows[0]["request_id"] != "b-1.0"
        assert told(client, request_id=rows[0]["request_id"], act="used")["query"] == REFUND
    assert told(client, request_id="b-1.0", act="used")["query"] == SHIP


def test_erasing_a_conversation_leaves_anothers_feedback(client: TestClient) -> None:
    """Though both came with one id."""
    asked = {}
    for conversation in ("c-1", "c-2"):
        body = {"query": REFUND, "conversation_id": conversation}
        response = client.post("/v1/suggestions", json=body, headers={"X-Request-ID": "trace-2"})
        asked[conversation] = response.json()["request_id"]
        told(client, request_id=asked[conversation], act="used")
    state = state_of(client)
    assert state.queries.flush()
    removed = state.storage.call(lambda store: store.queries.erase_conversation("c-1", "zhao", FRIDAY))
    assert (removed.queries, removed.feedback) == (1, 1)
    told(client, 200, request_id=asked["c-2"], act="used")


def test_a_query_on_the_page_can_have_feedback_too(client: TestClient) -> None:
    """What the server drew without a script is remembered like any other."""
    page = client.get("/", params={"q": REFUND}, headers={"X-Request-ID": "page-1"})
    assert page.status_code == 200
    assert told(client, request_id="page-1", act="used")["query"] == REFUND
    again = client.get("/", params={"q": SHIP}, headers={"X-Request-ID": "page-1"})
    assert told(client, request_id=again.headers["x-request-id"], act="used")["query"] == SHIP


def test_without_the_database_it_says_so_and_queries_go_on(home: Path, tmp_path: Path) -> None:
    """503 with a reason and when to try again; once it is back the same feedback is kept."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    with serving(Settings(home=home, database=f"sqlite:///{blocked / 'knowledge.db'}")) as client:
        request_id = ask(client, REFUND)["request_id"]
        response = client.post(ADDRESS, json={"request_id": request_id, "act": "used"})
        assert response.status_code == 503
        assert response.headers["content-type"] == "application/problem+json"
        assert "the knowledge database cannot be reached" in response.json()["detail"]
        assert str(tmp_path) not in response.text
        assert int(response.headers["retry-after"]) > 0
        assert ask(client, REFUND)["decision"] == "answer"
        blocked.unlink()
        told(client, request_id=request_id, act="used")


def test_a_query_opens_no_database(home: Path, tmp_path: Path) -> None:
    """Serving needs the artefact alone; the first feedback makes the database."""
    database = tmp_path / "new" / "knowledge.db"
    with serving(Settings(home=home, database=f"sqlite:///{database}")) as client:
        request_id = ask(client, REFUND)["request_id"]
        assert not database.parent.exists()
        told(client, request_id=request_id, act="used")
        assert database.is_file()


def test_feedback_outlives_the_service(home: Path, tmp_path: Path) -> None:
    """After a restart the same feedback is known, if it names the entry, though the request is forgotten."""
    settings = Settings(home=home, database=f"sqlite:///{tmp_path / 'knowledge.db'}")
    with serving(settings) as client:
        first = told(client, request_id=ask(client, REFUND)["request_id"], act="used")
    with serving(settings) as client:
        sent = {"request_id": first["request_id"], "entry_id": "refund.time", "act": "used"}
        again = told(client, 200, **sent)
    assert again["query"] == first["query"] == REFUND


def test_without_an_index_feedback_is_still_kept(tmp_path: Path) -> None:
    """It needs the database alone."""
    with serving(Settings(home=tmp_path)) as client:
        told(client, request_id="r-1", entry_id="refund.time", act="used")
