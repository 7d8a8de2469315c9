"""The words of the example console."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage

WORDS: Final[dict[UiLanguage, dict[str, str]]] = {
    "zh": {
        "page_title": "示例客服台",
        "intro": "左边扮演客户，右边是客服看到的。只用公开的接口，代码在这两个模块里，可以照着接进自己的系统：",
        "conversation": "对话",
        "customer": "客户",
        "agent": "客服",
        "as_customer": "以客户身份说",
        "say": "发送",
        "assist": "话术助手",
        "waiting": "客户说话以后，这里出现已批准的回复。",
        "insert": "填入",
        "your_reply": "回复客户",
        "send": "发送",
        "reject": "不合适",
        "rejected": "已反馈：不合适",
        "sent_used": "已发送，并反馈：原样用了",
        "sent_edited": "已发送，并反馈：改过再用",
        "sent_own": "已发送",
        "escalate": "升级",
        "needs_script": "这个示例需要开启 JavaScript。",
        "offline": "连不上话术服务，请稍后再试",
        "start_over": "重新开始",
        "why": "命中",
        "first_line": "快递三天没动静了",
        "used_history": "看了前文",
        "read_as": "按“{text}”理解",
    },
    "en": {
        "page_title": "Example console",
        "intro": "You are the customer on the left, the agent on the right. Two modules, the public API alone:",
        "conversation": "Conversation",
        "customer": "Customer",
        "agent": "Agent",
        "as_customer": "Say as the customer",
        "say": "Send",
        "assist": "Reply assistant",
        "waiting": "Once the customer has spoken, the approved reply appears here.",
        "insert": "Insert",
        "your_reply": "Reply to the customer",
        "send": "Send",
        "reject": "No use",
        "rejected": "Told: no use",
        "sent_used": "Sent, and told: used as it stands",
        "sent_edited": "Sent, and told: edited",
        "sent_own": "Sent",
        "escalate": "Escalate",
        "needs_script": "This example needs JavaScript.",
        "offline": "The service cannot be reached; try again later",
        "start_over": "Start over",
        "why": "Matched",
        "first_line": "快递三天没动静了",
        "used_history": "read with what was said before",
        "read_as": "read as “{text}”",
    },
}
