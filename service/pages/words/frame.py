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
        "more_places": "更多",
        "place_knowledge": "查话术",
        "place_review": "审核",
        "place_audit": "操作记录",
        "place_import": "导入导出",
        "place_documents": "读文档",
        "place_admin": "管理",
        "sign_in": "登录",
        "sign_out": "退出",
        "account": "我的账号",
        "place_publish": "发布",
        "place_browse": "全部话术",
        "place_training": "练习",
        "place_editor": "写话术",
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
        "more_places": "More",
        "place_knowledge": "Find a reply",
        "place_review": "Review",
        "place_audit": "Audit log",
        "place_import": "Import and export",
        "place_documents": "Documents",
        "place_admin": "Administration",
        "sign_in": "Sign in",
        "sign_out": "Sign out",
        "account": "My account",
        "place_publish": "Publish",
        "place_browse": "All replies",
        "place_training": "Practise",
        "place_editor": "Write",
        "place_inbox": "Inbox",
        "place_insights": "Insights",
    },
}
