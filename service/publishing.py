"""Publishing what a report says, going back to an earlier version, and what would change if one built now.

A publish is of the report that was looked at: another version, or another live version than it was compared with, is
refused. Every act stands in the artefacts' history, written with the act itself, and from there in the audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from index.builder import version_of
from index.changes import EntryChange, entry_changes, policy_changes
from index.embedder import Embedder
from index.gate import Verdict
from index.resolving import product_names, resolved, resolved_policy
from index.retriever import Retriever
from index.shelf import Shelf
from knowledge.errors import NotFound, StateError
from knowledge.store import Store
from service.builds import Builds
from service.settings import Settings


@dataclass(frozen=True)
class Pending:
    """What a build of what is approved now would bring; `version` is what it would be called."""

    version: str
    live: str | None
    entries: int
    changes: tuple[EntryChange, ...]
    policy_changes: tuple[str, ...]

    @property
    def unchanged(self) -> bool:
        """Whether that is live already."""
        return self.version == self.live


@dataclass(frozen=True)
class Act:
    """A publish or rollback: what became live, when, by whom, and why where that was said."""

    act: str
    version: str
    at: datetime
    by: str
    reason: str
    on_disk: bool
    live: bool


def pending(store: Store, live: Retriever | None, embedder: Embedder) -> Pending:
    """What is approved, against what is live; KnowledgeError where it cannot be built, NotFound without a policy."""
    facts, policy = store.facts(), store.policy()
    entries, rules = resolved(store.approved(), facts), resolved_policy(policy, facts)
    before = live.contents.entries if live is not None else ()
    return Pending(
        version=version_of(entries, rules, embedder, product_names(facts)),
        live=live.version if live is not None else None,
        entries=len(entries),
        changes=entry_changes(before, entries),
        policy_changes=policy_changes(live.contents.policy, rules) if live is not None else (),
    )


def publish(settings: Settings, build_id: str, version: str, live: str | None, by: str, accept_worse: str = "") -> None:
    """Make a build's version live; `version` and `live` are those of the report that was looked at.

    StateError where the report is of others, or the gate says no: to golden queries that got worse `accept_worse` is
    the answer, to anything else there is none. Superseded where another version has become live since.
    """
    builds = Builds(settings.home)
    report = builds.report(build_id)
    if (report.version, report.live) != (version, live):
        raise StateError(
            f"build {build_id} made {report.version} against {report.live or 'nothing'}, not {version} against "
            f"{live or 'nothing'}: look at its report, and publish that"
        )
    reason = accept_worse.strip()
    if refusal := refused(report.gate.verdict, bool(reason)):
        raise StateError(f"{version} may not be published: {refusal}")
    shelf = Shelf(settings.artefacts)
    shelf.expect(live)
    if report.unchanged:
        raise StateError(f"{version} is live already: there is nothing to publish")
    if version not in shelf.versions():
        raise StateError(f"{version} is not on disk any more: build again")
    worse = report.gate.verdict == "worse"
    # Never before the report it follows, where the clock has gone back: by that the build is known as published.
    at = max(datetime.now(UTC), builds.get(build_id).finished_at or report.made_at)
    shelf.publish(version, at, by, reason=reason if worse else "", instead_of=live)


def refused(verdict: Verdict, accepted: bool) -> str:
    """Why the gate does not let a build pass; nothing where it does."""
    if verdict == "refuse":
        return "stored phrasings do not find their own entry first, which nobody can override; the report names them"
    if verdict == "worse" and not accepted:
        return "golden queries find their entry less often than before: mend that, or say why it is accepted"
    return ""


def latest_report_of(settings: Settings, version: str) -> str:
    """The newest build whose report is of that version; NotFound where there is none."""
    found = next((build.id for build in Builds(settings.home).records() if build.version == version), None)
    if found is None:
        raise NotFound(f"no report of {version} is remembered: make one with `huashu build`, or go back by rollback")
    return found


def roll_back(settings: Settings, version: str | None, live: str | None, by: str, reason: str = "") -> str:
    """Make an earlier version live again (None: the one before); returns it. `live` is what it takes the place of."""
    shelf = Shelf(settings.artefacts)
    target = version or shelf.previous()
    if target is None:
        raise NotFound("there is no earlier version to go back to: publish another with `huashu build`")
    if target not in shelf.versions():
        listed = ", ".join(shelf.versions()) or "none"
        raise NotFound(f"version {target} is not on disk, so nobody can go back to it; there are: {listed}")
    if target == shelf.live():
        raise StateError(f"{target} is live already: there is nothing to roll back")
    if target not in {str(act.get("version")) for act in shelf.history()}:
        raise StateError(f"{target} was never live: publish it by its report")
    return shelf.roll_back(datetime.now(UTC), by, target, reason=reason.strip(), instead_of=live)


def acts(settings: Settings) -> tuple[Act, ...]:
    """Every publish and rollback, newest first; the last one of the live version is `live`."""
    shelf = Shelf(settings.artefacts)
    live, on_disk = shelf.live(), set(shelf.versions())
    found: list[Act] = []
    for line in reversed(shelf.history()):
        is_live = line["version"] == live and not any(act.live for act in found)
        found.append(_act(line, line["version"] in on_disk, is_live))
    return tuple(found)


def never_published(settings: Settings) -> tuple[str, ...]:
    """Versions on the disk that were only built, in no order of time."""
    shelf = Shelf(settings.artefacts)
    published = {str(line["version"]) for line in shelf.history()}
    return tuple(version for version in shelf.versions() if version not in published)


def note(settings: Settings, store: Store) -> None:
    """Bring the audit up to the history, which already has every act; what could not be noted comes with the next."""
    store.note_publications(Shelf(settings.artefacts).history())


def _act(line: Mapping[str, Any], on_disk: bool, live: bool) -> Act:
    return Act(
        act=str(line["act"]),
        version=str(line["version"]),
        at=datetime.fromisoformat(str(line["at"])),
        by=str(line["by"]),
        reason=str(line.get("reason", "")),
        on_disk=on_disk,
        live=live,
    )
