"""Who else would claim a variant, on the shop's own index."""

from __future__ import annotations

from pathlib import Path

from service.editing.neighbours import claim
from service.settings import Settings
from tests.service.shop import BRUSH, FILTER, FRIDAY, PROMO, serving, state_of


def test_the_nearest_other_is_named_and_the_expired_are_not(home: Path) -> None:
    """With its phrasing and the cosine; an entry that is shown no more claims nothing."""
    with serving(Settings(home=home)) as client:
        retriever = state_of(client).live.retriever
        both, own, gone = (
            claim(variant, FILTER.id, retriever, FRIDAY.date())
            for variant in ("多久更换", FILTER.variants[0], PROMO.variants[0])
        )
    assert both.nearest is not None
    assert (both.nearest.entry_id, both.nearest.title, both.finds) == (BRUSH.id, BRUSH.title, False)
    assert both.nearest.phrasing in BRUSH.phrasings
    assert (own.place, own.finds, own.taken) == (1, True, False)
    assert gone.nearest is None or gone.nearest.entry_id != PROMO.id
