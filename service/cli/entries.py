"""Verbs on single entries: `huashu entry list|show|save|submit|retire|restore`, and `huashu expiring`.

They do what the editors' page does, by the same acts of the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.acting import acting
from service.cli.terminal import Author, app, me, out
from service.settings import Settings

if TYPE_CHECKING:
    from datetime import date

    from knowledge.store import Store
    from service.editing.catalogue import Row, Wanted

entry = typer.Typer(help="Read and write single entries, as the editors' page does.", no_args_is_help=True)
app.add_typer(entry, name="entry")

EntryId = Annotated[str, typer.Argument(help="The entry's id, such as refund.time.")]
Comment = Annotated[str, typer.Option(help="Kept with the version and in the audit log.")]
Version = Annotated[int | None, typer.Option(help="Which version; the newest where left out.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, an object an entry.")]


@contextmanager
def _store() -> Iterator[Store]:
    from service.remembered import opened

    with opened(Settings.from_environment()) as store:
        yield store


@entry.command("list")
def list_(
    search: Annotated[str, typer.Option(help="Words that stand in id, title or variants.")] = "",
    category: Annotated[str, typer.Option(help="The id's first part.")] = "",
    state: Annotated[str, typer.Option(help="new, draft, in_review, approved or retired.")] = "",
    kind: Annotated[str, typer.Option(help="faq or script.")] = "",
    product: str = "",
    owner: Annotated[str, typer.Option(help="Who wrote the newest version.")] = "",
    low: Annotated[bool, typer.Option("--low", help="Only those that agents mostly changed or refused.")] = False,
    json_: AsJson = False,
) -> None:
    """Every entry of the database, last edited first: state, newest and live version, owner, title."""
    from service.editing.catalogue import Wanted

    wanted = Wanted(search, category, state, kind, product, owner, low)
    with _store() as store:
        rows, _ = _rows(store, wanted)
    if json_:
        print(json.dumps([_data(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        live = f"v{row.live_version} live" if row.live_version is not None else "not live"
        _line(f"{row.entry_id:<28} {row.state:<10} v{row.version:<3} {live:<9} {row.owner}  {row.title}")
    _line(f"{len(rows)} entries")


@entry.command()
def show(entry_id: EntryId, version: Version = None) -> None:
    """One version as YAML, which `huashu entry save` reads back; its history as comments before it."""
    from knowledge.formats.yaml import dump_entries

    with _store() as store:
        history = store.history(entry_id)
        record = history[-1] if version is None else store.version(entry_id, version)
    for known in history:
        comment = f": {known.comment}" if known.comment else ""
        print(f"# v{known.version} {known.state}, {known.author} on {known.created_at:%Y-%m-%d}{comment}")
    print(dump_entries([record.entry]), end="")


@entry.command()
def save(
    file: Annotated[Path, typer.Argument(help="A YAML file with a list of entries, as packs have them.")],
    base: Annotated[
        int | None, typer.Option(help="The version it began from: refused where a newer one was saved meanwhile.")
    ] = None,
    by: Author = "",
    comment: Comment = "",
) -> None:
    """Save the entries of a file as drafts. One that says what its newest version says makes none."""
    from knowledge.formats.yaml import load_entries

    entries, now = load_entries(file), datetime.now(UTC)
    with _store() as store:
        who = acting(store, by, "edit")
        newest = {one.entry_id: one.version for one in store.overviews()}
        for found in entries:
            begun = newest.get(found.id, 0) if base is None else base
            version, created = store.save_entry(found, who, begun, comment, now)
            _line(
                f"{found.id}: draft v{version}" if created else f"{found.id}: v{version} says the same, nothing saved"
            )


@entry.command()
def submit(entry_id: EntryId, version: Version = None, by: Author = "", comment: Comment = "") -> None:
    """Submit a draft for review, the newest version where none is named."""
    with _store() as store:
        who = acting(store, by, "edit")
        number = store.history(entry_id)[-1].version if version is None else version
        store.submit(entry_id, number, who, datetime.now(UTC), comment)
    _line(f"{entry_id} v{number} is in review")


@entry.command()
def retire(
    entry_id: EntryId,
    comment: Annotated[str, typer.Option(help="Why; kept in the audit log.")],
    by: Author = "",
) -> None:
    """Take an entry's live version out of use, from the next publish on."""
    with _store() as store:
        store.retire(entry_id, acting(store, by, "approve"), comment, datetime.now(UTC))
    _line(f"{entry_id} is retired")


@entry.command()
def restore(
    entry_id: EntryId,
    version: Annotated[int, typer.Argument(help="The version whose text is to be a draft again.")],
    by: Author = "",
    comment: Comment = "",
) -> None:
    """Make an old version's text a new draft."""
    with _store() as store:
        number = store.restore(entry_id, version, acting(store, by, "edit"), comment, datetime.now(UTC))
    _line(f"{entry_id}: draft v{number} has the text of v{version}")


@app.command()
def expiring(
    days: Annotated[int, typer.Option(min=0, help="How many days ahead to look.")] = 14, json_: AsJson = False
) -> None:
    """Live entries that end within so many days, or have ended and leave a gap, soonest first."""
    from service.editing.catalogue import Wanted

    with _store() as store:
        rows, today = _rows(store, Wanted(expiring_days=days))
    rows.sort(key=lambda row: (row.expires or today, row.entry_id))
    if json_:
        print(json.dumps([_data(row) for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        left = (row.expires - today).days if row.expires is not None else 0
        when = f"ended {-left} days ago" if left < 0 else f"{left} days left"
        _line(f"{row.expires}  {when:<18} {row.entry_id:<28} {row.title}")
    _line(f"{len(rows)} entries end by {today + timedelta(days=days)}")


def _rows(store: Store, wanted: Wanted) -> tuple[list[Row], date]:
    from service.editing.catalogue import fits, listed

    rows, today = listed(store, store.overviews(), me(), datetime.now(UTC))
    return [row for row in rows if fits(row, wanted, today)], today


def _data(row: Row) -> dict[str, object]:
    return {
        "entry_id": row.entry_id,
        "title": row.title,
        "kind": row.kind,
        "state": row.state,
        "version": row.version,
        "live_version": row.live_version,
        "owner": row.owner,
        "edited_at": row.edited_at.isoformat(),
        "products": list(row.products),
        "expires": row.expires.isoformat() if row.expires is not None else None,
        "low": row.use.low,
    }


def _line(text: str) -> None:
    out.print(text, markup=False, highlight=False)
