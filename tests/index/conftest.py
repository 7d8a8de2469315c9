"""The desk's contents and retriever, made once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.confidence import Confidence, Thresholds
from index.contents import Contents
from index.retriever import Retriever
from index.shelf import Shelf
from tests.index.desk import contents_of, matters
from tests.toy import ToyEmbedder

# So large a step from doubt to certainty that decisions do not hang on what the build happens to measure. Features are
# taken as they are; only score and lead count.
SURE = Confidence(
    (0.0,) * 6,
    (1.0,) * 6,
    {
        "right": (-6.0, 6.0, 9.0, 0.0, 0.0, 0.0, 0.0),
        "among": (-4.5, 6.5, 3.2, 0.0, 0.0, 0.0, 0.0),
        "inside": (-4.0, 6.5, 3.2, 0.0, 0.0, 0.0, 0.0),
    },
    0.1,
    Thresholds(answer=0.9, clarify=0.25, show=0.03),
    (),
    0,
    None,
    None,
)


@pytest.fixture(scope="session")
def contents() -> Contents:
    """Everything a query needs, of all topics, with a confidence set by hand."""
    return replace(contents_of(matters()), confidence=SURE)


@pytest.fixture(scope="session")
def retriever(contents: Contents) -> Retriever:
    """Shared: tests that count what it embeds make their own."""
    return Retriever(contents, ToyEmbedder(), "0123456789ab")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty shelf whose folder does not exist yet."""
    return Shelf(tmp_path / "artefacts")
