"""Verbs on knowledge: lint."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from service.cli.terminal import app
from service.settings import Settings


@app.command()
def lint(
    folder: Annotated[Path | None, typer.Argument(help="A pack; the approved knowledge where left out.")] = None,
    format: Annotated[str, typer.Option(help="text, json or github.")] = "text",
) -> None:
    """Check knowledge against every rule; exit status 1 if there is an error.

    The approved knowledge is also checked for variants that the live index finds nearer to another entry.
    """
    from index.errors import NoArtefact
    from index.shelf import Shelf
    from index.suspects import suspects
    from knowledge.formats.yaml import load_pack
    from knowledge.lint import report
    from knowledge.lint.runner import lint as run
    from service.remembered import opened

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
        with opened(Settings.from_environment()) as store:
            pack = store.pack()
    findings = run(pack)
    if folder is None:
        shelf = Shelf(Settings.from_environment().artefacts)
        with suppress(NoArtefact):
            findings += suspects(shelf.path(shelf.current()))
    print(formats[format](findings))
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)
