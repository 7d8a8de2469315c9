"""Files as teams send them, read and composed beside the sample policy, for the tests of every format."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from hypothesis import strategies as st
from openpyxl import Workbook

from knowledge.formats.composing import Composed, Composer
from knowledge.formats.drafts import Reading
from knowledge.formats.reading import Format, read
from knowledge.formats.sheets import CellProblem
from knowledge.formats.vocabulary import Vocabulary
from knowledge.model import Entry
from tests.knowledge.sample import facts, policy

MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
INLINE = re.compile(rb'(<c [^>]*?) t="inlineStr"><is>(.*?)</is></c>', re.DOTALL)
SHARED_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
SHARED_RELATION = (
    b'<Relationship Id="rId99" Target="sharedStrings.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
)
VOCABULARY = Vocabulary.of(policy(), facts())


def composed(reading: Reading, existing: Iterable[Entry] = ()) -> list[Composed]:
    """Every draft of a reading beside these entries."""
    return list(Composer({entry.id: entry for entry in existing}, VOCABULARY).compose(reading.drafts))


def entries(
    data: bytes, name: str = "file.csv", format: Format = "auto", existing: Iterable[Entry] = ()
) -> tuple[list[Entry], list[CellProblem]]:
    """The entries of a file, and every problem in it."""
    reading = read(data, name, format)
    done = composed(reading, existing)
    problems = [*reading.problems, *(problem for one in done for problem in one.problems)]
    return [one.entry for one in done if one.entry is not None], problems


def codes(problems: Iterable[CellProblem]) -> list[tuple[int, str, str]]:
    """Row, column and code of every problem, in the file's order."""
    return [(one.row, one.column, one.code) for one in problems]


def csv_text(*rows: Sequence[str], encoding: str = "utf-8", separator: str = ",", end: str = "\r\n") -> bytes:
    """Rows as a spreadsheet saves them, quoted where they must be."""
    import csv

    out = io.StringIO(newline="")
    # Python's writer takes only the line end it writes for one, so with another a cell with a break must be told.
    if "\n" in end:
        csv.writer(out, delimiter=separator, lineterminator=end).writerows(rows)
    else:
        csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().encode(encoding)


def workbook(*rows: Sequence[Any], title: str = "Sheet1") -> Workbook:
    """A workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return book


def saved(book: Workbook) -> bytes:
    """A workbook's bytes."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """A workbook with its parts changed, and more of them, as another program would have written them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in more.items():
            new.writestr(name, part)
    return out.getvalue()


def as_excel_saves_it(data: bytes) -> bytes:
    """A workbook of openpyxl with its texts in a table of shared strings, as Excel and WPS have them."""
    texts: list[bytes] = []

    def shared(match: re.Match[bytes]) -> bytes:
        texts.append(match[2])
        return match[1] + b' t="s"><v>%d</v></c>' % (len(texts) - 1)

    def change(name: str, part: bytes) -> bytes:
        if name.startswith("xl/worksheets/"):
            return INLINE.sub(shared, part)
        if name == "[Content_Types].xml":
            return part.replace(b"</Types>", SHARED_TYPE + b"</Types>")
        if name == "xl/_rels/workbook.xml.rels":
            return part.replace(b"</Relationships>", SHARED_RELATION + b"</Relationships>")
        return part

    changed = repacked(data, change)
    items = b"".join(b"<si>" + text + b"</si>" for text in texts)
    part = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><sst xmlns="' + MAIN + b'">' + items + b"</sst>"
    return repacked(changed, lambda _, old: old, **{"xl/sharedStrings.xml": part})


# Text as the model takes it, with everything that separators, quotation and formulas trip over.
AWKWARD = st.text("ab退款=+-@'\"；;|,，、\t[]{} _x\n", min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
# What a workbook writes otherwise, and what looks like that.
ESCAPES = st.lists(
    st.sampled_from(["_x000D_", "_x005F_", "_", "x000A_", "_xD800_", "_xfffe_", "\ufffe", "\uffff", "a"]), max_size=5
).map("".join)
TEXTS = (
    (AWKWARD | ESCAPES | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20))
    .map(str.strip)
    .filter(lambda text: bool(text) and "{" not in text)
)
