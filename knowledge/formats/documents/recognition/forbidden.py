"""Words never to use: lists under such a heading, quoted words after “never say”, columns of wrong and right words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge.formats.documents.blocks import Place
from knowledge.formats.documents.recognition.lines import Line
from knowledge.formats.documents.recognition.speech import quotes
from knowledge.formats.documents.recognition.tables import tables

HEADS = re.compile(
    r"(?:忌语|禁语|禁用(?:语|词)|禁(?:忌|止)(?:用|使用)?(?:的)?(?:用语|语言|词语|说法)|不文明(?:用语|语言)|不(?:得|能|要|可|应)(?:使用|说|讲)的?(?:话|语言|用语|词)|服务忌语|忌[说讲质])"
)
LEADS = re.compile(
    r"(?:忌语|禁(?:用|忌|止).{0,8}|不(?:得|能|要|可以?|应|准|许).{0,12}|忌[说讲].{0,12}|避免.{0,12}|勿.{0,8}|切忌.{0,8}|杜绝.{0,12}).{0,40}(?:以下|下列|如下|例如|比如|举例|包括).{0,10}[：:]$"
)
NEVER = re.compile(
    r"(?:忌(?:说|讲|用)?|不(?:得|要|能|可以?|应|准|许|宜)(?:使用|再?说|讲|回答|出现|用|答)?|禁止(?:使用|说|用)?|严禁(?:使用|说)?|避免(?:使用|说|出现)?|杜绝|切勿|切忌|勿)[^。！；“：:，,]{0,24}[：:]?\s*$"
)
PLAIN = re.compile(
    r"(?:都?不(?:得|要|能|可以?)(?:回答|说|讲|使用)|忌说|忌用|禁说|禁用语?)[：:]\s*(?P<said>[^“”。；\n]{2,80})[。；]?"
)
INSTEAD = re.compile(
    r"(?:应(?:当|该)?(?:使用|说|用|改|回答)?|改(?:为|成|用|说)|可以?说|而(?:要|应)|换成|替(?:代|换)为?)[^。“]{0,16}[：:]?\s*$"
)
NUMBER = re.compile(r"\d+")
LONGEST = 30  # characters of a phrase


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words never to use, those to use in their place where the document has any, and where it stands."""

    phrase: str
    instead: str | None
    place: Place
    line: Line


def find(lines: Sequence[Line]) -> Iterator[Phrase]:
    """Each phrase once."""
    seen: set[str] = set()
    for phrase in (*_in_tables(lines), *_listed(lines), *_quoted(lines)):
        if phrase.phrase and phrase.phrase not in seen and len(phrase.phrase) <= LONGEST:
            seen.add(phrase.phrase)
            yield phrase


def _in_tables(lines: Sequence[Line]) -> Iterator[Phrase]:
    for columns, rows in tables(lines):
        if columns.wrong is None:
            continue
        right = columns.right if columns.right is not None else columns.wording
        for row in rows:
            instead = row.cells[right] if right is not None and right < len(row.cells) else ""
            for said in re.split(
                r"[／/]|[、；;](?=\S)", row.cells[columns.wrong] if columns.wrong < len(row.cells) else ""
            ):
                yield _phrase(said, instead, row)


def _listed(lines: Sequence[Line]) -> Iterator[Phrase]:
    """The items below a heading or a line that leads to them."""
    open_list, last = False, 0
    for line in lines:
        if line.heading or line.text.endswith(("：", ":")):
            open_list, last = _leads(line), 0
            continue
        number = int(found[0]) if (found := NUMBER.search(line.marker)) else last
        # Another list begins where the numbering does not count on.
        open_list = open_list and bool(line.marker) and not line.cells and number in (last, last + 1)
        last = number
        if open_list and len(line.text) <= LONGEST:
            yield _phrase(line.text, "", line)


def _leads(line: Line) -> bool:
    return HEADS.search(line.text) is not None or (not line.heading and LEADS.search(line.text) is not None)


def _quoted(lines: Sequence[Line]) -> Iterator[Phrase]:
    for line in lines:
        if line.cells:
            continue
        forbidden: list[str] = []
        instead, last, mode = "", 0, ""
        for quote in quotes(line.text):
            before = line.text[last : quote.start()]
            last = quote.end()
            if NEVER.search(before):
                mode = "never"
            elif INSTEAD.search(before):
                mode = "instead"
            elif before.strip(" 、，或及和"):
                mode = ""
            if mode == "never":
                forbidden.append(quote[1])
            elif mode == "instead" and forbidden and not instead:
                instead = quote[1]
        for said in forbidden:
            yield _phrase(said, instead, line)
        for plain in PLAIN.finditer(line.text):
            for said in re.split(r"[、，,/]", plain["said"]):
                yield _phrase(said, "", line)


def _phrase(said: str, instead: str, line: Line) -> Phrase:
    return Phrase(said.strip(" “”「」。！!？?；;，,、.…"), instead.strip() or None, line.place, line)
