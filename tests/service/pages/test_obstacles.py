"""What is wrong in a file, as its page lists it."""

from __future__ import annotations

from knowledge.formats.sheets import problem
from service.pages.obstacles import obstacles, spans
from service.pages.words.importing import WORDS


def test_the_same_thing_is_listed_once_with_its_rows_and_values() -> None:
    """Errors before warnings; another column is another thing; of many values some are shown."""
    dates = [problem("表", row, "生效日期", f"=明天{row}", "not_a_date") for row in (3, 4, 5, 7, 9)]
    other = problem("表", 3, "失效日期", "=明天", "not_a_date")
    found = obstacles([problem("表二", 0, "", "", "hidden_sheet"), *dates, other], "zh", WORDS["zh"])
    assert [(one.severity, one.where) for one in found] == [
        ("error", "第 3–5、7、9 行 · 生效日期"),
        ("error", "第 3 行 · 失效日期"),
        ("warning", "表二"),
    ]
    assert found[0].value == "=明天3\n=明天4\n=明天5\n等，另有 2 种"
    assert obstacles(dates, "en", WORDS["en"])[0].where == "rows 3–5, 7, 9 · 生效日期"


def test_neighbours_are_one_span() -> None:
    """A row alone stays alone."""
    assert spans([2, 3, 5], "、") == "2–3、5"
