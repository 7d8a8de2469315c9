"""Builds over HTTP."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient

from index.shelf import Shelf
from service import building
from service.api import builds as module
from service.api.builds import _events
from service.app import create_app
from service.builds import Builds
from service.settings import Settings
from tests.service.people import ADMIN, AGENT, APPROVER, EDITOR, by_header
from tests.service.shop import BETTER, FRIDAY, WORSE, fill, release, report_of
from tests.service.threads import watched
from tests.toy import ToyEmbedder

SLEEPS = (sys.executable, "-c", "import time; time.sleep(5)")


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """The service over a home of the test's own, asked by an approver unless told otherwise."""
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header), headers=APPROVER) as client:
        yield client


def events(text: str) -> list[tuple[str, int, Any]]:
    """What a stream said: name, number and data of each event."""
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.strip().split("\n\n")]
    return [(one["event"], int(one["id"]), json.loads(one["data"])) for one in blocks if "event" in one]


def test_a_build_is_followed_looked_at_and_published(client: TestClient, settings: Settings) -> None:
    """What waits, the build, its steps, its report, the publish, the history, the audit, and nothing left to do."""
    live = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    pending = client.get("/v1/builds/pending").json()
    assert [change["entry_id"] for change in pending["changes"]] == ["refund.time"]
    report = report_of(settings)
    assert report.version == pending["version"]
    listed = client.get("/v1/builds").json()
    assert (listed["live"], listed["builds"][0]["id"], listed["builds"][0]["state"]) == (live, report.build, "ready")
    assert listed["builds"][0]["progress"]["step"] == "compare"
    assert client.get(f"/v1/builds/{report.build}/report").json()["gate"]["verdict"] == "pass"
    asked = {"version": report.version, "live": live}
    assert client.post(f"/v1/builds/{report.build}/publish", json=asked).json() == {"live": report.version}
    acts = client.get("/v1/builds/history").json()["acts"]
    assert [(act["act"], act["by"], act["live"]) for act in acts] == [
        ("publish", "wang", True),
        ("publish", "李雷", False),
    ]
    assert client.get(f"/v1/builds/{report.build}").json()["state"] == "published"
    audit = client.app.state.storage._open().audit()  # type: ignore[attr-defined]
    assert [(line.act, line.who) for line in audit if line.act == "publish"] == [
        ("publish", "李雷"),
        ("publish", "wang"),
    ]
    assert client.get("/readyz").json()["index_version"] == report.version


def test_only_what_was_looked_at_is_published(client: TestClient, settings: Settings) -> None:
    """409 for another version, another live version, and one that is no longer live; nothing changes."""
    live = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    report = report_of(settings)
    for body in ({"version": "0123456789ab", "live": live}, {"version": report.version, "live": None}):
        refused = client.post(f"/v1/builds/{report.build}/publish", json=body)
        assert refused.status_code == 409
        assert "look at its report" in refused.json()["detail"]
    fill(settings, WORSE)
    Shelf(settings.artefacts).publish(report.version, FRIDAY, "somebody else")
    late = client.post(f"/v1/builds/{report.build}/publish", json={"version": report.version, "live": live})
    assert late.status_code == 409
    assert f"{report.version} is live, not {live} any more" in late.json()["detail"]


def test_a_regression_takes_a_reason_that_the_audit_keeps(client: TestClient, settings: Settings) -> None:
    """Without one it is a 409 that says what to do."""
    fill(settings, WORSE)
    report = report_of(settings)
    body = {"version": report.version, "live": report.live}
    refused = client.post(f"/v1/builds/{report.build}/publish", json=body)
    assert (refused.status_code, "say why it is accepted" in refused.json()["detail"]) == (409, True)
    done = client.post(f"/v1/builds/{report.build}/publish", json=body | {"accept_worse": "活动期间先这样"})
    assert done.status_code == 200
    audit = client.app.state.storage._open().audit()  # type: ignore[attr-defined]
    assert [line.comment for line in audit if line.who == "wang"] == ["活动期间先这样"]


def test_one_click_goes_back(client: TestClient, settings: Settings) -> None:
    """To any version that was live; 404 for one that is not there, 409 for one that is live."""
    first = Shelf(settings.artefacts).current()
    fill(settings, BETTER)
    second = release(settings)
    assert client.post("/v1/builds/rollback", json={"version": first, "live": second}).json() == {"live": first}
    assert Shelf(settings.artefacts).current() == first
    assert client.post("/v1/builds/rollback", json={"version": first, "live": first}).status_code == 409
    assert client.post("/v1/builds/rollback", json={"version": "0123456789ab", "live": first}).status_code == 404
    assert client.post("/v1/builds/rollback", json={"version": second, "live": second}).status_code == 409


