"""On which thread something is done: the one that runs the event loop, which keeps everybody waiting, or another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest


def watched(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> list[bool]:
    """From now on, for every call of `owner`'s function whether it was made on an event loop's thread."""
    made: list[bool] = []
    call: Callable[..., Any] = getattr(owner, name)

    def noting(*given: Any, **named: Any) -> Any:
        made.append(_on_a_loop())
        return call(*given, **named)

    monkeypatch.setattr(owner, name, noting)
    return made


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
