"""Coverage by characters."""

from __future__ import annotations

import pytest

from knowledge.formats.documents.blocks import Place
from knowledge.formats.documents.coverage import Lexical
from knowledge.formats.documents.proposals import Proposal
from tests.service.shop import ENTRIES


def proposal(title: str, reply: str = "完全不同的一句话", variants: tuple[str, ...] = ()) -> Proposal:
    """A proposal."""
    return Proposal(
        number=1,
        title=title,
        entry_id="draft.x",
        category=None,
        kind="script",
        variants=variants,
        reply=reply,
        place=Place(paragraph=1, line=1),
        lines=(0,),
        rule="label",
        certainty="high",
    )


@pytest.mark.parametrize(
    ("one", "entry_id", "how"),
    [
        (proposal("退款多久到账？"), "refund.time", "exact"),
        (proposal("别的", variants=("快递停住了",)), "ship.no-update", "exact"),
        (proposal("退款多久能到账"), "refund.time", "likely"),
        (proposal("别的", reply="非常抱歉让您有这样的感受，我来帮您解决。"), "emotion.calm", "likely"),
        (proposal("退款多久可以全部到账"), "refund.time", "near"),
    ],
)
def test_an_entry_that_says_it_is_found(one: Proposal, entry_id: str, how: str) -> None:
    """By title, variant or wording; how near it is, is said."""
    found = Lexical(ENTRIES).find(one)
    assert found is not None
    assert (found.entry_id, found.how) == (entry_id, how)


def test_what_nothing_says_is_not_covered() -> None:
    """Nor is anything covered by an empty base."""
    assert Lexical(ENTRIES).find(proposal("请问您贵姓")) is None
    assert Lexical([]).find(proposal("退款多久到账")) is None
