"""What may be asked: the fields every request is made of, and the request for suggestions.

A request says what it allows and refuses everything else by name. Nothing here knows an index or a policy.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from knowledge.model import Audience, Kind, Language

LONGEST_QUERY = 2000
LONGEST_DRAFT = 4000
LONGEST_NAME = 200
LARGEST_BATCH = 32


def _plain_up_to(longest: int) -> AfterValidator:
    """Text a person could have typed: no control character but line breaks and tabs, and more than white space."""

    def plain(text: str) -> str:
        for position, character in enumerate(text):
            if (character < " " and character not in "\n\r\t") or character == "\x7f":
                raise ValueError(f"holds control character U+{ord(character):04X} at position {position}: remove it")
        if not text.strip():
            raise ValueError(f"is empty: give 1 to {longest} characters")
        return text

    return AfterValidator(plain)


Message = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUERY), _plain_up_to(LONGEST_QUERY)]
Draft = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_DRAFT), _plain_up_to(LONGEST_DRAFT)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), _plain_up_to(LONGEST_NAME)]


class StrictRequest(BaseModel):
    """A body of which nothing is guessed: unknown fields and wrong types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Turn(StrictRequest):
    """One earlier message of the conversation."""

    role: Literal["customer", "agent"]
    text: Message


EXAMPLE_REQUEST: Any = {"query": "快递三天没动了", "channel": "chat", "slots": {"customer_name": "张女士"}, "limit": 3}


class SuggestionRequest(StrictRequest):
    """What the customer said, and what is known beside it. Only `query` is required."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                EXAMPLE_REQUEST,
                {"query": "那要几天呢", "history": [{"role": "customer", "text": "退款怎么还没到"}]},
            ]
        },
    )

    query: Annotated[Message, Field(description="The customer's message, 1 to 2000 characters.")]
    history: Annotated[list[Turn], Field(max_length=50, description="Earlier messages, oldest first.")] = []
    channel: Annotated[Literal["chat", "phone", "email"], Field(description="For which channel the reply is.")] = "chat"
    audience: Annotated[Audience | None, Field(description="Only entries for this audience; both where left out.")] = (
        None
    )
    kinds: Annotated[
        list[Kind], Field(max_length=2, description="Only entries of these kinds; both where left out.")
    ] = []
    products: Annotated[
        list[Name], Field(max_length=50, description="Only entries of these products, or of none in particular.")
    ] = []
    slots: Annotated[
        dict[Name, Annotated[str, StringConstraints(max_length=500)]],
        Field(max_length=50, description="Values for the slots of replies."),
    ] = {}
    language: Annotated[
        Language | None, Field(description="Of the reply; by the query's own language where left out.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=10, description="At most so many suggestions.")] = 3
    min_confidence: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            strict=False,
            description="Show suggestions from this confidence on; by default the artefact's own threshold. "
            "Never changes the decision.",
        ),
    ] = None
    conversation_id: Annotated[Name | None, Field(description="The console's own id; not interpreted.")] = None
    agent_id: Annotated[Name | None, Field(description="The console's own id; not interpreted.")] = None


class BatchRequest(StrictRequest):
    """Several requests at once; each is answered as if it had come alone."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"requests": [EXAMPLE_REQUEST, {"query": "退款多久能到账", "limit": 1}]}]},
    )

    requests: Annotated[
        list[SuggestionRequest],
        Field(min_length=1, max_length=LARGEST_BATCH, description="1 to 32 requests, 512 KiB together."),
    ]
