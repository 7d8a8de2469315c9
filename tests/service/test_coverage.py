"""Coverage by the live index, or by words."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.contents import load
from index.retriever import Retriever
from index.shelf import Shelf
from knowledge.formats.documents.reading import read
from service import coverage
from tests.knowledge.formats.documents.test_coverage import proposal
from tests.service.shop import pack
from tests.toy import ToyEmbedder


@pytest.fixture(scope="module")
def retriever(home: Path) -> Retriever:
    """Of the shop."""
    shelf = Shelf(home / "artefacts")
    version = shelf.current()
    _, contents = load(shelf.path(version), ToyEmbedder.name)
    return Retriever(contents, ToyEmbedder(), version)


def test_the_index_finds_what_is_stored_and_what_is_meant(retriever: Retriever) -> None:
    """A stored phrasing is exact, another way to ask is likely or near; something else is nothing."""
    found = coverage.Indexed(retriever)
    exact = found.find(proposal("退款多久到账"))
    assert exact is not None and (exact.entry_id, exact.how, exact.score) == ("refund.time", "exact", 1.0)
    meant = found.find(proposal("别的", variants=("退款几天能到呢",)))
    assert meant is not None and meant.entry_id == "refund.time" and meant.how in ("likely", "near")
    assert found.find(proposal("！？")) is None


def test_a_wording_that_is_approved_counts_too(retriever: Retriever) -> None:
    """Whatever the situation is called."""
    found = coverage.Indexed(retriever).find(proposal("嗯", reply="非常抱歉让您有这样的感受，我来帮您。"))
    assert found is not None and (found.entry_id, found.how) == ("emotion.calm", "likely")


def test_a_reading_is_held_against_what_is_there(retriever: Retriever) -> None:
    """Against the index, the approved pack, or nothing."""
    reading = read("退款多久到账时：“您好，三天。”".encode(), "a.txt")
    (by_index,) = coverage.by_index(reading, retriever).proposals
    (by_words,) = coverage.by_words(reading, pack()).proposals
    (by_nothing,) = coverage.by_words(reading, None).proposals
    assert by_index.covered is not None and by_index.covered.entry_id == "refund.time"
    assert by_words.covered is not None and by_words.covered.entry_id == "refund.time"
    assert by_nothing.covered is None
