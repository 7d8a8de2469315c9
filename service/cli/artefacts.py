"""Verbs on the index: build, publish, roll back, and which versions there are."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.terminal import Author, app, me, out, progress
from service.settings import Settings

if TYPE_CHECKING:
    from index.builder import Build


@app.command()
def build(
    publish: Annotated[bool, typer.Option(help="Make it the live version at once.")] = True,
    by: Author = "",
) -> None:
    """Build an index from the approved knowledge; only changed texts are embedded."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(os.cpu_count() or 1))
    from index.embedder import load_embedder

    settings = Settings.from_environment()
    done = build_index(settings, load_embedder(settings.embedder, settings.tuning), by or me(), publish)
    what = "built" if done.built else "nothing changed, already built"
    seconds = ", ".join(f"{name} {value:.1f} s" for name, value in done.seconds.items())
    out.print(
        f"{done.version}: {what}{' and published' if done.published else ''}; "
        f"{done.embedded} texts embedded, {done.reused} reused; {seconds}",
        highlight=False,
    )
    if done.warnings:
        out.print(f"lint has {len(done.warnings)} warnings: `huashu lint` shows them", highlight=False)


def build_index(settings: Settings, embedder: Any, by: str, publish: bool) -> Build:
    from index.builder import build as run
    from knowledge.store import Store

    with Store.open(settings.database_url) as store:
        entries, policy, facts = store.approved(), store.policy(), store.facts()
    with progress() as step:
        return run(
            entries, policy, facts, embedder, settings.home, at=datetime.now(UTC), by=by, publish=publish, step=step
        )


@app.command()
def publish(
    version: Annotated[str, typer.Argument(help="A version that `huashu versions` lists.")], by: Author = ""
) -> None:
    """Make a version that is already built the live one; a running service takes it over within a second."""
    from index.artefact import Shelf

    Shelf(Settings.from_environment().artefacts).publish(version, datetime.now(UTC), by or me())
    out.print(f"{version} is live", highlight=False)


@app.command()
def rollback(
    version: Annotated[str | None, typer.Argument(help="Which one; the one before where left out.")] = None,
    by: Author = "",
) -> None:
    """Make an earlier version live again."""
    from index.artefact import Shelf

    live = Shelf(Settings.from_environment().artefacts).roll_back(datetime.now(UTC), by or me(), version)
    out.print(f"{live} is live again", highlight=False)


@app.command()
def versions() -> None:
    """List every publish and rollback, newest first, and what lies on disk."""
    from index.artefact import Shelf
    from index.errors import ArtefactError

    shelf = Shelf(Settings.from_environment().artefacts)
    try:
        live = shelf.current()
    except ArtefactError:
        live = ""
    on_disk, acts = set(shelf.versions()), shelf.history()
    for version in sorted(on_disk - {str(act["version"]) for act in acts}):
        out.print(f"  {version}  built, never published", markup=False, highlight=False)
    for act in reversed(acts):
        mark = "*" if act["version"] == live else " "
        gone = "" if act["version"] in on_disk else "  (deleted)"
        out.print(
            f"{mark} {act['version']}  {act['act']:<8}  {act['at']}  {act['by']}{gone}", markup=False, highlight=False
        )
