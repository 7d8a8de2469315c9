"""`huashu read`: a service manual to proposals, and chosen ones into the database as drafts."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.acting import acting
from service.cli.terminal import Author, app, err, out
from service.settings import Settings

if TYPE_CHECKING:
    from knowledge.formats.documents.proposals import Proposal, Reading
    from knowledge.model import Pack
    from knowledge.store import Store

RANGES = re.compile(r"^\s*\d{1,5}(?:\s*-\s*\d{1,5})?(?:\s*,\s*\d{1,5}(?:\s*-\s*\d{1,5})?)*\s*$")
KNOWN = {"exact": "=", "likely": "≈", "near": "~"}


@app.command()
def read(
    document: Annotated[Path, typer.Argument(help="A DOCX, PDF, HTML or TXT file.")],
    json_: Annotated[bool, typer.Option("--json", help="All of it, as the API gives it.")] = False,
    out_: Annotated[
        Path | None, typer.Option("--out", help="Write the chosen proposals as a YAML file of entries.")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Print the cleaned text, and nothing else.")] = False,
    only: Annotated[str, typer.Option(help="Choose proposals by number, such as 1,4-7; all where left out.")] = "",
    save: Annotated[bool, typer.Option("--save", help="Save the chosen proposals as drafts.")] = False,
    index: Annotated[
        bool, typer.Option(help="Ask the live index what is covered already; else words are compared.")
    ] = True,
    by: Author = "",
) -> None:
    """Read a service manual: what was repaired, which situations and wordings it has, and what covers them already."""
    from knowledge.formats.documents.isolation import read_apart

    if only and not RANGES.match(only):
        raise typer.BadParameter(f"{only!r} is no list of numbers: give some such as 1,4-7", param_hint="--only")
    reading = read_apart(document.read_bytes(), document.name)
    chosen = _chosen(reading, only)
    reading = _compared(reading, index and not text)
    if out_ is not None:
        _write(reading, chosen, out_)
    if json_:
        print(reading.model_dump_json(indent=2))
    elif text:
        for line in reading.lines:
            print(line.text)
    else:
        _tell(reading)
    if save:
        _save(reading, chosen, by)


def _compared(reading: Reading, index: bool) -> Reading:
    """Held against the live index, or the approved entries, where there are any."""
    from index.errors import RetrievalError
    from service import coverage
    from service.live import published
    from service.remembered import opened

    settings = Settings.from_environment()
    if index:
        try:
            return coverage.by_index(reading, published(settings))
        except RetrievalError as error:
            err.print(f"compared by words: {error}", style="yellow", markup=False, highlight=False)
    if not settings.database and not (settings.home / "knowledge.db").is_file():
        return reading
    with opened(settings) as store:
        return coverage.by_words(reading, _pack(store))


def _pack(store: Store) -> Pack | None:
    from knowledge.errors import NotFound

    try:
        return store.pack()
    except NotFound:
        return None


def _chosen(reading: Reading, only: str) -> list[Proposal]:
    if not only:
        return list(reading.proposals)
    numbers: set[int] = set()
    for part in only.split(","):
        first, _, last = part.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    count = len(reading.proposals)
    if beyond := sorted(number for number in numbers if not 1 <= number <= count):
        raise typer.BadParameter(f"there is no proposal {beyond[0]}: there are {count}", param_hint="--only")
    return [proposal for proposal in reading.proposals if proposal.number in numbers]


def _tell(reading: Reading) -> None:
    def say(line: str) -> None:
        out.print(line, markup=False, highlight=False)

    repairs = ", ".join(f"{step.step} {step.count}" for step in reading.repairs) or "none"
    pages = f"{reading.pages} pages, " if reading.pages else ""
    characters = sum(len(line.text) for line in reading.lines)
    say(
        f"{reading.name}: {reading.format}, {pages}{len(reading.lines)} lines, {characters} characters; "
        f"read in {reading.seconds:.2f} s"
    )
    say(f"repaired: {repairs}")
    say(f"{len(reading.proposals)} proposals")
    for one in reading.proposals:
        covered = f"  {KNOWN[one.covered.how]} {one.covered.entry_id}" if one.covered else ""
        problems = f"  ! {', '.join(one.problems)}" if one.problems else ""
        where = f"{one.entry_id}, {one.certainty}, {one.rule}; {one.place}"
        say(f"{one.number:4}. {one.title}  [{where}]{covered}{problems}")
        say(f"      {one.reply}")
    for phrase in reading.phrases:
        known = {True: "known", False: "new", None: ""}[phrase.known]
        say(f"never say: {phrase.phrase}{f' → {phrase.instead}' if phrase.instead else ''}  {known}".rstrip())
    for level in reading.levels:
        length = f"{level.days} working days" if level.days else f"{level.seconds} s"
        say(f"promise: {length} ({level.act}{f', {level.state} in the policy' if level.state else ''}): {level.text}")


def _write(reading: Reading, chosen: list[Proposal], path: Path) -> None:
    from knowledge.formats.documents.drafts import entry_of
    from knowledge.formats.rendering import render

    entries = [entry_of(proposal, reading.name) for proposal in chosen]
    path.write_text(render([entry.model_dump(exclude_defaults=True) for entry in entries]), "utf-8")
    err.print(f"{len(entries)} entries written to {path}", markup=False, highlight=False)


def _save(reading: Reading, chosen: list[Proposal], by: str) -> None:
    """An entry that is there already is named and left alone."""
    from knowledge.errors import StaleError
    from knowledge.formats.documents.drafts import entry_of
    from service.remembered import opened

    settings = Settings.from_environment()
    settings.home.mkdir(parents=True, exist_ok=True)
    saved = 0
    with opened(settings) as store:
        who = acting(store, by, "edit")
        for proposal in chosen:
            entry = entry_of(proposal, reading.name)
            try:
                store.save_entry(entry, who, 0, f"from {entry.source}", datetime.now(UTC))
                saved += 1
            except StaleError:
                versions = len(store.history(entry.id))
                err.print(f"{entry.id} exists with {versions} versions: left as it is", markup=False, highlight=False)
    err.print(f"{saved} drafts saved", markup=False, highlight=False)
