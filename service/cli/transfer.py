"""Verbs that bring knowledge in and take it out: import, export, in every format there is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.acting import acting
from service.cli.terminal import CONTENT, SHIPPED, Author, app, err, me, out
from service.settings import Settings

if TYPE_CHECKING:
    from knowledge.store.planning import Plan
    from knowledge.store.records import ImportReport

SHOWN = 40  # problems in the terminal; --problems writes them all


@app.command("import")
def import_(
    source: Annotated[
        Path, typer.Argument(help="A pack folder, or one file: xlsx, csv, jsonl, yaml, or another system's export.")
    ] = CONTENT,
    format: Annotated[
        str, typer.Option(help="auto, xlsx, csv, jsonl, yaml, dify, chatwoot, azure or anyq; of a file.")
    ] = "auto",
    dry_run: Annotated[bool, typer.Option(help="Say what would change, and change nothing.")] = False,
    skip_bad_rows: Annotated[bool, typer.Option(help="Import the rest where some rows have errors.")] = False,
    as_drafts: Annotated[bool, typer.Option(help="Make drafts of the entries instead of approving them.")] = False,
    retire_missing: Annotated[bool, typer.Option(help="Retire entries that are not there.")] = False,
    problems: Annotated[Path | None, typer.Option(help="Write every problem to this CSV file.")] = None,
    by: Author = "",
    comment: Annotated[str, typer.Option(help="Kept with every version it makes.")] = "import",
) -> None:
    """Make a pack or a file the approved knowledge; only what differs becomes a new version, all of it or nothing."""
    from knowledge.formats.reading import FORMATS, read, whole
    from knowledge.formats.yaml import load_pack
    from service.remembered import opened

    if format not in FORMATS:
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(FORMATS)}", param_hint="--format")
    settings = Settings.from_environment()
    who, now = by or (SHIPPED if source == CONTENT else me()), datetime.now(UTC)
    approving = not as_drafts or retire_missing
    if source.is_file():
        reading = read(source.read_bytes(), source.name, format)
    else:
        pack = load_pack(source)
        reading = whole(pack.entries, source.name, "yaml")
    settings.home.mkdir(parents=True, exist_ok=True)
    with opened(settings) as store:
        if not dry_run:
            who = acting(store, who, "approve" if approving else "edit")
        if source.is_dir() and not as_drafts:
            made = store.import_pack(pack, who, who, comment, now, retire_missing=retire_missing, dry_run=dry_run)
            _say(made, dry_run)
            policy, facts = _changed(made.policy_changed), _changed(made.facts_changed)
            out.print(f"{len(made.unchanged)} unchanged; policy {policy}, facts {facts}", highlight=False)
            return
        plan = store.plan_import(reading, source.name, "draft" if as_drafts else "approved", retire_missing)
        _tell(plan, problems)
        refused = plan.errors > 0 and not skip_bad_rows
        if not dry_run and not refused:
            store.apply_plan(plan, who, comment, now, skip_bad_rows)
    if refused:
        err.print("nothing was imported: correct the errors, or pass over those rows with --skip-bad-rows")
    _say(plan.report(), dry_run or refused, " as drafts" if as_drafts else "")
    out.print(
        f"{len(plan.unchanged)} unchanged, {sum(len(one.rows) for one in plan.skipped)} rows skipped", highlight=False
    )
    if refused:
        raise typer.Exit(1)


def _say(report: ImportReport, conditional: bool, how: str = "") -> None:
    verb = "would be" if conditional else "were"
    for name, ids in (("added", report.added), ("changed", report.changed), ("retired", report.retired)):
        if ids:
            manner = how if name != "retired" else ""
            out.print(
                f"{len(ids)} {verb} {name}{manner}: {', '.join(ids[:8])}{' …' if len(ids) > 8 else ''}",
                markup=False,
                highlight=False,
            )


def _changed(flag: bool) -> str:
    return "changed" if flag else "unchanged"


def _tell(plan: Plan, target: Path | None) -> None:
    """The table of what is wrong in the file, on standard error."""
    from knowledge.formats.writing import problems_as_csv

    if target is not None:
        target.write_bytes(problems_as_csv(plan.problems, "en"))
    if not plan.problems:
        return
    from rich.table import Table
    from rich.text import Text

    warnings = len(plan.problems) - plan.errors
    title = Text(f"{plan.file} ({plan.format}): {plan.errors} errors, {warnings} warnings")
    table = Table("row", "column", "value", "what to do", title=title, title_justify="left")
    for one in plan.problems[:SHOWN]:
        row = f"{one.sheet}:{one.row}" if one.row else one.sheet
        style = "red" if one.severity == "error" else ""
        table.add_row(*(Text(text, style) for text in (row, one.column, one.value[:60], one.message)))
    err.print(table)
    if len(plan.problems) > SHOWN:
        more = len(plan.problems) - SHOWN
        err.print(f"and {more} more: --problems FILE.csv writes them all", highlight=False)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="A new folder, a pack to replace, or a file ending in .xlsx or .csv.")],
    language: Annotated[str, typer.Option(help="zh or en: the words of a sheet's header and choices.")] = "zh",
) -> None:
    """Write the approved knowledge as YAML files or as a sheet; importing them changes nothing."""
    from knowledge.formats.writing import as_csv, as_xlsx
    from knowledge.formats.yaml import dump_pack
    from service.remembered import opened

    if language not in ("zh", "en"):
        raise typer.BadParameter(f"{language!r} is not one of zh, en", param_hint="--language")
    sheets: dict[str, Any] = {".xlsx": as_xlsx, ".csv": as_csv}
    write = sheets.get(target.suffix.lower())
    with opened(Settings.from_environment()) as store:
        if write is not None and not target.is_dir():
            entries = [record.entry for record in store.approved()]
            target.write_bytes(write(entries, language))
        else:
            pack = store.pack()
            entries = list(pack.entries)
            dump_pack(pack, target)
    out.print(f"{len(entries)} entries written to {target}", markup=False, highlight=False)
