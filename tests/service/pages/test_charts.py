"""Charts: what is drawn, in the tokens' colours."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from service.pages.charts import Drawing, Series, draw, palette


def texts(svg: bytes) -> str:
    """All words of a chart."""
    return " ".join(ElementTree.fromstring(svg).itertext())


def drawing(kind: Any = "stacked", values: tuple[int, ...] = (3, 0, 7)) -> Drawing:
    """Three days of one thing."""
    labels = ("11-18", "11-19", "11-20")
    return Drawing(kind, labels, [Series("提问", values, "ok"), Series("其他", values, "stop")], "没有数据")


def test_colours_are_the_tokens() -> None:
    """Each theme's own, from the one file that names colours."""
    assert palette("light")["ok"] == "#0b6b41"
    assert palette("dark")["ok"] == "#72d5a5"
    for theme in ("light", "dark"):
        assert palette(theme)["stop"].encode() in draw(drawing(), theme)


@pytest.mark.parametrize("kind", ["stacked", "lines", "bars"])
@pytest.mark.parametrize("size", ["narrow", "half", "wide"])
def test_labels_and_legend_are_there(kind: str, size: Any) -> None:
    """On a phone's chart too."""
    shown = texts(draw(drawing(kind), "light", size))
    assert "提问" in shown and "其他" in shown and "11-18" in shown


def test_bars_stand_in_the_order_given() -> None:
    """The first at the top, whatever pygal draws first."""
    tree = ElementTree.fromstring(draw(drawing("bars"), "light"))
    labels = [node for node in tree.iter() if node.tag.endswith("}text") and (node.text or "").startswith("11-")]
    heights = {node.text: float(node.get("y", "nan")) for node in labels}
    assert heights["11-18"] < heights["11-20"]


@pytest.mark.parametrize("kind", ["stacked", "lines", "bars"])
def test_counts_have_no_halves(kind: Any) -> None:
    """An axis of one thing a day has 0 and 1, and nothing between."""
    svg = draw(Drawing(kind, ("11-18", "11-19"), [Series("提问", (1, 0), "ok")], ""), "light")
    found = {node.text for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("}text")}
    assert {"0", "1"} <= found <= {"0", "1", "", None, "提问", "11-18", "11-19"}


@pytest.mark.parametrize(("highest", "last"), [(1, 1), (6, 6), (7, 8), (29, 30), (31, 40), (1234, 1500)])
def test_an_axis_of_counts_reaches_the_highest(highest: int, last: int) -> None:
    """In at most six equal steps."""
    found = texts(draw(Drawing("lines", ("a", "b"), [Series("提问", (highest, 0), "ok")], ""), "light"))
    assert str(last) in found.split()


def test_nothing_is_said_to_be_nothing() -> None:
    """In words, not as an empty frame."""
    assert "没有数据" in texts(draw(drawing(values=(0, 0, 0)), "light"))
    assert "没有数据" in texts(draw(Drawing("bars", [], [Series("x", [], "ok")], "没有数据"), "dark"))


def test_what_a_name_says_is_text() -> None:
    """Markup in an entry's title is no markup in the chart."""
    evil = '<a onclick="x">&'
    svg = draw(Drawing("bars", [evil], [Series(evil, [1], "ok"), Series("b", [1], "ok")], ""), "light")
    assert evil in texts(svg)
    assert not [node for node in ElementTree.fromstring(svg).iter() if node.tag.endswith("}a")]


def test_bars_keep_most_of_a_phone_to_themselves() -> None:
    """Names are cut, so that no bar is a sliver and no figure of the axis stands on another."""
    names = ["客户说要打 12315、找消协或市场监管投诉", "怎么开发票", "What to say when a parcel was lost on its way"]
    tree = ElementTree.fromstring(
        draw(Drawing("bars", names, [Series("次数", (6, 3, 1), "ok")], ""), "light", "narrow")
    )
    bars = sorted(float(node.get("width", 0)) for node in tree.iter() if "rect" in (node.get("class") or "").split())
    assert bars[-1] > 340 / 2
    shown = texts(draw(Drawing("bars", names, [Series("次数", (6, 3, 1), "ok")], ""), "light", "narrow"))
    assert "客户说要打 1231…" in shown and "怎么开发票" in shown and "找消协" not in shown
