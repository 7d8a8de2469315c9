"""Verbs on the home as a whole: backup, restore, new-database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.terminal import app, out
from service.environment import SettingsError
from service.settings import Settings

if TYPE_CHECKING:
    from service.backup import Manifest

MostGib = Annotated[float, typer.Option(min=0.001, help="GiB that the backup may unpack to.")]


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A new file; its name ends with .tar.zst or .tar.gz.")],
    database: Annotated[
        bool, typer.Option(help="With the knowledge database; --no-database where a server has it and backs it up.")
    ] = True,
) -> None:
    """Write everything in HUASHU_HOME that cannot be made anew to one file, while the service runs."""
    from service.backup import back_up

    settings = Settings.from_environment()
    manifest = back_up(settings.home, settings.database_url, file, database)
    out.print(f"{file}: {_said(manifest)}; {file.stat().st_size:,} bytes", markup=False, highlight=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `huashu backup` wrote.")],
    into: Annotated[
        Path | None, typer.Option(help="The folder that becomes the home; it must be empty or new.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only unpack it beside itself and look whether all is whole.")
    ] = False,
    most_gib: MostGib = 64.0,
) -> None:
    """Put a backup in place as a new home: everything or, where anything is damaged, nothing."""
    from service.backup import examine
    from service.backup import restore as put

    if check == (into is not None):
        raise SettingsError("give either --into FOLDER, or --check alone")
    if into is None:
        out.print(f"{file} is whole: {_said(examine(file, most_gib))}", markup=False, highlight=False)
        return
    done = put(file, into.expanduser(), most_gib)
    out.print(f"{done.home}: {_said(done.manifest)}", markup=False, highlight=False)
    out.print(f"start it with HUASHU_HOME={done.home}", markup=False, highlight=False)


@app.command("new-database")
def new_database() -> None:
    """Make the tables of an empty knowledge database in the place of one that was lost, and has no backup."""
    from knowledge.store import Store

    settings = Settings.from_environment()
    with Store.open(settings.database_url) as store:
        entries = len(store.approved())
    out.print(f"the knowledge database is there, with {entries} approved entries", highlight=False)


def _said(manifest: Manifest) -> str:
    database = f"database at revision {manifest.revision}" if manifest.revision else "no database"
    live = f"live version {manifest.live}" if manifest.live else "no index"
    return f"{database}, {live}, {len(manifest.files)} files, of {manifest.made_at:%Y-%m-%d %H:%M} UTC"
