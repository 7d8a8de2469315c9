"""Verbs that serve: serve over HTTP, mcp over standard input and output."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from knowledge.errors import DatabaseError
from service.cli.terminal import CONTENT, SHIPPED, SHIPPED_NAMES, app, err
from service.environment import SettingsError
from service.settings import Settings


@app.command()
def serve(
    setup: Annotated[
        bool,
        typer.Option(
            help="First import the shipped pack where nobody has edited it, and build where something changed."
        ),
    ] = False,
) -> None:
    """Serve on HUASHU_HOST:HUASHU_PORT."""
    settings = Settings.from_environment()
    if not settings.private and not _somebody(settings):
        raise SettingsError(
            f"{settings.url} can be reached from other machines, and nobody could sign in there: make an administrator "
            "with `huashu user add NAME --role admin`, or use HUASHU_HOST=127.0.0.1 without HUASHU_PUBLIC_URL"
        )
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with _counting_together() if settings.workers > 1 else nullcontext():
        _serve(settings, setup)


def _serve(settings: Settings, setup: bool) -> None:
    from index.loading import load_embedder
    from service.server import run

    embedder = load_embedder(settings.embedder, settings.tuning)
    if setup:
        try:
            _set_up(settings, embedder)
        except DatabaseError as error:
            err.print(f"huashu: {error}; nothing was set up, what is live goes on serving", style="red", markup=False)
    run(settings, embedder)


@contextmanager
def _counting_together() -> Iterator[None]:
    """A folder in which several workers count; it must be known before the counters are imported."""
    with tempfile.TemporaryDirectory(prefix="huashu-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


@app.command()
def mcp() -> None:
    """Serve the live index as tools over standard input and output (Model Context Protocol)."""
    from index.loading import load_embedder
    from index.shelf import Shelf
    from service.adapters.mcp import MISSING, installed, over_stdio
    from service.live import Live
    from service.server import configure_logging

    if not installed():
        raise SettingsError(MISSING)
    configure_logging()
    settings = Settings.from_environment()
    live = Live(Shelf(settings.artefacts), load_embedder(settings.embedder, settings.tuning), settings.poll_seconds)
    live.start()
    try:
        over_stdio(live)
    finally:
        live.stop()


def _somebody(settings: Settings) -> bool:
    """Whether anybody could show who they are. With the database away there is no telling, and the service waits."""
    from knowledge.store.database import exists
    from service.remembered import Remembered, opened

    if settings.sign_in.issuer or settings.adapters.key:
        return True
    if not exists(settings.database_url) and not Remembered(settings).in_use:
        return False
    try:
        with opened(settings) as store:
            known = store.identity()
    except DatabaseError as error:
        err.print(f"huashu: {error}; until then nobody but probes is answered", style="yellow", markup=False)
        return True
    return any(not one.disabled for one in known.people) or any(key.revoked_at is None for key in known.keys)


def _set_up(settings: Settings, embedder: Any) -> None:
    """Import and build what is missing; an unchanged knowledge base costs neither."""
    from index.artefact import verify
    from index.builder import version_of
    from index.errors import ArtefactError
    from index.resolving import product_names, resolved, resolved_policy
    from index.shelf import Shelf
    from knowledge.formats.yaml import load_pack
    from knowledge.store.auditing import ADMINISTRATIVE_ACTS
    from service.remembered import opened

    settings.home.mkdir(parents=True, exist_ok=True)
    with opened(settings) as store:
        acts = (line for line in store.audit() if not line.act.startswith(ADMINISTRATIVE_ACTS))
        if all(line.who in SHIPPED_NAMES for line in acts):
            store.import_pack(
                load_pack(CONTENT), SHIPPED, SHIPPED, "the pack that comes with Huashu", datetime.now(UTC)
            )
        entries, policy, facts = store.approved(), store.policy(), store.facts()
    version = version_of(resolved(entries, facts), resolved_policy(policy, facts), embedder, product_names(facts))
    shelf = Shelf(settings.artefacts)
    try:
        verify(shelf.path(version), embedder.name)
        shelf.current()
    except ArtefactError:
        # In a process of its own, whose linear algebra may use every core.
        freed = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
        if subprocess.run(
            [sys.executable, "-m", "service.cli", "build", "--by", SHIPPED], env=freed, check=False
        ).returncode:
            err.print("huashu: the build failed; what was live before goes on serving", style="red")
