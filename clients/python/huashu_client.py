"""A client of Huashu in one file: copy it into your console. Needs Python 3.11 and httpx2 (or httpx), nothing else.

    with HuashuClient("http://127.0.0.1:8000") as huashu:
        found = huashu.suggest("快递三天没动了", history=[Turn("customer", "我的快递呢")])
        if found.decision == "answer":
            print(found.suggestions[0].reply.text)
        if found.escalation.level != "none":
            print(found.escalation.target_label, found.escalation.due_at)

Shapes are those of the API; a field that a newer service adds is passed over.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, TracebackType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

try:
    import httpx2 as httpx
except ModuleNotFoundError:  # the generation before it has the same calls
    import httpx  # type: ignore[no-redef]

Decision = Literal["answer", "clarify", "abstain"]
Level = Literal["none", "offer", "required"]
Act = Literal["used", "edited", "rejected", "chosen", "none_fits"]
Shape = TypeVar("Shape")

TIMEOUT = 3.0  # seconds: a suggestion that comes later helps nobody


class HuashuError(Exception):
    """What the service refused: `status`, `detail` with the next step, `request_id` to report, `fields` to mend."""

    def __init__(self, status: int, detail: str, request_id: str, fields: Mapping[str, str]) -> None:
        self.status, self.detail, self.request_id, self.fields = status, detail, request_id, dict(fields)
        super().__init__(f"{status}: {detail} (request {request_id})")


@dataclass(frozen=True)
class Turn:
    """One earlier message."""

    role: Literal["customer", "agent"]
    text: str


@dataclass(frozen=True)
class Reply:
    """An approved text; a slot in `missing_slots` is still `{visible}` in it: fill it before you send."""

    channel: str
    language: str
    text: str
    missing_slots: list[str]


@dataclass(frozen=True)
class Contradiction:
    """Where the query says one thing and the entry another."""

    kind: str
    query: str
    entry: str


@dataclass(frozen=True)
class Match:
    """The stored phrasing nearest to the query and its cosine, and what speaks against the entry all the same."""

    tier: str
    variant: str
    score: float
    contradictions: list[Contradiction]


@dataclass(frozen=True)
class Related:
    """Another entry worth a look."""

    entry_id: str
    title: str


@dataclass(frozen=True)
class Reason:
    """Why there is an escalation."""

    code: str
    detail: str


@dataclass(frozen=True)
class Collect:
    """Something the target needs to know."""

    field: str
    label: str
    required: bool


@dataclass(frozen=True)
class Escalation:
    """Who else may (`offer`) or must (`required`) be told, and by when. Durations are ISO 8601."""

    level: Level
    target: str | None
    target_label: str | None
    priority: str
    reasons: list[Reason]
    reply_within: str
    resolve_within: str | None
    clock: str | None
    due_at: datetime | None
    collect: list[Collect]
    holding_reply: Reply | None


@dataclass(frozen=True)
class Suggestion:
    """An entry with its reply; `confidence` is the probability that it is the right one.

    `escalation` is what holds instead of the response's once this is what is meant.
    """

    entry_id: str
    version: int
    kind: str
    category: str
    title: str
    confidence: float
    reply: Reply
    match: Match
    related: list[Related]
    escalation: Escalation
    approved_by: str
    approved_at: datetime
    valid_until: date | None


@dataclass(frozen=True)
class Option:
    """One thing the customer may have meant."""

    entry_id: str
    title: str
    confidence: float


@dataclass(frozen=True)
class Clarification:
    """The approved question and what to choose from."""

    text: str
    language: str
    options: list[Option]


@dataclass(frozen=True)
class Response:
    """The decision, the suggestions best first, and the escalation, which holds whatever the decision is."""

    request_id: str
    decision: Decision
    suggestions: list[Suggestion]
    clarification: Clarification | None
    escalation: Escalation
    holding_reply: Reply
    language: str
    used_history: bool
    read_as: str | None
    index_version: str
    took_ms: float


@dataclass(frozen=True)
class Finding:
    """What a rule says of the characters of a draft from `start` to before `end`."""

    rule: str
    severity: str
    message: str
    start: int
    end: int
    alternatives: list[str]


class HuashuClient:
    """One service; safe to keep for the life of a program, and to share between threads."""

    def __init__(
        self, address: str = "http://127.0.0.1:8000", timeout: float = TIMEOUT, headers: Mapping[str, str] | None = None
    ) -> None:
        self._http = httpx.Client(base_url=address, timeout=timeout, headers=dict(headers or {}))

    def __enter__(self) -> HuashuClient:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def suggest(
        self,
        query: str,
        *,
        history: Sequence[Turn] = (),
        channel: Literal["chat", "phone", "email"] = "chat",
        slots: Mapping[str, str] | None = None,
        limit: int = 3,
        request_id: str | None = None,
        **more: Any,
    ) -> Response:
        """The response to what a customer said; `more` are the request's other fields, by their names.

        `request_id` is one of your own, for this query alone. Feedback takes the response's, which is another where
        yours was used before.
        """
        body = _body(query, history, channel, slots, limit, more)
        headers = {} if request_id is None else {"X-Request-ID": request_id}
        return _made(Response, self._post("/v1/suggestions", body, headers))

    def suggest_batch(self, queries: Sequence[str], **more: Any) -> list[Response | HuashuError]:
        """One for each query, in their order; what could not be answered is an error in its place. At most 32."""
        body = {"requests": [{"query": query} | more for query in queries]}
        rows = self._post("/v1/suggestions/batch", body)["responses"]
        return [_error(row) if "status" in row else _made(Response, row) for row in rows]

    def feedback(self, request_id: str, act: Act, **more: Any) -> None:
        """Tell what became of a suggestion; `entry_id`, `text` and the others by their names. Safe to repeat."""
        self._post("/v1/feedback", {"request_id": request_id, "act": act} | more)

    def check(self, text: str, **more: Any) -> list[Finding]:
        """What the desk's rules object to in an agent's own draft."""
        return [_made(Finding, row) for row in self._post("/v1/checks", {"text": text} | more)["findings"]]

    def _post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        response = self._http.post(path, json=body, headers=dict(headers or {}))
        if response.status_code >= 400:
            raise _error(_problem(response))
        found: dict[str, Any] = response.json()
        return found


def _body(
    query: str,
    history: Sequence[Turn],
    channel: str,
    slots: Mapping[str, str] | None,
    limit: int,
    more: Mapping[str, Any],
) -> dict[str, Any]:
    turns = [{"role": turn.role, "text": turn.text} for turn in history]
    known = {"query": query, "history": turns, "channel": channel, "slots": dict(slots or {}), "limit": limit}
    return known | dict(more)


def _problem(response: Any) -> dict[str, Any]:
    """The body of an error; what a proxy answered with is no problem of ours, and is told by its status."""
    try:
        body = response.json()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {"status": response.status_code, "detail": response.reason_phrase}


def _error(row: Mapping[str, Any]) -> HuashuError:
    named = {item["field"]: item["message"] for item in row.get("errors") or ()}
    return HuashuError(int(row.get("status", 0)), str(row.get("detail", "")), str(row.get("request_id", "-")), named)


def _made(shape: type[Shape], row: Mapping[str, Any]) -> Shape:
    """A shape filled from JSON; unknown fields are passed over, a missing one is an error that names it."""
    own: Any = shape
    return shape(**{name: _value(kind, row[name]) for name, kind in _kinds(own).items()})


@cache
def _kinds(shape: Hashable) -> dict[str, Any]:
    """The fields of a shape, which is a dataclass, with their types."""
    return dict(get_type_hints(shape))


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(kind) is list:
        return [_value(get_args(kind)[0], item) for item in value]
    kind = next((part for part in get_args(kind) if part is not NoneType), kind) if NoneType in get_args(kind) else kind
    if isinstance(kind, type) and is_dataclass(kind):
        return _made(kind, value)
    return kind.fromisoformat(value) if kind in (datetime, date) else value
