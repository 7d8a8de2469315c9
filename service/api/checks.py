"""POST /v1/checks: an agent's own draft, held against the policy of the live index before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from index.contents import Contents
from index.retriever import Retriever
from knowledge.errors import NotFound
from knowledge.lint.context import language_of
from knowledge.lint.drafts import Drafts
from knowledge.lint.finding import Severity
from knowledge.lint.rules import promise_without_deadline, reply_length
from knowledge.model import Entry, EntryId
from service.api.requests import Draft, StrictRequest
from service.desk import choose_reply
from service.errors import PROBLEMS, Problem
from service.identity.people import needs

router = APIRouter(prefix="/v1", tags=["checks"])

# Rules whose remedy is another text, not other words in one place.
OF_THE_WHOLE = frozenset({promise_without_deadline.RULE, reply_length.RULE})


class CheckRequest(StrictRequest):
    """A draft as it would be sent."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"text": "这个我不知道，你等等吧。", "channel": "chat"},
                {"text": "我们会尽快联系您。", "entry_id": "refund.time"},
            ]
        },
    )

    text: Annotated[Draft, Field(description="1 to 4000 characters.")]
    channel: Annotated[
        Literal["chat", "phone", "email"], Field(description="For which channel; it sets how long a text may be.")
    ] = "chat"
    entry_id: Annotated[
        EntryId | None,
        Field(
            description="The live entry the draft is about: its approved reply is the alternative to a promise without "
            "a time and to a text that is too long."
        ),
    ] = None


class DraftFinding(BaseModel):
    """What a rule says of one place: the characters (Unicode code points) from `start` to before `end`, from 0."""

    rule: Annotated[str, Field(description="As in `huashu lint`: forbidden-phrases, formal-address, …")]
    severity: Severity
    message: str
    start: int
    end: int
    alternatives: Annotated[list[str], Field(description="Approved words to say instead; empty where there are none.")]


class CheckResponse(BaseModel):
    """Every finding in the order of the text; none means that no rule objects."""

    index_version: str
    findings: list[DraftFinding]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "index_version": "1d9160960ea3",
                    "findings": [
                        {
                            "rule": "forbidden-phrases",
                            "severity": "error",
                            "message": 'says "不知道" (evasive): say "这个问题我需要核实一下，3 小时内答复您。"',
                            "start": 3,
                            "end": 6,
                            "alternatives": ["这个问题我需要核实一下，3 小时内答复您。"],
                        }
                    ],
                }
            ]
        }
    )


class Checker:
    """Checks drafts under the live policy; what it needs of an index is gathered once a version."""

    def __init__(
        self, retriever: Callable[[], Retriever], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._retriever = retriever
        self._now = now
        self._drafts: dict[str, Drafts] = {}

    def check(self, asked: CheckRequest) -> CheckResponse:
        """The findings; NotFound for an entry that is not live, NoArtefact where no index is loaded."""
        retriever = self._retriever()
        reply = None
        if asked.entry_id is not None:
            entry = _entry(retriever, asked.entry_id, self._now())
            reply = choose_reply(entry, asked.channel, language_of(asked.text)).text
        marks = self._of(retriever).check(asked.text, asked.channel)
        own = [reply] if reply is not None else []
        return CheckResponse(
            index_version=retriever.version,
            findings=[
                DraftFinding(
                    rule=mark.rule,
                    severity=mark.severity,
                    message=mark.message,
                    start=mark.start,
                    end=mark.end,
                    alternatives=own if mark.rule in OF_THE_WHOLE else list(mark.alternatives),
                )
                for mark in marks
            ],
        )

    def _of(self, retriever: Retriever) -> Drafts:
        if retriever.version not in self._drafts:
            contents = retriever.contents
            self._drafts = {retriever.version: Drafts(contents.policy, _approved(contents))}
        return self._drafts[retriever.version]


@router.post(
    "/checks",
    summary="Check an agent's draft",
    responses={**PROBLEMS, 404: {"model": Problem, "description": "No live entry has this id."}},
    dependencies=[Depends(needs("suggest"))],
)
async def checks(body: CheckRequest, request: Request) -> CheckResponse:
    """Forbidden phrases with approved words instead, 你 for 您, promises without a time, personal data, and length.

    Findings advise: nothing is sent or kept.
    """
    state = request.app.state
    response: CheckResponse = await state.admission.run(partial(state.check, body), gone=request.is_disconnected)
    return response


def _entry(retriever: Retriever, entry_id: str, now: datetime) -> Entry:
    """A live entry that is valid now: an expired reply is no alternative to anything."""
    today = retriever.contents.policy.business_hours.day_of(now)
    for approved in retriever.contents.entries:
        if approved.entry.id == entry_id and approved.entry.valid_on(today):
            return approved.entry
    raise NotFound(f"entry {entry_id!r} is not in index {retriever.version}: GET /v1/entries lists those that are")


def _approved(contents: Contents) -> Iterator[str]:
    """Every text that customers are shown."""
    for approved in contents.entries:
        yield from (reply.text for reply in approved.entry.replies)
        yield approved.entry.escalation.holding_reply or ""
    for target in contents.policy.targets.values():
        yield from (target.holding_reply, target.holding_reply_en or "")
    yield from contents.policy.lines.model_dump(exclude_none=True).values()
