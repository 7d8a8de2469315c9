"""One cell as a value and a value as one cell: lists, dates, words for a choice, and text no spreadsheet may run.

Every writer here is undone by its reader, exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from knowledge.formats.headers import CHANNELS, LANGUAGES, SheetLanguage, fold

LINES = re.compile(r"\n")
# What separates phrasings, which may hold commas, and names, which hold none.
PHRASES, NAMES = re.compile(r"[；;|｜]"), re.compile(r"[；;|｜，,、]")
LONG_LISTS = frozenset({"variants"})
# A spreadsheet runs what begins like this, behind blanks too; full-width signs are typed by a Chinese keyboard and run
# in some, | and % reach other programs.
RUNS = re.compile(r"'* *[=+\-@＝＋－＠|%\t\r\n]")
GUARDED = re.compile(r"'+ *[=+\-@＝＋－＠|%\t\r\n]")
DAY = re.compile(
    r"(\d{4})\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})\s*日?(?:[T ]+\d{1,2}:\d{2}(?::\d{2})?)?"
)
PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL = re.compile(r"\d{5}")
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's serial numbers

# Value → its Chinese word, its English word, and what else it may be called.
CHOICES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "kind": {
        "faq": ("问答", "FAQ", "常见问题", "知识", "问题", "qa", "q&a"),
        "script": ("话术", "Script", "应答话术", "场景话术", "canned response"),
    },
    "audience": {
        "customer": ("客户", "Customer", "顾客", "买家", "消费者", "用户"),
        "supplier": ("供应商", "Supplier", "商家", "供货商"),
    },
    "stage": {
        "pre-sale": ("售前", "Pre-sale", "presales"),
        "in-sale": ("售中", "In-sale", "insales"),
        "after-sale": ("售后", "After-sale", "aftersales"),
    },
    "level": {
        "none": ("无", "None", "否", "不升级", "不需要", "不用", "no", "n", "false"),
        "offer": ("建议", "Offer", "建议升级", "可升级", "可选", "optional"),
        "required": ("必须", "Required", "必须升级", "需升级", "需要", "必需", "是", "yes", "y", "true", "must"),
    },
    "priority": {
        "normal": ("普通", "Normal", "一般", "正常", "低", "low"),
        "high": ("高", "High", "较高", "优先"),
        "urgent": ("紧急", "Urgent", "加急", "特急", "最高"),
    },
    "channel": {channel: (words[0], channel, *words[1:]) for channel, words in CHANNELS.items()},
    "language": {language: (words[0], language, *words[1:]) for language, words in LANGUAGES.items()},
}
_READ: Final[Mapping[str, Mapping[str, str]]] = {
    key: {fold(word): value for value, words in choice.items() for word in (value, *words)}
    for key, choice in CHOICES.items()
}


def read_list(key: str, text: str) -> list[str]:
    """The items of a cell: a JSON list, else one a line, else between the separators of that field."""
    stripped = text.strip()
    if stripped.startswith('["') or stripped == "[]":
        try:
            items = json.loads(stripped)
        except (ValueError, RecursionError):
            items = None
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return items
    separator = LINES if "\n" in text else PHRASES if key in LONG_LISTS else NAMES
    return [item for part in separator.split(text) if (item := part.strip())]


def write_list(key: str, items: Sequence[str]) -> str:
    """A cell that `read_list` reads as these items: the plainest that does."""
    if not items:
        return ""
    joined = ("\n" if key in LONG_LISTS else "；").join(items)
    for text in (joined, joined + "\n", "\n".join(items) + "\n"):
        if read_list(key, text) == list(items) and not set("\r\x00") & set(text):
            return text
    return json.dumps(list(items), ensure_ascii=True)


def read_choice(key: str, text: str) -> str | None:
    """The value that a word means; None where it means none."""
    return _READ[key].get(fold(text))


def write_choice(key: str, value: str | None, language: SheetLanguage) -> str:
    """The word for a value."""
    return "" if value is None else CHOICES[key][value][language == "en"]


def choice_words(key: str) -> str:
    """The words an editor may write, for a message."""
    return ", ".join(f"{words[0]} ({value})" for value, words in CHOICES[key].items())


def read_date(text: str) -> date | None:
    """The day of a cell, its time left out; None where it is none, or leaves open which number is the month."""
    text = text.strip()
    found = DAY.fullmatch(text) or PLAIN_DAY.fullmatch(text)
    try:
        if found is not None:
            return date(*(int(part) for part in found.groups()))
        if text.isascii() and SERIAL.fullmatch(text):
            return EPOCH + timedelta(days=int(text))
    except (ValueError, OverflowError):
        pass
    return None


def guard(text: str) -> str:
    """The text so that a spreadsheet shows it and does not run it."""
    return "'" + text if RUNS.match(text) else text


def unguard(text: str) -> str:
    """The text without the mark that `guard` sets."""
    return text[1:] if GUARDED.match(text) else text


def distinct(items: Iterable[str]) -> tuple[str, ...]:
    """Each item once, in order."""
    return tuple(dict.fromkeys(items))
