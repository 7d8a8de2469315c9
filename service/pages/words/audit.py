"""The audit log's own words: filters, columns and pages."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage

ZH: Final[dict[str, str]] = {
    "audit_hint": "谁在什么时候做了什么。",
    "when": "时间",
    "who": "人员",
    "act": "操作",
    "entry": "话术",
    "about": "对象",
    "from": "从",
    "to": "到",
    "any_act": "全部操作",
    "lines": "共 {n} 条记录",
    "older": "更早的记录",
    "newest": "回到最新",
    "no_lines": "没有符合条件的记录。",
    "csv": "导出 CSV",
    "clear": "清除条件",
}

EN: Final[dict[str, str]] = {
    "audit_hint": "Who did what, when and why.",
    "when": "When",
    "who": "Who",
    "act": "Act",
    "entry": "Entry",
    "about": "About",
    "from": "From",
    "to": "To",
    "any_act": "All acts",
    "lines": "{n} in all.",
    "older": "Older lines",
    "newest": "Back to the newest",
    "no_lines": "No line fits these filters.",
    "csv": "Export CSV",
    "clear": "Clear filters",
}

WORDS: Final[dict[UiLanguage, dict[str, str]]] = {"zh": ZH, "en": EN}
