"""The knowledge's words as frozen types: Entry, Reply, Escalation, Policy, Facts.

Owns what a well-formed piece of knowledge is, on its own. It reads no file, knows no database and
judges no wording (that is lint's); every field refuses what could never be right.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Kind = Literal["faq", "script"]
Channel = Literal["chat", "phone", "email", "any"]
Language = Literal["zh", "en"]
Audience = Literal["customer", "supplier"]
Stage = Literal["pre-sale", "in-sale", "after-sale"]
Level = Literal["none", "offer", "required"]
Priority = Literal["normal", "high", "urgent"]
State = Literal["draft", "in_review", "approved", "retired"]
Clock = Literal["elapsed", "business_hours", "working_days"]

LEVELS: tuple[Level, ...] = ("none", "offer", "required")
PRIORITIES: tuple[Priority, ...] = ("normal", "high", "urgent")
UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
HALVES = re.compile("[\ud800-\udfff]")


def _encodable(text: str) -> str:
    """Refuse lone surrogates and control characters other than newline and tab."""
    if (found := UNSHOWABLE.search(text)) is not None:
        raise ValueError(f"character U+{ord(found[0]):04X} at position {found.start()} cannot be shown: remove it")
    return text


def _storable(text: str) -> str:
    """Refuse lone surrogates, which no database and no file takes."""
    if (found := HALVES.search(text)) is not None:
        raise ValueError(f"character U+{ord(found[0]):04X} at position {found.start()} is half of one: remove it")
    return text


Storable = Annotated[str, AfterValidator(_storable)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_encodable)]
Title = Annotated[Text, StringConstraints(max_length=100)]
Variant = Annotated[Text, StringConstraints(max_length=500)]
ReplyText = Annotated[Text, StringConstraints(max_length=4000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
LONGEST_ID = 120
EntryId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$", max_length=LONGEST_ID)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class Frozen(BaseModel):
    """Immutable, and every unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Reply(Frozen):
    """Approved text for one channel and language. `{slot}` is filled per case, `{shop.fact}` when built."""

    channel: Channel = "any"
    language: Language = "zh"
    text: ReplyText


class Escalation(Frozen):
    """Who else must or may be told, and what they need to know. Empty fields fall back to the target's."""

    level: Level = "none"
    target: Slug | None = None
    priority: Priority = "normal"
    collect: tuple[FieldName, ...] = ()
    holding_reply: ReplyText | None = None

    @model_validator(mode="after")
    def _names_a_target(self) -> Escalation:
        if self.level != "none" and self.target is None:
            raise ValueError(f"level {self.level} needs a target: name one of the policy's targets")
        return self


class Entry(Frozen):
    """One approved item: what customers say (title, variants) and what we reply."""

    id: EntryId
    kind: Kind
    title: Title
    variants: tuple[Variant, ...] = ()
    replies: Annotated[tuple[Reply, ...], Field(min_length=1)]
    products: tuple[Storable, ...] = ()
    audience: Audience = "customer"
    stage: Stage | None = None
    tags: tuple[Storable, ...] = ()
    escalation: Escalation = Escalation()
    related: tuple[EntryId, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    source: Storable | None = None

    @property
    def category(self) -> str:
        """The id's first part: `refund.time` → `refund`."""
        return self.id.split(".", 1)[0]

    @property
    def phrasings(self) -> tuple[str, ...]:
        """Title and variants, in that order: every text that finds this entry."""
        return (self.title, *self.variants)

    def valid_on(self, day: date) -> bool:
        """Whether the entry may be shown on that day (both ends included)."""
        began = self.valid_from is None or self.valid_from <= day
        return began and (self.valid_until is None or day <= self.valid_until)

    @model_validator(mode="after")
    def _window_is_ordered(self) -> Entry:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError(f"valid_from {self.valid_from} is after valid_until {self.valid_until}: swap them")
        seen: set[tuple[str, str]] = set()
        for reply in self.replies:
            if (reply.channel, reply.language) in seen:
                raise ValueError(f"two replies for channel {reply.channel} in {reply.language}: keep one")
            seen.add((reply.channel, reply.language))
        return self


class ApprovedEntry(Frozen):
    """An entry's version as somebody approved it."""

    entry: Entry
    version: Annotated[int, Field(ge=1)]
    approved_by: str
    approved_at: datetime


class Fact(Frozen):
    """One fact of the shop or a product; `en` is `zh` where the words are the same."""

    zh: Text
    en: Text | None = None
    source: Text

    def text(self, language: Language) -> str:
        return self.en if language == "en" and self.en is not None else self.zh


class Product(Frozen):
    """A product: `names` are what customers call it, the first being its full name."""

    names: tuple[Text, ...] = ()
    topic: Slug
    facts: dict[FieldName, Fact]


class Facts(Frozen):
    """Everything replies may refer to as `{shop.fee}` or `{A3.area}`."""

    facts: dict[str, Fact] = {}
    products: dict[str, Product] = {}

    def resolve(self, name: str) -> Fact | None:
        """The fact of a dotted name, or None."""
        if name in self.facts:
            return self.facts[name]
        product, _, field = name.partition(".")
        return self.products[product].facts.get(field) if product in self.products else None


class ServiceLevel(Frozen):
    """A promise in time. `within` counts seconds, or working days where the clock is `working_days`."""

    label: Text
    seconds: Annotated[int, Field(gt=0)] | None = None
    days: Annotated[int, Field(gt=0)] | None = None
    clock: Clock = "elapsed"

    @model_validator(mode="after")
    def _one_measure(self) -> ServiceLevel:
        if (self.clock == "working_days") != (self.days is not None) or (self.days is None) == (self.seconds is None):
            raise ValueError("give days with clock working_days, seconds with the other clocks")
        return self

    @property
    def duration(self) -> str:
        """ISO 8601: PT30S, PT24H, P2D (working days are days here; `clock` says so)."""
        if self.days is not None:
            return f"P{self.days}D"
        whole = self.seconds or 0
        hours, minutes, seconds = whole // 3600, whole % 3600 // 60, whole % 60
        parts = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes) + f"{seconds}S" * bool(seconds)
        return "PT" + parts


