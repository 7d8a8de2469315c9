"""From claims to a hint: what wins, what is kept, what falls back to the target."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import BusinessCalendar
from knowledge.errors import NotFound
from knowledge.escalation import (
    Claim,
    Collect,
    Hint,
    Reason,
    escalate,
    from_entry,
    from_trigger,
    low_confidence,
    repeated,
)
from knowledge.model import (
    LEVELS,
    PRIORITIES,
    BusinessHours,
    CaseField,
    Entry,
    Escalation,
    Hours,
    Lines,
    Policy,
    Reply,
    ServiceLevel,
    Target,
    Trigger,
)

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)  # Friday 10:00 in Shanghai
HOURS = BusinessHours(weekday=Hours(opens=time(8, 30), closes=time(17)))
CALENDAR = BusinessCalendar(HOURS)


def target(label: str, service_level: str, **rest: object) -> Target:
    """A target that asks for a phone number and says so."""
    fields = {"label": label, "label_en": label.title(), "collect": ("phone",), "holding_reply": f"{label}会联系您。"}
    return Target.model_validate({**fields, "service_level": service_level, **rest})


POLICY = Policy(
    business_hours=HOURS,
    service_levels={
        "first-reply": ServiceLevel(label="首次回复", seconds=30, clock="business_hours"),
        "complex": ServiceLevel(label="复杂问题", seconds=86400),
        "callback": ServiceLevel(label="回电", days=2, clock="working_days"),
    },
    first_reply="first-reply",
    targets={
        "agent": target("agent", "complex"),
        "finance": target("finance", "complex", priority="high"),
        "safety": target("safety", "callback", priority="urgent", collect=("phone", "place")),
    },
    fields={
        "phone": CaseField(label="联系电话", label_en="Phone"),
        "place": CaseField(label="地点", label_en="Place", required=False),
    },
    slots={},
    lines=Lines(
        opening="您好", closing="再见", holding="请稍候", clarify="哪一项", email_open="您好", email_close="此致"
    ),
)


def hint(*claims: Claim, language: str = "zh") -> Hint:
    """Escalate on the Friday of these tests."""
    return escalate(POLICY, CALENDAR, NOW, claims, "en" if language == "en" else "zh")


def claim(level: str, target: str | None = None, priority: str = "normal", detail: str = "x") -> Claim:
    """A claim by an entry."""
    made = Claim("none", Reason("entry", detail), target)
    return replace(made, level=level, priority=priority)  # type: ignore[arg-type]  # any of LEVELS, PRIORITIES


def test_no_claim_means_only_the_first_reply_is_due() -> None:
    """Without claims, nobody is named and nothing is due but the first reply."""
    assert hint() == Hint("none", "PT30S")


def test_claims_of_level_none_keep_their_reasons() -> None:
    """Level none names nobody, whatever target the claim carries, yet says why."""
    found = hint(claim("none", "finance", "urgent"))
    assert found == Hint("none", "PT30S", reasons=(Reason("entry", "x"),))


def test_a_claim_becomes_a_full_hint() -> None:
    """Target, label, clocks, deadline, fields and holding reply all come from the policy."""
    found = hint(claim("required", "safety"))
    assert found == Hint(
        level="required",
        reply_within="PT30S",
        target="safety",
        target_label="safety",
        priority="urgent",
        reasons=(Reason("entry", "x"),),
        resolve_within="P2D",
        clock="working_days",
        due_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
        collect=(Collect("phone", "联系电话", True), Collect("place", "地点", False)),
        holding_reply="safety会联系您。",
    )
    assert found.due_at is not None
    assert found.due_at.isoformat() == "2026-11-24T17:00:00+08:00"


def test_labels_follow_the_language() -> None:
    """English asks for English labels."""
    found = hint(claim("offer", "finance"), language="en")
    assert (found.target_label, found.collect[0].label) == ("Finance", "Phone")


def test_the_highest_level_wins_before_the_highest_priority() -> None:
    """An urgent offer does not take the place of a normal requirement."""
    assert hint(claim("offer", "finance", "urgent"), claim("required", "agent")).target == "agent"


def test_priority_counts_with_the_targets_default() -> None:
    """Safety is urgent by default and so beats a claim that says high."""
    found = hint(claim("required", "finance", "high"), claim("required", "safety", "normal"))
    assert (found.target, found.priority) == ("safety", "urgent")


def test_the_first_claim_wins_a_tie() -> None:
    """Same level and priority: the order of claims decides."""
    assert hint(claim("offer", "finance", "high"), claim("offer", "agent", "high")).target == "finance"


def test_reasons_are_kept_strongest_first_and_once() -> None:
    """All reasons of all levels, ordered by strength; a repeated one appears once."""
    found = hint(
        claim("none", detail="a"),
        claim("offer", "agent", detail="b"),
        claim("required", "safety", detail="c"),
        claim("offer", "finance", detail="d"),
        claim("offer", "finance", detail="d"),
    )
    assert [reason.detail for reason in found.reasons] == ["c", "d", "b", "a"]


def test_a_claims_own_fields_and_holding_reply_come_first() -> None:
    """Only empty ones fall back to the target's."""
    own = replace(claim("required", "safety"), collect=("place",), holding_reply="马上处理。")
    found = hint(own)
    assert found.collect == (Collect("place", "地点", False),)
    assert found.holding_reply == "马上处理。"


def test_an_entry_says_what_a_trigger_of_its_level_and_target_leaves_open() -> None:
    """A trigger wins, but what to collect and to say is the entry's own, which knows the matter; no other claim's."""
    heard = Claim("required", Reason("trigger", "t"), "safety", "urgent")
    own = replace(claim("required", "safety"), collect=("place",), holding_reply="我在这儿陪着您。")
    found = hint(heard, own)
    assert found.reasons[0] == heard.reason
    assert (found.collect, found.holding_reply) == ((Collect("place", "地点", False),), "我在这儿陪着您。")
    doubt = replace(own, reason=Reason("low_confidence", "x"))
    for other in (replace(own, level="offer"), replace(own, target="agent"), doubt):
        assert hint(heard, other).holding_reply == "safety会联系您。"


