"""HTML: the content, without what is around it."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.readers import html
from tests.knowledge.formats.documents import manuals
from tests.knowledge.formats.documents.manuals import texts

BODY = (
    '<nav><a>首页</a> <a class="login">登录</a></nav><div class="main-menu">目录</div>'
    "<h2>开头语</h2><p>您好，<b>青松书屋</b>。<br>请问找什么书？</p>"
    "<ul><li>稍等</li></ul><footer>版权所有</footer><script>hacked()</script><!-- 注释 -->"
)


def test_content_is_read_and_navigation_is_handed_back() -> None:
    """Headings, lines of a paragraph and items, in order; scripts and comments are nothing at all."""
    found = html.read(manuals.html(BODY))
    assert [(one.text, one.kind) for one in found.blocks] == [
        ("开头语", "heading"),
        ("您好，青松书屋。", "text"),
        ("请问找什么书？", "text"),
        ("稍等", "item"),
    ]
    assert [one.before for one in found.changes] == ["首页 登录", "目录", "版权所有"]


def test_the_content_is_never_taken_for_navigation() -> None:
    """A part that holds most of the text is the content, whatever it is called."""
    found = html.read(manuals.html(f'<div class="sidebar"><p>{"您好，请稍等。" * 20}</p></div><p>短</p>'))
    assert len(found.blocks) == 2
    assert found.changes == []


def test_rows_keep_their_cells() -> None:
    """A table of two columns and more is rows."""
    found = html.read(manuals.html(manuals.rows(manuals.TABLE)))
    assert [one.cells for one in found.blocks] == list(manuals.TABLE)
    assert {one.kind for one in found.blocks} == {"row"}


def test_a_table_of_one_column_is_text() -> None:
    """It is there for its frame."""
    found = html.read(manuals.html("<table><tr><td><p>您好</p><p>再见</p></td></tr></table>"))
    assert texts(found.blocks) == ["您好", "再见"]


@pytest.mark.parametrize(("written", "said"), [("utf-8", "gbk"), ("gbk", "utf-8")])
def test_a_wrong_charset_in_the_head_is_not_believed(written: str, said: str) -> None:
    """The bytes tell."""
    found = html.read(manuals.html("<p>您好，这里是青松书屋</p>", f'<meta charset="{said}">', written))
    assert texts(found.blocks) == ["您好，这里是青松书屋"]


def test_deep_nesting_is_read_in_no_time() -> None:
    """Depth costs neither time nor the stack."""
    assert html.read(b"<div>" * 5_000 + "您好".encode() + b"</div>" * 5_000).changes == []
