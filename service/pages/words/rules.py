"""The rules of lint by name."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage

ZH: Final[dict[str, str]] = {
    "rule_missing-parts": "缺少内容",
    "rule_too-few-variants": "相似问太少",
    "rule_unknown-references": "引用不存在",
    "rule_dead-references": "指向不存在",
    "rule_forbidden-phrases": "禁用语",
    "rule_formal-address": "称呼用“您”",
    "rule_promise-without-deadline": "承诺没有时限",
    "rule_contradictory-facts": "与事实不符",
    "rule_duplicate-variants": "相似问重复",
    "rule_near-duplicate-variants": "相似问过近",
    "rule_uniform-variants": "相似问单一",
    "rule_reply-length": "长度",
    "rule_personal-data": "个人信息",
    "rule_mojibake": "乱码",
    "rule_half-width-punctuation": "半角标点",
    "rule_validity-windows": "有效期",
}

EN: Final[dict[str, str]] = {
    "rule_missing-parts": "Missing parts",
    "rule_too-few-variants": "Too few variants",
    "rule_unknown-references": "Unknown references",
    "rule_dead-references": "Dead references",
    "rule_forbidden-phrases": "Forbidden phrases",
    "rule_formal-address": "Formal address",
    "rule_promise-without-deadline": "Promise without a time",
    "rule_contradictory-facts": "Contradictory facts",
    "rule_duplicate-variants": "Duplicate variants",
    "rule_near-duplicate-variants": "Near duplicates",
    "rule_uniform-variants": "Uniform variants",
    "rule_reply-length": "Length",
    "rule_personal-data": "Personal data",
    "rule_mojibake": "Garbled text",
    "rule_half-width-punctuation": "Half-width punctuation",
    "rule_validity-windows": "Validity",
}

WORDS: Final[dict[UiLanguage, dict[str, str]]] = {"zh": ZH, "en": EN}
