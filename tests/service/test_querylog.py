"""The query log's writer: masked, batched, never in a query's way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from knowledge.store import QueryRecord, Store
from service.api.requests import SuggestionRequest
from service.identity.tokens import COOKIE
from service.metrics import Metrics
from service.querylog import CALLER, PAGE, QueryLog
from service.settings import Settings
from service.storage import Storage
from tests.service.asking import BOTH, LEAK, NOTHING, REFUND, ask
from tests.service.people import by_header
from tests.service.shop import FRIDAY, serving, state_of

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the test's database may be."""
    return tmp_path / "home" / "knowledge.db"


@pytest.fixture
def client(home: Path, path: Path) -> Iterator[TestClient]:
    """The shop with a database of its own."""
    with serving(Settings(home=home, database=f"sqlite:///{path}")) as client:
        yield client


def logged(client: TestClient) -> tuple[QueryRecord, ...]:
    """What has been written once everything is."""
    assert state_of(client).queries.flush()
    found: tuple[QueryRecord, ...] = state_of(client).storage.call(lambda store: store.queries.recent(100))
    return found


def lost(metrics: Metrics, reason: str) -> float:
    """How many records were lost for a reason."""
    return metrics.registry.get_sample_value("huashu_query_log_lost_total", {"reason": reason}) or 0.0


class Notes:
    """A log of its own over a database at `path`, and answers of the shop to note."""

    def __init__(self, client: TestClient, path: Path, **options: Any) -> None:
        self.metrics, self.now = Metrics(), FRIDAY
        self.storage = Storage(f"sqlite:///{path}")
        base: dict[str, Any] = {"retention": timedelta(days=90), "timezone": lambda: "Asia/Shanghai"}
        self.log = QueryLog(self.storage, self.metrics, lambda: self.now, **(base | options))
        self._client = client

    def note(self, text: str, **more: Any) -> None:
        """Note the shop's answer to a text."""
        asked = SuggestionRequest(query=text, **more)
        finding = state_of(self._client).live.retriever.find(text)
        self.log.note(asked, state_of(self._client).suggest(asked, "r"), finding, "zh")

    def kept(self) -> list[str]:
        """The texts in the database, oldest first."""
        records = self.storage.call(lambda store: store.queries.recent(100))
        return [record.text for record in reversed(records)]


@pytest.fixture
def notes(client: TestClient, tmp_path: Path) -> Iterator[Notes]:
    """A log that nobody has started."""
    notes = Notes(client, tmp_path / "notes" / "knowledge.db", size=3, pause=0.05)
    yield notes
    notes.log.stop()
    notes.storage.close()


def test_an_answered_query_is_kept_with_what_it_came_to(client: TestClient) -> None:
    """The decision, the first candidate whether shown or not, the escalation, and the console's own ids."""
    body = ask(client, REFUND, conversation_id="c-1", agent_id="a-7", channel="phone", audience="customer")
    (record,) = logged(client)
    assert (record.request_id, record.text, record.decision) == (body["request_id"], REFUND, "answer")
    assert (record.entry_id, record.confidence) == ("refund.time", body["suggestions"][0]["confidence"])
    assert (record.channel, record.audience, record.language, record.caller) == ("phone", "customer", "zh", "api")
    assert (record.conversation_id, record.agent_id, record.at) == ("c-1", "a-7", FRIDAY)
    assert (record.day.isoformat(), record.index_version) == ("2026-11-20", body["index_version"])
    assert record.took_ms == body["took_ms"]
    ask(client, LEAK)
    leak = logged(client)[0]
    assert (leak.level, leak.target, leak.due_at is not None) == ("required", "logistics", True)
    ask(client, NOTHING)
    nothing = logged(client)[0]
    assert (nothing.decision, nothing.entry_id, nothing.confidence, nothing.inside) == ("abstain", None, None, None)


def test_products_are_the_requests_or_the_answers(client: TestClient) -> None:
    """A query that came to no answer and named none has none."""
    ask(client, "滤网多久更换")
    ask(client, "边刷多久更换", products=["R5", "R6"])
    ask(client, BOTH)
    assert [record.products for record in logged(client)] == [(), ("R5", "R6"), ("A3",)]


