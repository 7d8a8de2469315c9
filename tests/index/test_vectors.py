"""Cosines known by hand, both kinds of FAISS index, and files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from index import vectors
from index.errors import ArtefactError
from index.vectors import VectorIndex, unit


def random_rows(count: int, dimension: int, seed: int = 7) -> vectors.Matrix:
    """Rows in all directions, of all lengths."""
    drawn = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(drawn * np.arange(1, count + 1)[:, None], np.float32)


def test_same_orthogonal_and_opposite_rows_score_one_zero_and_minus_one() -> None:
    """A score is a cosine, higher is better, whatever the lengths of stored rows and query."""
    index = VectorIndex.build(np.array([[-5.0, 0.0], [0.0, 0.25], [3.0, 0.0]]))
    ((places, scores),) = index.search(np.array([[40.0, 0.0]]), 3)
    assert places.tolist() == [2, 1, 0]
    assert scores.tolist() == [1.0, 0.0, -1.0]


def test_a_known_angle_scores_its_cosine() -> None:
    """(3, 4) and (4, 3) meet at a cosine of 24/25."""
    ((_, scores),) = VectorIndex.build(np.array([[3.0, 4.0]])).search(np.array([[8.0, 6.0]]), 1)
    assert scores == pytest.approx([0.96], abs=1e-6)


def test_asking_for_more_rows_than_there_are_gives_those_there_are() -> None:
    """No padding: k beyond n gives n rows for every query."""
    index = VectorIndex.build(np.eye(3))
    found = index.search(np.ones((2, 3)), 50)
    assert [sorted(places.tolist()) for places, _ in found] == [[0, 1, 2], [0, 1, 2]]
    assert all(len(scores) == 3 for _, scores in found)


def test_paddings_are_dropped_and_rounding_stays_within_one() -> None:
    """Row −1 never leaves, nor does a cosine above 1."""
    padded = np.array([[1.0000002, -3.4e38]], np.float32), np.array([[1, -1]])
    graph: Any = SimpleNamespace(ntotal=2, d=2, search=lambda queries, k: padded)
    ((places, scores),) = VectorIndex(graph).search(np.array([[1.0, 0.0]]), 2)
    assert (places.tolist(), scores.tolist()) == ([1], [1.0])


def test_a_graph_finds_the_neighbours_the_exact_search_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above `EXACT_ROWS` rows the HNSW graph takes over: same rows, same cosines."""
    rows, queries = random_rows(600, 16), random_rows(20, 16, seed=8)
    exact = VectorIndex.build(rows).search(queries, 10)
    monkeypatch.setattr(vectors, "EXACT_ROWS", 599)
    graph = VectorIndex.build(rows)
    assert type(graph._index).__name__ == "IndexHNSWFlat"
    for (places, scores), (exact_places, exact_scores) in zip(graph.search(queries, 10), exact, strict=True):
        assert places.tolist() == exact_places.tolist()
        assert scores == pytest.approx(exact_scores, abs=1e-5)


def test_a_graph_is_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same rows, however many threads FAISS may use."""
    monkeypatch.setattr(vectors, "EXACT_ROWS", 1)
    rows, threads = random_rows(3000, 16), faiss.omp_get_max_threads()
    try:
        for allowed in (1, 2, 4):
            faiss.omp_set_num_threads(allowed)
            VectorIndex.build(rows).save(tmp_path / str(allowed))
    finally:
        faiss.omp_set_num_threads(threads)
    assert len({(tmp_path / str(allowed)).read_bytes() for allowed in (1, 2, 4)}) == 1


@pytest.mark.parametrize("exact_rows", [50, 49])
def test_a_saved_index_is_read_back_as_it_was(exact_rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both kinds give back the unit rows they were built from, in order, and find the same."""
    monkeypatch.setattr(vectors, "EXACT_ROWS", exact_rows)
    rows = random_rows(50, 8)
    built = VectorIndex.build(rows)
    built.save(tmp_path / "dense.faiss")
    read = VectorIndex.load(tmp_path / "dense.faiss")
    assert (len(read), read.dimension) == (50, 8)
    assert np.array_equal(read.rows(), unit(rows))
    assert read.search(rows[:3], 4)[2][0].tolist() == built.search(rows[:3], 4)[2][0].tolist()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    """What FAISS cannot read is an ArtefactError with the path and the next step."""
    path = tmp_path / "dense-one.faiss"
    path.write_bytes(b"not an index")
    with pytest.raises(ArtefactError, match=r"dense-one\.faiss is not a readable vector index .*huashu build"):
        VectorIndex.load(path)


@example(np.full((4, 3), 1.5e-162))  # whose squares are subnormal
@example(np.full((4, 3), 1e-300))
@given(arrays.arrays(np.float64, (4, 3), elements=st.floats(-1e6, 1e6, allow_subnormal=False)))
def test_unit_rows_have_length_one_and_zeros_stay_zeros(rows: vectors.Matrix) -> None:
    """Every row comes back with length 1 and its direction; a row of zeros does not become NaN."""
    lengths = np.linalg.norm(rows, axis=1)
    scaled = unit(rows)
    assert np.linalg.norm(scaled, axis=1) == pytest.approx(rows.any(axis=1).astype(float), abs=1e-5)
    assert scaled * lengths[:, None] == pytest.approx(rows, rel=1e-5, abs=1e-5 * max(1.0, lengths.max()))
