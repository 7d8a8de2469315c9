"""The words of the page of one entry."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage

WORDS: Final[dict[UiLanguage, dict[str, str]]] = {
    "zh": {
        "page_title": "话术详情",
        "channel_any": "通用",
        "channel_chat": "在线",
        "channel_phone": "电话",
        "channel_email": "邮件",
        "variants": "相似问 · {n}",
        "validity": "有效期",
        "always_valid": "长期有效",
        "valid_days": "{since} 至 {until}",
        "not_valid": "今天不在有效期内",
        "products": "适用商品",
        "tags": "标签",
        "source": "出处",
        "print": "打印",
        "edit": "编辑",
        "category": "分类",
        "missing_title": "没有这条话术",
        "missing_text": "话术库里没有 {id}：可能已停用，或地址写错了。",
        "kind_faq": "问答",
        "kind_script": "场景话术",
        "find": "到查话术里找",
    },
    "en": {
        "page_title": "Entry",
        "channel_any": "Any channel",
        "channel_chat": "Chat",
        "channel_phone": "Phone",
        "channel_email": "E-mail",
        "variants": "Phrasings · {n}",
        "validity": "Valid",
        "always_valid": "without limit",
        "valid_days": "{since} to {until}",
        "not_valid": "not today",
        "products": "Products",
        "tags": "Tags",
        "source": "Source",
        "print": "Print",
        "edit": "Edit",
        "category": "Category",
        "missing_title": "There is no such entry",
        "missing_text": "{id} is not in the live knowledge: it may have been retired, or the address is wrong.",
        "kind_faq": "Asked",
        "kind_script": "Said",
        "find": "Search for it",
    },
}
