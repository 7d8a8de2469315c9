"""Charts as SVG files of their own, drawn by pygal: bars by day, bars by name, lines.

They are images of a page, not part of it, so that the strict policy against inline style holds; pygal's script is left
out. Colours are read from `static/tokens.css`, once for each theme, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pygal
from pygal.style import Style

TOKENS = Path(__file__).parent / "static" / "tokens.css"
FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif'
BLOCKS = {"light": ":root {", "dark": ':root[data-theme="dark"] {'}

Theme = Literal["light", "dark"]
Kind = Literal["stacked", "lines", "bars"]
Size = Literal["narrow", "half", "wide"]
Number = float | int | None


# About as many pixels as it is given on a page, so that its words are as large as the page's: a phone, a card of two in
# a row, a card by itself. Width, height, and how many days are named under it.
SIZES: dict[Size, tuple[int, int, int]] = {"narrow": (340, 240, 4), "half": (520, 240, 7), "wide": (1080, 300, 12)}


# The longest name beside a bar, in ems: the bars are what a chart is for, and the list below it has the whole name.
LONGEST_NAME: dict[Size, int] = {"narrow": 9, "half": 15, "wide": 28}
EM, LATIN = 12, 0.6  # pixels of an em, and of it the width of a Latin letter, for which pygal takes every character
LONGEST_LEGEND = 30  # characters in one row of a phone's chart
MOST_STEPS = 6  # between the figures of an axis of counts


@dataclass(frozen=True)
class Series:
    """One line of the legend: its name, a value for each label, and the token of its colour."""

    name: str
    values: Sequence[Number]
    colour: str


@dataclass(frozen=True)
class Drawing:
    """What a chart shows: how, under which labels, and what it says where there is nothing to show."""

    kind: Kind
    labels: Sequence[str]
    series: Sequence[Series]
    nothing: str
    unit: str = ""

    @property
    def counts(self) -> bool:
        """Whether its values are numbers of things, which have no halves."""
        return not self.unit


@cache
def palette(theme: Theme) -> dict[str, str]:
    """Token → colour, as tokens.css has them."""
    sheet = TOKENS.read_text("utf-8")
    block = sheet.split(BLOCKS[theme], 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))


def draw(drawing: Drawing, theme: Theme, size: Size = "half") -> bytes:
    """The chart as an SVG file."""
    width, height, named = SIZES[size]
    narrow = size == "narrow"
    colours = palette(theme)
    kinds: dict[Kind, Any] = {"stacked": pygal.StackedBar, "lines": pygal.Line, "bars": pygal.HorizontalBar}
    lying = drawing.kind == "bars"
    names = [_cut(label, LONGEST_NAME[size]) for label in drawing.labels] if lying else [*drawing.labels]
    tall = max(height, 60 + 30 * len(names)) if lying else height
    chart = kinds[drawing.kind](
        js=(),
        style=_style(colours, [colours[one.colour] for one in drawing.series], 11 if narrow else 12),
        width=width,
        height=tall,
        explicit_size=True,
        margin=8,
        margin_left=12 + (_beyond(names) if lying else 0),
        spacing=8,
        show_legend=len(drawing.series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=_columns(drawing, narrow),
        legend_box_size=10,
        truncate_legend=-1,
        truncate_label=-1,
        show_y_guides=not lying,
        show_x_guides=False,
        show_minor_x_labels=False,
        no_data_text=drawing.nothing,
        dots_size=2,
        stroke_style={"width": 2},
        print_values=lying,
        value_formatter=lambda value: _written(value, drawing.unit),
        rounded_bars=1,
        min_scale=3,
        max_scale=6,
        include_x_axis=True,
    )
    # Bars lying down are drawn from below.
    labels = [*reversed(names)] if lying else names
    chart.x_labels = labels
    if not lying:
        step = max(1, -(-len(labels) // named))
        chart.x_labels_major = labels[::step]
    else:
        chart.show_minor_x_labels = True
    if any(value for one in drawing.series for value in one.values):
        for one in drawing.series:
            chart.add(one.name, [*reversed(one.values)] if lying else [*one.values])
        if drawing.counts:
            chart.y_labels = _whole_steps(_highest(drawing))
    else:
        chart.show_y_labels = chart.show_y_guides = chart.show_x_labels = False
    chart.add_xml_filter(_without_script)
    rendered: bytes = chart.render(disable_xml_declaration=False)
    return rendered


def _ems(text: str) -> float:
    return sum(LATIN if character.isascii() else 1 for character in text)


def _cut(name: str, ems: int) -> str:
    """The name, or as much of it as fits with a mark that there is more."""
    if _ems(name) <= ems:
        return name
    while _ems(name) > ems - 1:
        name = name[:-1]
    return f"{name.rstrip()}…"


def _beyond(names: Sequence[str]) -> float:
    """By how many pixels the longest name is wider than pygal thinks."""
    return EM * (max(map(_ems, names), default=0) - LATIN * max(map(len, names), default=0))


def _columns(drawing: Drawing, narrow: bool) -> int:
    """Of the legend: one row, but on a phone one column where its names are too long to stand beside each other."""
    return 1 if narrow and sum(len(one.name) for one in drawing.series) > LONGEST_LEGEND else len(drawing.series)


def _highest(drawing: Drawing) -> float:
    """The highest bar or point; stacked bars are as high as their parts together."""
    columns = zip(*(one.values for one in drawing.series), strict=True)
    total = sum if drawing.kind == "stacked" else max
    return max((total(value or 0 for value in column) for column in columns), default=0)


def _whole_steps(highest: float) -> list[int]:
    """Zero, and whole numbers with equal steps of 1, 2 or 5 and noughts, at most six steps, up to the highest."""
    step = next(
        step for size in count() for step in (10**size, 2 * 10**size, 5 * 10**size) if highest <= MOST_STEPS * step
    )
    return list(range(0, int(highest) + step, step))


def _without_script(root: Any) -> Any:
    """Pygal writes its settings as a script, for one that is not there."""
    for parent in [*root.iter()]:
        for child in [*parent]:
            if str(child.tag).endswith("script"):
                parent.remove(child)
    return root


def _written(value: Number, unit: str) -> str:
    if value is None:
        return ""
    whole = f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"
    return f"{whole}{unit}"


def _style(colours: dict[str, str], series: Sequence[str], legend: int) -> Style:
    return Style(
        background="transparent",
        plot_background="transparent",
        foreground=colours["muted"],
        foreground_strong=colours["ink"],
        foreground_subtle=colours["muted"],
        guide_stroke_color=colours["line"],
        major_guide_stroke_color=colours["line"],
        guide_stroke_dasharray="0",
        major_guide_stroke_dasharray="0",
        opacity="1",
        opacity_hover="1",
        transition="0s",
        colors=tuple(series) or (colours["accent"],),
        value_colors=(colours["accent-ink"],) * max(1, len(series)),
        font_family=FONT,
        label_font_size=12,
        major_label_font_size=12,
        legend_font_size=legend,
        value_font_size=12,
        no_data_font_size=16,
    )
