"""What each chart shows of the counts."""

from __future__ import annotations

from datetime import date

from knowledge.store.usage import Day, EntryDay, Escalations, Outcomes, Traffic
from service.pages import drawings
from service.pages.drawings import CHARTS
from service.pages.words.insights import WORDS

DAYS = [date(2026, 11, 19), date(2026, 11, 20)]
ZH = WORDS["zh"]
TRAFFIC = Traffic((Day(DAYS[1], 5, 2, 1, 6.0, 9.0),), (), (), (("a.x", 4), ("b.x", 1)), 6.0, 9.0)
OUTCOMES = (Outcomes(DAYS[0]), Outcomes(DAYS[1], used=3, edited=2, rejected=1))
ESCALATIONS = (Escalations("required", "safety", 4), Escalations("offer", None, 2))


def test_days_without_queries_are_nought_and_have_no_latency() -> None:
    """Every day of the span has its place."""
    traffic = CHARTS["traffic"].draw(TRAFFIC, DAYS, ZH, {})
    assert traffic.labels == ["11-19", "11-20"]
    assert [(one.name, list(one.values)) for one in traffic.series] == [
        ("可直接回复", [0, 5]),
        ("请选择", [0, 2]),
        ("暂无话术", [0, 1]),
    ]
    latency, unanswered = (CHARTS[name].draw(TRAFFIC, DAYS, ZH, {}) for name in ("latency", "unanswered"))
    assert [list(one.values) for one in latency.series] == [[None, 6.0], [None, 9.0]]
    assert [list(one.values) for one in unanswered.series] == [[0, 2], [0, 1]]


def test_outcomes_by_day() -> None:
    """Used, edited, rejected."""
    drawn = CHARTS["outcomes"].draw(OUTCOMES, DAYS, ZH, {})
    assert [list(one.values) for one in drawn.series] == [[0, 3], [0, 2], [0, 1]]


def test_names_are_people_s_words() -> None:
    """A target's label, an entry's title; where there is none, the id, or that nobody is named."""
    escalations = CHARTS["escalations"].draw(ESCALATIONS, DAYS, ZH, {"safety": "安全负责人"})
    assert escalations.labels == ["需升级 · 安全负责人", "建议升级 · 未指定"]
    assert CHARTS["entries"].draw(TRAFFIC, DAYS, ZH, {"a.x": "退款"}).labels == ["退款", "b.x"]


def test_an_entrys_lines() -> None:
    """Shown, used, edited, rejected."""
    drawn = drawings.entry([EntryDay(DAYS[0], first=9, shown=4, used=3, edited=1)], ZH)
    assert [list(one.values) for one in drawn.series] == [[4], [3], [1], [0]]
