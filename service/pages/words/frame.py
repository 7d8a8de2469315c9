"""The words that every page shares: the brand, the way between the pages, display settings, and who is signed in."""

from __future__ import annotations

from typing import Final, Literal

UiLanguage = Literal["zh", "en"]

FRAME: Final[dict[UiLanguage, dict[str, str]]] = {
    "zh": {
        "brand": "话术",
        "skip": "跳到正文",
        "settings": "显示设置",
        "theme_dark": "深色",
        "theme_light": "浅色",
        "other_language": "English",
        "places": "页面",
        "place_knowledge": "查话术",
        "place_inbox": "收件箱",
        "place_insights": "数据",
    },
    "en": {
        "brand": "Huashu",
        "skip": "Skip to the content",
        "settings": "Display",
        "theme_dark": "Dark",
        "theme_light": "Light",
        "other_language": "中文",
        "places": "Pages",
        "place_knowledge": "Find a reply",
        "place_inbox": "Inbox",
        "place_insights": "Insights",
    },
}
