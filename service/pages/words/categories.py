"""What the shipped pack's categories are called in Chinese and English; a team's own are shown by their id."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage


def category_id(written: str) -> str:
    """The id of a category that somebody wrote by its name in either language; anything else as it is."""
    names = {name.casefold(): found for words in WORDS.values() for found, name in words.items()}
    return names.get(written.strip().casefold(), written.strip())


WORDS: Final[dict[UiLanguage, dict[str, str]]] = {
    "zh": {
        "account": "账号",
        "clarify": "问清楚",
        "closing": "结束语",
        "complaint": "投诉",
        "contact": "联系方式",
        "email": "邮件",
        "emotion": "安抚情绪",
        "followup": "回访跟进",
        "invoice": "发票",
        "job": "招聘",
        "member": "会员",
        "opening": "开场白",
        "order": "订单",
        "pay": "支付",
        "price": "价格优惠",
        "product": "商品使用",
        "quality": "质量安全",
        "refund": "退款",
        "return": "退换货",
        "risk": "风险",
        "sales": "销售",
        "scope": "服务范围",
        "ship": "物流",
        "site": "网站",
        "supplier": "供应商",
        "transfer": "转接",
        "unknown": "查证",
        "wait": "等待",
        "warranty": "保修维修",
    },
    "en": {
        "account": "Account",
        "clarify": "Asking back",
        "closing": "Closing",
        "complaint": "Complaints",
        "contact": "Contact",
        "email": "E-mail",
        "emotion": "Emotions",
        "followup": "Follow-up",
        "invoice": "Invoices",
        "job": "Jobs",
        "member": "Membership",
        "opening": "Opening",
        "order": "Orders",
        "pay": "Payment",
        "price": "Prices",
        "product": "Products",
        "quality": "Quality and safety",
        "refund": "Refunds",
        "return": "Returns",
        "risk": "Risks",
        "sales": "Sales",
        "scope": "Scope",
        "ship": "Shipping",
        "site": "Website",
        "supplier": "Suppliers",
        "transfer": "Handing over",
        "unknown": "To be checked",
        "wait": "Waiting",
        "warranty": "Warranty",
    },
}
