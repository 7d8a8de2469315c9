"""Tables with a column of situations or questions and one of wordings, or of wrong and right words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from knowledge.formats.documents.recognition.found import Found
from knowledge.formats.documents.recognition.lines import Line

SITUATION = re.compile(r"情景|情形|场景|情况|环节|阶段|节点|状况|项目|类型|分类|标题|scenario|situation", re.IGNORECASE)
QUESTION = re.compile(r"问题|问句|客户(?:说|话|提问|问)|顾客(?:说|问)|咨询内容|提问|question|customer", re.IGNORECASE)
WORDING = re.compile(
    r"话术|用语|回答|回复|答复|答案|应答|应对|标准(?:说法|语)|参考(?:语|说法)|说法|answer|reply|script", re.IGNORECASE
)
WRONG = re.compile(
    r"错误|禁(?:止|用|忌)?(?:用语|语|说)|忌语|不(?:能|要|可|应)(?:说|讲)|不当|避免|否定|don'?t", re.IGNORECASE
)
RIGHT = re.compile(r"正确|应(?:说|改)|替代|替换|建议|推荐|可以说|改为|规范(?:用语|说法)|instead", re.IGNORECASE)


LONGEST_HEADER, SHORTEST_HEADER = 20, 8  # characters of a cell at a table's top, and further down


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is which, by its place; None where there is none."""

    situation: int | None = None
    question: int | None = None
    wording: int | None = None
    wrong: int | None = None
    right: int | None = None


def tables(lines: Sequence[Line]) -> Iterator[tuple[Columns, Sequence[Line]]]:
    """Every run of rows whose first says what its columns are, with the rows below it."""
    for is_row, run in groupby(lines, key=lambda line: bool(line.cells)):
        if is_row:
            yield from _headed(list(run))


def _headed(rows: Sequence[Line]) -> Iterator[tuple[Columns, Sequence[Line]]]:
    """Tables that follow one another are parted where a row says what the columns are."""
    columns, below = _columns(rows[0].cells), list[Line]()
    for row in rows[1:]:
        following = _columns(row.cells)
        if following is not None and all(len(cell) <= SHORTEST_HEADER for cell in row.cells):
            if columns is not None:
                yield columns, below
            columns, below = following, []
        else:
            below.append(row)
    if columns is not None:
        yield columns, below


def find(lines: Sequence[Line]) -> Iterator[Found]:
    """One for each row with a situation or question and a wording."""
    for columns, rows in tables(lines):
        if columns.wording is None:
            continue
        above = ""  # merged cells leave the ones below them empty
        for row in rows:
            title = _cell(row, columns.situation) or (above if columns.question is None else "")
            above = title or above
            asked = _cell(row, columns.question)
            if wording := _cell(row, columns.wording):
                yield Found(
                    "table",
                    title or asked or above,
                    (wording,),
                    (row,),
                    variants=(asked,) if asked else (),
                    kind="faq" if asked else "script",
                )


def _cell(row: Line, column: int | None) -> str:
    return row.cells[column] if column is not None and column < len(row.cells) else ""


def _columns(header: tuple[str, ...]) -> Columns | None:
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        if len(cell) > LONGEST_HEADER:
            return None
        kinds = (
            ("wrong", WRONG),
            ("right", RIGHT),
            ("wording", WORDING),
            ("question", QUESTION),
            ("situation", SITUATION),
        )
        name = next((name for name, pattern in kinds if pattern.search(cell)), None)
        if name is not None:
            places.setdefault(name, place)
    if "wrong" not in places and "right" in places:
        places.setdefault("wording", places["right"])
    usable = "wrong" in places or ("wording" in places and ("question" in places or "situation" in places))
    return Columns(**places) if usable else None
