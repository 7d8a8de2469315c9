"""The desk's contents and retriever, made once."""

from __future__ import annotations

import pytest

from index.contents import Contents
from index.retriever import Retriever
from tests.index.desk import contents_of, matters
from tests.toy import ToyEmbedder


@pytest.fixture(scope="session")
def contents() -> Contents:
    """Everything a query needs, of all topics."""
    return contents_of(matters())


@pytest.fixture(scope="session")
def retriever(contents: Contents) -> Retriever:
    """Shared: tests that count what it embeds make their own."""
    return Retriever(contents, ToyEmbedder(), "0123456789ab")
