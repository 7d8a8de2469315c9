"""HTML: headings, paragraphs, list items and table rows of the page's own content.

What a page says is navigation (elements, roles, class names) is left out here, where it can be seen, and is handed back
as removed. lxml parses, so that broken markup is read as browsers read it; the walk is a loop, so that depth costs
nothing.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Final

from bs4 import BeautifulSoup, Comment, MarkupResemblesLocatorWarning, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString

from knowledge.formats.documents import limits
from knowledge.formats.documents.blocks import CELLS, Block, BlockKind, Change, Cleaned, Place, change
from knowledge.formats.documents.decoding import decode

UNSEEN: Final = ("script", "style", "noscript", "template", "svg", "head", "iframe", "object", "select", "button")
AROUND: Final = ("nav", "aside", "footer", "form")
ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
NAMED: Final = re.compile(
    r"(?:^|[-_ ])(?:nav|navbar|menu|breadcrumbs?|crumbs?|footer|foot|sidebar|side|ads?|advert\w*|banner|share|toolbar|"
    r"pager|pagination|related|recommend\w*|comments?|copyright|login|download)(?:$|[-_ ])",
    re.IGNORECASE,
)
BLOCKS: Final = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SPACE: Final = re.compile(r"[ \t\r\n\f]+")


def read(data: bytes) -> Cleaned:
    """The page's blocks, and the navigation that was left out."""
    limits.at_most(len(data), limits.PLAIN_BYTES, "bytes of HTML")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        page = BeautifulSoup(decode(data), "lxml")
    for unseen in page.find_all(UNSEEN):
        unseen.extract()
    removed = list(_navigation(page))
    return Cleaned(_blocks(page), removed)


def _navigation(page: BeautifulSoup) -> Iterator[Change]:
    """Take out what is around the content; a part that holds most of the page's text is the content, whatever its name."""
    most = len(page.get_text()) / 2
    gone: set[int] = set()
    for number, tag in enumerate(page.find_all(_is_around), 1):
        if any(id(parent) in gone for parent in tag.parents):
            continue
        text = SPACE.sub(" ", tag.get_text(" ")).strip()
        if len(text) > most:
            continue
        tag.extract()
        gone.add(id(tag))
        if text:
            yield change("navigation", Place(paragraph=number, line=1), text, "")


def _is_around(tag: Tag) -> bool:
    if tag.name in AROUND or tag.get("role") in ROLES:
        return True
    names = [str(name) for name in (*tag.get_attribute_list("class"), *tag.get_attribute_list("id")) if name]
    return tag.name not in ("html", "body") and any(NAMED.search(name) for name in names)


def _blocks(page: BeautifulSoup) -> list[Block]:
    found: list[Block] = []
    paragraph = 0
    for text, kind in _pieces(page):
        lines = [SPACE.sub(" ", line).strip(" ") if kind != "row" else line for line in text.split("\n")]
        lines = [line for line in lines if line.strip()]
        if lines:
            paragraph += 1
            found += [
                Block(line, Place(paragraph=paragraph, line=number), kind) for number, line in enumerate(lines, 1)
            ]
            limits.at_most(len(found), limits.BLOCKS, "lines")
    return found


def _pieces(page: BeautifulSoup) -> Iterator[tuple[str, BlockKind]]:
    """Runs of text between the beginnings of blocks. A row of two cells and more is one piece."""
    gathered: list[str] = []
    kind: BlockKind = "text"
    within: set[int] = set()  # rows that are already given
    owner: Tag | None = None
    for node in page.descendants:
        if isinstance(node, Tag):
            if node.name == "br":
                gathered.append("\n")
            elif node.name == "tr":
                cells = node.find_all(("td", "th"), recursive=False)
                if len(cells) > 1 and not node.find("table"):
                    yield "".join(gathered), kind
                    gathered, kind = [], "text"
                    yield CELLS.join(SPACE.sub(" ", cell.get_text(" ")).strip() for cell in cells), "row"
                    within.add(id(node))
            continue
        if not isinstance(node, NavigableString) or isinstance(node, PreformattedString | Comment):
            continue
        row = node.find_parent("tr") if within else None
        if row is not None and id(row) in within:
            continue
        holder = _holder(node)
        if holder is not owner:
            yield "".join(gathered), kind
            gathered, owner = [], holder
            kind = _kind(holder)
        gathered.append(SPACE.sub(" ", str(node)))
    yield "".join(gathered), kind


def _holder(node: NavigableString) -> Tag | None:
    """The block a text stands in."""
    return next((parent for parent in node.parents if parent.name in BLOCKS), None)


def _kind(holder: Tag | None) -> BlockKind:
    if holder is None:
        return "text"
    if holder.name in HEADINGS:
        return "heading"
    return "item" if holder.name in ("li", "dd") else "text"
