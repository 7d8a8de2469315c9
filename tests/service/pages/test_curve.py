"""The numbers of the drawing."""

from __future__ import annotations

from index.comparison import Curve
from index.confidence import Thresholds
from service.pages.curve import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, draw

POINTS = ((0.9, 1.0, 0.0), (0.5, 0.95, 0.5), (0.2, 0.8, 1.0))


def curve(points: tuple[tuple[float, float, float], ...] = POINTS, answer: float = 0.5) -> Curve:
    """A curve whose threshold for answering is that."""
    return Curve(points, Thresholds(answer, 0.4, 0.1), 0.95)


def test_coverage_runs_to_the_right_and_precision_upwards() -> None:
    """From the left margin to the right one, from the lowest precision to all right."""
    drawing = draw(curve(), None)
    assert drawing is not None
    left, right = f"{LEFT},{TOP}", f"{WIDTH - RIGHT}.0,{HEIGHT - BOTTOM}.0"
    assert drawing.after.points.split()[0].replace(".0", "") == left.replace(".0", "")
    assert drawing.after.points.split()[-1] == right
    assert drawing.before is None
    assert [tick.label for tick in drawing.across] == ["0%", "25%", "50%", "75%", "100%"]
    assert [tick.label for tick in drawing.upwards] == ["80%", "90%", "100%"]
    assert drawing.target.label == "95%"


def test_the_dot_stands_where_answering_begins() -> None:
    """At the lowest point of the curve that the threshold still takes, or at its first."""
    drawing = draw(curve(), curve(answer=0.99))
    assert drawing is not None and drawing.before is not None
    assert (drawing.after.coverage, drawing.after.precision) == (0.5, 0.95)
    assert f"{drawing.after.x},{drawing.after.y}" == drawing.after.points.split()[1]
    assert (drawing.before.coverage, drawing.before.precision) == (0.0, 1.0)


def test_the_axis_reaches_down_to_the_lowest_of_both() -> None:
    """So that no curve leaves the drawing."""
    drawing = draw(curve(), curve(((0.9, 0.61, 0.5),)))
    assert drawing is not None
    assert drawing.upwards[0].label == "60%"
    assert all(TOP <= tick.at <= HEIGHT - BOTTOM for tick in drawing.upwards)


def test_without_a_measured_curve_there_is_no_drawing() -> None:
    """As for a base of single phrasings; a curve that only was is left out."""
    assert draw(curve(()), curve()) is None
    drawing = draw(curve(), curve(()))
    assert drawing is not None and drawing.before is None
