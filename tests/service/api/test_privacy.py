"""/v1/privacy: one conversation, exported and erased."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from knowledge.errors import DatabaseError
from knowledge.store import Store
from knowledge.store.queries import conversation_hash
from service.app import create_app
from service.settings import Settings
from tests.fault.processes import within
from tests.service.asking import LEAK, REFUND, ask
from tests.service.people import ADMIN, EDITOR, by_header
from tests.service.shop import FRIDAY, state_of
from tests.toy import ToyEmbedder

ADDRESS = "/v1/privacy/conversation"


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The shop with a database of its own, its requests an administrator's."""
    settings = Settings(home=home, database=f"sqlite:///{tmp_path / 'knowledge.db'}")
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header)) as client:
        client.headers |= ADMIN
        yield client


def test_a_conversation_is_exported_whole(client: TestClient) -> None:
    """What has only just been asked too, masked as it is kept; an unknown one is empty."""
    request_id = ask(client, f"{REFUND} 13912345678", conversation_id="c/1 号")["request_id"]
    client.post("/v1/feedback", json={"request_id": request_id, "entry_id": "refund.time", "act": "used"})
    ask(client, LEAK, conversation_id="c-2")
    body = client.get(ADDRESS, params={"conversation_id": "c/1 号"}).json()
    assert [one["text"] for one in body["queries"]] == [f"{REFUND} [phone]"]
    assert [one["act"] for one in body["feedback"]] == ["used"]
    assert client.get(ADDRESS, params={"conversation_id": "c-9"}).json()["queries"] == []


def test_an_erased_conversation_is_nowhere(client: TestClient) -> None:
    """Neither in the database nor in what feedback would be joined with; another stays."""
    request_id = ask(client, REFUND, conversation_id="c-1")["request_id"]
    client.post("/v1/feedback", json={"request_id": request_id, "act": "used"})
    ask(client, LEAK, conversation_id="c-2")
    state_of(client).conversations.add("rasa:c-1", "customer", REFUND)
    assert client.delete(ADDRESS, params={"conversation_id": "c-1"}).json() == {"queries": 1, "feedback": 1}
    assert client.get(ADDRESS, params={"conversation_id": "c-1"}).json()["queries"] == []
    assert state_of(client).recent.find(request_id) is None
    assert state_of(client).conversations.turns("rasa:c-1") == []
    assert len(client.get(ADDRESS, params={"conversation_id": "c-2"}).json()["queries"]) == 1


def erase_here(client: TestClient, other: TestClient) -> None:
    """By the address of one service."""
    assert client.delete(ADDRESS, params={"conversation_id": "c-1"}).status_code == 200


def erase_at_a_terminal(client: TestClient, other: TestClient) -> None:
    """By the database alone, as `huashu privacy erase` does."""
    with Store.open(state_of(client).settings.database_url) as store:
        store.queries.erase_conversation("c-1", "zhao", FRIDAY)


@pytest.mark.parametrize("erase", [erase_here, erase_at_a_terminal])
def test_every_worker_forgets(
    client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch, erase: Callable[[TestClient, TestClient], None]
) -> None:
    """Within seconds, also what was said before and what waits to be written; other conversations stay."""
    settings: Settings = state_of(client).settings
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header), headers=ADMIN) as other:
        queries = state_of(other).queries
        with monkeypatch.context() as away:
            away.setattr(queries, "_write", lambda: False)  # its database is away for a while
            asked = {name: ask(other, REFUND, conversation_id=name)["request_id"] for name in ("c-1", "c-2")}
            for name in asked:
                state_of(other).conversations.add(f"rasa:{name}", "customer", REFUND)
            erase(client, other)
            assert within(5, lambda: state_of(other).recent.find(asked["c-1"]) is None)
        assert state_of(other).conversations.turns("rasa:c-1") == []
        assert state_of(other).recent.find(asked["c-2"]) is not None
        assert len(state_of(other).conversations.turns("rasa:c-2")) == 1
        assert queries.flush()
        kept = {name: other.get(ADDRESS, params={"conversation_id": name}).json()["queries"] for name in asked}
        assert (len(kept["c-1"]), len(kept["c-2"])) == (0, 1)


def test_nothing_is_erased_while_something_waits_to_be_written(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be written afterwards, for ninety days more: 503, and the next try erases that too."""
    with monkeypatch.context() as patched:

        def away(_: object) -> None:
            raise DatabaseError("away")

        patched.setattr(state_of(client).storage, "call", away)
        ask(client, REFUND, conversation_id="c-1")
        state_of(client).queries.flush()
        assert client.delete(ADDRESS, params={"conversation_id": "c-1"}).status_code == 503
    assert client.delete(ADDRESS, params={"conversation_id": "c-1"}).json() == {"queries": 1, "feedback": 0}
    assert client.get(ADDRESS, params={"conversation_id": "c-1"}).json()["queries"] == []


def test_the_audit_says_who_did_it_and_nothing_of_whom(client: TestClient) -> None:
    """A line for each, with the moment, a hash of the conversation and how many rows: shown to administrators alone."""
    ask(client, REFUND, conversation_id="c-secret")
    client.get(ADDRESS, params={"conversation_id": "c-secret"})
    client.delete(ADDRESS, params={"conversation_id": "c-secret"})
    lines = client.get("/v1/audit").json()["lines"]
    assert [(line["act"], line["who"]) for line in lines] == [("privacy.erase", "zhao"), ("privacy.export", "zhao")]
    for line in lines:
        assert datetime.fromisoformat(line["at"]) == FRIDAY
        assert line["detail"] == {"conversation": conversation_hash("c-secret"), "queries": 1, "feedback": 0}
    everything = client.get("/v1/audit.csv").text + client.get("/audit").text
    assert conversation_hash("c-secret") in everything and "删除会话数据" in everything
    assert "c-secret" not in everything and REFUND not in everything
    assert client.get("/v1/audit", headers=EDITOR).json()["total"] == 0


def test_only_administrators_may(client: TestClient) -> None:
    """An editor may not, a stranger is asked to sign in."""
    for method in ("GET", "DELETE"):
        asked = {"conversation_id": "c-1"}
        assert client.request(method, ADDRESS, params=asked, headers=EDITOR).status_code == 403
        assert client.request(method, ADDRESS, params=asked, headers={"X-Person": ""}).status_code == 401
