"""Line breaks as the writer meant them: those of the page's width closed, those that were lost put back.

Put back before what begins a line: a numbering that counts on, a bullet that recurs, the label of who speaks. Closed
only between two halves of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import quantiles

from knowledge.formats.documents.blocks import Block, Change, Cleaned, Place, change

NUMERALS = "一二三四五六七八九十"
SHORTEST = 18  # characters of a line that may be the upper half of a sentence
WRAPPED = 0.8  # of the usual full line's length, from which a line is full
LONG = 200  # characters of a block that may be a page of a preview
ENDS = "。！？；：…”」』!?;:"
OPENS = re.compile(
    r"\s*(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,3})[）)、.．]|第[一二三四五六七八九十\d]+[章节篇条部]|[①-⑳]|[A-Ha-h][.、)．]|[-•·●■◆*➢✓]"
    r"|(?:客服|客户|顾客|回答|答|问|话务员|坐席|Q|A)[^，。]{0,6}[:：]|[（(][^）)]{1,6}[）)]\s*(?:客服|话务员|坐席))"
)
LABEL = re.compile(
    r"(?<=[。！？；…”!?;\s：:])\s*(?=(?:[A-D][.、．]\s*)?(?:[（(][^（）()]{2,6}[）)])?(?:参考)?(?:回答|回复|客服|客户|顾客|坐席|话务员|答|问|错误|正确)(?:人员|代表)?\s*[：:])"
)
# A list's own title in the middle of a text: “… thanks. Words never to use: …”.
NAMED = re.compile(r"(?<=[。！？；”!;])\s*(?=[\u3400-\u9fff]{2,6}(?:用语|忌语|禁语|禁忌|话术)[：:])")
ROLE = re.compile(r"[（(](?:话务员|客服|坐席|客服人员|客服代表)[）)]")
LISTS = (
    re.compile(rf"(?<![{NUMERALS}第、\d])([{NUMERALS}]{{1,3}})、"),
    re.compile(rf"[（(]([{NUMERALS}]{{1,3}})[）)]"),
    re.compile(r"(?<![\d、第])(?<!\d\.)(\d{1,2})、(?=\D)"),
    re.compile(r"(?<![\d、第])(?<!\d\.)(\d{1,2})[.．](?=\s?[^\d\s])"),
    re.compile(r"(?<![\d、第（(])(?<!\d\.)(\d{1,2})[)）](?=\D)"),
    re.compile(r"[（(](\d{1,2})[)）]"),
    re.compile(r"([①②③④⑤⑥⑦⑧⑨⑩])"),
)
BULLETS = (
    re.compile(r"(?<=[\u3400-\u9fff。！？；”：:*!?;）)])\s?u(?=[\u3400-\u9fff“*×])"),
    re.compile(r"[·•●■◆➢](?=[\u3400-\u9fff“])"),
    re.compile(r"(?<=[。！…”!.、，）)：:?？])[?？](?=[\u3400-\u9fff“])"),
)
LEAST_BULLETS = 3
# A title at the end of a text: after a blank, ending in a colon; or numbered, without any punctuation.
TITLE = re.compile(
    r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff]{4,20}[：:]\s*$)|(?<=[。！？”；!])(?=\d{1,2}[.、][^。！？；，：:,!?]{2,14}$)"
)
# A heading that lost its break: the list begins right behind it, and goes on in the next line.
HEADED = re.compile(r"(?:[一二三四五六七八九十]{1,3}、)?[\u3400-\u9fff]{4,20}")
MARKER = re.compile(r"\s*(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2}|[A-H])[）)、.．]|[-•·●?？])\s*")
PREVIEW = re.compile(r"^\s*(\d{1,2})、")


def clean(blocks: Sequence[Block]) -> Cleaned:
    """Lines as they were meant."""
    whole, pages = _without_preview_numbers(blocks)
    joined, closed = _joined(whole)
    parted: list[Block] = []
    changes = [*pages, *closed]
    expected = dict.fromkeys(LISTS, 0)
    for block in joined:
        parts = _parts(block.text, expected) if block.kind != "row" else [block.text]
        if len(parts) > 1:
            lost = " ⏎ ".join(part[:12] for part in parts[1:4])
            changes.append(Change(step="breaks", place=block.place, before="", after=f"⏎ {lost}", count=len(parts) - 1))
        parted += [_part(block, number, text) for number, text in enumerate(parts, 1)]
    return Cleaned(parted, changes)


def _part(block: Block, number: int, text: str) -> Block:
    place = block.place if number == 1 else block.place.model_copy(update={"part": number})
    return replace(block, text=text, place=place)


def _without_preview_numbers(blocks: Sequence[Block]) -> tuple[list[Block], list[Change]]:
    """A site's preview numbers the pages it cuts a text into: long blocks, from 1 on, most cut in mid-sentence."""
    chain: list[int] = []
    for at, block in enumerate(blocks):
        number = PREVIEW.match(block.text)
        if number and len(block.text) >= LONG and int(number[1]) == len(chain) + 1:
            chain.append(at)
    cut = [at for at in chain[1:] if not blocks[at - 1].text.rstrip().endswith(tuple(ENDS))]
    if len(chain) < 3 or 2 * len(cut) < len(chain) - 1:
        return list(blocks), []
    found = list(blocks)
    changes = []
    for at in chain:
        text = PREVIEW.sub("", blocks[at].text, count=1)
        changes.append(change("breaks", blocks[at].place, blocks[at].text, text))
        found[at] = replace(blocks[at], text=text)
    for at in reversed(cut):
        found[at - 1 : at + 1] = [replace(found[at - 1], text=found[at - 1].text + found[at].text)]
    return found, changes


