"""Review: what waits, and the acts that decide it.

Several decisions at once are one transaction in which each stands alone: what cannot be decided is left as it was and
named, the rest is done together or, should the database fail, not at all. So a reviewer's forty do not wait for the
one that its author has just withdrawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from knowledge.errors import NotFound, StateError
from knowledge.model import Policy
from knowledge.store import rows, rules
from knowledge.store.records import AuditRecord, Decision, Outcome, Review, Submission, VersionRecord
from knowledge.store.tables import audit, entry_version, policy_version
from knowledge.store.unreadable import Unreadable, modelled

Offer = tuple[str, datetime, str]  # who offered it for review, when, with which comment
Decide = Callable[[Connection, str, int, str, datetime, str], None]


def waiting(connection: Connection) -> tuple[Submission, ...]:
    """Every version in review, the one submitted last first."""
    live = rows.live_versions(connection)
    submitted = _submit_lines(connection)
    found = [
        Submission(record, *_offer(submitted, record), live.get(record.entry.id))
        for record in rows.versions(connection, state="in_review")
    ]
    return tuple(sorted(found, key=lambda one: one.submitted_at, reverse=True))


def review(connection: Connection, entry_id: str, version: int, who: str) -> Review:
    """One version, whatever its state, with all that concerns its review by somebody."""
    record = rules.existing(connection, entry_id, version)
    history = rows.audit_records(connection, entry_id)
    live = rules.live(connection, entry_id)
    obstacle = None
    try:
        _approvable(connection, entry_id, version, who, allow_own=False)
    except StateError as error:
        obstacle = error
    submission = None
    if record.state == "in_review":
        offered = _offer(_submit_lines(connection, record), record)
        submission = Submission(record, *offered, live.version if live is not None else None)
    if live == record:
        replaced = next((line.detail.get("replaces") for line in history if _made_live(line, version)), None)
        live = rows.version(connection, entry_id, replaced) if replaced is not None else None
    return Review(record, submission, live, history, obstacle)


def approve(
    connection: Connection,
    entry_id: str,
    version: int,
    who: str,
    at: datetime,
    comment: str = "",
    allow_own: bool = False,
) -> None:
    """Make a version in review the live one; the version that was live is retired."""
    live = _approvable(connection, entry_id, version, rules.named(who), allow_own)
    supersede(connection, {entry_id: version}, who, at)
    rows.retire(connection, [entry_id], who, at)
    rows.decide(connection, entry_id, version, "approved", who, at)
    replaced = {"replaces": live.version} if live is not None else {}
    rows.add_act(connection, "approve", who, at, entry_id, version, comment, replaced)


def submit(connection: Connection, entry_id: str, version: int, who: str, at: datetime, comment: str = "") -> None:
    """Offer a draft for review, in the place of any older version that waits."""
    record = rules.in_state(connection, entry_id, version, "draft")
    rules.newest_offer(connection, record)
    supersede(connection, {entry_id: version}, who, at)
    rows.decide(connection, entry_id, version, "in_review")
    rows.add_act(connection, "submit", rules.named(who), at, entry_id, version, comment)


def supersede(connection: Connection, newer: Mapping[str, int], who: str, at: datetime) -> None:
    """Take what waits of these entries out of review where it is older than the version named: drafts again."""
    waiting = select(entry_version.c.entry_id, entry_version.c.version).where(entry_version.c.state == "in_review")
    for row in connection.execute(waiting).all():
        if row.version < newer.get(row.entry_id, 0):
            why = f"version {newer[row.entry_id]} was submitted in its place"
            rows.decide(connection, row.entry_id, row.version, "draft")
            rows.add_act(connection, "withdraw", rules.named(who), at, row.entry_id, row.version, why)


def send_back(connection: Connection, entry_id: str, version: int, who: str, at: datetime, comment: str) -> None:
    """Return a version in review to its author, as a draft; the comment says why."""
    rules.in_state(connection, entry_id, version, "in_review")
    rules.said(comment, "a return")
    rows.decide(connection, entry_id, version, "draft")
    rows.add_act(connection, "send_back", rules.named(who), at, entry_id, version, comment)


def withdraw(connection: Connection, entry_id: str, version: int, who: str, at: datetime, comment: str = "") -> None:
    """Take one's own version out of review; it is a draft again."""
    record = rules.in_state(connection, entry_id, version, "in_review")
    submitter, _, _ = _offer(_submit_lines(connection, record), record)
    rules.submitted_by(record, submitter, who)
    rows.decide(connection, entry_id, version, "draft")
    rows.add_act(connection, "withdraw", rules.named(who), at, entry_id, version, comment)


def comment(connection: Connection, entry_id: str, version: int, who: str, at: datetime, text: str) -> None:
    """Say something about a version, in whatever state, and change nothing else."""
    rules.existing(connection, entry_id, version)
    rows.add_act(connection, "comment", rules.named(who), at, entry_id, version, rules.said(text, "a comment"))


def decide(
    connection: Connection, decision: Decision, versions: Sequence[tuple[str, int]], who: str, at: datetime, text: str
) -> tuple[Outcome, ...]:
    """Decide each version by itself; what came of each, in the order given."""
    act = DECISIONS[decision]
    found = []
    for entry_id, version in versions:
        problem = None
        try:
            with connection.begin_nested():
                act(connection, entry_id, version, who, at, text)
        except (NotFound, StateError) as error:
            problem = str(error)
        found.append(Outcome(entry_id, version, problem))
    return tuple(found)


def own_allowed(connection: Connection) -> bool:
    """Whether the policy in force lets authors approve what they wrote; not where there is none."""
    document = rows.document(connection, policy_version)
    return document is not None and modelled(Policy, document).approval.own


def _approvable(connection: Connection, entry_id: str, version: int, who: str, allow_own: bool) -> VersionRecord | None:
    """The version that an approval would replace; StateError where somebody may not approve."""
    record = rules.in_state(connection, entry_id, version, "in_review")
    if not (allow_own or own_allowed(connection)):
        rules.not_own(f"entry {entry_id} version {version}", record.author, who)
    rules.newer(connection, record)
    return rules.live(connection, entry_id)


def _made_live(line: AuditRecord, version: int) -> bool:
    return line.version == version and line.act in ("approve", "import")


def _offer(submitted: Mapping[tuple[str, int], Offer], record: VersionRecord) -> Offer:
    """The offer of a version in review. Both are written in one act, so where it is not there, a row has changed."""
    try:
        return submitted[record.entry.id, record.version]
    except KeyError as error:
        name = f"entry {record.entry.id} version {record.version}"
        raise Unreadable(f"{name} is in review, and no line of audit says who submitted it") from error


def _submit_lines(connection: Connection, only: VersionRecord | None = None) -> dict[tuple[str, int], Offer]:
    """Who offered each version in review last, when and with which comment."""
    of_version = (audit.c.entry_id == entry_version.c.entry_id) & (audit.c.version == entry_version.c.version)
    newest = select(func.max(audit.c.number)).select_from(audit.join(entry_version, of_version))
    newest = newest.where(audit.c.act == "submit", entry_version.c.state == "in_review")
    if only is not None:
        newest = newest.where(audit.c.entry_id == only.entry.id, audit.c.version == only.version)
    newest = newest.group_by(audit.c.entry_id, audit.c.version)
    lines = connection.execute(select(audit).where(audit.c.number.in_(newest)))
    return {(line.entry_id, line.version): (line.who, line.at, line.comment) for line in lines}


DECISIONS: Final[dict[Decision, Decide]] = {"approve": approve, "return": send_back, "withdraw": withdraw}
