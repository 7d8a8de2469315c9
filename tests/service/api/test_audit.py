"""/v1/audit and its CSV over the small shop."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.api import audit
from tests.service.people import AGENT, EDITOR
from tests.service.shop import FRIDAY, REFUND
from tests.service.submitted import imported, in_store, reviewing, submit


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The service; the shop was imported on Thursday, and on Friday li submitted and wang returned a version."""
    database = tmp_path / "knowledge.db"
    imported(database)
    with reviewing(home, database) as client:
        in_store(client, submit)
        in_store(client, lambda store: store.send_back(REFUND.id, 2, "wang", "=HYPERLINK(1), 写明", FRIDAY))
        yield client


def test_the_log_is_read_by_pages(client: TestClient) -> None:
    """The newest first; `next` leads through all of it and ends."""
    total = client.get("/v1/audit", headers=EDITOR).json()["total"]
    numbers: list[int] = []
    query = "limit=5"
    while True:
        page = client.get(f"/v1/audit?{query}", headers=EDITOR).json()
        assert page["total"] == total
        numbers += [line["number"] for line in page["lines"]]
        if page["next"] is None:
            break
        query = f"limit=5&before={page['next']}"
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers) == total


@pytest.mark.parametrize(
    ("query", "acts"),
    [
        ("entry=refund.time", ["send_back", "submit", "save", "import"]),
        ("who=wang", ["send_back"]),
        ("act=submit", ["submit"]),
        ("from=2026-11-20&to=2026-11-20", ["send_back", "submit", "save"]),
        ("from=2026-11-21", []),
        ("entry=refund.time&to=2026-11-19", ["import"]),
    ],
)
def test_the_log_is_filtered(client: TestClient, query: str, acts: list[str]) -> None:
    """By entry, person, act, and days on the desk's calendar, both included."""
    lines = client.get(f"/v1/audit?{query}", headers=EDITOR).json()["lines"]
    assert [line["act"] for line in lines] == acts


@pytest.mark.parametrize("query", ["from=2026-11-21&to=2026-11-20", "from=yesterday", "limit=0", "before=0", "x=1"])
def test_what_cannot_be_asked_is_named(client: TestClient, query: str) -> None:
    """422, for the file as for the page."""
    assert client.get(f"/v1/audit?{query}", headers=EDITOR).status_code == 422
    assert client.get(f"/v1/audit.csv?{query}", headers=EDITOR).status_code == 422


def test_the_csv_has_every_line_and_no_formula(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """UTF-8 with its mark, the desk's time, read in several parts; a comment that begins a formula is text."""
    monkeypatch.setattr(audit, "CHUNK", 2)
    answer = client.get("/v1/audit.csv", headers=EDITOR)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    assert len(rows) == client.get("/v1/audit", headers=EDITOR).json()["total"]
    assert (rows[0]["act"], rows[0]["comment"]) == ("send_back", "'=HYPERLINK(1), 写明")
    assert rows[0]["at"] == "2026-11-20T10:00:00+08:00"


def test_the_csv_is_filtered_too(client: TestClient) -> None:
    """The same filters as the list's."""
    text = client.get("/v1/audit.csv?entry=refund.time", headers=EDITOR).text
    assert len(text.splitlines()) == 5


@pytest.mark.parametrize("address", ["/v1/audit", "/v1/audit.csv"])
def test_only_who_may_read_drafts_reads_the_log(client: TestClient, address: str) -> None:
    """Agents may not, strangers are asked to sign in."""
    assert client.get(address).status_code == 401
    assert client.get(address, headers=AGENT).status_code == 403
