"""Plans of imports between the dry run that a person looks at and the click that applies it.

Each is a file under the service's home, so that any worker can apply what another one planned. Only whoever made a
plan sees it, for a day; the oldest make room for new ones.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import anyio
from pydantic import ValidationError

from knowledge.errors import NotFound, StateError
from knowledge.model import Frozen
from knowledge.store.planning import Plan

KEPT_FOR = timedelta(hours=24)
MOST, LARGEST = 24, 256 * 1024 * 1024  # plans kept, and bytes of them all
PLAN_ID = re.compile(r"^[A-Za-z0-9_-]{10,40}$")


class KeptPlan(Frozen):
    """A plan, whose it is, and when it was applied."""

    id: str
    owner: str
    made_at: datetime
    plan: Plan
    applied_at: datetime | None = None


class Plans:
    """The plans under a folder."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._lock = threading.Lock()
        # One file at a time is read or written out: a large one takes memory, and time from queries.
        self.turn = anyio.CapacityLimiter(1)

    def keep(self, plan: Plan, owner: str) -> KeptPlan:
        """Keep a plan under a new id."""
        kept = KeptPlan(id=secrets.token_urlsafe(12), owner=owner, made_at=self._now(), plan=plan)
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(kept)
            self._make_room(kept.id)
        return kept

    def get(self, plan_id: str, owner: str) -> KeptPlan:
        """A plan of that person; NotFound where there is none, or no more."""
        try:
            if not PLAN_ID.match(plan_id):
                raise FileNotFoundError
            kept = KeptPlan.model_validate_json(self._path(plan_id).read_bytes())
        except (OSError, ValidationError):
            kept = None
        if kept is None or kept.owner != owner or self._now() - kept.made_at > KEPT_FOR:
            raise NotFound(f"import {plan_id[:40]!r} is not there, or was made over a day ago: upload the file again")
        return kept

    def to_apply(self, plan_id: str, owner: str) -> KeptPlan:
        """A plan that was not applied yet."""
        kept = self.get(plan_id, owner)
        if kept.applied_at is not None:
            raise StateError(f"import {plan_id} was applied at {kept.applied_at.isoformat()}: upload the file again")
        return kept

    def applied(self, kept: KeptPlan) -> KeptPlan:
        """Remember that a plan was applied."""
        done = kept.model_copy(update={"applied_at": self._now()})
        with self._lock:
            self._write(done)
        return done

    def _path(self, plan_id: str) -> Path:
        return self._folder / f"{plan_id}.json"

    def _write(self, kept: KeptPlan) -> None:
        """Whole or not at all: a reader never sees half a plan."""
        new = self._path(kept.id).with_suffix(".new")
        new.write_bytes(kept.model_dump_json().encode("utf-8"))
        new.replace(self._path(kept.id))

    def _make_room(self, newest: str) -> None:
        files = sorted(self._folder.glob("*.json"), key=os.path.getmtime, reverse=True)
        files.sort(key=lambda path: path.stem != newest)
        taken = 0
        for place, path in enumerate(files):
            taken += path.stat().st_size
            if place and (place >= MOST or taken > LARGEST):
                path.unlink(missing_ok=True)
