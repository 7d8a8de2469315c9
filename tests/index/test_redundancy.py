"""Redundant variants: said twice, and nowhere near another entry."""

from __future__ import annotations

import pytest

from index.contents import Contents, load
from index.redundancy import NEARLY_EQUAL, Redundant, redundant
from index.shelf import Shelf
from index.themes import joined
from tests.service.shop import ENTRIES, SHIP, publish
from tests.toy import ToyEmbedder

SAME = "快递停住了快递停住了"  # with the toy embedder all but 快递停住了
TITLE_AGAIN = 2 * SHIP.title
OTHER_FIGURE = tuple(f"编号{number}" + 3 * "快递停住了怎么办理" for number in (7788, 7789))


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """The shop, whose entry on shipping says one thing twice, and asks of two numbers."""
    home = tmp_path_factory.mktemp("redundant")
    ship = SHIP.model_copy(update={"variants": (*SHIP.variants, SAME, TITLE_AGAIN, *OTHER_FIGURE)})
    publish(home, [ship if entry.id == SHIP.id else entry for entry in ENTRIES])
    shelf = Shelf(home / "artefacts")
    return load(shelf.path(shelf.current()), ToyEmbedder.name)[1]


def found(contents: Contents) -> dict[str, Redundant]:
    """Variant → what is said of it."""
    return {one.variant: one for one in redundant(contents)}


def test_what_is_said_twice_is_redundant(contents: Contents) -> None:
    """The later of the two, with the one that stays; both scores are cosines."""
    one = found(contents)[SAME]
    assert (one.entry_id, one.like) == (SHIP.id, "快递停住了")
    assert 0.93 <= one.score <= 1
    assert one.score - one.other >= 0.25


def test_what_differs_in_a_figure_is_not(contents: Contents) -> None:
    """A model or an order number is what a query hangs on, however alike the vectors are."""
    rows = joined({part: index.rows() for part, index in contents.dense.items()}, contents.ranker.kernel.means)
    one, other = (rows[contents.variants.index(text)] for text in OTHER_FIGURE)
    assert one @ other >= NEARLY_EQUAL
    assert not set(OTHER_FIGURE) & set(found(contents))


def test_a_title_stays_where_a_variant_repeats_it(contents: Contents) -> None:
    """Nor is a variant redundant that stays for another."""
    listed = found(contents)
    assert listed[TITLE_AGAIN].like == SHIP.title
    assert not {entry.title for entry in ENTRIES} & set(listed)
    assert not {one.like for one in listed.values()} & set(listed)
