"""An agent's own text: checking a draft before it is sent, and what became of a reply that was edited."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage

ZH: Final[dict[str, str]] = {
    "draft": "检查草稿",
    "draft_title": "我的草稿",
    "draft_label": "准备发给客户的话",
    "draft_placeholder": "写在这里，边写边检查；不会保存",
    "edit_title": "改了再用：{title}",
    "edit_note": "改动只作为反馈交给编辑，不会变成话术。",
    "draft_clean": "没有发现问题",
    "draft_findings": "{n} 处可以改得更好",
    "draft_instead": "换成",
    "draft_failed": "暂时没法检查",
    "draft_wrong": "有 {n} 处不能这样说",
    "draft_copied": "已复制草稿",
    "rule_forbidden_phrases": "不能这样说",
    "rule_formal_address": "请用“您”",
    "rule_promise_without_deadline": "承诺没有时限",
    "rule_personal_data": "有个人信息",
    "rule_reply_length": "太长",
}

EN: Final[dict[str, str]] = {
    "draft": "Check a draft",
    "draft_title": "My draft",
    "draft_label": "What you are about to send",
    "draft_placeholder": "Write here; it is checked as you type and not kept",
    "edit_title": "Edit and use: {title}",
    "edit_note": "The change goes to the editors as feedback; it does not become a reply.",
    "draft_clean": "Nothing to object to",
    "draft_findings": "{n} to improve",
    "draft_instead": "Say instead",
    "draft_failed": "It cannot be checked right now",
    "draft_wrong": "{n} not to be said",
    "draft_copied": "Copied your draft",
    "rule_forbidden_phrases": "Not to be said",
    "rule_formal_address": "Use 您",
    "rule_promise_without_deadline": "A promise without a time",
    "rule_personal_data": "Personal data",
    "rule_reply_length": "Too long",
}

WORDS: Final[dict[UiLanguage, dict[str, str]]] = {"zh": ZH, "en": EN}
