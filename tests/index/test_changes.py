"""What one artefact says otherwise than another."""

from __future__ import annotations

from index.changes import EntryChange, FieldChange, entry_changes, policy_changes
from knowledge.model import ApprovedEntry, Entry, Escalation, Precision, Reply
from tests.service.shop import APPROVED, PROMO, REFUND, SHIP, policy


def approved(entry: Entry, version: int = 1) -> ApprovedEntry:
    """That version of an entry as 王敏 approved it."""
    return ApprovedEntry(entry=entry, version=version, approved_by="王敏", approved_at=APPROVED)


def test_entries_that_came_and_went_are_named() -> None:
    """Added, then removed; what is the same in both is in neither."""
    found = entry_changes([approved(REFUND), approved(SHIP, 4)], [approved(REFUND), approved(PROMO, 2)])
    assert found == (
        EntryChange("promo.summer", "夏季满减活动", "added", None, 2, "王敏"),
        EntryChange("ship.no-update", "快递三天没动静", "removed", 4, None, None),
    )


def test_a_changed_entry_says_what_changed() -> None:
    """Texts with both wordings, lists with what went and came, parts of replies and escalation by their names."""
    replies = (Reply(channel="any", text="新的话术。"), *REFUND.replies[2:])
    update = {
        "title": "退款什么时候到",
        "variants": (*REFUND.variants[1:], "钱呢"),
        "replies": replies,
        "escalation": Escalation(level="offer", target="logistics"),
        "tags": ("钱", "售后"),
        "stage": None,
        "source": "shop 2027",
    }
    (change,) = entry_changes([approved(REFUND)], [approved(REFUND.model_copy(update=update), 2)])
    assert (change.kind, change.before, change.after) == ("changed", 1, 2)
    assert change.fields == (
        FieldChange("title", ("退款多久到账",), ("退款什么时候到",)),
        FieldChange("stage", ("after-sale",), ()),
        FieldChange("source", (str(REFUND.source),), ("shop 2027",)),
        FieldChange("replies.any.zh", ("您好，退款{refund.days}内原路退回。",), ("新的话术。",)),
        FieldChange("replies.phone.zh", ("退款{refund.days}内会回到您付款的卡上。",), ()),
        FieldChange("escalation.level", ("none",), ("offer",)),
        FieldChange("escalation.target", (), ("logistics",)),
        FieldChange("variants", (REFUND.variants[0],), ("钱呢",)),
        FieldChange("tags", (), ("售后",)),
    )


def test_what_was_approved_anew_or_only_reordered_is_told_apart() -> None:
    """A new version of the same text has no field; another order has one, with nothing in it."""
    turned = REFUND.model_copy(update={"variants": tuple(reversed(REFUND.variants))})
    (anew,) = entry_changes([approved(REFUND)], [approved(REFUND, 2)])
    (order,) = entry_changes([approved(REFUND)], [approved(turned, 2)])
    assert anew.fields == ()
    assert order.fields == (FieldChange("variants", (), ()),)
    assert entry_changes([approved(REFUND)], [approved(REFUND)]) == ()


def test_the_policys_parts_are_named() -> None:
    """Those that differ, and no others."""
    assert policy_changes(policy(), policy()) == ()
    stricter = policy().model_copy(update={"precision": Precision(answer_precision=0.99)})
    assert policy_changes(policy(), stricter) == ("precision",)