def test_a_build_is_started_and_cancelled(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """202 with where to look; a second meanwhile is a 409; the wish to cancel is kept for the process."""
    monkeypatch.setattr(building, "COMMAND", SLEEPS)
    started = client.post("/v1/builds")
    assert started.status_code == 202
    assert started.headers["Location"] == f"/v1/builds/{started.json()['id']}"
    assert (started.json()["state"], started.json()["by"]) == ("running", "wang")
    again = client.post("/v1/builds")
    assert (again.status_code, "by wang is under way" in again.json()["detail"]) == (409, True)
    assert client.post(f"{started.headers['Location']}/cancel").status_code == 202
    assert (settings.home / "builds" / started.json()["id"] / "cancel").exists()


def test_the_stream_tells_everything_once(client: TestClient, settings: Settings) -> None:
    """Every step with its number and the end; from where one was, what comes after."""
    fill(settings, BETTER)
    report = report_of(settings)
    address = f"/v1/builds/{report.build}/events"
    whole = client.get(address)
    assert whole.headers["content-type"].startswith("text/event-stream")
    told = events(whole.text)
    steps = [data for name, _, data in told if name == "progress"]
    assert [data["number"] for data in steps] == list(range(1, len(steps) + 1))
    assert (told[-1][0], told[-1][2]["state"]) == ("end", "ready")
    rest = events(client.get(address, headers={"Last-Event-ID": "3"}).text)
    assert rest == told[3:]
    assert events(client.get(address, headers={"Last-Event-ID": "nonsense"}).text) == told


def test_a_stream_waits_beats_and_ends_by_itself(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing happens it says so now and then; after its time it ends, and the build goes on."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(module, "STREAM_SECONDS", 0.3)
    job = Builds(settings.home).begin("李雷")

    async def read() -> list[str]:
        said = []
        async for piece in _events(Builds(settings.home), job.record.id, 0):
            said.append(piece)
            if len(said) == 2:
                job.step("embed", 1, 2)
        return said

    said = anyio.run(read)
    job.close()
    assert said[0].startswith("retry: ")
    assert said[1].startswith(": ")
    assert [piece for piece in said if "event: progress" in piece and '"step": "embed"' in piece]
    assert not [piece for piece in said if "event: end" in piece]


def test_no_file_of_the_home_is_looked_at_on_the_event_loop(
    client: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is slow to answer keeps nobody else waiting."""
    fill(settings, BETTER)
    report = report_of(settings)
    looks = [
        watched(monkeypatch, owner, name)
        for owner, names in ((Builds, ("_read", "_ids", "progress", "report", "cancel")), (Shelf, ("history", "live")))
        for name in names
    ]
    for path in ("", "/history", f"/{report.build}", f"/{report.build}/events", f"/{report.build}/report"):
        assert client.get(f"/v1/builds{path}").status_code == 200
    assert client.post(f"/v1/builds/{report.build}/cancel").status_code == 409
    asked = {"version": report.version, "live": report.live}
    assert client.post(f"/v1/builds/{report.build}/publish", json=asked).status_code == 200
    assert all(looks) and not any(map(any, looks))


@pytest.mark.parametrize(
    "path", ["", "/pending", "/history", "/20260101-000000-00000000", "/20260101-000000-00000000/report"]
)
def test_reading_is_for_editors(client: TestClient, path: str) -> None:
    """Agents are refused, strangers asked to sign in, editors let in."""
    assert client.get(f"/v1/builds{path}", headers=AGENT).status_code == 403
    assert client.get(f"/v1/builds{path}", headers={"X-Person": ""}).status_code == 401
    assert client.get(f"/v1/builds{path}", headers=EDITOR).status_code in (200, 404)


@pytest.mark.parametrize(
    "path", ["", "/rollback", "/20260101-000000-00000000/publish", "/20260101-000000-00000000/cancel"]
)
def test_acting_is_for_those_who_may_publish(client: TestClient, path: str) -> None:
    """An editor who may read may not act."""
    body = {"version": "0123456789ab", "live": None}
    assert client.post(f"/v1/builds{path}", headers=EDITOR, json=body).status_code == 403
    if path:
        assert client.post(f"/v1/builds{path}", headers=ADMIN, json=body).status_code in (404, 409)


def test_a_build_that_is_not_there(client: TestClient) -> None:
    """404 that says where they are listed."""
    for path in ("", "/report", "/events"):
        found = client.get(f"/v1/builds/20260101-000000-00000000{path}")
        assert (found.status_code, "GET /v1/builds lists" in found.json()["detail"]) == (404, True)
