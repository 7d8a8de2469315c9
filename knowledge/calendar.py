"""The desk's calendar: its hours on each day, and when a promised time runs out.

Owns the reading of the policy's business hours together with the Chinese public holidays and make-up working
days. It promises nothing itself: a service level comes in, a moment goes out. The official plan of a year is
published in the November before; for a year the `holidays` package has no plan of (`has_plan`), the statutory days
off are known but no make-up working day is, and the policy's `extra_holidays` and `extra_workdays` carry the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from knowledge.model import BusinessHours, Hours, ServiceLevel

SATURDAY = 5
DAY = timedelta(days=1)
# Longest look for an open day: a desk open on holidays only waits less than a year; beyond it never opens.
HORIZON_DAYS = 800


@lru_cache(maxsize=64)
def _official(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off by public holiday and make-up working days of a year."""
    # The next year's plan may make a day at this year's end a working day.
    calendar = holidays.country_holidays("CN", years=(year, year + 1))
    return (
        frozenset(day for day in calendar if day.year == year),
        frozenset(day for day in calendar.weekend_workdays if day.year == year),
    )


class BusinessCalendar:
    """Opening hours and deadlines; all moments it takes are aware, all it gives are in the desk's time zone."""

    def __init__(self, hours: BusinessHours) -> None:
        """Raises ValueError for a date that is named both a holiday and a workday."""
        self._hours = hours
        self._zone = ZoneInfo(hours.timezone)
        self._holidays = frozenset(hours.extra_holidays)
        self._workdays = frozenset(hours.extra_workdays)
        if both := self._holidays & self._workdays:
            raise ValueError(f"{min(both)} is in extra_holidays and in extra_workdays: keep one")

    def has_plan(self, year: int) -> bool:
        """Whether the year's make-up working days are known, officially or from the policy."""
        return bool(_official(year)[1]) or any(day.year == year for day in self._workdays)

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday without public holidays, and make-up days; what the policy says of a date comes first."""
        if day in self._workdays or day in self._holidays:
            return day in self._workdays
        days_off, make_up = _official(day.year)
        return day in make_up or (day.weekday() < SATURDAY and day not in days_off)

    def hours_on(self, day: date) -> Hours | None:
        """The day's opening hours, None where closed.

        A make-up day has the weekday's hours. A weekend that touches a public holiday belongs to the break, as in
        the official plans (National Day 2026: 1 to 7 October with its Sunday), and has the holiday's hours; an
        extra holiday of the policy is that one day.
        """
        if self.is_working_day(day):
            return self._hours.weekday
        off = day in self._holidays or any(self._reaches_holiday(day, step) for step in (DAY, -DAY))
        return self._hours.holiday if off else self._hours.weekend

    def due(self, start: datetime, level: ServiceLevel) -> datetime:
        """When the service level runs out that started then, on its own clock.

        `elapsed`: seconds by the wall clock. `business_hours`: only open seconds count, from the next opening when
        closed. `working_days`: closing time of the N-th working day after the local day of the start (midnight at
        its end where working days have no hours). The start's day never counts, whatever its hour, as with periods
        in days in the Civil Code (art. 201): a case of Tuesday 20:00 with 2 days is due on Thursday, neither
        earlier for having come in the morning nor later for having come after closing.
        """
        local = self._local(start)
        if level.days is not None:
            return self._end_of_working_day(local.date(), level.days)
        if level.seconds is None:
            raise ValueError(f"service level {level.label} has neither seconds nor days: give one")
        remaining = timedelta(seconds=level.seconds)
        if level.clock == "elapsed":
            return (local.astimezone(UTC) + remaining).astimezone(self._zone)
        for opens, closes in self._open_spans(local):
            # Aware subtraction within one zone ignores changes of its offset, so both are taken to UTC.
            span = closes.astimezone(UTC) - opens.astimezone(UTC)
            if remaining <= span:
                return (opens.astimezone(UTC) + remaining).astimezone(self._zone)
            remaining -= span
        raise AssertionError("open spans end only by an error")

    def _local(self, moment: datetime) -> datetime:
        if moment.utcoffset() is None:
            raise ValueError(f"{moment.isoformat()} has no time zone: pass an aware datetime, such as with +08:00")
        return moment.astimezone(self._zone)

    def _reaches_holiday(self, day: date, step: timedelta) -> bool:
        """Whether a public holiday lies on the day or further that way before any working day."""
        while not self.is_working_day(day):
            if day in _official(day.year)[0]:
                return True
            day += step
        return False

    def _open_spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans from a local moment on, the first cut at it; ValueError once none comes any more."""
        day, closed_days = start.date(), 0
        while closed_days <= HORIZON_DAYS:
            hours = self.hours_on(day)
            if hours is None:
                closed_days += 1
            else:
                opens, closes = self._at(day, hours.opens), self._at(day, hours.closes)
                if start < closes:
                    closed_days = 0
                    yield max(start, opens), closes
            day += DAY
        raise ValueError(f"the desk does not open within {HORIZON_DAYS} days of {start.date()}: give it hours")

    def _end_of_working_day(self, start: date, count: int) -> datetime:
        day = start
        while count:
            day += DAY
            count -= self.is_working_day(day)
        hours = self.hours_on(day)
        return self._at(day, hours.closes) if hours is not None else self._at(day + DAY, time.min)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self._zone)
