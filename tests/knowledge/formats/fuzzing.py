"""Atheris on the readers of sheets and of other systems' exports, for longer runs by hand:

    .venv/bin/python -m tests.knowledge.formats.fuzzing -max_total_time=600

It begins with a small file of every format. The first byte of an input says which way it goes in: as a file of a
format, or as one part of a workbook that is otherwise whole, as a changed byte of a packed part would only break its
checksum. It reports anything that is raised, and anything read that could not be kept or told. The suite runs a
bounded part of it: test_fuzzing.py.
"""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from types import ModuleType

from tests.knowledge.formats.atheris_run import LONGEST, fuzz

INSTRUMENTED = ["knowledge.formats", "openpyxl", "yaml"]
# Ways in that are a file of a format; what follows are parts of a workbook.
FILES = ("auto", "xlsx", "csv", "jsonl", "yaml", "dify", "chatwoot", "azure", "anyq")
PARTS = (
    "xl/worksheets/sheet1.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
)
ROWS = (("编号", "标准问", "相似问", "答案", "渠道"), ("a.b", "退款多久", "几天到账|何时退", "您好，3 天。", "在线"))
YAML = """- id: refund.time
  kind: faq
  title: 退款多久
  variants: [几天到账, 何时退]
  replies: [{text: 您好，3 天。}]
  source: test
"""
PAIR = {"question": "退款多久", "answer": "您好，3 天。", "keywords": ["退款"]}
CHAT = {"messages": [{"role": "user", "content": "退款多久"}, {"role": "assistant", "content": "3 天"}]}
CANNED = {"short_code": "refund_time", "content": "您好，{{ contact.name }}，3 天。"}
QNA = {"id": 1, "questions": ["退款多久"], "answer": "3 天", "source": "Editorial", "metadata": [{"name": "a"}]}
SET = {"id": "a.b", "questions": ["退款多久"], "answer": "3 天"}


def imported() -> ModuleType:
    """The tests' own ways to make files, which import the readers: not before `fuzz` can instrument them."""
    from tests.knowledge.formats import imported

    return imported


@cache
def book() -> bytes:
    """A workbook with shared texts, a merged range and a formula."""
    made = imported().workbook(*ROWS, ("a.c", "发票", "开票", "=A1", "在线"))
    made.worksheets[0].merge_cells("A2:A3")
    workbook: bytes = imported().as_excel_saves_it(imported().saved(made))
    return workbook


@cache
def parts() -> dict[str, bytes]:
    """The workbook unpacked."""
    with zipfile.ZipFile(io.BytesIO(book())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def seeds() -> tuple[bytes, ...]:
    """A small file for every way in."""
    table = imported().csv_text(*ROWS)
    lists = [PAIR, CHAT], {"payload": [CANNED]}, {"qnas": [QNA]}, [SET]
    exports = [json.dumps(found, ensure_ascii=False).encode() for found in lists]
    tsv = imported().csv_text(("QnaId", "Question", "Answer", "Metadata"), ("1", "q", "a", "b:c"), separator="\t")
    anyq = "question\tanswer\n退款多久\t3 天\n几天退\t3 天\n".encode()
    files = {
        "auto": [book(), table, table.decode().encode("gb18030"), *exports, tsv, anyq, table.decode().encode("utf-16")],
        "xlsx": [book()],
        "csv": [table, tsv],
        "jsonl": [b"\n".join(json.dumps(SET).encode() for _ in range(2))],
        "yaml": [YAML.encode()],
        "dify": [exports[0]],
        "chatwoot": [exports[1]],
        "azure": [exports[2], tsv],
        "anyq": [anyq],
    }
    found = [bytes([FILES.index(name)]) + data for name, all_ in files.items() for data in all_]
    return (*found, *(bytes([len(FILES) + place]) + parts()[name] for place, name in enumerate(PARTS)))


def file_of(data: bytes) -> tuple[bytes, str]:
    """The file that an input stands for, and as which format it is to be read."""
    way = data[0] % (len(FILES) + len(PARTS))
    if way < len(FILES):
        return data[1:], FILES[way]
    changed = PARTS[way - len(FILES)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts().items():
            archive.writestr(name, data[1:] if name == changed else part)
    return out.getvalue(), "xlsx"


def one_input(data: bytes) -> None:
    """Read it and make entries of it; what comes of it can be kept and told."""
    from knowledge.formats.reading import read
    from knowledge.formats.writing import problems_as_csv

    if not data:
        return
    content, format = file_of(data[:LONGEST])
    reading = read(content, "fuzz", format)  # type: ignore[arg-type]
    composed = imported().composed(reading)
    problems_as_csv([*reading.problems, *(one for done in composed for one in done.problems)], "zh")
    for done in composed:
        if done.entry is not None:
            json.dumps(done.entry.model_dump(mode="json"), ensure_ascii=False).encode()


if __name__ == "__main__":
    fuzz(one_input, seeds, INSTRUMENTED, ["knowledge.formats.reading", "knowledge.formats.writing"])
