"""The words of the page that lists the live entries."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage

WORDS: Final[dict[UiLanguage, dict[str, str]]] = {
    "zh": {
        "page_title": "全部话术",
        "total": "{n} 条",
        "by_category": "分类",
        "by_stage": "阶段",
        "stage_pre_sale": "售前",
        "stage_in_sale": "售中",
        "stage_after_sale": "售后",
        "kind_faq": "问答",
        "kind_script": "场景话术",
        "nothing": "没有符合的话术",
        "all": "看全部",
    },
    "en": {
        "page_title": "All replies",
        "total": "{n} in all",
        "by_category": "Category",
        "by_stage": "Stage",
        "stage_pre_sale": "Pre-sale",
        "stage_in_sale": "In sale",
        "stage_after_sale": "After-sale",
        "kind_faq": "Asked",
        "kind_script": "Said",
        "nothing": "No entry fits",
        "all": "Show all",
    },
}
