"""Documents that were read, kept for a while: what each yields, and what was decided about it.

They lie as files under `documents/` in the home, so they outlive a restart and every worker sees them; the file that
was uploaded is not kept. A decision is a file of its own that only one can create, so none is made twice.
Reading happens apart, two documents at a time, and never on a thread that answers queries.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal, TypeVar

import anyio
import anyio.to_thread
from pydantic import AwareDatetime, Field, ValidationError

from knowledge.errors import NotFound, StateError
from knowledge.formats.documents.isolation import read_apart
from knowledge.formats.documents.proposals import Proposal, Reading
from knowledge.model import Frozen

KEPT_FOR: Final = timedelta(days=7)
MOST_KEPT: Final = 50  # documents; a newer one drives out the oldest
AT_ONCE: Final = 2
ID: Final = re.compile(r"^[0-9a-f]{16}$")

T = TypeVar("T")


class Decision(Frozen):
    """What became of a proposal: a draft, or nothing."""

    act: Literal["accepted", "skipped"]
    by: str
    at: AwareDatetime
    entry_id: str | None = None
    version: int | None = None


class Summary(Frozen):
    """A document in a list. `decided` counts the proposals that were accepted or skipped."""

    id: str
    name: str
    uploaded_by: str
    uploaded_at: AwareDatetime
    expires_at: AwareDatetime
    proposals: int
    decided: int = 0


class Kept(Frozen):
    """A document with all it yields, and the decisions by the proposals' numbers."""

    summary: Summary
    reading: Reading
    decisions: dict[int, Decision] = Field(default_factory=dict)

    def proposal(self, number: int) -> Proposal:
        """One proposal; NotFound names how many there are."""
        if not 1 <= number <= len(self.reading.proposals):
            count = len(self.reading.proposals)
            raise NotFound(f"document {self.summary.id} has no proposal {number}: it has 1 to {count}")
        return self.reading.proposals[number - 1]


class Documents:
    """The kept documents of one home."""

    def __init__(
        self, folder: Path, now: Callable[[], datetime], read: Callable[[bytes, str], Reading] = read_apart
    ) -> None:
        self._folder = folder
        self._now = now
        self._read = read
        self._limiter: anyio.CapacityLimiter | None = None

    async def run(self, call: Callable[[], T]) -> T:
        """The call's result, on a thread of the documents' own."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(AT_ONCE)
        return await anyio.to_thread.run_sync(call, limiter=self._limiter)

    def add(self, data: bytes, name: str, by: str, compare: Callable[[Reading], Reading]) -> Kept:
        """Read a document and keep what it yields; DocumentError where it cannot be read."""
        reading = compare(self._read(data, name))
        at = self._now()
        summary = Summary(
            id=secrets.token_hex(8),
            name=reading.name,
            uploaded_by=by,
            uploaded_at=at,
            expires_at=at + KEPT_FOR,
            proposals=len(reading.proposals),
        )
        self._clear()
        folder = self._folder / summary.id
        made = self._folder / f".{summary.id}"
        made.mkdir(parents=True, mode=0o700)
        (made / "reading.json").write_text(reading.model_dump_json(), encoding="utf-8")
        (made / "summary.json").write_text(summary.model_dump_json(), encoding="utf-8")
        made.rename(folder)
        return Kept(summary=summary, reading=reading)

    def all(self) -> tuple[Summary, ...]:
        """Every kept document, the newest first."""
        found = [
            summary.model_copy(update={"decided": len(list(self._decided(summary.id)))})
            for summary in self._summaries()
        ]
        return tuple(sorted(found, key=lambda summary: summary.uploaded_at, reverse=True))

    def get(self, document_id: str) -> Kept:
        """One document; NotFound where there is none, or none any more."""
        summary = self._summary(document_id)
        if summary is None or summary.expires_at <= self._now():
            raise NotFound(
                f"document {document_id[:40]!r} is not kept (documents are for {KEPT_FOR.days} days): upload it again"
            )
        reading = Reading.model_validate_json((self._folder / document_id / "reading.json").read_text("utf-8"))
        decisions = dict(self._decided(document_id))
        return Kept(
            summary=summary.model_copy(update={"decided": len(decisions)}), reading=reading, decisions=decisions
        )

    def undecided(self, document_id: str, numbers: Iterable[int]) -> None:
        """StateError where somebody has decided about one of these proposals."""
        for number in numbers:
            if self._decision_path(document_id, number).exists():
                raise self._taken(document_id, number)

    def decide(self, document_id: str, decisions: Mapping[int, Decision]) -> None:
        """Decide about proposals once and for all; about none of them where somebody has about one, a StateError."""
        self.undecided(document_id, decisions)
        with ExitStack() as undo:
            for number in sorted(decisions):  # in one order, so that of two who decide at once one wins
                path = self._decision_path(document_id, number)
                try:
                    path.touch(exist_ok=False)
                except FileExistsError as error:
                    raise self._taken(document_id, number) from error
                undo.callback(self.release, document_id, [number])
                path.write_text(decisions[number].model_dump_json(), encoding="utf-8")
            undo.pop_all()

    def release(self, document_id: str, numbers: Iterable[int]) -> None:
        """Take decisions back that came to nothing."""
        for number in numbers:
            self._decision_path(document_id, number).unlink(missing_ok=True)

    def delete(self, document_id: str) -> None:
        """Forget a document; the drafts that came of it stay."""
        self.get(document_id)
        shutil.rmtree(self._folder / document_id, ignore_errors=True)

    def _taken(self, document_id: str, number: int) -> StateError:
        before = dict(self._decided(document_id)).get(number)
        what = f"{before.act} by {before.by}" if before is not None else "being decided"
        return StateError(f"proposal {number} was {what} already: load the document again")

    def _decision_path(self, document_id: str, number: int) -> Path:
        return self._folder / document_id / f"decision-{number}.json"

    def _decided(self, document_id: str) -> Iterator[tuple[int, Decision]]:
        for path in (self._folder / document_id).glob("decision-*.json"):
            with suppress(OSError, ValidationError, ValueError):
                yield int(path.stem.rpartition("-")[2]), Decision.model_validate_json(path.read_text("utf-8"))

    def _summaries(self) -> Iterator[Summary]:
        folders = sorted(self._folder.iterdir()) if self._folder.is_dir() else []
        for folder in folders:
            summary = self._summary(folder.name)
            if summary is not None and summary.expires_at > self._now():
                yield summary

    def _summary(self, document_id: str) -> Summary | None:
        if not ID.match(document_id):
            return None
        try:
            return Summary.model_validate_json((self._folder / document_id / "summary.json").read_text("utf-8"))
        except (OSError, ValidationError, json.JSONDecodeError):
            return None

    def _clear(self) -> None:
        """Remove what has expired or was left half made, and the oldest of too many."""
        if not self._folder.is_dir():
            return
        kept = sorted(self._summaries(), key=lambda summary: summary.uploaded_at, reverse=True)[: MOST_KEPT - 1]
        names = {summary.id for summary in kept}
        for folder in self._folder.iterdir():
            fresh = folder.name.startswith(".") and folder.stat().st_mtime > self._now().timestamp() - 3600
            if folder.name not in names and not fresh:
                shutil.rmtree(folder, ignore_errors=True)
