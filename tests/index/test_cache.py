"""The vector cache: a short cut that never changes what comes out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from index.cache import VectorCache, sweep
from tests.toy import ToyEmbedder

TEXTS = ["退款多久", "发票抬头", "滤网更换"]


class OtherEmbedder(ToyEmbedder):
    """The same engine under another name."""

    name = "other"


class WiderEmbedder(ToyEmbedder):
    """The same name with another dimension, as a changed model in the same folder would have."""

    dimensions = {"one": 64, "two": 128}  # as ToyEmbedder declares it


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the cache lies; its folder is not there yet."""
    return tmp_path / "home" / "vectors.npz"


def filled(path: Path) -> None:
    """A cache of the texts, saved."""
    cache = VectorCache(path, ToyEmbedder())
    cache.encode(TEXTS)
    cache.save()


def test_what_was_embedded_is_not_embedded_again(path: Path) -> None:
    """After a restart the stored rows come back bit for bit, in the order asked for, and the engine is not called."""
    filled(path)
    embedder = ToyEmbedder()
    cache = VectorCache(path, embedder)
    found = cache.encode(TEXTS[::-1])
    expected = ToyEmbedder().encode(TEXTS[::-1])
    assert embedder.encoded == []
    assert (cache.reused, cache.embedded) == (3, 0)
    assert list(found) == ["one", "two"]
    assert all(np.array_equal(found[part], expected[part]) for part in found)


def test_only_new_texts_are_embedded(path: Path) -> None:
    """Old and new mixed: the new one alone reaches the engine, and every row is its own text's."""
    filled(path)
    embedder = ToyEmbedder()
    cache = VectorCache(path, embedder)
    wanted = [TEXTS[2], "快递物流", TEXTS[0]]
    found = cache.encode(wanted)
    assert embedder.encoded == ["快递物流"]
    assert (cache.reused, cache.embedded) == (2, 1)
    assert np.array_equal(found["two"], ToyEmbedder().encode(wanted)["two"])


def test_distinct_texts_are_embedded_once(path: Path) -> None:
    """A text given twice, or the same but for full width, case and emoji, costs one embedding and gives equal rows."""
    embedder = ToyEmbedder()
    cache = VectorCache(path, embedder)
    found = cache.encode(["App 闪退", "App 闪退", "ＡＰＰ 闪退😀", "发票"])
    assert len(embedder.encoded) == cache.embedded == 2
    assert cache.reused == 0
    assert np.array_equal(found["one"][0], found["one"][2])
    assert found["one"].shape == (4, 64)


def test_a_second_call_grows_what_the_first_had(path: Path) -> None:
    """Within one build too, each text is embedded once."""
    embedder = ToyEmbedder()
    cache = VectorCache(path, embedder)
    cache.encode(TEXTS[:2])
    cache.encode(TEXTS)
    assert embedder.encoded == TEXTS


def test_progress_is_of_what_is_embedded(path: Path) -> None:
    """Reports count the missing texts; with none missing there is none."""
    filled(path)
    reports: list[tuple[int, int]] = []
    cache = VectorCache(path, ToyEmbedder())
    cache.encode(TEXTS, lambda done, all_: reports.append((done, all_)))
    assert reports == []
    cache.encode([*TEXTS, "快递", "物流"], lambda done, all_: reports.append((done, all_)))
    assert reports == [(2, 2)]


def cut(path: Path) -> None:
    """Loses the second half of the file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    """Changes a byte of the first matrix."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def array(path: Path) -> None:
    """Another numpy file under the name."""
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def folder(path: Path) -> None:
    """No file at all."""
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut short": cut,
    "a flipped byte": flip,
    "emptied": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"not a cache"),
    "a zip's head": lambda path: path.write_bytes(b"PK\x03\x04rest"),
    "one array": array,
    "without keys": lambda path: np.savez(path, embedder=np.array("toy"), part_one=np.zeros((1, 64))),
    "a folder": folder,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_ignored_with_a_warning(
    damage: Callable[[Path], object], path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is wrong with it, everything is embedded and the log says which file."""
    filled(path)
    damage(path)
    embedder = ToyEmbedder()
    cache = VectorCache(path, embedder)
    found = cache.encode(TEXTS)
    assert embedder.encoded == TEXTS
    assert np.array_equal(found["one"], ToyEmbedder().encode(TEXTS)["one"])
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert str(path) in caplog.text


def test_another_embedders_file_is_ignored_with_both_names(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Vectors of one embedder mean nothing to another."""
    caplog.set_level(logging.INFO)
    filled(path)
    embedder = OtherEmbedder()
    VectorCache(path, embedder).encode(TEXTS)
    assert embedder.encoded == TEXTS
    assert "of embedder toy, not other" in caplog.text


def test_rows_of_another_dimension_are_ignored_and_said(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file whose rows do not fit the embedder's dimensions is no short cut."""
    filled(path)
    embedder = WiderEmbedder()
    cache = VectorCache(path, embedder)
    assert cache.encode(TEXTS)["two"].shape == (3, 128)
    assert (cache.reused, embedder.encoded) == (0, TEXTS)
    assert str(path) in caplog.text


def test_a_save_that_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is replaced whole or not at all."""
    filled(path)
    before = path.read_bytes()
    cache = VectorCache(path, ToyEmbedder())
    cache.encode(["新"])

    def full(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="disk full"):
        cache.save()
    assert path.read_bytes() == before


def test_saving_leaves_one_file(path: Path) -> None:
    """No temporary file stays beside it."""
    filled(path)
    filled(path)
    assert [found.name for found in path.parent.iterdir()] == ["vectors.npz"]


def test_what_killed_processes_left_is_swept(path: Path) -> None:
    """Unfinished files of whatever process go, the cache and everything else stays."""
    filled(path)
    for name in ("vectors.1.tmp.npz", "vectors.99999.tmp.npz", "tuning.npz", "other.1.tmp.npz"):
        (path.parent / name).write_bytes(b"x")
    sweep(path)
    assert sorted(found.name for found in path.parent.iterdir()) == ["other.1.tmp.npz", "tuning.npz", "vectors.npz"]


def test_without_a_path_nothing_is_written(tmp_path: Path) -> None:
    """An evaluation of a foreign knowledge base keeps its vectors in memory."""
    cache = VectorCache(None, ToyEmbedder())
    assert cache.encode(TEXTS)["one"].shape == (3, 64)
    cache.save()
    assert list(tmp_path.iterdir()) == []
