"""promise-without-deadline: who promises to act says by when.

A sentence in which we promise to contact, reply, check, handle … needs a time in the reply: a figure (24 小时内), a day
or clock time, at once (马上), a fact or a slot that holds a time ({service.complex}, {due_time}). Without one it is a
warning, and an error where a vague word takes its place (尽快, 稍后, as soon as possible). What the customer is asked
to do (请您尽快联系快递) is no promise, nor is what a machine does by itself (系统会自动通知).

PASS:
    text: 我已请物流专员核查，{service.complex}内回复您。

FAIL:
    text: 我们会尽快核实并联系您。
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.lint.context import Context, Text
from knowledge.lint.finding import Finding, Mark, Severity
from knowledge.model import Language
from knowledge.references import slot_names

RULE = "promise-without-deadline"

CLAUSE = {"zh": re.compile(r"[^，。！？；：\n]+"), "en": re.compile(r"[^.!?;:\n]+")}
ACT = (
    r"(?:联系|联络|回复|答复|回电|回访|致电|反馈|通知|告知|处理|核实|核查|查证|核对|跟进|解决|补发"
    r"|给您[^，。]{0,6}(?:结果|说法|方案|消息|答案))"
)
PROMISE = {
    "zh": re.compile(rf"(?:会|将|一定|尽快|尽早|稍后|随后|及时|第一时间|回头)[^，。]{{0,12}}?{ACT}"),
    "en": re.compile(
        r"\b(?:we|i|they|(?:specialist|colleague|team|manager|agent|officer)s?)(?:'ll| will| shall)\b.{0,30}?\b"
        r"(?:contact|reply|respond|call|get back|follow up|check|look into|handle|let you know|update you|inform)",
        re.IGNORECASE,
    ),
}
VAGUE = {
    "zh": re.compile(r"尽快|尽早|稍后|随后|及时|第一时间|回头"),
    "en": re.compile(r"\b(?:as soon as|soon|shortly|later)\b", re.IGNORECASE),
}
# The customer's act, a condition, a machine's, a past one, or what will not or may not be done.
NO_PROMISE = {
    "zh": re.compile(
        r"请(?!放心)|麻烦您|辛苦您|劳烦您|建议您|^建议|您(?:可以?|也|再|先|能|需|会|若|如|要|收到|尽快|及时)|如果|若|如(?:有|您|需)"
        r"|系统|自动|不会|才会|更|是否|能不能|没|未|为了|方便|以便|便于|现将"
    ),
    "en": re.compile(r"\b(?:please|you can|you may|if|automatically|will not|won't|once)\b", re.IGNORECASE),
}
NUMERAL = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十半几]+)"
TIME = {
    "zh": re.compile(
        rf"{NUMERAL}\s*个?(?:秒|分钟|小时|钟头|天|日|周|星期|月|年|工作日)|\d{{1,2}}[:：]\d\d|{NUMERAL}点"
        r"|今天|今日|今晚|今早|明天|明日|后天|当天|当日|次日|隔天|本周|下周|本月|下月|周[一二三四五六日末]|上午|下午|傍晚"
        r"|马上|立即|立刻|现在|这就|即刻|实时|同步|一会儿?|片刻|当场|同时|每[天日周月]"
    ),
    "en": re.compile(
        r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|today|tonight|tomorrow|now|right away"
        r"|at once|straight away|immediately|moment|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b|\d{1,2}:\d\d",
        re.IGNORECASE,
    ),
}
TIME_SLOT = re.compile(r"时间|日期|分钟|小时|天数|期限|time|date|day|hour|minute|deadline", re.IGNORECASE)


def check(context: Context) -> Iterator[Finding]:
    """At most one finding for each text: its first promise without a time."""
    for text in context.shown:
        if text.part != "fact" and (first := next(marks(text, context), None)) is not None:
            yield Finding(RULE, first.severity, text.entry_id, text.field, first.message)


def marks(text: Text, context: Context) -> Iterator[Mark]:
    """One for each clause that promises, in a text without any time."""
    value = context.resolved(text)
    if TIME[text.language].search(value) or _has_time_slot(text, context):
        return
    for found in CLAUSE[text.language].finditer(value):
        clause = found[0]
        if _promises(clause, text.language):
            severity: Severity = "error" if VAGUE[text.language].search(clause) else "warning"
            message = f'promises "{clause.strip()}" without a time: say by when'
            start = found.start() + len(clause) - len(clause.lstrip())
            yield Mark(RULE, severity, message, start, start + len(clause.strip()))


def _has_time_slot(text: Text, context: Context) -> bool:
    return any(TIME_SLOT.search(f"{name} {context.policy.slots.get(name, '')}") for name in slot_names(text.value))


def _promises(clause: str, language: Language) -> bool:
    promise = PROMISE[language].search(clause)
    return promise is not None and not NO_PROMISE[language].search(clause[: promise.end()])
