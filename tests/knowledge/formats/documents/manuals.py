"""A bookshop's service manual of our own writing, as messy as downloads are, in every format that is read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from docx import Document

from knowledge.formats.documents.blocks import Block, Place

# Page furniture, a doubled title, inserted pinyin, slips, a lost line break, a closed one, half-width punctuation.
MESSY = """青松书屋店员手册_第1页
青松书屋店员手册_第2页
ID:20481024
大小:12.50 KB

《青松书屋店员手册》由会员上传分享,免费在线阅读,更多文档在某某文库

青松书屋店员手册
青松书屋店员手册

一、常见情景
1.书友问有没有到货时:
回答:您好,这本书大约三天后到店,到了我马上给您发消息。
2.书友想改收货地址时:
A.回答:可以的,请您把新的地址发我,我现在就为您修改。
B.回答:好的,您稍等,我先看看包裹出库了没冇。
3.遇到书友说书页缺了的時(shí)候:
回答:非常抱歉,请您拍一张缺页的照片,我們(men)马上为您换一本,運(yùn)費(fèi)我们出。
二、礼貌用语
1、请问您想找哪一类的书?2、抱歉让您久等了,这就为您结账。3、谢谢您捉出的建议。
三、忌语
1、自己找去!
2、卖完了就是卖完了!
四、时限
书友留言后客服须在10分钟内回复,需耍核实的问题最长不超过两小时答复,书友投诉应在3个工作日
内办结并告知结果。

当前文档最多预览五页,下载文档查看全文
温馨提示
1. 本站所有资源均由用户上传,版权归属用户,下载前请仔细阅读。
"""
TABLE = (
    ("情景", "话术"),
    ("书友咨询会员折扣", "您好，会员购书九折，结账时出示会员码就可以。"),
    ("书友要开发票", "好的，请您把抬头和税号发我，明天就能开好。"),
)
WRONG_AND_RIGHT = (
    ("禁用语", "正确说法"),
    ("不知道", "我帮您查一下，请稍等。"),
    ("没货了", "这本暂时缺货，到货我通知您。"),
)


def block(text: str, line: int = 1, paragraph: int = 1, page: int | None = None, kind: str = "text") -> Block:
    """One block."""
    return Block(text, Place(page=page, paragraph=paragraph, line=line), kind)  # type: ignore[arg-type]


def blocks(*texts: str) -> list[Block]:
    """One block a line, all of one paragraph."""
    return [block(text, number) for number, text in enumerate(texts, 1)]


def texts(found: Iterable[Block]) -> list[str]:
    """Their texts."""
    return [one.text for one in found]


def docx(paragraphs: Sequence[tuple[str, str]] = (), tables: Sequence[Sequence[Sequence[str]]] = ()) -> bytes:
    """A DOCX of paragraphs (style, text) and tables below them."""
    document = Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style=style)
    for rows in tables:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def archive(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def html(body: str, head: str = "", encoding: str = "utf-8") -> bytes:
    """An HTML page."""
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(encoding)


def rows(table: Sequence[Sequence[str]]) -> str:
    """A table in HTML."""
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in table)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF with one line of text below another on each page; its font says what each code means."""
    characters = sorted({character for page in pages for line in page for character in line})
    pairs = "\n".join(f"<{ord(one):04X}> <{ord(one):04X}>" for one in characters)
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
        f"{len(characters)} beginbfchar\n{pairs}\nendbfchar endcmap end"
    ).encode()
    kids = " ".join(f"{6 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H "
        b"/DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(cmap), cmap),
    ]
    for number, page in enumerate(pages):
        lines = "\n".join(
            f"1 0 0 1 50 {780 - 20 * at} Tm <{line.encode('utf-16-be').hex()}> Tj" for at, line in enumerate(page)
        )
        content = f"BT /F1 12 Tf\n{lines}\nET".encode()
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {7 + 2 * number} 0 R >>".encode(),
            b"<< /Length %d >> stream\n%s\nendstream" % (len(content), content),
        ]
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    made = io.BytesIO(b"%PDF-1.4\n")
    made.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, 1):
        places.append(made.tell())
        made.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    made.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    made.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return made.getvalue()
