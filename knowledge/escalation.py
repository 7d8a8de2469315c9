"""From policy to hint: who must or may be told, how soon, and what they need to know.

Pure arithmetic over claims. Each part of the service that sees a reason to escalate makes a claim; `escalate`
weighs them against each other and against the policy. It detects nothing, and no claim ever lowers another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from knowledge.calendar import BusinessCalendar
from knowledge.errors import NotFound
from knowledge.model import LEVELS, PRIORITIES, Clock, Entry, Language, Level, Policy, Priority, Target, Trigger

ReasonCode = Literal["entry", "trigger", "low_confidence", "repeated", "asked_for_human"]

# The trigger by which a customer asks for a person; its reason has a code of its own.
ASKED_FOR_HUMAN = "asked-for-human"
# From the third time on, asking the customer to go on with the same replies is no longer an offer.
REQUIRED_FROM = 3
QUOTED = 40  # characters of a message that a reason shows


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a claim was made; `detail` is for people."""

    code: ReasonCode
    detail: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One reason's demand.

    Without a target it goes to the policy's default, or its first where none is named. What it leaves empty is taken
    from an entry's claim of the same level and target, else from the target.
    """

    level: Level
    reason: Reason
    target: str | None = None
    priority: Priority = "normal"
    collect: tuple[str, ...] = ()
    holding_reply: str | None = None
    holding_reply_en: str | None = None


@dataclass(frozen=True, slots=True)
class Collect:
    """One thing the target needs to know."""

    field: str
    label: str
    required: bool


@dataclass(frozen=True, slots=True)
class Hint:
    """What is shown beside the suggestions. Durations are ISO 8601; `clock` says how `resolve_within` is counted.

    `holding_language` is what the holding reply is in: the one asked for where anybody has one in it, else Chinese.
    """

    level: Level
    reply_within: str
    target: str | None = None
    target_label: str | None = None
    priority: Priority = "normal"
    reasons: tuple[Reason, ...] = ()
    resolve_within: str | None = None
    clock: Clock | None = None
    due_at: datetime | None = None
    collect: tuple[Collect, ...] = ()
    holding_reply: str | None = None
    holding_language: Language = "zh"


def from_entry(entry: Entry) -> Claim:
    """The claim of the entry that is suggested."""
    escalation = entry.escalation
    reason = Reason("entry", f"{entry.id}: {entry.title}")
    return Claim(
        escalation.level, reason, escalation.target, escalation.priority, escalation.collect, escalation.holding_reply
    )


def from_trigger(trigger: Trigger, said: str, near: str, language: Language = "zh") -> Claim:
    """The claim of a trigger heard in what the customer `said`, in the query or the history, as `near` it is stored.

    `near` is the trigger's own variant that is nearest; what is said is cut to `QUOTED` characters.
    """
    label = trigger.label_en if language == "en" else trigger.label
    code: ReasonCode = "asked_for_human" if trigger.code == ASKED_FOR_HUMAN else "trigger"
    quoted = said if len(said) <= QUOTED else f"{said[: QUOTED - 1]}…"
    detail = f"{label}: {quoted}" if said == near else f"{label}: {quoted} ≈ {near}"
    return Claim(trigger.level, Reason(code, detail), trigger.target, trigger.priority)


def low_confidence(confidence: float, threshold: float, target: str | None = None) -> Claim:
    """An offer, as no entry reached the threshold (both are probabilities)."""
    return Claim("offer", Reason("low_confidence", f"{confidence:.2f} < {threshold:.2f}"), target)


def repeated(times: int, target: str | None = None) -> Claim:
    """The customer asked the same `times` times: an offer, required with high priority from the third time on."""
    reason = Reason("repeated", f"×{times}")
    return Claim("required", reason, target, "high") if times >= REQUIRED_FROM else Claim("offer", reason, target)


def escalate(
    policy: Policy, calendar: BusinessCalendar, now: datetime, claims: Sequence[Claim], language: Language = "zh"
) -> Hint:
    """Weigh the claims: highest level, then highest priority, then first made; every reason is kept, strongest first.

    A claim's priority is at least its target's default, also when claims are compared. Raises NotFound for a target
    or field the policy does not have, ValueError for a naive `now`.
    """
    ranked = sorted(claims, key=lambda claim: _strength(policy, claim), reverse=True)
    reasons = tuple(dict.fromkeys(claim.reason for claim in ranked))
    reply_within = policy.service_levels[policy.first_reply].duration
    if not ranked or ranked[0].level == "none":
        return Hint("none", reply_within, reasons=reasons)
    claim = ranked[0]
    name, target = _target(policy, claim)
    service_level = policy.service_levels[target.service_level]
    alike = [claim, *(other for other in ranked if _speaks_for(policy, other, claim.level, name))]
    collect = next((each.collect for each in alike if each.collect), target.collect)
    holding_reply, holding_language = _holding([*alike, target], language)
    return Hint(
        level=claim.level,
        reply_within=reply_within,
        target=name,
        target_label=target.label_en if language == "en" else target.label,
        priority=_priority(policy, claim),
        reasons=reasons,
        resolve_within=service_level.duration,
        clock=service_level.clock,
        due_at=calendar.due(now, service_level),
        collect=tuple(_collect(policy, field, language) for field in collect),
        holding_reply=holding_reply,
        holding_language=holding_language,
    )


def _speaks_for(policy: Policy, claim: Claim, level: Level, target: str) -> bool:
    """Whether it is an entry's claim of that level and target: an entry knows what to say and ask in its own matter."""
    return claim.reason.code == "entry" and claim.level == level and _target(policy, claim)[0] == target


def _holding(speakers: Sequence[Claim | Target], language: Language) -> tuple[str | None, Language]:
    """The first holding reply in that language, else the first in Chinese."""
    english = [each.holding_reply_en for each in speakers if each.holding_reply_en] if language == "en" else []
    if english:
        return english[0], "en"
    return next((each.holding_reply for each in speakers if each.holding_reply), None), "zh"


def _strength(policy: Policy, claim: Claim) -> tuple[int, int]:
    return LEVELS.index(claim.level), PRIORITIES.index(_priority(policy, claim))


def _priority(policy: Policy, claim: Claim) -> Priority:
    if claim.level == "none":
        return claim.priority
    return max(claim.priority, _target(policy, claim)[1].priority, key=PRIORITIES.index)


def _target(policy: Policy, claim: Claim) -> tuple[str, Target]:
    name = claim.target or policy.default_target or next(iter(policy.targets), None)
    if name is None or name not in policy.targets:
        why = f"{claim.reason.code} ({claim.reason.detail})"
        raise NotFound(f"escalation by {why}: target {name} is not one of the policy's {sorted(policy.targets)}")
    return name, policy.targets[name]


def _collect(policy: Policy, field: str, language: Language) -> Collect:
    if field not in policy.fields:
        raise NotFound(f"field {field} to collect is not one of the policy's {sorted(policy.fields)}")
    case_field = policy.fields[field]
    return Collect(field, case_field.label_en if language == "en" else case_field.label, case_field.required)
