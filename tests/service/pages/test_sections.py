"""What the sections of the insights say of the counts."""

from __future__ import annotations

from datetime import date

from knowledge.store import EntryCounts, FeedbackCounts
from knowledge.store.usage import Day, Escalations, Outcomes, Traffic
from service.pages.sections import LISTED, NO_SHARE, scope_told, sections, worst
from service.pages.words.insights import WORDS
from service.usage import Scope, Usage

ZH = WORDS["zh"]
DAY = date(2026, 11, 20)
NOTHING = Usage(Traffic((), (), (), (), None, None), (), (), FeedbackCounts(0, 0, ()))
USED = Usage(
    Traffic((Day(DAY, 5, 2, 1, 6.4, 9.0),), (), (), (("a.x", 4), ("b.x", 1)), 6.4, 9.0),
    (Outcomes(DAY, used=3, edited=2, rejected=1),),
    (Escalations("required", "safety", 4, kept=3, missed=1), Escalations("offer", None, 2)),
    FeedbackCounts(0, 0, ()),
)


def test_each_says_a_number_first() -> None:
    """Shares of what was counted, how many entries, the milliseconds that half took at most; where its table is."""
    found = sections(USED, {"a.x": "退款"}, {"safety": "安全负责人"}, ZH, {"channel": "phone"}, 7)
    numbers = {name: section.number for name, section in found.items()}
    assert numbers == {
        name: ZH[f"n_{name}"].format(percent=number, n=number, ms=number)
        for name, number in (
            ("traffic", "63 %"),
            ("unanswered", "38 %"),
            ("outcomes", "50 %"),
            ("escalations", "75 %"),
            ("entries", "2"),
            ("latency", "6"),
        )
    }
    assert "7" in found["unanswered"].detail
    assert found["latency"].csv == "/v1/insights/traffic.csv?channel=phone"


def test_names_are_peoples_words() -> None:
    """Columns, levels and targets; who is nobody is said to be."""
    header, rows = sections(USED, {}, {"safety": "安全负责人"}, ZH, {}, 0)["escalations"].table
    assert header[0] == ZH["level"]
    assert [row[:2] for row in rows] == [(ZH["required"], "安全负责人"), (ZH["offer"], ZH["nobody"])]


def test_of_nothing_no_share_is_made_up() -> None:
    """A dash, and noughts."""
    found = sections(NOTHING, {}, {}, ZH, {}, 0)
    assert all(NO_SHARE in found[name].number for name in ("traffic", "outcomes", "escalations", "latency"))
    assert scope_told(Scope(3, None, 0.2), ZH)["number"] == NO_SHARE


def test_the_worst_are_live_and_changed_more_than_a_tenth() -> None:
    """The most changed first; one that is gone, or hardly ever changed, is none to look at."""
    changed = [EntryCounts(f"a.{n}", used=9, edited=n, rejected=1) for n in range(12)]
    others = [EntryCounts("gone.x", rejected=50), EntryCounts("good.x", used=100, edited=9), EntryCounts("idle.x")]
    live = {one.entry_id: "" for one in (*changed, *others) if one.entry_id != "gone.x"}
    assert [one.entry_id for one in worst([*others, *changed], live)] == [f"a.{n}" for n in range(11, 11 - LISTED, -1)]
