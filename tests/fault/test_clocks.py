"""Clocks that jump, and zones that are odd: deadlines, sessions, the audit, validity and builds keep their order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from knowledge.calendar import BusinessCalendar
from knowledge.model import ServiceLevel
from knowledge.store import Store
from service import builds as builds_module
from service.builds import Builds
from service.settings import Settings
from service.typed import TYPING
from tests.fault.acts import entry
from tests.service.shop import FRIDAY, SHANGHAI, policy, publish, serving, state_of
from tests.service.visiting import PASSWORD, Clock, become_admin, sign_in, visiting

ZONES = (
    "UTC",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Pacific/Chatham",
    "Etc/GMT+12",
    "XYZ-13:37",
)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose live index is the shop."""
    folder = tmp_path_factory.mktemp("clocks")
    publish(folder)
    return folder


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """This process in another part of the world."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def told(home: Path, moment: datetime, query: str) -> Any:
    """What a query is answered at a moment: entries, escalation and deadlines."""
    with serving(Settings(home=home), moment) as client:
        found = client.post("/v1/suggestions", json={"query": query}).json()
    return [one["entry_id"] for one in found["suggestions"]], found["escalation"]


def test_where_the_machine_stands_changes_no_deadline_and_no_window(home: Path, zone: str) -> None:
    """Deadlines and validity go by the policy's zone, whatever the process's is."""
    _, escalation = told(home, FRIDAY, "水壶漏电麻手")
    assert datetime.fromisoformat(escalation["due_at"]) == FRIDAY + DAY
    assert escalation["due_at"].endswith("+08:00")
    last = datetime(2026, 8, 31, 23, 59, 59, tzinfo=SHANGHAI)
    for moment, shown in ((last, True), (last + timedelta(seconds=1), False)):
        assert ("promo.summer" in told(home, moment, "夏季满减怎么参加")[0]) is shown
        assert ("promo.summer" in told(home, moment.astimezone(UTC), "夏季满减怎么参加")[0]) is shown


@pytest.mark.parametrize(
    ("zone_name", "start", "opening"),
    [
        # Clocks go forward in the night to Sunday 8 March 2026, and back in that to 1 November; the desk rests then.
        ("America/New_York", "2026-03-06T20:00", "2026-03-09T08:30-04:00"),
        ("America/New_York", "2026-03-07T20:00", "2026-03-09T08:30-04:00"),
        ("America/New_York", "2026-10-30T20:00", "2026-11-02T08:30-05:00"),
        ("Europe/London", "2026-03-27T20:00", "2026-03-30T08:30+01:00"),
    ],
)
def test_a_night_in_which_clocks_change_is_as_long_as_it_is(zone_name: str, start: str, opening: str) -> None:
    """The desk opens by the clock on its wall; a day by the clock is 24 hours that pass."""
    hours = policy().business_hours.model_copy(update={"timezone": zone_name})
    calendar = BusinessCalendar(hours)
    begin = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone_name))
    hour = ServiceLevel(label="一小时", seconds=3600, clock="business_hours")
    assert calendar.due(begin, hour) == datetime.fromisoformat(opening) + timedelta(hours=1)
    due = calendar.due(begin, ServiceLevel(label="一天", seconds=86400))
    assert due.timestamp() - begin.timestamp() == 86400


def test_a_session_ends_when_it_was_to_end_however_the_clock_jumps(home: Path, tmp_path: Path) -> None:
    """Back by a day it goes on, back to now too; past its end it is over. A wait from the future locks nobody out."""
    clock = Clock()
    with visiting(home, tmp_path / "knowledge.db", clock) as client:
        become_admin(client)
        for jump in (-DAY, 2 * DAY - DAY, timedelta(hours=11)):
            clock.now += jump
            assert client.get("/account").status_code == 200, jump
        clock.now += 8 * DAY
        assert client.get("/account").status_code == 401
        for _ in range(6):
            assert sign_in(client, "zhao", "wrong guess").status_code != 303
        assert sign_in(client, "zhao", PASSWORD).status_code != 303, "it waits after so many guesses"
        clock.now -= 8 * DAY
        assert sign_in(client, "zhao", PASSWORD).status_code == 303


def test_the_audit_stands_in_the_order_of_acts(tmp_path: Path) -> None:
    """Not of their times: an act at a clock that went back by years comes after those before it."""
    with Store.open(f"sqlite:///{tmp_path / 'knowledge.db'}") as store:
        moments = [FRIDAY, FRIDAY - 365 * DAY, FRIDAY + 365 * DAY, FRIDAY - DAY]
        for number, moment in enumerate(moments):
            store.save(entry("kill.a", f"title {number}"), "li", str(number), moment)
        assert [line.comment for line in store.audit()] == ["0", "1", "2", "3"]
        assert [line.at for line in store.audit()] == moments
        assert [one.version for one in store.history("kill.a")] == [1, 2, 3, 4]
        (latest,) = store.overviews()
        assert latest.version == 4


def test_builds_stand_in_the_order_in_which_they_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Back by a year the one under way is known as such, and not as killed; ids of older programs are no trouble."""
    moment = datetime(2026, 11, 20, 10, tzinfo=UTC)

    class Jumping(datetime):
        """Says what it is told."""

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return moment

    monkeypatch.setattr(builds_module, "datetime", Jumping)
    builds = Builds(tmp_path)
    began = []
    for jump in (timedelta(0), timedelta(0), -365 * DAY, 365 * DAY, -DAY):
        moment += jump
        job = builds.begin("li")
        running = builds.running()
        assert running is not None and running.id == job.record.id
        job.failed("enough")
        job.close()
        began.append(job.record.id)
    assert [record.id for record in builds.records()] == began[::-1]
    old = tmp_path / "builds" / "20300101-000000-abcdef12"
    old.mkdir()
    job = builds.begin("li")
    assert job.record.id > old.name
    assert builds_module.ID.match(job.record.id)
    job.close()


def test_queries_of_a_clock_that_went_back_are_kept_at_once(home: Path, tmp_path: Path) -> None:
    """What was typed on the page a moment before is written within the time that typing takes."""
    clock = Clock()
    with visiting(home, tmp_path / "knowledge.db", clock) as client:
        asked = client.post(
            "/v1/suggestions", json={"query": "退款几天能到"}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert asked.status_code == 200
        assert state_of(client).queries.flush()
        clock.now -= timedelta(hours=1)
        assert state_of(client).queries.flush()
        with Store.open(f"sqlite:///{tmp_path / 'knowledge.db'}") as store:
            assert [one.text for one in store.queries.recent(5)] == ["退款几天能到"]
    assert timedelta(seconds=1) < TYPING