def _joined(blocks: Sequence[Block]) -> tuple[list[Block], list[Change]]:
    full = _full_line(blocks)
    found: list[Block] = []
    changes: list[Change] = []
    last: Block | None = None  # the source line that the block so far ends with
    for block in blocks:
        if found and last is not None and _goes_on(last, block, full):
            gap = " " if last.text[-1:].isascii() and block.text[:1].isascii() else ""
            changes.append(_closed(last, block))
            found[-1] = replace(found[-1], text=found[-1].text.rstrip() + gap + block.text.lstrip())
        else:
            found.append(block)
        last = block
    return found, changes


def _closed(upper: Block, lower: Block) -> Change:
    return Change(
        step="breaks",
        place=upper.place,
        before=f"{upper.text[-8:]} ⏎ {lower.text[:8]}",
        after=upper.text[-8:] + lower.text[:8],
    )


def _full_line(blocks: Sequence[Block]) -> float:
    """The length of a full line of this document."""
    lengths = [len(block.text) for block in blocks if block.kind == "text" and len(block.text) >= SHORTEST]
    return quantiles(lengths, n=10)[-1] if len(lengths) > 1 else float("inf")


def _goes_on(upper: Block, lower: Block, full: float) -> bool:
    """Whether a line ends in mid-sentence because it was full, and the next is its other half."""
    if upper.kind != "text" or lower.kind != "text" or not _adjoining(upper.place, lower.place):
        return False
    text = upper.text.rstrip()
    if len(text) < SHORTEST or text.endswith(tuple(ENDS)) or OPENS.match(lower.text):
        return False
    return len(text) >= WRAPPED * full or text.endswith(("，", ",", "、")) or lower.text.rstrip()[-1:] in "。！？"


def _adjoining(upper: Place, lower: Place) -> bool:
    turned = upper.page is not None and lower.page == upper.page + 1
    return turned or (upper.page == lower.page and upper.paragraph == lower.paragraph and lower.line == upper.line + 1)


def _parts(text: str, expected: dict[re.Pattern[str], int]) -> list[str]:
    """The lines of a text. `expected` is the number with which each kind of list would go on, kept from text to text."""
    parts = _at(text, {*_cuts(text), *(cut for pattern in LISTS for cut in _counting(pattern, text, expected))})
    parts = [piece for part in parts for piece in _at(part, {match.end() for match in TITLE.finditer(part)})]
    found: list[str] = []
    for part in parts:
        # A number or a bullet is no line of its own.
        if found and MARKER.fullmatch(found[-1]):
            found[-1] += part
        else:
            found.append(part)
    return found


def _at(text: str, cuts: set[int]) -> list[str]:
    inner = sorted(cut for cut in cuts if text[:cut].strip() and text[cut:].strip())
    pieces = (text[start:end].strip() for start, end in zip([0, *inner], [*inner, len(text)], strict=True))
    return [piece for piece in pieces if piece]


def _cuts(text: str) -> Iterator[int]:
    for pattern in BULLETS:
        found = [match.start() for match in pattern.finditer(text)]
        if len(found) >= LEAST_BULLETS:
            yield from found
    yield from (match.end() for pattern in (LABEL, NAMED) for match in pattern.finditer(text))
    for role in ROLE.finditer(text):
        # The situation stands before the label: from the end of the sentence before it.
        start = max(text.rfind(mark, 0, role.start()) for mark in "。！？；…”!?")
        if start >= 0:
            yield start + 1


def _counting(pattern: re.Pattern[str], text: str, expected: dict[re.Pattern[str], int]) -> Iterator[int]:
    """Where a numbering begins at 1 and goes on, and every number that counts on, from the text before too."""
    found = [(match.start(), _value(match[1])) for match in pattern.finditer(text)]
    here = False  # whether the list that goes on has a number in this text
    for at, (start, value) in enumerate(found):
        begins = value == 1 and (_has_second(found, at) or HEADED.fullmatch(text[:start]) is not None)
        counts_on = value == expected[pattern] and (here or not text[:start].strip() or _ended(text[:start]))
        if begins or counts_on or not text[:start].strip():
            expected[pattern], here = value + 1, True
            yield start


def _ended(text: str) -> bool:
    return text.rstrip().endswith((*ENDS, "."))


def _has_second(found: Sequence[tuple[int, int]], at: int) -> bool:
    later = next((value for _, value in found[at + 1 :] if value in (1, 2)), 0)
    return later == 2


def _value(number: str) -> int:
    if number.isdecimal():
        return int(number)
    if number in "①②③④⑤⑥⑦⑧⑨⑩":
        return "①②③④⑤⑥⑦⑧⑨⑩".index(number) + 1
    tens, ten, ones = number.partition("十")
    if not ten:
        return NUMERALS.find(number) + 1
    return (NUMERALS.find(tens) + 1 if tens else 1) * 10 + (NUMERALS.find(ones) + 1 if ones else 0)
