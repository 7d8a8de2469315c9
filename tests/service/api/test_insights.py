"""GET /v1/insights/entries: counts worked out by hand, on the desk's calendar."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.settings import Settings
from tests.service.asking import BOTH, REFUND, SHIP, ask
from tests.service.people import EDITOR, by_header
from tests.service.shop import FILTER, FRIDAY, SHANGHAI, serving, state_of

ADDRESS = "/v1/insights/entries"


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The shop with a database of its own."""
    settings = Settings(home=home, database=f"sqlite:///{tmp_path / 'knowledge.db'}")
    with serving(settings, identify=by_header, headers=EDITOR) as client:
        yield client


def counted(client: TestClient, **period: str) -> dict[str, Any]:
    """The counts, which must be a 200."""
    response = client.get(ADDRESS, params=period)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def tell(client: TestClient, query: str, **body: Any) -> None:
    """Ask, and say what became of it."""
    request_id = ask(client, query, limit=1)["request_id"]
    assert client.post("/v1/feedback", json={"request_id": request_id} | body).status_code == 201


def test_each_entry_is_counted_in_requests(client: TestClient) -> None:
    """Shown once a request with feedback; a request without any is in no count; the title is the live one's."""
    tell(client, REFUND, act="used")
    tell(client, REFUND, act="edited", text="您好")
    tell(client, REFUND, act="rejected")
    tell(client, BOTH, act="chosen", entry_id=FILTER.id)
    tell(client, BOTH, act="none_fits")
    ask(client, SHIP)
    body = counted(client)
    assert (body["requests"], body["none_fits"]) == (5, 1)
    entries = {entry.pop("entry_id"): entry for entry in body["entries"]}
    zero = {"shown": 0, "used": 0, "edited": 0, "rejected": 0, "chosen": 0}
    assert entries["refund.time"] == zero | {
        "title": "退款多久到账",
        "shown": 3,
        "used": 1,
        "edited": 1,
        "rejected": 1,
    }
    assert entries[FILTER.id] == zero | {"title": FILTER.title, "shown": 2, "chosen": 1}
    assert "ship.no-update" not in entries


def test_an_entry_that_is_not_live_has_no_title(client: TestClient) -> None:
    """It was shown by an index before, or named for a request that nobody remembers."""
    client.post("/v1/feedback", json={"request_id": "old", "entry_id": "gone.entry", "act": "used"})
    (entry,) = counted(client)["entries"]
    assert (entry["entry_id"], entry["title"], entry["shown"], entry["used"]) == ("gone.entry", None, 0, 1)


def test_without_dates_it_is_the_last_thirty_days(client: TestClient) -> None:
    """Up to today at the desk; one date sets the other."""
    assert {key: counted(client)[key] for key in ("from", "to")} == {"from": "2026-10-22", "to": "2026-11-20"}
    body = counted(client, to="2026-10-31")
    assert (body["from"], body["to"]) == ("2026-10-02", "2026-10-31")
    assert counted(client, **{"from": "2026-11-01"})["to"] == "2026-11-20"


def test_days_are_the_desks_own_and_both_ends_count(home: Path, tmp_path: Path) -> None:
    """Feedback of just before and just after midnight in Shanghai falls on two days."""
    settings = Settings(home=home, database=f"sqlite:///{tmp_path / 'knowledge.db'}")
    midnight = datetime(2026, 11, 20, tzinfo=SHANGHAI)
    for moment in (midnight - timedelta(seconds=1), midnight):
        with serving(settings, moment, by_header, EDITOR) as client:
            tell(client, REFUND, act="used")
    with serving(settings, FRIDAY, by_header, EDITOR) as client:
        for first, last, count in (
            ("2026-11-19", "2026-11-19", 1),
            ("2026-11-20", "2026-11-20", 1),
            ("2026-11-19", "2026-11-20", 2),
            ("2026-11-01", "2026-11-18", 0),
        ):
            assert counted(client, **{"from": first, "to": last})["requests"] == count


@pytest.mark.parametrize(
    ("period", "field", "words"),
    [
        ({"from": "2026-11-21", "to": "2026-11-20"}, "from", "2026-11-21 is after to, 2026-11-20"),
        ({"from": "2026-11-21"}, "from", "is after to, 2026-11-20"),
        ({"to": "yesterday"}, "to", "write it as 2026-11-22"),
        ({"from": "1700000000"}, "from", "write it as 2026-11-22"),
        ({"from": "2026-02-30"}, "from", "date"),
        ({"from": "1999-12-31"}, "from", "2000-01-01"),
        ({"to": "9999-12-31"}, "to", "2100-01-01"),
        ({"day": "2026-11-20"}, "day", "not a field"),
    ],
)
def test_dates_that_cannot_be_used_are_refused(
    client: TestClient, period: dict[str, str], field: str, words: str
) -> None:
    """By name and with what is right."""
    response = client.get(ADDRESS, params=period)
    assert response.status_code == 422
    assert [item["field"] for item in response.json()["errors"]] == [field]
    assert words in response.json()["detail"]


def test_without_the_database_it_says_so(home: Path, tmp_path: Path) -> None:
    """503, not an empty list that would read as nobody having used anything."""
    (tmp_path / "blocked").write_text("a file where the folder should be")
    settings = Settings(home=home, database=f"sqlite:///{tmp_path / 'blocked' / 'knowledge.db'}")
    with serving(settings, identify=by_header, headers=EDITOR) as client:
        response = client.get(ADDRESS)
    assert response.status_code == 503
    assert "the knowledge database cannot be reached" in response.json()["detail"]
    assert str(tmp_path) not in response.text


def test_asking_counts_nothing(client: TestClient) -> None:
    """An empty database has no counts, and looking does not change that."""
    for _ in range(2):
        body = counted(client)
        assert (body["requests"], body["none_fits"], body["entries"]) == (0, 0, [])
    assert state_of(client).live.problem is None
