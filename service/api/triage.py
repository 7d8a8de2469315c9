"""What the inbox says and takes: themes, drafts, repairs. Shapes only; `service.api.inbox` fills them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from knowledge.model import EntryId, Kind, ReplyText, Title, Variant
from service.api.requests import StrictRequest

Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$", min_length=32, max_length=32)]
Keys = Annotated[list[Key], Field(min_length=1, max_length=500, description="The queries' keys.")]


class QueryOut(BaseModel):
    """A query, masked; all that normalise alike are one. `edits` are what agents made of the reply."""

    key: str
    text: str
    count: int
    last_seen: AwareDatetime
    decisions: dict[str, int]
    acts: dict[str, int]
    edits: list[EditOut]


class EditOut(BaseModel):
    """A reply as somebody sent it, and the entry it was made from."""

    entry_id: str | None
    text: str


class ProposalOut(BaseModel):
    """The entry a theme may belong to. `said` counts the people who chose it; else `confidence` is the index's.

    `exact`: the representative is one of its phrasings already, so it is the reply that wants mending.
    """

    entry_id: str
    title: str
    confidence: float
    said: int
    exact: bool


class ThemeOut(BaseModel):
    """Queries that ask the same. Without a proposal, a new entry is."""

    id: str
    representative: str
    count: int
    last_seen: AwareDatetime
    decisions: dict[str, int]
    acts: dict[str, int]
    proposal: ProposalOut | None
    queries: list[QueryOut]


class InboxOut(BaseModel):
    """A page of themes, the most asked first; `queries` counts all that are in the inbox."""

    index_version: str
    total: int
    queries: int
    themes: list[ThemeOut]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "index_version": "1d9160960ea3",
                    "total": 1,
                    "queries": 1,
                    "themes": [
                        {
                            "id": "5f0c2a9b7d11",
                            "representative": "能刻字吗",
                            "count": 7,
                            "last_seen": "2026-11-22T15:05:09+08:00",
                            "decisions": {"abstain": 6},
                            "acts": {"rejected": 1},
                            "proposal": None,
                            "queries": [
                                {
                                    "key": "0123456789abcdef0123456789abcdef",
                                    "text": "能刻字吗",
                                    "count": 7,
                                    "last_seen": "2026-11-22T15:05:09+08:00",
                                    "decisions": {"abstain": 6},
                                    "acts": {"rejected": 1},
                                    "edits": [],
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )


class Page(BaseModel):
    """Which themes."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0, le=100_000)] = 0


class NewEntryIn(StrictRequest):
    """An entry for what none covers yet; its other fields are written in the editor."""

    id: EntryId
    title: Annotated[Title, StringConstraints(max_length=100)]
    reply: Annotated[ReplyText, StringConstraints(max_length=4000)]
    kind: Kind = "faq"


class AcceptItemsRequest(StrictRequest):
    """Which queries, and the entry they belong to: one there is, or a new one."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"queries": ["0123456789abcdef0123456789abcdef"], "entry_id": "gift.engraving"}]
        },
    )

    queries: Keys
    entry_id: EntryId | None = None
    new: NewEntryIn | None = None

    @model_validator(mode="after")
    def _one_place(self) -> AcceptItemsRequest:
        if (self.entry_id is None) == (self.new is None):
            raise ValueError("give entry_id or new, one of the two")
        return self


class DismissRequest(StrictRequest):
    """Which queries."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"queries": ["0123456789abcdef0123456789abcdef"]}]},
    )

    queries: Keys


class DraftOut(BaseModel):
    """A draft to be reviewed; `added` counts the variants it has more than the version before."""

    entry_id: str
    version: int
    added: int


class DismissedOut(BaseModel):
    """How many queries left the inbox, or came back."""

    queries: int


class RepairOut(BaseModel):
    """A variant to look at: `suspicious`, nearer to `other_id` than to its own entry; or `redundant` beside `like`."""

    kind: Literal["suspicious", "redundant"]
    entry_id: str
    title: str
    variant: str
    score: float
    other_id: str | None
    other_title: str | None
    own_score: float | None
    like: str | None


class RepairsOut(BaseModel):
    """Variants that nobody has decided on, suspicious ones first, the clearest of each kind first."""

    index_version: str
    repairs: list[RepairOut]


class RepairRequest(StrictRequest):
    """What to do with a variant: `move` it to the entry `to`, `remove` it, or `dismiss` the doubt."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"entry_id": "ship.intercept", "variant": "地址填错了", "act": "move", "to": "order.change-address"}
            ]
        },
    )

    entry_id: EntryId
    variant: Annotated[Variant, StringConstraints(max_length=500)]
    act: Literal["move", "remove", "dismiss"]
    to: EntryId | None = None

    @model_validator(mode="after")
    def _moved_somewhere(self) -> RepairRequest:
        if (self.act == "move") != (self.to is not None):
            raise ValueError("move needs to, and nothing else has it")
        return self


class RepairedOut(BaseModel):
    """The drafts a repair made, of each entry it touched; none where the doubt was dismissed."""

    drafts: list[DraftOut]
