"""A draft as an entry: ids proposed, names looked up, what the file does not say taken from the entry as it is.

What a file says in another form than the entry has it (replies in another order, a phrasing twice) is no change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.formats.cells import distinct
from knowledge.formats.drafts import Draft, beside
from knowledge.formats.headers import REPLIES, reply_key
from knowledge.formats.naming import fitting, levels, propose, slug
from knowledge.formats.sheets import CellProblem
from knowledge.formats.validation import details, explain, field_name
from knowledge.formats.vocabulary import Vocabulary, nearest
from knowledge.model import Channel, Entry, Escalation, Language
from knowledge.text import normalise

LISTS = ("variants", "products", "tags", "related")
PLAIN = ("title", "stage", "valid_from", "valid_until", "source")
ESCALATION = ("level", "target", "priority", "collect", "holding_reply")
UNKNOWN = {"target": "unknown_target", "collect": "unknown_field", "related": "unknown_entry"}
NAMED = ("products", "target", "collect")
# What an empty cell leaves as it is, as an entry cannot do without.
KEPT = ("kind", "audience")


@dataclass(frozen=True)
class Composed:
    """A draft that became an entry, or whose problems say why not; `entry_id` is the entry it is about either way."""

    draft: Draft
    entry_id: str
    entry: Entry | None
    problems: tuple[CellProblem, ...]


class Composer:
    """Makes entries of drafts, beside the entries that are there."""

    def __init__(self, existing: Mapping[str, Entry], vocabulary: Vocabulary) -> None:
        self._existing = existing
        self._vocabulary = vocabulary
        self._by_title = {normalise(entry.title): entry.id for entry in existing.values()}

    def compose(self, drafts: Iterable[Draft]) -> Iterator[Composed]:
        """Every draft in turn; names of related entries may be those of other drafts."""
        drafts = list(drafts)
        ids = self._ids(drafts)
        known = self._existing.keys() | set(ids)
        first: dict[str, Draft] = {}
        for draft, entry_id in zip(drafts, ids, strict=True):
            if draft.broken:
                yield Composed(draft, entry_id, None, ())
                continue
            earlier = first.setdefault(entry_id, draft)
            if earlier is not draft:
                there = beside(earlier.first, draft.first.sheet)
                yield Composed(draft, entry_id, None, (draft.problem("id", "same_id", None, id=entry_id, **there),))
                continue
            yield self._one(draft, entry_id, known)

    def _ids(self, drafts: list[Draft]) -> list[str]:
        """The id of every draft: its own, that of the entry with its question, or a new one."""
        taken = set(self._existing) | {entry_id for draft in drafts if (entry_id := draft.text("id")) is not None}
        ids = []
        for draft in drafts:
            title = draft.text("title") or ""
            entry_id = draft.text("id") or self._by_title.get(normalise(title))
            if entry_id is None:
                entry_id = propose(draft.many("category"), title, draft.text("kind") or "faq", taken)
                taken.add(entry_id)
            ids.append(entry_id)
        return ids

    def _one(self, draft: Draft, entry_id: str, known: Collection[str]) -> Composed:
        existing = self._existing.get(entry_id)
        try:
            if draft.entry is not None and (existing is None or not draft.columns):
                entry = draft.entry
            else:
                entry = Entry.model_validate(self._data(draft, entry_id, existing))
        except ValidationError as error:
            return Composed(
                draft,
                entry_id,
                None,
                tuple(self._refused(draft, existing, entry_id, detail) for detail in details(error)),
            )
        if problems := tuple(self._unknown(draft, entry, known)):
            return Composed(draft, entry_id, None, problems)
        return Composed(draft, entry_id, settled(existing, entry) if existing is not None else entry, ())

    def _data(self, draft: Draft, entry_id: str, existing: Entry | None) -> dict[str, Any]:
        """The fields of the entry: the draft's where its file has the column, else those that are there."""
        data: dict[str, Any] = existing.model_dump() if existing is not None else {"kind": "faq"}
        data["id"] = entry_id
        for key in (*PLAIN, *LISTS):
            if key in draft.columns and (key != "title" or key in draft.values):
                data[key] = draft.values.get(key, () if key in LISTS else None)
        data |= {key: draft.values[key] for key in KEPT if key in draft.values}
        data["products"] = distinct(self._vocabulary.name("products", word) for word in data.get("products") or ())
        if words := _category_words(draft, entry_id):
            data["tags"] = distinct((*(data.get("tags") or ()), *words))
        data["escalation"] = self._escalation(draft, existing)
        data["replies"] = _replies(draft, existing)
        return data

    def _escalation(self, draft: Draft, existing: Entry | None) -> dict[str, Any]:
        data: dict[str, Any] = existing.escalation.model_dump() if existing is not None else {}
        for key in ESCALATION:
            if key in draft.columns:
                data.pop(key, None)
                if key in draft.values:
                    data[key] = draft.values[key]
        if data.get("target") is not None:
            data["target"] = self._vocabulary.name("target", data["target"])
        data["collect"] = distinct(self._vocabulary.name("collect", word) for word in data.get("collect") or ())
        return data

    def _unknown(self, draft: Draft, entry: Entry, known: Collection[str]) -> Iterator[CellProblem]:
        """What the entry refers to and nobody defines."""
        for key, code, name, near in self._vocabulary.unknown(entry):
            yield draft.problem(key, code, name if key in NAMED else None, name=name, near=near)
        for name in entry.related:
            if name not in known:
                yield draft.problem("related", "unknown_entry", name, name=name, near=nearest(name, known))

    def _refused(self, draft: Draft, existing: Entry | None, entry_id: str, detail: ErrorDetails) -> CellProblem:
        """What the model refused, at the cell it came from."""
        where, kind = list(detail["loc"]), detail["type"]
        name = field_name(where)
        if name == "replies":
            return draft.problem("reply", "no_reply")
        if (name == "title" and kind == "missing") or detail["input"] is None:
            return draft.problem("title", "no_title")
        if not where:
            # One end may be the entry's own; the problem stands where the file gives the other.
            key = "valid_from" if "valid_from" in draft.origins else "valid_until"
            begins, ends = (detail["input"][end] for end in ("valid_from", "valid_until"))
            return draft.problem(key, "window", begins=begins, ends=ends)
        if where[0] == "escalation" and kind == "value_error" and len(where) == 1:
            return draft.problem("target", "no_target", names=self._vocabulary.labels("target"))
        if where[0] == "replies":
            reply = _replies(draft, existing)[int(where[1])]
            key = reply_key(reply["channel"], reply["language"])
        else:
            key = str(where[1] if where[0] == "escalation" else where[0])
        value = str(detail["input"])
        item = value if key in (*LISTS, "collect") else None
        if kind in ("string_too_long", "too_long"):
            return draft.problem(key, "too_long", item, n=len(value.strip()), limit=detail["ctx"]["max_length"])
        if key == "id":
            example = ".".join(slug(part) for part in entry_id.split(".") if part) or slug(entry_id)
            return draft.problem("id", "bad_id", example=fitting(example))
        if key in UNKNOWN:  # what is no name at all is nobody's either
            near = self._vocabulary.nearest(key, value)
            return draft.problem(key, UNKNOWN[key], item, name=value, near=near)
        code = "unshowable" if kind == "value_error" else "invalid"
        return draft.problem(key, code, item, text=explain(detail))


