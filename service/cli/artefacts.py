"""Verbs on the index: build, report, publish, roll back, and which versions there are."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.acting import acting_anyhow
from service.cli.terminal import Author, app, err, me, out, progress
from service.settings import Settings

if TYPE_CHECKING:
    from index.builder import Build
    from service.reports import Report

Reason = Annotated[
    str, typer.Option(help="Publish though golden queries got worse, for this reason, which the audit keeps.")
]


@app.command()
def build(
    publish: Annotated[bool, typer.Option(help="Make it the live version at once, if the gate lets it.")] = True,
    accept_worse: Reason = "",
    by: Author = "",
    job: Annotated[str, typer.Option(hidden=True, help="The build that a service has begun.")] = "",
    lock: Annotated[int, typer.Option(hidden=True, help="The descriptor that holds its lock.")] = -1,
) -> None:
    """Build an index from the approved knowledge and say what publishing it changes; only changed texts are embedded.

    Exit status 1, and nothing published, where the gate says no.
    """
    from service.priority import stand_back

    if job:
        stand_back()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(os.cpu_count() or 1))
    from service import building
    from service.builds import Builds

    settings = Settings.from_environment()
    # A service has looked already at who began the build that it hands on.
    who = (by or me()) if job else acting_anyhow(settings, by, "publish")
    builds = Builds(settings.home)
    # Loaded before the lock is taken, and after it is handed on: a build that cannot begin says so.
    work = builds.resume(job, lock) if job else builds.begin(who)
    if job:
        building.end_when_cancelled(work)
    try:
        done, report = _run(settings, work)
    finally:
        work.close()
    _say(done, report)
    if publish:
        _publish(settings, report, who, accept_worse)


def _run(settings: Settings, work: Any) -> tuple[Build, Report]:
    from index.loading import load_embedder
    from service import building

    with building.failing(work):
        embedder = load_embedder(settings.embedder, settings.tuning)
        real = _asked_lately(settings)
    with progress() as step:
        return building.run(settings, work, embedder, real, step)


def _asked_lately(settings: Settings) -> list[str]:
    """What customers really asked, newest first: the report shows which of it now gets another reply."""
    from index.comparison import MOST_REAL
    from service.remembered import opened

    with opened(settings) as store:
        return [query.text for query in store.queries.recent(MOST_REAL)]


def _say(done: Build, report: Report) -> None:
    from service.cli.reporting import lines

    what = "built" if done.built else "nothing changed, already built"
    seconds = ", ".join(f"{name} {value:.1f} s" for name, value in done.seconds.items())
    out.print(
        f"{done.version}: {what}; {done.embedded} texts embedded, {done.reused} reused; {seconds}", highlight=False
    )
    if done.warnings:
        out.print(f"lint has {len(done.warnings)} warnings: `huashu lint` shows them", highlight=False)
    for line in lines(report):
        out.print(line, markup=False, highlight=False)


def _publish(settings: Settings, report: Report, by: str, accept_worse: str) -> None:
    from service import publishing

    if report.unchanged:
        return
    if refusal := publishing.refused(report.gate.verdict, bool(accept_worse.strip())):
        err.print(f"huashu: {report.version} was not published: {refusal}", style="red", markup=False, highlight=False)
        if report.gate.verdict == "worse":
            err.print('to publish it all the same: huashu build --accept-worse "reason"', markup=False, highlight=False)
        raise typer.Exit(1)
    publishing.publish(settings, report.build, report.version, report.live, by, accept_worse)
    _note(settings)
    out.print(f"{report.version} is live", highlight=False)


@app.command()
def report(
    version: Annotated[
        str | None, typer.Argument(help="A version that was built; the last build where left out.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="The whole report as JSON.")] = False,
) -> None:
    """Show what publishing a build changes: entries, golden and real queries, and what the gate says."""
    from knowledge.errors import NotFound
    from service.builds import Builds
    from service.cli.reporting import lines
    from service.publishing import latest_report_of
    from service.reports import REPORT

    settings = Settings.from_environment()
    builds = Builds(settings.home)
    if version is None:
        version = next((build.version for build in builds.records() if build.version is not None), None)
    if version is None:
        raise NotFound("nothing was built yet: `huashu build --no-publish` builds without publishing")
    found = builds.report(latest_report_of(settings, version))
    if json_:
        print(REPORT.dump_json(found, indent=2).decode())
        return
    for line in lines(found, most=None):
        out.print(line, markup=False, highlight=False)


@app.command()
def publish(
    version: Annotated[str, typer.Argument(help="A version that `huashu versions` lists.")],
    accept_worse: Reason = "",
    by: Author = "",
) -> None:
    """Make a version that is already built the live one, as its report says; a running service takes it over."""
    from index.artefact import verify
    from index.shelf import Shelf
    from service import publishing
    from service.builds import Builds

    settings = Settings.from_environment()
    who = acting_anyhow(settings, by, "publish")
    verify(Shelf(settings.artefacts).path(version))
    found = Builds(settings.home).report(publishing.latest_report_of(settings, version))
    publishing.publish(settings, found.build, version, found.live, who, accept_worse)
    _note(settings)
    out.print(f"{version} is live", highlight=False)


@app.command()
def rollback(
    version: Annotated[str | None, typer.Argument(help="Which one; the one before where left out.")] = None,
    by: Author = "",
    reason: Annotated[str, typer.Option(help="Kept in the history and the audit.")] = "",
) -> None:
    """Make an earlier version live again."""
    from index.shelf import Shelf
    from service import publishing

    settings = Settings.from_environment()
    who = acting_anyhow(settings, by, "publish")
    now_live = publishing.roll_back(settings, version, Shelf(settings.artefacts).live(), who, reason)
    _note(settings)
    out.print(f"{now_live} is live again", highlight=False)


def _note(settings: Settings) -> None:
    """Bring the audit up to what was done; a database that is away keeps nobody from publishing or going back."""
    from knowledge.errors import KnowledgeError
    from service import publishing
    from service.remembered import opened

    try:
        with opened(settings) as store:
            publishing.note(settings, store)
    except KnowledgeError as error:
        err.print(f"the audit was not brought up to date, the next act will do it: {error}", markup=False)


@app.command()
def versions() -> None:
    """List every publish and rollback, newest first, and what lies on disk."""
    from service import publishing

    settings = Settings.from_environment()
    for version in publishing.never_published(settings):
        out.print(f"  {version}  built, never published", markup=False, highlight=False)
    for act in publishing.acts(settings):
        mark = "*" if act.live else " "
        gone = "" if act.on_disk else "  (deleted)"
        why = f"  {act.reason}" if act.reason else ""
        out.print(
            f"{mark} {act.version}  {act.act:<8}  {act.at.isoformat()}  {act.by}{gone}{why}",
            markup=False,
            highlight=False,
        )
