"""Moments as people of this desk read them: on the desk's own calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from fastapi import Request

from index.errors import RetrievalError


def moment_in(request: Request) -> Callable[[datetime], str]:
    """Writes a moment in the desk's time zone; in UTC, and saying so, where no index is loaded."""
    zone: tzinfo = UTC
    try:
        zone = ZoneInfo(request.app.state.live.retriever.contents.policy.business_hours.timezone)
    except RetrievalError:
        return lambda moment: f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return lambda moment: f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
