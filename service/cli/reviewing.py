"""Verbs on review: what waits, one version, approve, return; and the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knowledge.errors import KnowledgeError
from service.cli.acting import acting
from service.cli.terminal import Author, app, err, me, out
from service.settings import Settings

if TYPE_CHECKING:
    from service.identity.people import Permission

review = typer.Typer(help="What waits for approval: list, show, approve, return, withdraw.", no_args_is_help=True)
app.add_typer(review, name="review")

Versions = Annotated[list[str], typer.Argument(help="Such as refund.time@3; without @ the version that waits.")]
Because = Annotated[str, typer.Option(help="Kept in the audit log.")]


@review.command("list")
def list_(
    author: Annotated[str | None, typer.Option(help="Only what they wrote.")] = None,
    category: Annotated[str | None, typer.Option(help="The id's first part, such as refund.")] = None,
) -> None:
    """List what waits, the newest first."""
    from service.reviews import Wanted, waiting

    with _store() as store:
        found = waiting(store, Wanted(author, category))
    for one in found:
        record = one.record
        replaces = f"replaces {one.live}" if one.live is not None else "new"
        comment = f"  “{one.comment}”" if one.comment else ""
        _say(f"{record.entry.id}@{record.version}  {record.entry.title}  {record.author}  {replaces}{comment}")
    _say(f"{len(found)} {'waits' if len(found) == 1 else 'wait'} for review")


@review.command()
def show(version: Annotated[str, typer.Argument(help="Such as refund.time@3.")], by: Author = "") -> None:
    """Show what a version changes, what lint says of it, and whether it may be approved."""
    from service.reviews import review as read

    with _store() as store:
        ((entry_id, number),) = _named(store, [version])
        seen = read(store, entry_id, number, by or me(), True, datetime.now(UTC))
    record, against = seen.review.record, seen.review.against
    than = f"against version {against.version}" if against is not None else "nothing to compare with"
    _say(f"{entry_id}@{number}  {record.entry.title}  {record.state}  by {record.author}, {than}")
    for difference in seen.differences:
        marks = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
        text = "".join(piece.text.join(marks[piece.kind]) for piece in difference.pieces)
        _say(f"  {difference.field} {difference.change}{': ' + text if text else ''}")
    for finding in seen.findings or ():
        _say(f"  {finding.severity}  {finding.field}: {finding.message}  ({finding.rule})")
    for line in seen.review.history:
        if line.comment and line.version == number:
            _say(f"  {line.at:%Y-%m-%d %H:%M} {line.who} {line.act}: {line.comment}")
    if seen.review.obstacle is not None:
        _say(f"  cannot be approved by {by or me()}: {seen.review.obstacle}")


@review.command()
def approve(versions: Versions, comment: Because = "", by: Author = "") -> None:
    """Approve versions; those that cannot be are named, the others are done."""
    _decide("approve", versions, comment, by)


@review.command("return")
def return_(
    versions: Versions,
    comment: Annotated[str, typer.Option(help="What to change; the author reads it.")],
    by: Author = "",
) -> None:
    """Return versions to their authors; those that cannot be are named, the others are done."""
    _decide("return", versions, comment, by)


@review.command()
def withdraw(versions: Versions, comment: Because = "", by: Author = "") -> None:
    """Take back what one submitted oneself; those that cannot be are named, the others are done."""
    _decide("withdraw", versions, comment, by)


@app.command()
def audit(
    entry: Annotated[str | None, typer.Option(help="Only acts on this entry.")] = None,
    who: Annotated[str | None, typer.Option(help="Only acts of this person.")] = None,
    act: Annotated[str | None, typer.Option(help="Such as save, submit or approve.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="The first day, such as 2026-11-22.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="The last day, included.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="So many lines, the newest first.")] = 100,
    csv: Annotated[Path | None, typer.Option(help="Write all that fit to this file instead.")] = None,
) -> None:
    """Who did what to the knowledge, when and why."""
    from pydantic import ValidationError

    from service.api.audit import AuditQuery, page, write_csv
    from service.errors import RequestError
    from service.fields import field_problems, sentence

    given = {"entry": entry, "who": who, "act": act, "from": since, "to": until, "limit": limit}
    try:
        asked = AuditQuery.model_validate(given)
    except ValidationError as error:
        raise KnowledgeError(sentence(field_problems(error))) from error
    try:
        with _store() as store:
            if csv is not None:
                _say(f"{write_csv(store, asked, csv)} lines written to {csv}")
                return
            lines, total, _ = page(store, asked, administrative=True)
    except RequestError as error:
        raise KnowledgeError(f"{error.field}: {error}") from error
    for line in lines:
        about = f"{line.entry_id}@{line.version}" if line.entry_id else str(line.detail.get("document", ""))
        _say(f"{line.at:%Y-%m-%d %H:%M}  {line.who}  {line.act}  {about}{'  ' + line.comment if line.comment else ''}")
    _say(f"{len(lines)} of {total} lines")


def _store() -> Any:
    from service.remembered import opened

    return opened(Settings.from_environment())


def _decide(decision: Any, given: list[str], comment: str, by: str) -> None:
    with _store() as store:
        who = acting(store, by, NEEDED[decision])
        outcomes = store.decide(decision, _named(store, given), who, datetime.now(UTC), comment)
    refused = [outcome for outcome in outcomes if outcome.problem is not None]
    for outcome in outcomes:
        if outcome.problem is None:
            _say(f"{outcome.entry_id}@{outcome.version}: {DONE[decision]}")
        else:
            err.print(f"huashu: {outcome.problem}", style="red", markup=False, highlight=False)
    if refused:
        raise typer.Exit(1)


def _named(store: Any, given: list[str]) -> list[tuple[str, int]]:
    """Ids with their versions; of an id alone the newest version that waits, or the newest there is."""
    named = []
    for text in given:
        entry_id, at, number = text.partition("@")
        if at and not number.isdecimal():
            raise KnowledgeError(f"{text!r} names no version: write it as refund.time@3")
        if not at:
            history = store.history(entry_id)
            waiting = [record.version for record in history if record.state == "in_review"]
            number = str(waiting[-1] if waiting else history[-1].version)
        named.append((entry_id, int(number)))
    return named


def _say(text: str) -> None:
    out.print(text, markup=False, highlight=False)


NEEDED: dict[str, Permission] = {"approve": "approve", "return": "approve", "withdraw": "edit"}
DONE = {"approve": "approved", "return": "returned", "withdraw": "withdrawn"}