def settled(existing: Entry, entry: Entry) -> Entry:
    """The entry, with what only looks different from the existing one left as that has it."""
    data = {
        name: getattr(existing if _canonical(existing, name) == _canonical(entry, name) else entry, name)
        for name in Entry.model_fields
    }
    return Entry.model_construct(**data)


def _canonical(entry: Entry, name: str) -> object:
    value = getattr(entry, name)
    if name == "replies":
        return {(reply.channel, reply.language): reply.text for reply in entry.replies}
    if isinstance(value, Escalation):
        return value.model_copy(update={"collect": distinct(value.collect)})
    if isinstance(value, tuple):
        return distinct(value)
    return value or None


def _category_words(draft: Draft, entry_id: str) -> list[str]:
    """The category's own words, kept as tags where the id spells them otherwise."""
    spelt = set(entry_id.split("."))
    return [level for category in draft.many("category") for level in levels(category) if level not in spelt]


def _replies(draft: Draft, existing: Entry | None) -> list[dict[str, Any]]:
    """The replies that are there without those whose column is empty, then the draft's."""
    said: dict[tuple[Channel, Language], str] = {}
    for key, place in REPLIES.items():
        text = draft.text(key)
        if text is not None:
            said[place] = text
    order = []
    for reply in existing.replies if existing is not None else ():
        place = (reply.channel, reply.language)
        order.append(place)
        if place not in said and reply_key(*place) not in draft.columns:
            said[place] = reply.text
    places = sorted(said, key=lambda place: order.index(place) if place in order else len(order))
    return [{"channel": place[0], "language": place[1], "text": said[place]} for place in places]
