"""Verbs on knowledge: import, export, lint."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from service.cli.terminal import CONTENT, SHIPPED, Author, app, me, out
from service.settings import Settings


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="A pack: policy.yaml, shop.yaml, products.yaml, entries/.")] = CONTENT,
    dry_run: Annotated[bool, typer.Option(help="Say what would change, and change nothing.")] = False,
    retire_missing: Annotated[bool, typer.Option(help="Retire entries that are not in the pack.")] = False,
    by: Author = "",
    comment: Annotated[str, typer.Option(help="Kept with every version it makes.")] = "import",
) -> None:
    """Make a pack of YAML files the approved knowledge; only what differs becomes a new version."""
    from knowledge.formats.yaml import load_pack
    from knowledge.store import Store

    settings = Settings.from_environment()
    pack = load_pack(folder)
    settings.home.mkdir(parents=True, exist_ok=True)
    who = by or (SHIPPED if folder == CONTENT else me())
    with Store.open(settings.database_url) as store:
        report = store.import_pack(
            pack, who, who, comment, datetime.now(UTC), retire_missing=retire_missing, dry_run=dry_run
        )
    verb = "would be" if dry_run else "were"
    for name, ids in (("added", report.added), ("changed", report.changed), ("retired", report.retired)):
        if ids:
            out.print(
                f"{len(ids)} {verb} {name}: {', '.join(ids[:8])}{' …' if len(ids) > 8 else ''}",
                markup=False,
                highlight=False,
            )
    out.print(
        f"{len(report.unchanged)} unchanged; policy {_changed(report.policy_changed)}, "
        f"facts {_changed(report.facts_changed)}",
        highlight=False,
    )


def _changed(flag: bool) -> str:
    return "changed" if flag else "unchanged"


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="A new folder, or a pack to replace.")]) -> None:
    """Write the approved knowledge as YAML files; importing them changes nothing."""
    from knowledge.formats.yaml import dump_pack
    from knowledge.store import Store

    with Store.open(Settings.from_environment().database_url) as store:
        pack = store.pack()
    dump_pack(pack, folder)
    out.print(f"{len(pack.entries)} entries written to {folder}", markup=False, highlight=False)


@app.command()
def lint(
    folder: Annotated[Path | None, typer.Argument(help="A pack; the approved knowledge where left out.")] = None,
    format: Annotated[str, typer.Option(help="text, json or github.")] = "text",
) -> None:
    """Check knowledge against every rule; exit status 1 if there is an error.

    The approved knowledge is also checked for variants that the live index finds nearer to another entry.
    """
    from index.artefact import Shelf
    from index.errors import NoArtefact
    from index.suspects import suspects
    from knowledge.formats.yaml import load_pack
    from knowledge.lint import report
    from knowledge.lint.runner import lint as run
    from knowledge.store import Store

    formats: dict[str, Callable[..., str]] = {
        "text": report.as_text,
        "json": report.as_json,
        "github": report.as_github,
    }
    if format not in formats:
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(formats)}", param_hint="--format")
    if folder is not None:
        pack = load_pack(folder)
    else:
        with Store.open(Settings.from_environment().database_url) as store:
            pack = store.pack()
    findings = run(pack)
    if folder is None:
        shelf = Shelf(Settings.from_environment().artefacts)
        with suppress(NoArtefact):
            findings += suspects(shelf.path(shelf.current()))
    print(formats[format](findings))
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)
