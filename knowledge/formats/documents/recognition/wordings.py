"""Lists of wording without a situation of each: the items under “polite phrases”, “opening lines”, “flow of a call”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from knowledge.formats.documents.recognition.found import Found
from knowledge.formats.documents.recognition.lines import Line
from knowledge.formats.documents.recognition.speech import is_spoken, unquoted

UNDER = re.compile(r"用语|话术|礼貌|说法|应答|范例|开场白|开头语|结束语|口径|流程|示例|例句|自动回复|问候|误解|答复")
NOT_UNDER = re.compile(r"忌|禁|不得|不能说|不文明")
FIRST_CLAUSE = re.compile(r"[，。！？；,!?;…：:]")
INCLUDING = re.compile(r"(?:包括|如下|例如|有).*$")
SENTENCES = re.compile(r"[。！？]")
GIST = 16


def find(lines: Sequence[Line]) -> Iterator[Found]:
    """One for each item that is wording, called by its heading and its own gist."""
    lead = ""
    for line in lines:
        if line.heading:
            lead = ""
            continue
        if line.text.endswith(("：", ":")):
            last = SENTENCES.split(line.text.rstrip("：:"))[-1]
            lead = last if UNDER.search(last) else ""
            continue
        if not line.marker:
            lead = ""
        under = lead or line.section
        if line.cells or not line.marker or not UNDER.search(under) or NOT_UNDER.search(under):
            continue
        text = unquoted(line.text)
        if is_spoken(text):
            yield Found("list", f"{_name(under)}：{_gist(text)}"[:100], (text,), (line,))


def _name(heading: str) -> str:
    return INCLUDING.sub("", FIRST_CLAUSE.split(heading)[-1]) or heading


def _gist(text: str) -> str:
    """The first clause that says something."""
    clauses = [clause for clause in FIRST_CLAUSE.split(text) if clause]
    telling = next((clause for clause in clauses if len(clause) > 4), clauses[0] if clauses else text)
    return telling if len(telling) <= GIST else telling[:GIST] + "…"
