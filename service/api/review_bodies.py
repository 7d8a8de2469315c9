"""The bodies of /v1/reviews and /v1/audit: what may be asked, and what is answered."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from knowledge.differences import Change
from knowledge.model import Entry, EntryId, Kind, State
from knowledge.store import AuditRecord, Decision, Submission
from knowledge.textdiff import PieceKind
from service.api.requests import Message, Name, StrictRequest
from service.reviews import Hindrance, is_own

MOST_AT_ONCE = 200
LARGEST_VERSION = 2**31 - 1

VersionNumber = Annotated[int, Field(ge=1, le=LARGEST_VERSION)]
Remark = Annotated[str, StringConstraints(max_length=2000)]


class ReviewFilter(BaseModel):
    """Which submissions."""

    model_config = ConfigDict(extra="forbid")

    author: Annotated[Name | None, Field(description="Who wrote the version.")] = None
    category: Annotated[str | None, Field(max_length=60, description="The id's first part, such as `refund`.")] = None
    mine: Annotated[bool, Field(description="Only what whoever asks wrote or submitted.")] = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0


class SubmissionOut(BaseModel):
    """A version that waits. `live_version` is what it would replace, null for a new entry."""

    entry_id: str
    version: int
    kind: Kind
    category: str
    title: str
    author: str
    submitted_by: str
    submitted_at: AwareDatetime
    comment: str
    live_version: int | None
    mine: Annotated[bool, Field(description="Whether whoever asks wrote or submitted it, and so may withdraw it.")]


class ReviewList(BaseModel):
    """Those that wait, the one submitted last first; `total` counts all that fit the filter."""

    total: int
    reviews: list[SubmissionOut]


class PieceOut(BaseModel):
    """Text that both versions have, that went, or that came."""

    kind: PieceKind
    text: str


class DifferenceOut(BaseModel):
    """One difference: `field` is a path such as `title`, `variants`, `replies.chat.zh` or `escalation.level`."""

    field: str
    change: Change
    pieces: list[PieceOut]


class FindingOut(BaseModel):
    """What lint says of this version in its place; an error keeps the next build from being made."""

    rule: str
    severity: Literal["error", "warning"]
    field: str
    message: str


class ActOut(BaseModel):
    """One line of the audit log; `entry_id` and `version` are null where it is about no entry."""

    number: int
    act: str
    who: str
    at: AwareDatetime
    entry_id: str | None
    version: int | None
    comment: str
    detail: dict[str, Any]


class ReviewOut(BaseModel):
    """A version with all that a reviewer needs.

    `against` is the version it is compared with: the live one, and for the live one the version it replaced; null where
    there is none. `may_approve` is whether whoever asks may; `hindrance` says why not, and `hindrance_detail` in words.
    """

    entry: Entry
    version: int
    state: State
    author: str
    created_at: AwareDatetime
    submission: SubmissionOut | None
    against: int | None
    differences: list[DifferenceOut]
    findings: list[FindingOut]
    may_approve: bool
    hindrance: Hindrance | None
    hindrance_detail: str | None
    history: Annotated[list[ActOut], Field(description="Every act on the entry, oldest first.")]


class Comment(StrictRequest):
    """A comment that may be left out."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"comment": "时限已核对"}, {}]}
    )

    comment: Remark = ""


class Reason(StrictRequest):
    """A comment that may not be left out."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"comment": "请写明几个工作日到账"}]}
    )

    comment: Annotated[Message, Field(description="What to change.")]


class VersionRef(StrictRequest):
    """Which version of which entry: what was looked at is what is decided, whatever was written since."""

    entry_id: EntryId
    version: VersionNumber


class Decisions(StrictRequest):
    """One decision on many versions."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"decision": "approve", "versions": [{"entry_id": "refund.time", "version": 2}]}]
        },
    )

    decision: Annotated[Decision, Field(description="`withdraw` needs `edit` only, the others `approve`.")]
    versions: Annotated[list[VersionRef], Field(min_length=1, max_length=MOST_AT_ONCE)]
    comment: Annotated[Remark, Field(description="Required to return.")] = ""


class OutcomeOut(BaseModel):
    """What became of one version; `problem` says why nothing was done, null where it was."""

    entry_id: str
    version: int
    problem: str | None


class DecisionsOut(BaseModel):
    """What became of each, in the order they were given. `done` and `refused` count them."""

    done: int
    refused: int
    outcomes: list[OutcomeOut]


def submission_out(submission: Submission, who: str) -> SubmissionOut:
    record = submission.record
    return SubmissionOut(
        entry_id=record.entry.id,
        version=record.version,
        kind=record.entry.kind,
        category=record.entry.category,
        title=record.entry.title,
        author=record.author,
        submitted_by=submission.submitted_by,
        submitted_at=submission.submitted_at,
        comment=submission.comment,
        live_version=submission.live,
        mine=is_own(submission, who),
    )


def act_out(line: AuditRecord) -> ActOut:
    return ActOut(**asdict(line))
