"""Precision over coverage, before and after, as the numbers of a drawing: the template has its marks and words.

To the right more queries are answered by themselves, upwards more of those answers are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from index.comparison import Curve

WIDTH, HEIGHT = 640, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 16, 40  # margins, for the axes' words
LOWEST = 0.8  # the bottom of the axis, unless a curve goes below it


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: the points of a polyline, and the point its threshold for answering takes."""

    points: str
    x: float
    y: float
    threshold: float
    precision: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where it stands, and what it says."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything the template draws."""

    after: Line
    before: Line | None
    target: Tick
    across: tuple[Tick, ...]
    upwards: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw(after: Curve, before: Curve | None) -> Drawing | None:
    """The drawing; None where the build measured no curve."""
    if not after.points:
        return None
    curves = [curve for curve in (after, before) if curve is not None and curve.points]
    least = min(LOWEST, *(precision for curve in curves for _, precision, _ in curve.points))
    lowest = floor(round(least * 10, 6)) / 10
    steps = range(round(lowest * 10), 11)
    return Drawing(
        after=_line(after, lowest),
        before=_line(before, lowest) if before is not None and before.points else None,
        target=Tick(_y(after.target, lowest), f"{after.target:.0%}"),
        across=tuple(Tick(_x(part / 4), f"{part / 4:.0%}") for part in range(5)),
        upwards=tuple(Tick(_y(step / 10, lowest), f"{step / 10:.0%}") for step in steps),
    )


def _line(curve: Curve, lowest: float) -> Line:
    points = " ".join(f"{_x(coverage)},{_y(precision, lowest)}" for _, precision, coverage in curve.points)
    taken = [point for point in curve.points if point[0] >= curve.thresholds.answer] or [curve.points[0]]
    _, precision, coverage = taken[-1]
    return Line(points, _x(coverage), _y(precision, lowest), curve.thresholds.answer, precision, coverage)


def _x(coverage: float) -> float:
    return round(LEFT + coverage * (WIDTH - LEFT - RIGHT), 1)


def _y(precision: float, lowest: float) -> float:
    return round(TOP + (1 - precision) / (1 - lowest) * (HEIGHT - TOP - BOTTOM), 1)
