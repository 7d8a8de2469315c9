"""Which column is which: the names an editor may give a field, in Chinese and English, and those an export writes.

A name counts whatever its case, width, script and punctuation, and with or without 必填 or a number behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from knowledge.formats.sheets import Cells
from knowledge.model import Channel, Language
from knowledge.text import normalise

SheetLanguage = Literal["zh", "en"]
NOT_A_WORD = re.compile(r"[\W_]+")
ASIDE = re.compile(r"(必填|选填|可选|可不填|required|optional)$")
NUMBER = re.compile(r"\d+$")
SEARCHED = 20  # rows in which a header may stand; above it are titles and remarks

CHANNELS: Final[dict[Channel, tuple[str, ...]]] = {
    "any": ("通用", "any", "all", "全部", "所有", "不限", "默认", "default"),
    "chat": ("在线", "chat", "聊天", "网页", "在线客服", "im", "webchat", "网站", "微信", "旺旺", "千牛", "online"),
    "phone": ("电话", "phone", "热线", "语音", "呼叫中心", "call", "voice"),
    "email": ("邮件", "email", "邮箱", "电子邮件", "mail"),
}
LANGUAGES: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("中文", "zh", "汉语", "简体中文", "zhcn", "chinese", "cn"),
    "en": ("英文", "en", "英语", "english", "enus"),
}
REPLY_WORDS = ("回复", "答案", "话术", "回答", "答复", "回复内容", "reply", "answer", "response")


@dataclass(frozen=True)
class Field:
    """One field of an entry as a column: what an export calls it, and whatever else it is called."""

    key: str
    zh: str
    en: str
    names: str = ""  # with blanks between them
    many: bool = False

    def name(self, language: SheetLanguage) -> str:
        return self.zh if language == "zh" else self.en


def reply_key(channel: Channel, language: Language) -> str:
    """The field of one reply."""
    return f"reply.{channel}.{language}"


REPLIES: Final[dict[str, tuple[Channel, Language]]] = {
    reply_key(channel, language): (channel, language) for language in LANGUAGES for channel in CHANNELS
}


def _replies() -> tuple[Field, ...]:
    fields = []
    for key, (channel, language) in REPLIES.items():
        zh = f"{'英文' if language == 'en' else ''}回复（{CHANNELS[channel][0]}）"
        en = f"Reply ({channel}{', English' if language == 'en' else ''})"
        fields.append(Field(key, zh, en, " ".join(_reply_names(channel, language))))
    return tuple(fields)


def _reply_names(channel: Channel, language: Language) -> list[str]:
    """在线回复, 回复（在线）, chat reply, 英文在线回复 …; the bare word is the plain reply column's."""
    names = []
    for word in REPLY_WORDS:
        for where in CHANNELS[channel]:
            both = (where + word, word + where)
            if language == "zh":
                names += [*both, *(f"{mark}{one}" for one in both for mark in ("中文", "zh"))]
            else:
                names += [f"{mark}{one}" for one in both for mark in LANGUAGES["en"]]
                names += [f"{one}{mark}" for one in both for mark in LANGUAGES["en"]]
        if channel == "any":
            names += [f"{mark}{word}" for mark in LANGUAGES[language]]
            names += [f"{word}{mark}" for mark in LANGUAGES[language]]
    return names


