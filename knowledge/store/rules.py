"""Which state may follow which, and who may do it: the checks that come before an act.

Each returns what the act needs, or raises with the entry, both values and the next step.
"""

from __future__ import annotations

from sqlalchemy import Connection

from knowledge.errors import KnowledgeError, NotFound, OwnVersion, StaleError, StateError
from knowledge.model import State
from knowledge.store import rows
from knowledge.store.records import VersionRecord

# What to do first where a version is in another state than an act needs.
REMEDIES: dict[State, str] = {
    "draft": "submit it first",
    "in_review": "send it back first",
    "approved": "save the change as a new version",
    "retired": "save it as a new version",
}


def named(who: str) -> str:
    """The name of who acts; never empty."""
    if not who.strip():
        raise StateError("an act without a name cannot be kept: say who acts")
    return who


def not_own(what: str, author: str, approver: str) -> None:
    """Approving takes a second person; case and spaces make none."""
    if author.strip().casefold() == approver.strip().casefold():
        raise OwnVersion(
            f"{what} was written by {author} and cannot be approved by {approver}: "
            "ask somebody else, or set approval.own in the policy"
        )


def submitted_by(record: VersionRecord, submitter: str, who: str) -> None:
    """Only who wrote or submitted a version may take it back; others return it."""
    if who.strip().casefold() not in (record.author.strip().casefold(), submitter.strip().casefold()):
        raise StateError(
            f"entry {record.entry.id} version {record.version} was submitted by {submitter} and cannot be withdrawn by "
            f"{who}: return it with a comment instead"
        )


def said(text: str, what: str) -> str:
    """The words that an act is nothing without."""
    if not text.strip():
        raise KnowledgeError(f"{what} without a word helps nobody: say what is meant")
    return text


def existing(connection: Connection, entry_id: str, version: int) -> VersionRecord:
    """One version; NotFound names those there are."""
    record = rows.version(connection, entry_id, version)
    if record is None:
        numbers = ", ".join(str(known.version) for known in history(connection, entry_id))
        raise NotFound(f"entry {entry_id} has no version {version}: choose one of {numbers}")
    return record


def in_state(connection: Connection, entry_id: str, version: int, wanted: State) -> VersionRecord:
    """A version that is in the state an act begins from."""
    record = existing(connection, entry_id, version)
    if record.state != wanted:
        remedy = REMEDIES[record.state]
        raise StateError(f"entry {entry_id} version {version} is {record.state}, not {wanted}: {remedy}")
    return record


def live(connection: Connection, entry_id: str) -> VersionRecord | None:
    """The approved version of an entry, if it has one."""
    return next((record for record in rows.versions(connection, entry_id) if record.state == "approved"), None)


def history(connection: Connection, entry_id: str) -> tuple[VersionRecord, ...]:
    """Every version of an entry that exists."""
    found = rows.versions(connection, entry_id)
    if not found:
        raise NotFound(f"entry {entry_id} does not exist: check the id, or save it first")
    return found


def newer(connection: Connection, record: VersionRecord) -> None:
    """A version may only follow an older one, retired since or not, so that nothing replaced ever comes back."""
    known = rows.versions(connection, record.entry.id)
    newest = max((one.version for one in known if one.state in ("approved", "retired")), default=0)
    if newest > record.version:
        raise StateError(
            f"entry {record.entry.id} version {record.version} is older than version {newest}, which was approved: "
            "save its text as a new version"
        )


def newest_offer(connection: Connection, record: VersionRecord) -> None:
    """What is offered for review is newer than what waits of the entry, in whose place it comes."""
    waiting = [one.version for one in rows.versions(connection, record.entry.id) if one.state == "in_review"]
    if max(waiting, default=0) > record.version:
        raise StateError(
            f"entry {record.entry.id} version {record.version} is older than version {max(waiting)}, which is in "
            "review: save its text as a new version"
        )


def to_retire(connection: Connection, entry_id: str) -> VersionRecord:
    """The live version of an entry that is to be retired."""
    found = live(connection, entry_id)
    if found is None:
        states = ", ".join(f"{record.version} {record.state}" for record in history(connection, entry_id))
        raise StateError(f"entry {entry_id} has no approved version ({states}): there is nothing to retire")
    return found


def newest_is(connection: Connection, entry_id: str, base_version: int) -> VersionRecord | None:
    """The version that a text began from, which must still be the newest; None for a new entry."""
    number = rows.highest_version(connection, entry_id)
    newest = rows.version(connection, entry_id, number)
    if number != base_version:
        begun = f"version {base_version}" if base_version else "nothing"
        who = newest.author if newest is not None else "nobody"
        raise StaleError(
            f"entry {entry_id}: your text began from {begun}, and {who} has saved version {number} since: "
            "merge the two, then save"
        )
    return newest


def to_amend(connection: Connection, entry_id: str) -> VersionRecord:
    """The newest version of an entry that is in use or to be: a change begins from it, a draft included."""
    newest = history(connection, entry_id)[-1]
    if newest.state == "retired":
        raise StateError(f"entry {entry_id} was retired by {newest.retired_by}: choose another, or write it anew")
    return newest


def unused(connection: Connection, entry_id: str) -> None:
    """An id for a new entry: none has it."""
    if number := rows.highest_version(connection, entry_id):
        raise StateError(f"entry {entry_id} exists, at version {number}: choose another id, or add to it")


def to_restore(connection: Connection, entry_id: str, version: int) -> VersionRecord:
    """A version whose content is to be a new draft: an older one, or the newest after it was retired."""
    record = existing(connection, entry_id, version)
    newest = rows.version(connection, entry_id, rows.highest_version(connection, entry_id))
    if newest is not None and newest.entry == record.entry and newest.state != "retired":
        raise StateError(
            f"entry {entry_id} version {version} says the same as version {newest.version}, the newest: "
            "there is nothing to restore"
        )
    return record
