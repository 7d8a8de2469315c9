"""How versions are called where people read."""

from __future__ import annotations

from datetime import UTC, datetime

from service.builds import BuildRecord
from service.pages.editions import caller
from service.publishing import Act

WORDS = {"edition": "{at} 版"}


def at(hour: int) -> datetime:
    """That hour of a day."""
    return datetime(2026, 11, 29, hour, tzinfo=UTC)


def built(version: str | None, hour: int) -> BuildRecord:
    """A build that ended then."""
    return BuildRecord("b", "李雷", at(hour), "ready", at(hour), version)


def act(version: str, hour: int) -> Act:
    """What became live then."""
    return Act("publish", version, at(hour), "王敏", "", True, False)


def test_a_version_is_called_by_its_first_build() -> None:
    """Built anew it keeps its name; what only the history knows is called by its first act, all else by itself."""
    call = caller(
        [built("v1", 9), built(None, 8), built("v1", 7)], [act("v0", 6), act("v0", 5)], "{:%H:%M}".format, WORDS
    )
    assert (call("v1"), call("v0"), call("v9")) == ("07:00 版", "05:00 版", "v9")


def test_two_versions_of_one_minute_are_told_apart() -> None:
    """Each keeps its own name."""
    call = caller([built("v2", 7), built("v1", 7)], [], "{:%H:%M}".format, WORDS)
    assert (call("v1"), call("v2")) == ("v1", "v2")