# In the order in which an export writes them.
FIELDS: Final[tuple[Field, ...]] = (
    Field("id", "编号", "ID", "标识 知识编号 条目编号 话术编号 知识id 条目id faqid entryid key"),
    Field("kind", "类型", "Kind", "种类 知识类型 type"),
    Field(
        "title",
        "标准问",
        "Title",
        "标准问题 标准问法 标准提问 主问题 主问法 问题 提问 问题标题 标题 题目 场景 情况 知识标题 话术标题 话术名称 "
        "名称 客户问题 question standardquestion situation subject",
    ),
    Field(
        "variants",
        "相似问",
        "Variants",
        "相似问题 相似问法 相似说法 扩展问 扩展问题 扩展问法 同义问 同义问法 其他问法 其它问法 问法 更多问法 变体 "
        "用户问法 客户问法 关联问题 variant alternatequestions alternates alternativequestions similarquestions "
        "phrasings phrasing utterances utterance",
        many=True,
    ),
    *_replies(),
    Field("products", "产品", "Products", "商品 适用产品 适用商品 产品型号 型号 product sku", many=True),
    Field("audience", "对象", "Audience", "受众 适用对象 服务对象 适用人群"),
    Field("stage", "阶段", "Stage", "环节 服务阶段 售前售后"),
    Field("tags", "标签", "Tags", "关键词 关键字 标记 tag keywords keyword labels", many=True),
    Field("level", "升级", "Escalation", "升级级别 升级等级 是否升级 转人工 是否转人工 escalationlevel"),
    Field("target", "升级对象", "Escalation target", "升级到 升级给 升级至 转给 对接人 责任部门 升级部门 escalateto"),
    Field("priority", "优先级", "Priority", "紧急程度 升级优先级 urgency"),
    Field("collect", "需收集", "Collect", "收集信息 需要信息 收集字段 需核实信息 需收集信息", many=True),
    Field("holding_reply", "安抚话术", "Holding reply", "稳住客户 过渡话术 安抚语 升级话术 holding"),
    Field("related", "相关条目", "Related", "相关 相关话术 关联条目 相关编号 relatedentries", many=True),
    Field(
        "valid_from",
        "生效日期",
        "Valid from",
        "生效时间 生效日 开始日期 起始日期 有效期起 有效期开始 startdate effectivedate",
    ),
    Field(
        "valid_until",
        "失效日期",
        "Valid until",
        "失效时间 失效日 到期日期 到期日 截止日期 结束日期 有效期止 有效期至 过期日期 有效期 "
        "validto enddate expirydate expires",
    ),
    Field("source", "来源", "Source", "出处 依据 reference"),
)
# Read and never written: what they say ends in other fields.
ALSO_READ: Final[tuple[Field, ...]] = (
    Field(
        "reply",
        "回复",
        "Reply",
        " ".join((*REPLY_WORDS, "标准答案 标准回复 标准话术 话术内容 内容 参考话术 content")),
    ),
    Field("channel", "渠道", "Channel", "适用渠道 回复渠道 channels", many=True),
    Field("language", "语言", "Language", "语种 lang"),
    Field(
        "category",
        "分类",
        "Category",
        "类目 类别 目录 一级分类 二级分类 三级分类 所属分类 知识分类 categories topic folder",
        many=True,
    ),
)
BY_KEY: Final[Mapping[str, Field]] = {field.key: field for field in (*FIELDS, *ALSO_READ)}
ASKED, ANSWERED = frozenset({"id", "title", "variants"}), frozenset({"reply", *REPLIES})


def fold(name: str) -> str:
    """A name as it is compared."""
    return NOT_A_WORD.sub("", normalise(name))


@cache
def _known() -> Mapping[str, Field]:
    known: dict[str, Field] = {}
    for field in (*ALSO_READ, *FIELDS):
        for name in (field.zh, field.en, field.key, *field.names.split()):
            known.setdefault(fold(name), field)
    return known


def field_of(name: str) -> Field | None:
    """The field a column's name means; None for a stranger."""
    folded = fold(name)
    for tried in (folded, ASIDE.sub("", folded)):
        if (field := _known().get(tried)) is not None:
            return field
    numbered = _known().get(NUMBER.sub("", folded))
    return numbered if numbered is not None and numbered.many else None


def header_row(rows: Sequence[tuple[int, Cells]]) -> int | None:
    """The place among `rows` of the header: the first of those that name most fields, of which one asks or answers."""
    best, most = None, 0
    for place, (_, cells) in enumerate(rows[:SEARCHED]):
        keys = {field.key for name in cells.values() if len(name) <= 60 and (field := field_of(name)) is not None}
        if keys & (ASKED | ANSWERED) and len(keys) > most and (len(keys) > 1 or len(cells) == 1):
            best, most = place, len(keys)
    return best
