"""/healthz, /readyz and /metrics."""

from __future__ import annotations

import shutil
import threading
from functools import partial
from pathlib import Path

import pytest
from anyio import to_thread
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from service.identity import directory
from service.settings import Settings, SignIn
from tests.service.shop import APPROVED, FRIDAY, publish, serving, state_of
from tests.service.test_live import within

SECONDS = 5  # after which what waits is let go


def figures(client: TestClient) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of /metrics by its name and labels."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(response.text)
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def test_it_is_healthy_before_it_is_ready(tmp_path: Path) -> None:
    """Without an index the process is alive, but nobody should be sent to it."""
    with serving(Settings(home=tmp_path)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert ready.headers["content-type"] == "application/problem+json"
        assert "`huashu build`" in ready.json()["detail"]


def test_it_is_ready_once_an_index_is_loaded(client: TestClient) -> None:
    """It says which index, how large, and that nothing is wrong."""
    version = state_of(client).live.version
    expected = {"status": "ready", "index_version": version, "entries": 8, "problem": None, "degraded": []}
    assert client.get("/readyz").json() == expected


def codes(client: TestClient) -> list[str]:
    """What /readyz finds wrong while it is ready."""
    response = client.get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "ready")
    return [reason["code"] for reason in response.json()["degraded"]]


def test_a_database_that_is_away_makes_it_degraded_and_not_unready(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Queries go on; whoever watches sees it within seconds in both places, and sees it come back."""
    monkeypatch.setattr(directory, "POLL", 0.05)
    database = tmp_path / "k.db"
    database.write_text("dear diary " * 100)
    with serving(Settings(home=home, database=f"sqlite:///{database}")) as client:
        assert within(5, lambda: codes(client) == ["database"])
        assert figures(client)[("huashu_database_up", ())] == 0
        assert client.post("/v1/suggestions", json={"query": "退款几天能到"}).json()["decision"] == "answer"
        assert str(database) not in client.get("/readyz").text
        database.unlink()
        assert within(5, lambda: codes(client) == [])
        assert figures(client)[("huashu_database_up", ())] == 1


def test_a_disk_that_is_nearly_full_is_said(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what is left; the figure is in the metrics too."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, 300 * 2**20))
    assert codes(client) == ["disk"]
    assert client.get("/readyz").json()["degraded"][0]["detail"].startswith("300 MiB are free")
    assert figures(client)[("huashu_disk_free_bytes", ())] == 300 * 2**20


def test_probes_wait_for_nobodys_work(client: TestClient) -> None:
    """All threads that requests share are taken, and it is said all the same that queries are answered."""
    go, portal = threading.Event(), client.portal
    assert portal is not None
    threads = int(portal.call(to_thread.current_default_thread_limiter).total_tokens)
    late = threading.Timer(SECONDS, go.set)
    late.start()
    work = [portal.start_task_soon(partial(to_thread.run_sync, go.wait)) for _ in range(threads)]
    try:
        assert (codes(client), figures(client)[("huashu_disk_free_bytes", ())] > 0) == ([], True)
        assert not go.is_set(), "it waited"
    finally:
        go.set()
        late.cancel()
        for one in work:
            one.result(SECONDS)


def test_an_index_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    """The one before answers, and is as old as its own publish; after a repair all is well."""
    with serving(Settings(home=tmp_path)) as client:
        before = publish(tmp_path, version=1).version
        live = state_of(client).live
        live.reload()
        assert figures(client)[("huashu_index_age_seconds", ())] == (FRIDAY - APPROVED).total_seconds()
        found = publish(tmp_path, version=2).version
        path = tmp_path / "artefacts" / found / "ranker.npz"
        whole = path.read_bytes()
        path.write_bytes(whole[:-100])
        live.reload()
        assert codes(client) == ["index"]
        assert client.get("/readyz").json()["index_version"] == before
        assert figures(client)[("huashu_index_refused", ())] == 1
        path.write_bytes(whole)
        live.reload()
        assert codes(client) == []
        assert figures(client)[("huashu_index_refused", ())] == 0


def test_who_is_turned_away_is_counted(home: Path) -> None:
    """By reason: one asker sent too many."""
    with serving(Settings(home=home, sign_in=SignIn(rates=(("address", "3/minute"),)))) as client:
        statuses = [client.get("/v1/entries/refund.time").status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        metrics = generate_latest(state_of(client).metrics.registry).decode()
    assert 'huashu_refused_total{reason="rate"} 2.0' in metrics
    assert 'huashu_refused_total{reason="busy"} 0.0' in metrics


def test_it_counts_requests_decisions_and_escalations(home: Path) -> None:
    """One of each for every request, also of the page without a script; by route and not by address, with no text of a
    customer.
    """
    with serving(Settings(home=home)) as client:
        for query in ("退款几天能到", "🙂", "水壶漏电麻手"):
            client.post("/v1/suggestions", json={"query": query})
        client.get("/", params={"q": "退款几天能到"})
        client.post("/v1/suggestions", json={"query": ""})
        client.get("/v1/entries/refund.time")
        client.get("/v1/entries/nowhere")
        client.get("/nowhere/at/all")
        found, text = figures(client), client.get("/metrics").text
        version = state_of(client).live.version

    def requests(method: str, route: str, status: str) -> float:
        return found[("huashu_requests_total", (("method", method), ("route", route), ("status", status)))]

    assert requests("POST", "/v1/suggestions", "200") == 3
    assert requests("POST", "/v1/suggestions", "422") == 1
    assert requests("GET", "/v1/entries/{entry_id}", "200") == 1
    assert requests("GET", "/v1/entries/{entry_id}", "404") == 1
    assert requests("GET", "other", "404") == 1
    assert found[("huashu_request_seconds_count", (("route", "/v1/suggestions"),))] == 4
    assert found[("huashu_decisions_total", (("decision", "answer"),))] == 3
    assert found[("huashu_decisions_total", (("decision", "abstain"),))] == 1
    assert found[("huashu_escalations_total", (("level", "required"), ("target", "logistics")))] == 1
    assert found[("huashu_escalations_total", (("level", "offer"), ("target", "agent")))] >= 1
    assert found[("huashu_index_info", (("version", version),))] == 8
    for word in ("退款", "水壶", "nowhere", "refund.time"):
        assert word not in text


def test_two_services_count_apart(home: Path) -> None:
    """Each app has a registry of its own."""
    with serving(Settings(home=home)) as one, serving(Settings(home=home)) as two:
        one.post("/v1/suggestions", json={"query": "退款"})
        assert not any(name == "huashu_decisions_total" for name, _ in figures(two))


def test_only_the_live_index_is_shown(tmp_path: Path) -> None:
    """After a swap the index before is gone from the figures; without any there is none."""
    with serving(Settings(home=tmp_path)) as client:
        assert not any(name == "huashu_index_info" for name, _ in figures(client))
        for version in (1, 2):
            live = publish(tmp_path, version=version).version
            state_of(client).live.reload()
            shown = [labels for name, labels in figures(client) if name == "huashu_index_info"]
            assert shown == [(("version", live),)]


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_only_reading_is_allowed(client: TestClient, address: str) -> None:
    """Anything but GET is a problem that says what is allowed."""
    response = client.post(address)
    assert response.status_code == 405
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["allow"] == "GET"