def test_what_is_kept_is_masked_and_slots_are_not_kept(client: TestClient, path: Path) -> None:
    """Neither the number in the query nor the slots' values are anywhere in the database's files."""
    ask(client, f"{REFUND}，电话13912345678", slots={"customer_name": "欧阳张三丰"}, products=["订单2026112200012345"])
    (record,) = logged(client)
    assert (record.text, record.products) == (f"{REFUND}，电话[phone]", ("订单[number]",))
    written = b"".join(file.read_bytes() for file in path.parent.glob("knowledge.db*"))
    assert b"[phone]" in written
    for secret in ("13912345678", "欧阳张三丰", "2026112200012345"):
        assert secret.encode() not in written


def test_every_row_of_a_batch_and_every_adapter_is_kept(client: TestClient) -> None:
    """With the way it came in by."""
    client.post("/v1/suggestions/batch", json={"requests": [{"query": REFUND}, {"query": LEAK}]})
    client.get("/anyq", params={"question": BOTH})
    client.get("/", params={"q": "货款对账找谁"})
    client.post("/v1/suggestions", json={"query": "客户骂人怎么安抚"}, headers=OWN)
    callers = {record.text: record.caller for record in logged(client)}
    assert callers == {REFUND: "api", LEAK: "api", BOTH: "anyq", "货款对账找谁": "page", "客户骂人怎么安抚": "page"}


def test_of_a_query_being_typed_the_last_is_kept(notes: Notes) -> None:
    """On the page each grows out of the one before; a console's are all kept, and so is one typed later."""
    notes.log = Notes(notes._client, Path(), size=100).log
    notes.log._storage, notes.log._now = notes.storage, lambda: notes.now
    token = CALLER.set(PAGE)
    for text in ("快递", "快递三天", "快递三", "快递停住了"):
        notes.note(text)
        notes.now += timedelta(seconds=1)
    notes.note("快", agent_id="another")
    notes.now += timedelta(minutes=1)
    notes.note("快递停")
    CALLER.reset(token)
    for text in ("退款", "退款几天"):
        notes.note(text)
    notes.log.start()
    assert notes.log.flush()
    assert sorted(notes.kept()) == sorted(["快递三", "快递停住了", "快", "快递停", "退款", "退款几天"])


@pytest.fixture
def desk(home: Path, path: Path) -> Iterator[TestClient]:
    """The shop as several people use it."""
    settings = Settings(home=home, database=f"sqlite:///{path}")
    with serving(settings, identify=by_header, headers=OWN) as client:
        yield client


def test_what_two_people_ask_is_kept_of_both(desk: TestClient, path: Path) -> None:
    """The page names no agent, so they are told apart by who is signed in."""
    for person, query in (("anna", REFUND[:2]), ("bert", REFUND), ("anna", REFUND)):
        desk.post("/v1/suggestions", json={"query": query}, headers={"X-Person": f"{person} agent"})
    assert state_of(desk).queries.flush()
    database = sqlite3.connect(path)
    assert list(database.execute("SELECT text FROM logged_query")) == [(REFUND,), (REFUND,)]
    database.close()


def test_two_browsers_are_two_typists(desk: TestClient) -> None:
    """Also where one person is signed in at both."""
    for session, query in (("one", REFUND[:2]), ("two", REFUND)):
        headers = {"X-Person": "anna agent", "Cookie": f"{COOKIE}={session}"}
        desk.get("/", params={"q": query}, headers=headers)
    assert [record.text for record in logged(desk)] == [REFUND, REFUND[:2]]


def test_a_query_with_feedback_is_kept_however_it_grows(desk: TestClient) -> None:
    """Its feedback could be joined with nothing."""
    anna = {"X-Person": "anna agent"}
    asked = [
        desk.post("/v1/suggestions", json={"query": query}, headers=anna).json()["request_id"]
        for query in ("退", "退款", REFUND)
    ]
    told = desk.post("/v1/feedback", json={"request_id": asked[1], "act": "rejected"}, headers=anna)
    assert told.status_code == 201
    assert [record.request_id for record in logged(desk)] == [asked[2], asked[1]]


def test_a_full_queue_drops_and_counts(notes: Notes) -> None:
    """The newest are dropped; those that fitted are written."""
    for text in ("一", "二", "三", "四", "五"):
        notes.note(text)
    assert lost(notes.metrics, "full") == 2
    notes.log.start()
    assert notes.log.flush()
    assert notes.kept() == ["一", "二", "三"]
    assert notes.metrics.registry.get_sample_value("huashu_query_log_kept_total") == 3


