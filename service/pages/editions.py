"""What a built version is called where people read: when it was built, as its own name is the sum of its content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from service.builds import BuildRecord
from service.publishing import Act


def caller(
    records: Iterable[BuildRecord], acts: Iterable[Act], when: Callable[[datetime], str], words: Mapping[str, str]
) -> Callable[[str], str]:
    """Calls a version by the moment of its first build, else of its first act; by its name where neither is known.

    Both come newest first. Two that would be called alike keep their names.
    """
    first = {act.version: act.at for act in acts}
    first |= {record.version: record.finished_at for record in records if record.version and record.finished_at}
    called = {version: words["edition"].format(at=when(at)) for version, at in first.items()}
    calls = list(called.values())

    def call(version: str) -> str:
        told = called.get(version, version)
        return told if calls.count(told) == 1 else version

    return call
