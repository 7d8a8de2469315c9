"""The report of a build: what publishing it would change, and whether the gate lets it. Made once, kept as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter

from index.artefact import Manifest
from index.builder import Build
from index.cache import VectorCache
from index.changes import EntryChange, entry_changes, policy_changes
from index.comparison import Comparison, Curve, Golden, Step, compare, curve_of
from index.contents import Contents, load
from index.embedder import Embedder
from index.errors import ArtefactError
from index.gate import Checked, check
from index.retriever import Retriever
from index.shelf import Shelf
from knowledge.model import ApprovedEntry

FILE = "report.json"


@dataclass(frozen=True)
class Report:
    """What publishing a build would change against `live`, the version that was live when it was made.

    `comparison` is null where there was nothing to compare with: nothing is live, the same version is, or it could not
    be read, which `not_compared` then says. `program_changed`: an update of Huashu itself made another index of it.
    """

    build: str
    version: str
    live: str | None
    made_at: datetime
    seconds: dict[str, float]
    embedded: int
    reused: int
    entries: int
    lint_warnings: int
    gate: Checked
    not_compared: str | None
    program_changed: bool
    changes: tuple[EntryChange, ...]
    policy_changes: tuple[str, ...]
    comparison: Comparison | None
    curve: Curve
    curve_before: Curve | None

    @property
    def unchanged(self) -> bool:
        """Whether this very version is what was live."""
        return self.version == self.live


REPORT = TypeAdapter(Report)


@dataclass(frozen=True)
class Questions:
    """What both artefacts are asked, and how their texts are embedded."""

    golden: Sequence[Golden]
    real: Sequence[str]
    embedder: Embedder
    cache: VectorCache


def make_report(
    build: str,
    done: Build,
    entries: Sequence[ApprovedEntry],
    shelf: Shelf,
    asked: Questions,
    now: datetime,
    step: Step | None = None,
) -> Report:
    """Compare what was built of `entries`, as it lies on the disk, with what is live.

    ArtefactError where what was built cannot be read back.
    """
    manifest, after = load(shelf.path(done.version), asked.embedder.name)
    live = shelf.live()
    known, not_compared = _before(shelf, live, asked.embedder)
    before = known[1] if known is not None else None
    comparison = None
    if before is not None and live != done.version:
        comparison = compare(before, after, asked.golden, asked.real, asked.embedder, asked.cache, now.date(), step)
    retriever = Retriever(after, asked.embedder, done.version)
    return Report(
        build=build,
        version=done.version,
        live=live,
        made_at=now,
        seconds={name: round(value, 1) for name, value in done.seconds.items()},
        embedded=done.embedded,
        reused=done.reused,
        entries=len(after.entries),
        lint_warnings=len(done.warnings),
        gate=check(entries, retriever, comparison, after.policy.publishing.golden_tolerance),
        not_compared=not_compared,
        program_changed=known is not None and known[0].recipe != manifest.recipe,
        changes=entry_changes(before.entries if before is not None else (), after.entries),
        policy_changes=policy_changes(before.policy, after.policy) if before is not None else (),
        comparison=comparison,
        curve=curve_of(after),
        curve_before=curve_of(before) if comparison is not None and before is not None else None,
    )


def write(report: Report, folder: Path) -> None:
    """Keep it in a build's folder."""
    (folder / FILE).write_bytes(REPORT.dump_json(report))


def read(folder: Path) -> Report | None:
    """The report in a build's folder; None where it has none that this program can read."""
    try:
        return REPORT.validate_json((folder / FILE).read_bytes())
    except (OSError, ValueError):
        return None


def _before(shelf: Shelf, live: str | None, embedder: Embedder) -> tuple[tuple[Manifest, Contents] | None, str | None]:
    """What is live; None, with the reason, where it cannot be read by this program and embedder."""
    if live is None:
        return None, None
    try:
        return load(shelf.path(live), embedder.name), None
    except ArtefactError as error:
        return None, str(error)
