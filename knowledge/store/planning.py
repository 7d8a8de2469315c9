"""What importing a file would do, and doing just that: compared with the database, shown first, then all or nothing.

A plan remembers the versions it was made beside. Applied later, it is refused where one of its entries has changed
since, or where something they refer to is gone; what changed elsewhere does not matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from knowledge.errors import KnowledgeError, NotFound, StateError
from knowledge.formats.composing import Composed, Composer
from knowledge.formats.drafts import Reading
from knowledge.formats.sheets import CellProblem
from knowledge.formats.tables import texts_of
from knowledge.formats.vocabulary import Vocabulary
from knowledge.model import Entry, Facts, Frozen, Policy
from knowledge.store import importing, reviewing, rows
from knowledge.store.importing import Import
from knowledge.store.records import ImportReport, VersionRecord
from knowledge.store.tables import facts_version, policy_version
from knowledge.store.unreadable import modelled

# As what imported entries arrive.
Arrival = Literal["draft", "in_review", "approved"]
NAMED = 5  # entries a message names


class FieldChange(Frozen):
    """One field as it is and as it would be, both as a sheet writes them."""

    field: str
    before: str
    after: str


class Change(Frozen):
    """One entry that would get a version. `live` and `newest` are the versions it was compared beside, 0 for none.

    `rows` are those of the sheet in which it begins.
    """

    kind: Literal["added", "changed"]
    entry: Entry
    sheet: str
    rows: tuple[int, ...]
    live: int
    newest: int
    fields: tuple[FieldChange, ...] = ()


class Retirement(Frozen):
    """One live version that would be retired."""

    entry_id: str
    version: int
    title: str


class Skipped(Frozen):
    """Rows that became no entry; problems say why."""

    sheet: str
    rows: tuple[int, ...]
    title: str


class Plan(Frozen):
    """Everything an import would do, and everything that is wrong in its file."""

    file: str
    format: str
    arrival: Arrival
    rows: int
    changes: tuple[Change, ...] = ()
    unchanged: tuple[str, ...] = ()
    retired: tuple[Retirement, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    problems: tuple[CellProblem, ...] = ()

    @property
    def errors(self) -> int:
        """How many problems keep rows from being imported."""
        return sum(problem.severity == "error" for problem in self.problems)

    def of_kind(self, kind: Literal["added", "changed"]) -> tuple[Change, ...]:
        """The entries that would be added, or those that would be changed."""
        return tuple(change for change in self.changes if change.kind == kind)

    def report(self) -> ImportReport:
        """The same as ids."""
        return ImportReport(
            added=tuple(change.entry.id for change in self.of_kind("added")),
            changed=tuple(change.entry.id for change in self.of_kind("changed")),
            unchanged=self.unchanged,
            retired=tuple(one.entry_id for one in self.retired),
        )


@dataclass(frozen=True)
class _Standing:
    """What the database has: live versions, versions waiting for somebody, and the highest number of each entry."""

    live: Mapping[str, VersionRecord]
    waiting: Mapping[str, VersionRecord]
    highest: Mapping[str, int]

    @classmethod
    def of(cls, connection: Connection) -> _Standing:
        live = {record.entry.id: record for record in rows.versions(connection, state="approved")}
        open_ = (*rows.versions(connection, state="draft"), *rows.versions(connection, state="in_review"))
        waiting: dict[str, VersionRecord] = {}
        for record in sorted(open_, key=lambda record: record.version):
            if record.entry.id not in live or record.version > live[record.entry.id].version:
                waiting[record.entry.id] = record
        return cls(live, waiting, rows.highest_versions(connection))

    def entries(self) -> dict[str, Entry]:
        """Each entry as it is: its live version, else the one that waits."""
        return {entry_id: record.entry for entry_id, record in {**self.waiting, **self.live}.items()}


def plan(connection: Connection, reading: Reading, file: str, arrival: Arrival, retire_missing: bool) -> Plan:
    """What importing these drafts would do. NotFound where no policy was ever imported."""
    standing = _Standing.of(connection)
    composer = Composer(standing.entries(), vocabulary(connection))
    problems = list(reading.problems)
    changes: list[Change] = []
    unchanged: list[str] = []
    skipped: list[Skipped] = []
    named: set[str] = set()
    for composed in composer.compose(reading.drafts):
        draft = composed.draft
        named.add(composed.entry_id)
        problems += composed.problems
        if composed.entry is None:
            title = draft.text("title") or ""
            skipped += [Skipped(sheet=sheet, rows=rows, title=title) for sheet, rows in draft.by_sheet.items()]
        elif (change := _change(composed, composed.entry, standing, arrival, problems)) is not None:
            changes.append(change)
        else:
            unchanged.append(composed.entry.id)
    gone = [record for entry_id, record in standing.live.items() if entry_id not in named] if retire_missing else []
    return Plan(
        file=file,
        format=reading.format,
        arrival=arrival,
        rows=reading.rows,
        changes=tuple(changes),
        unchanged=tuple(unchanged),
        retired=tuple(Retirement(entry_id=one.entry.id, version=one.version, title=one.entry.title) for one in gone),
        skipped=tuple(skipped),
        problems=tuple(problems),
    )


def vocabulary(connection: Connection) -> Vocabulary:
    """The names that the policy and the facts in force define."""
    policy, facts = rows.document(connection, policy_version), rows.document(connection, facts_version)
    if policy is None:
        raise NotFound(
            "no policy has been imported yet: import a pack first, such as the shipped one (`huashu import`)"
        )
    return Vocabulary.of(modelled(Policy, policy), modelled(Facts, facts or {}))


def _change(
    composed: Composed, entry: Entry, standing: _Standing, arrival: Arrival, problems: list[CellProblem]
) -> Change | None:
    """What an entry would become; None where it is that already, or waits to."""
    live, waiting = standing.live.get(entry.id), standing.waiting.get(entry.id)
    if live is not None and live.entry == entry:
        return None
    if waiting is not None and arrival != "approved" and waiting.entry == entry:
        return None
    if waiting is not None and live is not None:
        there = composed.draft.problem("id", "open_draft", id=entry.id, version=waiting.version, author=waiting.author)
        problems.append(there)
    base = live or (waiting if arrival != "approved" else None)
    return Change(
        kind="added" if base is None else "changed",
        entry=entry,
        sheet=composed.draft.first.sheet,
        rows=composed.draft.by_sheet[composed.draft.first.sheet],
        live=live.version if live is not None else 0,
        newest=standing.highest.get(entry.id, 0),
        fields=_fields(base.entry, entry) if base is not None else (),
    )


def _fields(before: Entry, after: Entry) -> tuple[FieldChange, ...]:
    was, will = texts_of(before), texts_of(after)
    keys = dict.fromkeys((*will, *was))
    return tuple(
        FieldChange(field=key, before=was.get(key, ""), after=will.get(key, ""))
        for key in keys
        if was.get(key, "") != will.get(key, "")
    )


def apply(connection: Connection, plan: Plan, act: Import, skip_bad: bool) -> None:
    """Write what the plan says; nothing at all where an error was not explicitly passed over, or the base has moved."""
    if plan.errors and not skip_bad:
        raise KnowledgeError(f"{plan.errors} errors in {plan.file}: correct them, or skip those rows explicitly")
    if plan.errors and plan.retired:
        raise KnowledgeError(
            f"{plan.errors} errors in {plan.file}, and {len(plan.retired)} entries to retire, of which a skipped "
            "row may be one: correct the rows first, or retire nothing"
        )
    _still_fits(connection, plan)
    live = rows.live_versions(connection)
    entries = [change.entry for change in plan.changes]
    retired = {one.entry_id: one.version for one in plan.retired}
    if plan.arrival == "approved":
        rows.retire(connection, [entry.id for entry in entries if entry.id in live], act.approver, act.at)
    rows.retire(connection, retired, act.approver, act.at)
    numbers = importing.add_versions(connection, entries, act, plan.arrival)
    acts = {"approved": ("import",), "draft": ("save",), "in_review": ("save", "submit")}[plan.arrival]
    if plan.arrival == "in_review":
        reviewing.supersede(connection, numbers, act.author, act.at)
    for name in acts:
        importing.add_audit(connection, name, numbers, live, act)
    importing.add_audit(connection, "retire", retired, live, act)


def _still_fits(connection: Connection, plan: Plan) -> None:
    """StateError where what the plan was made beside is there no more."""
    live, highest = rows.live_versions(connection), rows.highest_versions(connection)
    moved = [
        change.entry.id
        for change in plan.changes
        if (live.get(change.entry.id, 0), highest.get(change.entry.id, 0)) != (change.live, change.newest)
    ]
    moved += [one.entry_id for one in plan.retired if live.get(one.entry_id) != one.version]
    if moved:
        raise StateError(f"{_some(moved)} changed since the dry run: make a new one")
    names = vocabulary(connection)
    broken = [change.entry.id for change in plan.changes if any(names.unknown(change.entry))]
    if broken:
        raise StateError(
            f"{_some(broken)}: a product, target, field, slot or fact named there is gone: make a new dry run"
        )


def _some(ids: Collection[str]) -> str:
    shown: Iterable[str] = list(ids)[:NAMED]
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return f"{'entry' if len(ids) == 1 else 'entries'} {', '.join(shown)}{more}"
