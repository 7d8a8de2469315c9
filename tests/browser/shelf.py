"""The live entries of the desk that answers by hand: as canned.py suggests them, approved, under the shop's policy."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from knowledge.model import ApprovedEntry, Entry, Escalation, ForbiddenPhrase, Reply
from tests.browser.canned import REFUNDS, SAFETY, SHIP, Json
from tests.service.shop import APPROVED, policy

STAGES = {"ship": "in-sale", "refund": "after-sale"}


def _entry(item: Json) -> Entry:
    """One entry with a reply for any channel and one for the phone."""
    urgent = item is SAFETY
    text = item["reply"]["text"]
    return Entry.model_validate(
        {
            "id": item["entry_id"],
            "kind": item["kind"],
            "title": item["title"],
            "variants": (item["match"]["variant"], f"{item['title']}怎么办"),
            "replies": (Reply(text=text), Reply(channel="phone", text=f"电话里请说：{text[:20]}")),
            "stage": STAGES.get(item["category"]),
            "related": tuple(other["entry_id"] for other in item["related"]),
            "valid_until": date(2026, 12, 31) if item["valid_until"] else None,
            "escalation": Escalation(level="required" if urgent else "offer", target="logistics")
            if item is SHIP[0] or urgent
            else Escalation(),
        }
    )


ENTRIES = tuple(
    ApprovedEntry(entry=_entry(item), version=item["version"], approved_by=item["approved_by"], approved_at=APPROVED)
    for item in (*SHIP, *REFUNDS, SAFETY)
)
PHRASE = ForbiddenPhrase(phrase="不知道", instead="这个问题我需要核实一下，3 小时内答复您。", reason="evasive")
CONTENTS = SimpleNamespace(entries=ENTRIES, policy=policy().model_copy(update={"forbidden_phrases": (PHRASE,)}))
