"""half-width-punctuation: Chinese replies have Chinese punctuation.

A half-width , . ! ? : ; ( ) or straight quotation mark next to a Chinese character is a warning; so is … as three full
stops. Times (8:30), figures, web addresses and English words among themselves keep theirs.

PASS:
    text: 您好，请打开 App（8:30–17:00 有人工客服）。

FAIL:
    text: 您好,请打开App(8:30–17:00 有人工客服).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge.lint.context import Context
from knowledge.lint.finding import Finding
from knowledge.references import FACT, SLOT

RULE = "half-width-punctuation"
HAN = r"[\u3400-\u9fff]"
FULL = {",": "，", ".": "。", "!": "！", "?": "？", ":": "：", ";": "；", "(": "（", ")": "）", '"': "“”", "'": "‘’"}
HALF_WIDTH = re.compile(
    rf"\.\.\.|(?<={HAN})[,.!?:;()\"']|(?<!\d)[,.!?:;()\"'](?={HAN})|(?<=\d)[,!?;()](?={HAN})|\((?=[^()\n]*{HAN}\))"
)


def check(context: Context) -> Iterator[Finding]:
    """One warning for each text, naming the marks in it."""
    for text in context.shown:
        if text.language != "zh":
            continue
        # References stand for Chinese words or figures; only what is typed here can be corrected here.
        marks = list(dict.fromkeys(HALF_WIDTH.findall(SLOT.sub("X", FACT.sub("X", text.value)))))
        if marks:
            listed = " ".join(marks)
            instead = " ".join(FULL.get(mark, "……") for mark in marks)
            message = f"half-width {listed} in a Chinese text: write {instead}"
            yield Finding(RULE, "warning", text.entry_id, text.field, message)
