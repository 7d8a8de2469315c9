"""The business calendar: working days, opening hours, deadlines."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import BusinessCalendar
from knowledge.model import BusinessHours, Hours, ServiceLevel

BEIJING = timezone(timedelta(hours=8))
WEEKDAY = Hours(opens=time(8, 30), closes=time(17))
WEEKEND = Hours(opens=time(8, 30), closes=time(16))
SHIPPED = BusinessHours(weekday=WEEKDAY, weekend=WEEKEND, holiday=WEEKEND)
OFFICE = BusinessHours(weekday=WEEKDAY)

TWO_DAYS = ServiceLevel(label="回电", days=2, clock="working_days")
ONE_DAY = ServiceLevel(label="次日", days=1, clock="working_days")
TEN_DAYS = ServiceLevel(label="投诉", days=10, clock="working_days")
THREE_HOURS = ServiceLevel(label="查证", seconds=3 * 3600, clock="business_hours")
ONE_DAY_ELAPSED = ServiceLevel(label="复杂", seconds=24 * 3600)


def at(text: str) -> datetime:
    """A moment in Beijing, such as `2026-10-01 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-11-20", True),  # a plain Friday
        ("2026-11-21", False),  # a plain Saturday
        ("2026-10-01", False),  # National Day
        ("2026-10-07", False),  # day off in exchange for 20 September
        ("2026-09-20", True),  # a Sunday worked for it
        ("2026-10-10", True),  # a Saturday worked for it
        ("2026-02-14", True),  # the Saturday before Spring Festival 2026
        ("2026-02-16", False),  # New Year's Eve by the lunar calendar
        ("2026-02-24", True),  # first day after
        ("2026-01-02", False),  # a Friday off for Sunday 4 January
        ("2026-01-04", True),
        ("2025-01-26", True),  # Sunday before Spring Festival 2025
        ("2025-02-08", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
    ],
)
def test_working_days_follow_the_official_plan(day: str, working: bool) -> None:
    """Public holidays and days exchanged for them are off; make-up weekends are working days."""
    assert BusinessCalendar(OFFICE).is_working_day(date.fromisoformat(day)) is working


def test_a_year_without_official_plan_has_statutory_holidays_only() -> None:
    """Far years know National Day, no make-up day, and say that they have no plan."""
    calendar = BusinessCalendar(OFFICE)
    assert calendar.has_plan(2026)
    assert not calendar.has_plan(2040)
    assert not calendar.is_working_day(date(2040, 10, 1))
    assert not any(
        calendar.is_working_day(date(2040, 1, 1) + timedelta(days=day))
        for day in range(366)
        if (date(2040, 1, 1) + timedelta(days=day)).weekday() >= 5
    )


def test_the_policy_corrects_the_calendar() -> None:
    """Extra workdays and holidays win over the plan, and count as a plan of their year."""
    hours = OFFICE.model_copy(
        update={"extra_workdays": (date(2040, 9, 29),), "extra_holidays": (date(2040, 10, 8), date(2026, 10, 10))}
    )
    calendar = BusinessCalendar(hours)
    assert calendar.is_working_day(date(2040, 9, 29))
    assert not calendar.is_working_day(date(2040, 10, 8))
    assert not calendar.is_working_day(date(2026, 10, 10))
    assert calendar.has_plan(2040)


def test_a_date_both_holiday_and_workday_is_refused() -> None:
    """A contradiction in the policy is named, not decided."""
    hours = OFFICE.model_copy(update={"extra_workdays": (date(2026, 5, 1),), "extra_holidays": (date(2026, 5, 1),)})
    with pytest.raises(ValueError, match="2026-05-01 is in extra_holidays and in extra_workdays"):
        BusinessCalendar(hours)


def test_hours_depend_on_the_kind_of_day() -> None:
    """Weekday, weekend, holiday and make-up day each have their hours; without hours the desk is closed."""
    holiday = Hours(opens=time(10), closes=time(12))
    calendar = BusinessCalendar(BusinessHours(weekday=WEEKDAY, weekend=WEEKEND, holiday=holiday))
    assert calendar.hours_on(date(2026, 11, 20)) == WEEKDAY
    assert calendar.hours_on(date(2026, 11, 21)) == WEEKEND
    assert calendar.hours_on(date(2026, 10, 10)) == WEEKDAY
    assert calendar.hours_on(date(2026, 10, 1)) == holiday
    assert BusinessCalendar(OFFICE).hours_on(date(2026, 11, 21)) is None


@pytest.mark.parametrize("day", ["2026-02-15", "2026-02-21", "2026-10-04", "2026-01-03", "2026-06-21", "2026-04-04"])
def test_a_weekend_that_touches_a_holiday_belongs_to_the_break(day: str) -> None:
    """The official break counts its weekends: a desk closed on holidays is closed on them too."""
    calendar = BusinessCalendar(BusinessHours(weekday=WEEKDAY, weekend=WEEKEND))
    assert calendar.hours_on(date.fromisoformat(day)) is None


def test_a_weekend_after_a_make_up_day_is_a_plain_weekend() -> None:
    """A break ends at the first working day, and an extra holiday does not spread to its weekend."""
    hours = BusinessHours(weekday=WEEKDAY, weekend=WEEKEND, extra_holidays=(date(2026, 11, 20),))
    calendar = BusinessCalendar(hours)
    assert calendar.hours_on(date(2026, 10, 11)) == WEEKEND
    assert calendar.hours_on(date(2026, 11, 20)) is None
    assert calendar.hours_on(date(2026, 11, 21)) == WEEKEND


def test_moments_are_read_in_the_desks_zone() -> None:
    """01:00 UTC is 09:00 in Shanghai, and deadlines come back with +08:00."""
    calendar = BusinessCalendar(SHIPPED)
    moment = datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert calendar.due(moment, THREE_HOURS).isoformat() == "2026-11-20T12:00:00+08:00"
    # 17:00 UTC on Friday is already Saturday in Shanghai.
    assert calendar.due(datetime(2026, 11, 20, 17, tzinfo=UTC), ONE_DAY) == at("2026-11-23 17:00")


def test_naive_moments_are_refused() -> None:
    """A moment without a time zone is an error that says what to pass."""
    calendar = BusinessCalendar(SHIPPED)
    naive = datetime(2026, 11, 20, 9)
    with pytest.raises(ValueError, match="2026-11-20T09:00:00 has no time zone: pass an aware datetime"):
        calendar.due(naive, TWO_DAYS)


def test_a_desk_that_never_opens_again_is_an_error() -> None:
    """Looking for an opening ends with a message, not a hang."""
    calendar = BusinessCalendar(BusinessHours(weekday=None, holiday=WEEKDAY))
    assert calendar.due(at("2026-11-20 09:00"), THREE_HOURS) == at("2027-01-01 11:30")
    with pytest.raises(ValueError, match="does not open within"):
        calendar.due(at("2150-01-01 09:00"), THREE_HOURS)


def test_elapsed_is_the_wall_clock() -> None:
    """24 hours later, open or not."""
    assert BusinessCalendar(OFFICE).due(at("2026-10-01 03:00"), ONE_DAY_ELAPSED) == at("2026-10-02 03:00")


def test_elapsed_counts_real_seconds_where_clocks_change() -> None:
    """In a zone with summer time 24 hours stay 24 hours."""
    calendar = BusinessCalendar(BusinessHours(timezone="Europe/Berlin", weekday=WEEKDAY))
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert calendar.due(start, ONE_DAY_ELAPSED) - start == timedelta(hours=24)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-20 09:00", "2026-11-20 12:00"),
        ("2026-11-20 14:00", "2026-11-20 17:00"),  # exactly at closing
        ("2026-11-20 15:00", "2026-11-23 09:30"),  # the rest on Monday
        ("2026-11-21 12:00", "2026-11-23 11:30"),  # weekend start
        ("2026-10-01 12:00", "2026-10-08 11:30"),  # National Day
        ("2026-02-14 16:00", "2026-02-24 10:30"),  # make-up Saturday, then Spring Festival
        ("2026-11-20 00:00", "2026-11-20 11:30"),  # midnight
        ("2026-12-31 16:00", "2027-01-04 10:30"),  # year end
    ],
)
def test_business_hours_count_open_time_only(start: str, due: str) -> None:
    """Three open hours, from the next opening when closed, spread over as many days as it takes."""
    assert BusinessCalendar(OFFICE).due(at(start), THREE_HOURS) == at(due)


def test_business_hours_include_a_staffed_weekend() -> None:
    """The shipped desk works on weekends, so three hours of Friday 16:00 end on Saturday."""
    assert BusinessCalendar(SHIPPED).due(at("2026-11-20 16:00"), THREE_HOURS) == at("2026-11-21 10:30")


@pytest.mark.parametrize(
    ("start", "level", "due"),
    [
        ("2026-11-17 09:00", TWO_DAYS, "2026-11-19 17:00"),
        ("2026-11-17 20:00", TWO_DAYS, "2026-11-19 17:00"),  # after closing makes it no later
        ("2026-11-20 20:00", TWO_DAYS, "2026-11-24 17:00"),
        ("2026-11-21 10:00", TWO_DAYS, "2026-11-24 17:00"),  # weekend start
        ("2026-11-16 00:00", ONE_DAY, "2026-11-17 17:00"),  # midnight belongs to the day it begins
        ("2026-11-15 23:59", ONE_DAY, "2026-11-16 17:00"),
        ("2026-10-01 10:00", TWO_DAYS, "2026-10-09 17:00"),  # National Day
        ("2026-10-01 10:00", TEN_DAYS, "2026-10-20 17:00"),  # with make-up Saturday 10 October
        ("2026-02-13 10:00", TWO_DAYS, "2026-02-24 17:00"),  # make-up Saturday is the first day
        ("2026-02-17 10:00", TWO_DAYS, "2026-02-25 17:00"),  # Spring Festival
        ("2026-02-14 10:00", ONE_DAY, "2026-02-24 17:00"),  # start on a make-up Saturday
        ("2026-12-31 10:00", TWO_DAYS, "2027-01-05 17:00"),  # year end; 1 January is off
    ],
)
def test_working_days_end_at_closing_of_the_nth_day_after_the_start(start: str, level: ServiceLevel, due: str) -> None:
    """The start's day never counts; holidays and weekends do not, make-up days do."""
    assert BusinessCalendar(SHIPPED).due(at(start), level) == at(due)


def test_working_days_without_hours_end_at_midnight() -> None:
    """A desk staffed at weekends only still counts working days, each to its end."""
    calendar = BusinessCalendar(BusinessHours(weekday=None, weekend=WEEKEND))
    assert calendar.due(at("2026-11-17 09:00"), ONE_DAY) == at("2026-11-19 00:00")


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    later=st.timedeltas(timedelta(0), timedelta(days=10)),
    level=st.sampled_from([TWO_DAYS, TEN_DAYS, THREE_HOURS, ONE_DAY_ELAPSED]),
)
def test_due_is_after_the_start_and_never_earlier_for_a_later_start(
    start: datetime, later: timedelta, level: ServiceLevel
) -> None:
    """Deadlines lie after their start, and a later start never has an earlier deadline."""
    calendar = BusinessCalendar(OFFICE)
    due = calendar.due(start, level)
    assert start < due <= calendar.due(start + later, level)