class Hours(Frozen):
    """Opening and closing time of one kind of day."""

    opens: time
    closes: time

    @model_validator(mode="after")
    def _ordered(self) -> Hours:
        if self.opens >= self.closes:
            raise ValueError(f"opens {self.opens} is not before closes {self.closes}")
        return self


class BusinessHours(Frozen):
    """When the desk is staffed. A kind of day without hours is closed.

    `weekday` also holds on make-up working days; `holiday` on days off by public holiday.
    `extra_holidays` and `extra_workdays` correct the calendar where the year's official plan is newer than it.
    """

    timezone: str = "Asia/Shanghai"
    weekday: Hours | None
    weekend: Hours | None = None
    holiday: Hours | None = None
    extra_holidays: tuple[date, ...] = ()
    extra_workdays: tuple[date, ...] = ()

    def day_of(self, moment: datetime) -> date:
        """The desk's day at that moment: what is valid until a day ends with it there, wherever the server stands."""
        return moment.astimezone(ZoneInfo(self.timezone)).date()

    @model_validator(mode="after")
    def _open_some_time(self) -> BusinessHours:
        if self.weekday is None and self.weekend is None and self.holiday is None:
            raise ValueError("the desk is never open: give hours for weekday, weekend or holiday")
        return self


class Target(Frozen):
    """Who takes an escalation over, how fast they conclude, and what they need to know.

    Without a `holding_reply_en` who writes English is steadied in Chinese.
    """

    label: Text
    label_en: Text
    service_level: Slug
    priority: Priority = "normal"
    collect: tuple[FieldName, ...]
    holding_reply: ReplyText
    holding_reply_en: ReplyText | None = None


class CaseField(Frozen):
    """Something an escalation may need to know."""

    label: Text
    label_en: Text
    required: bool = True


class ForbiddenPhrase(Frozen):
    """Words an agent never says, with approved words in their place."""

    phrase: Text
    instead: Text
    reason: Literal["curt", "blaming", "evasive", "rude", "absolute", "unprofessional"]


class Trigger(Frozen):
    """What must escalate whatever entry ranks first. `look_alikes` sound alike and must not."""

    code: Slug
    label: Text
    label_en: Text
    level: Level
    target: Slug
    priority: Priority = "high"
    variants: Annotated[tuple[Variant, ...], Field(min_length=1)]
    look_alikes: tuple[Variant, ...] = ()


class Lines(Frozen):
    """Approved lines the service itself shows; those that customers are answered with may be given in English too."""

    opening: ReplyText
    closing: ReplyText
    holding: ReplyText
    holding_en: ReplyText | None = None
    clarify: ReplyText
    clarify_en: ReplyText | None = None
    email_open: ReplyText
    email_close: ReplyText


class Precision(Frozen):
    """Target precisions a build derives its thresholds from, and the share of queries expected to have no entry."""

    answer_precision: Annotated[float, Field(gt=0, lt=1)] = 0.95
    clarify_precision: Annotated[float, Field(gt=0, lt=1)] = 0.85
    out_of_scope_share: Annotated[float, Field(gt=0, lt=1)] = 0.20


class Approval(Frozen):
    """Who may approve. `own` lets an author approve what they wrote, for a shop of one person."""

    own: bool = False


class Publishing(Frozen):
    """What the gate lets pass: by how much golden queries may find their entry first less often than before (0..1)."""

    golden_tolerance: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Policy(Frozen):
    """The desk's rules: clocks, targets, words, triggers. `default_target` takes what nobody else is named for."""

    business_hours: BusinessHours
    service_levels: dict[Slug, ServiceLevel]
    first_reply: Slug
    targets: dict[Slug, Target]
    default_target: Slug | None = None
    fields: dict[FieldName, CaseField]
    slots: dict[FieldName, str]
    forbidden_phrases: tuple[ForbiddenPhrase, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    lines: Lines
    precision: Precision = Precision()
    approval: Approval = Approval()
    publishing: Publishing = Publishing()

    @model_validator(mode="after")
    def _references_hold(self) -> Policy:
        levels, targets = sorted(self.service_levels), sorted(self.targets)
        if self.first_reply not in self.service_levels:
            raise ValueError(f"first_reply {self.first_reply} is not one of the service levels {levels}")
        if self.default_target is not None and self.default_target not in self.targets:
            raise ValueError(f"default_target {self.default_target} is not one of {targets}")
        for name, target in self.targets.items():
            if target.service_level not in self.service_levels:
                raise ValueError(f"target {name}: service level {target.service_level} is not one of {levels}")
            if unknown := [field for field in target.collect if field not in self.fields]:
                raise ValueError(f"target {name}: collect {unknown} not among fields {sorted(self.fields)}")
        for trigger in self.triggers:
            if trigger.target not in self.targets:
                raise ValueError(f"trigger {trigger.code}: target {trigger.target} is not one of {targets}")
        return self


class Pack(Frozen):
    """A whole knowledge pack: what a build reads, and what import and export carry."""

    entries: tuple[Entry, ...]
    policy: Policy
    facts: Facts = Facts()