def test_a_database_that_is_away_costs_nothing_but_records(notes: Notes, tmp_path: Path) -> None:
    """Queries are noted as before; what waited is written when the database comes back, what overflowed is lost."""
    blocked = tmp_path / "notes"
    blocked.write_text("a file where the folder should be")
    notes.log.start()
    for text in ("一", "二"):
        notes.note(text)
    assert not notes.log.flush()  # it was tried
    for text in ("三", "四", "五", "六"):
        notes.note(text)
    assert lost(notes.metrics, "full") == 1
    blocked.unlink()
    notes.log.stop()
    assert notes.kept() == ["一", "二", "三", "四", "五"]


def test_a_dead_database_lets_the_service_answer_and_stop(home: Path, tmp_path: Path) -> None:
    """And what was lost is counted."""
    (tmp_path / "blocked").write_text("a file where the folder should be")
    with serving(Settings(home=home, database=f"sqlite:///{tmp_path / 'blocked' / 'k.db'}")) as client:
        ask(client, REFUND)
        metrics = state_of(client).metrics
    assert lost(metrics, "shutdown") == 1


def test_a_locked_database_keeps_no_query_waiting(client: TestClient, path: Path) -> None:
    """While another holds it, queries are answered; once it lets go they are written."""
    ask(client, REFUND)
    assert len(logged(client)) == 1
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ask(client, LEAK)
    assert state_of(client).queries.flush(0.3) is False
    ask(client, BOTH)
    other.execute("ROLLBACK")
    other.close()
    assert [record.text for record in logged(client)] == [BOTH, LEAK, REFUND]


def test_what_waits_at_shutdown_is_written(home: Path, path: Path) -> None:
    """Also what might still have been typed further."""
    settings = Settings(home=home, database=f"sqlite:///{path}")
    with serving(settings) as client:
        ask(client, REFUND)
        client.post("/v1/suggestions", json={"query": "快递"}, headers=OWN)
    with Store.open(settings.database_url) as store:
        assert {record.text for record in store.queries.recent(9)} == {REFUND, "快递"}


def test_switched_off_nothing_is_kept(home: Path, path: Path) -> None:
    """Not even the database is opened."""
    with serving(Settings(home=home, database=f"sqlite:///{path}", query_log=False)) as client:
        ask(client, REFUND)
        assert state_of(client).queries.flush()
    assert not path.exists()


def test_old_queries_are_deleted_by_the_day(client: TestClient, tmp_path: Path) -> None:
    """What the retention is over for goes, the rest stays, also where the log is switched off by now."""
    notes = Notes(client, tmp_path / "old" / "knowledge.db", on=True)
    notes.now -= timedelta(days=91)
    notes.note("旧的")
    notes.now += timedelta(days=91)
    notes.note("新的")
    notes.log.start()
    assert notes.log.flush()
    notes.log.stop()
    assert notes.kept() == ["旧的", "新的"]
    later = Notes(client, tmp_path / "old" / "knowledge.db", on=False, settling=0.0)
    later.log.start()
    assert later.log.flush()
    assert later.log.flush()  # the round after the first has deleted
    assert notes.kept() == ["新的"]
    later.log.stop()
    for one in (notes, later):
        one.storage.close()


def test_one_bad_batch_does_not_stop_the_writer(notes: Notes, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is lost, counted, and the next is written; the log says where, and nothing of what a customer said."""

    def fail(text: str) -> str:
        raise ValueError(text)

    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr("service.querylog.mask", fail)
        notes.note("一")
        notes.log.start()
        assert notes.log.flush()
        assert "ValueError at" in logs[0]["problem"]
        assert "一" not in str(logs)
        assert lost(notes.metrics, "error") == 1
    notes.note("二")
    assert notes.log.flush()
    assert notes.kept() == ["二"]


def test_what_cannot_be_noted_fails_no_query(notes: Notes) -> None:
    """A policy whose time zone is none costs the record only."""
    notes.log._timezone = lambda: "Nowhere/Land"
    notes.note("一")
    assert lost(notes.metrics, "error") == 1