def test_a_holding_reply_in_the_language_asked_for_goes_before_one_in_chinese() -> None:
    """A claim's own English, else its target's, else Chinese; the hint says which it is."""
    own = replace(claim("required", "safety"), holding_reply="马上处理。")
    safety = POLICY.targets["safety"].model_copy(update={"holding_reply_en": "Stay calm."})
    english = POLICY.model_copy(update={"targets": POLICY.targets | {"safety": safety}})
    found = [
        escalate(policy, CALENDAR, NOW, [made], language)
        for policy, made, language in (
            (english, own, "zh"),
            (POLICY, own, "en"),
            (english, own, "en"),
            (english, replace(own, holding_reply_en="At once."), "en"),
        )
    ]
    assert [(each.holding_reply, each.holding_language) for each in found] == [
        ("马上处理。", "zh"),
        ("马上处理。", "zh"),
        ("Stay calm.", "en"),
        ("At once.", "en"),
    ]


def test_a_claim_without_target_goes_to_the_policys_first() -> None:
    """The policy's first target is the desk's default."""
    assert hint(low_confidence(0.31, 0.8)).target == "agent"


@pytest.mark.parametrize("level", ["offer", "required"])
def test_an_unknown_target_is_named(level: str) -> None:
    """A claim for a target the policy lacks is an error that lists those it has."""
    with pytest.raises(NotFound, match=r"entry \(x\): target ghost is not one of the policy's \['agent', "):
        hint(claim(level, "ghost"))


def test_an_unknown_field_is_named() -> None:
    """A field the policy lacks is an error too."""
    with pytest.raises(NotFound, match="field shoe_size to collect is not one of"):
        hint(replace(claim("offer", "agent"), collect=("shoe_size",)))


def test_an_entry_claims_what_its_author_wrote() -> None:
    """Every field of the entry's escalation is carried over, the entry named in the reason."""
    entry = Entry(
        id="quality.smoke",
        kind="faq",
        title="冒烟了",
        replies=(Reply(text="请断电"),),
        escalation=Escalation(
            level="required", target="safety", priority="high", collect=("place",), holding_reply="先断电"
        ),
    )
    assert from_entry(entry) == Claim(
        "required", Reason("entry", "quality.smoke: 冒烟了"), "safety", "high", ("place",), "先断电"
    )


def test_a_trigger_claims_with_the_phrase_that_set_it_off() -> None:
    """The reason says which trigger and which words; asking for a human has its own code."""
    trigger = Trigger(
        code="fire",
        label="起火",
        label_en="Fire",
        level="required",
        target="safety",
        priority="urgent",
        variants=("冒烟",),
    )
    assert from_trigger(trigger, "冒烟了", "冒烟了").reason == Reason("trigger", "起火: 冒烟了")
    assert from_trigger(trigger, "有烟", "冒烟了", "en").reason == Reason("trigger", "Fire: 有烟 ≈ 冒烟了")
    assert from_trigger(trigger, "烟" * 41, "冒烟了").reason.detail == f"起火: {'烟' * 39}… ≈ 冒烟了"
    assert from_trigger(trigger, "冒烟了", "冒烟了").priority == "urgent"
    human = trigger.model_copy(update={"code": "asked-for-human"})
    assert from_trigger(human, "转人工", "人工").reason.code == "asked_for_human"


def test_repetition_is_an_offer_first_and_required_from_the_third_time() -> None:
    """Asking twice offers a colleague, asking three times requires one with high priority."""
    assert (repeated(2).level, repeated(2).priority) == ("offer", "normal")
    assert (repeated(3).level, repeated(3).priority) == ("required", "high")


CLAIMS = st.builds(
    claim,
    st.sampled_from(LEVELS),
    st.sampled_from([None, *POLICY.targets]),
    st.sampled_from(PRIORITIES),
    st.sampled_from("abc"),
)


@given(st.lists(CLAIMS, max_size=6), CLAIMS)
def test_a_further_claim_never_lowers_a_hint(claims: list[Claim], further: Claim) -> None:
    """With one more claim the level never falls, and at the same level the priority does not either."""
    before, after = hint(*claims), hint(*claims, further)
    assert LEVELS.index(after.level) >= LEVELS.index(before.level)
    if after.level == before.level:
        assert PRIORITIES.index(after.priority) >= PRIORITIES.index(before.priority)
    assert set(before.reasons) <= set(after.reasons)


@given(st.lists(CLAIMS, min_size=1, max_size=6))
def test_the_hint_has_the_highest_level_claimed(claims: list[Claim]) -> None:
    """The level is the maximum of the claims' levels, and the priority no lower than the target's default."""
    found = hint(*claims)
    assert found.level == max((claim.level for claim in claims), key=LEVELS.index)
    if found.target is not None:
        assert PRIORITIES.index(found.priority) >= PRIORITIES.index(POLICY.targets[found.target].priority)


def test_a_claim_without_a_target_goes_to_the_policys_default() -> None:
    """What nobody is named for goes where the policy says, whatever the order of its targets."""
    last = list(POLICY.targets)[-1]
    chosen = Policy.model_validate(POLICY.model_dump() | {"default_target": last})
    assert escalate(POLICY, CALENDAR, NOW, [low_confidence(0.1, 0.9)]).target == next(iter(POLICY.targets)) != last
    assert escalate(chosen, CALENDAR, NOW, [low_confidence(0.1, 0.9)]).target == last
