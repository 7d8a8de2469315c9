"""The same retriever over fewer entries."""

from __future__ import annotations

from starlette.testclient import TestClient

from service.adapters.narrowing import Narrowed
from tests.service.asking import BOTH, REFUND
from tests.service.shop import state_of


def test_only_what_is_kept_is_found(client: TestClient) -> None:
    """Both conditions hold: its own and that of whoever asks."""
    whole = state_of(client).live.retriever
    products = Narrowed(whole, lambda approved: bool(approved.entry.products))
    found = [candidate.entry.entry.id for candidate in products.find(REFUND).candidates]
    assert sorted(found) == ["product.a3.filter", "product.r5.brush"]
    (only,) = products.find(REFUND, allowed=lambda approved: "R5" in approved.entry.products).candidates
    assert only.entry.entry.id == "product.r5.brush"


def test_it_ranks_as_the_whole_does(client: TestClient) -> None:
    """Keeping everything changes nothing."""
    whole = state_of(client).live.retriever
    assert Narrowed(whole, lambda _: True).find(BOTH) == whole.find(BOTH, allowed=lambda _: True)


def test_it_shares_what_is_known(client: TestClient) -> None:
    """Contents, version and what is remembered of texts; the whole stays as it is."""
    whole = state_of(client).live.retriever
    narrowed = Narrowed(whole, lambda _: False)
    assert narrowed.contents is whole.contents
    assert narrowed.version == whole.version
    assert narrowed.find(REFUND).decision == "abstain"
    assert whole.find(REFUND).decision == "answer"
