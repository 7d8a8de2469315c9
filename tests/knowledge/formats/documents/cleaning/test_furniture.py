"""Page furniture."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.cleaning.furniture import clean
from tests.knowledge.formats.documents.manuals import block, blocks, texts


@pytest.mark.parametrize(
    "line",
    [
        "第 3 页 共 12 页",
        "- 7 -",
        "Page 3 of 12",
        "青松书屋手册_第4页",
        "ID:20481024",
        "大小:34.00 KB",
        "下载本文档",
        "相关文档",
        "首页 > 文库 > 客服",
        "已阅读5页，还剩22页未读",
        "版权所有 © 2024 某某网",
        "京ICP备12345678号",
        "《青松书屋手册》由会员上传分享，免费在线阅读",
        "小编整理了多篇范文，但愿对你有所帮助",
        "2. 本站的文档不包含附件，如果需要附件，请联系上传者。",
        "机密 内部资料",
        "0/150",
    ],
)
def test_furniture_goes_and_is_listed(line: str) -> None:
    """Page numbers, library cards, notices, navigation, watermarks."""
    found = clean(blocks("您好。", line, "再见。"))
    assert texts(found.blocks) == ["您好。", "再见。"]
    assert [(one.step, one.after) for one in found.changes] == [("furniture", "")]


@pytest.mark.parametrize(
    "line",
    [
        "客服：您可以在会员中心下载电子发票，附件会发到邮箱。",
        "“资源已为您上传，请您下载后查看。”",
        "客户问文档下载不了时：",
        "请您下载附件。",
        "电子发票可以在附件里下载，请查收。",
        "本店会员享受免费退换。",
        "软件打不开时，请重新下载一次。",
        "文档打不开时，请重新下载一次。",
        "非常抱歉，软件下载失败，请稍后再试。",
        "您好，会员可以在线免费下载资源。",
        "您好，文档的全文在这里，请您预览。",
        "您的订单号是 20481024。",
        "1. 您好，请稍等。",
    ],
)
def test_what_agents_say_of_downloads_stays(line: str) -> None:
    """Words of a download site, said to a customer or about one; beside a notice too where no library speaks."""
    assert clean(blocks(line)).changes == []


def test_beside_a_notice_less_shows_another() -> None:
    """One word of a library is enough there; what has none stays."""
    notice, next_one = "本站的文档由用户上传，版权归属用户。", "下载文档时可能由于网络波动而失败，请联系客服处理。"
    reply = "电子发票可以在附件里下载，请查收。"
    assert texts(clean(blocks(reply, notice, next_one)).blocks) == [reply]
    assert texts(clean(blocks(next_one)).blocks) == [next_one]


def test_a_running_header_goes_with_its_page_number() -> None:
    """A line at the edge of page after page, but for its digits; a line that stands there once stays."""
    pages = [[f"青松书屋 {page}", f"甲{body}", f"乙{body}", "内部使用手册"] for page, body in enumerate("一二三", 1)]
    found = clean(
        [block(text, line, page=page) for page, lines in enumerate(pages, 1) for line, text in enumerate(lines, 1)]
    )
    assert texts(found.blocks) == ["甲一", "乙一", "甲二", "乙二", "甲三", "乙三"]


def test_a_table_of_contents_goes_out_of_a_line() -> None:
    """Leaders and page numbers, however many in one line."""
    found = clean(blocks("一、目的........2二、用语………3正文在此"))
    assert texts(found.blocks) == ["正文在此"]
