"""Teaching: what a tuning is learnt from groups of phrasings that mean the same.

A classifier over the groups by cosine to a prototype each, which moves the phrasings of a group together and those of
others apart. Only small tensors learn (`index.networks` says which), so that what the engines know of languages stays.
The result is the same for the same groups, start, seed and number of threads. Nothing that answers imports this.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import metadata

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from index.embedder import Matrix, prepare
from index.engines import BUNDLED
from index.errors import EmbedderError
from index.networks import NETWORKS, Network
from index.tuning import Tuning
from knowledge.text import normalise

Step = Callable[[str, int, int], None]
Numbers = NDArray[np.int64]

# Chosen once, on the development question sets, with the shipped pack and the lessons as groups.
RATES = {"e5": 2e-3, "use": 5e-4}  # AdamW's, at the top
PROTOTYPES = 1e-2  # the rate of the prototypes
SHARPNESS = 20.0  # what a cosine is multiplied by before the softmax
DROPOUT = 0.1
BATCH = 32
WARM_UP = 20  # steps until the rate is at its top, of fewer than a hundred a fifth of them
LEAST = 0.03  # of the top, which the rate falls towards linearly
TOKENS = 1024  # that pass at once, padding included: memory is about 0.4 MB each; longer batches go in pieces
JITTER = 2.0  # tokens by which lengths are blurred when batches of like length are made

logger = logging.getLogger(__name__)


def teach(
    groups: Sequence[Sequence[str]],
    *,
    start: Tuning | None = None,
    epochs: int = 2,
    seed: int = 0,
    progress: Step | None = None,
) -> dict[str, dict[str, Matrix]]:
    """Part → tensor → what to add to the package's own, `start`'s corrections included.

    A text that stands in several groups belongs to the first. A group of one phrasing is what others are kept apart
    from, and has nothing to learn itself. An engine that is not installed is left out; `progress` gets (part, steps
    done, steps). Raises EmbedderError where no group has two phrasings, or no engine runs here.
    """
    texts, owner = _phrasings(groups)
    if not len(np.flatnonzero(np.bincount(owner, minlength=1) > 1)):
        raise EmbedderError("no group has two different phrasings, so there is nothing to learn: give some more")
    learnt: dict[str, dict[str, Matrix]] = {}
    for part in NETWORKS:
        network = _network(part, start)
        if network is not None:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                _learn(network, part, texts, owner, epochs, np.random.default_rng(seed), progress)
            learnt[part] = network.corrections()
    if not learnt:
        raise EmbedderError("none of the bundled encoders runs here, so there is nothing to teach: install one")
    return learnt


def versions(parts: Iterable[str]) -> dict[str, str]:
    """Part → the installed version of its package, which its corrections belong to."""
    return {part: metadata.version(BUNDLED[part][0]) for part in parts}


def _network(part: str, start: Tuning | None) -> Network | None:
    package = BUNDLED[part][0]
    try:
        fits = start is not None and start.fits(part, versions([part])[part])
        return NETWORKS[part](start.corrections[part] if start is not None and fits else {})
    except (ImportError, OSError) as error:
        logger.warning("encoder %s (package %s) is not installed, so it is not taught: %s", part, package, error)
        return None


def _phrasings(groups: Sequence[Sequence[str]]) -> tuple[list[str], Numbers]:
    """Every distinct text, prepared, and the number of its group; groups that keep no text have no number."""
    seen: set[str] = set()
    texts: list[str] = []
    owner: list[int] = []
    number = -1
    for group in groups:
        fresh = dict.fromkeys(key for text in group if (key := normalise(text)) and key not in seen)
        if fresh:
            number += 1
            seen.update(fresh)
            texts += map(prepare, fresh)
            owner += [number] * len(fresh)
    return texts, np.array(owner, np.int64)


def _learn(
    network: Network,
    part: str,
    texts: Sequence[str],
    owner: Numbers,
    epochs: int,
    random: np.random.Generator,
    progress: Step | None,
) -> None:
    tokens = [network.tokens(text) for text in texts]
    lengths = np.array([len(text) for text in tokens])
    rows = np.flatnonzero(np.bincount(owner)[owner] > 1)
    mean, prototypes = _prototypes(_vectors(network, tokens, lengths), owner)
    groups = torch.from_numpy(owner)
    leaves = [{"params": [*network.learnt.values()]}, {"params": [prototypes]}]
    optimiser = torch.optim.AdamW(leaves, lr=RATES[part], weight_decay=0)
    steps = epochs * -(-len(rows) // BATCH)
    for step, batch in enumerate(_batches(rows, lengths, epochs, random)):
        for group, rate in zip(optimiser.param_groups, (RATES[part], PROTOTYPES), strict=True):
            group["lr"] = rate * _pace(step, steps)
        optimiser.zero_grad()
        for piece in _pieces(batch, lengths):
            turned = functional.normalize(network.vectors([tokens[row] for row in piece], DROPOUT) - mean, dim=1)
            cosines = turned @ functional.normalize(prototypes, dim=1).T
            loss = functional.cross_entropy(SHARPNESS * cosines, groups[piece], reduction="sum") / len(batch)
            torch.autograd.backward(loss)
        optimiser.step()
        if progress is not None:
            progress(part, step + 1, steps)


def _vectors(network: Network, tokens: Sequence[Sequence[int]], lengths: Numbers) -> Tensor:
    """What the network gives before it learns."""
    found = torch.zeros(len(tokens), network.dimension)
    with torch.no_grad():
        for piece in _pieces(np.argsort(lengths, kind="stable"), lengths):
            found[piece] = network.vectors([tokens[row] for row in piece])
    return found


def _prototypes(vectors: Tensor, owner: Numbers) -> tuple[Tensor, Tensor]:
    """The mean of all, and a leaf with each group's direction from there, of length 1."""
    mean = vectors.mean(0)
    sums = torch.zeros(int(owner.max()) + 1, vectors.shape[1]).index_add_(0, torch.from_numpy(owner), vectors - mean)
    return mean, functional.normalize(sums, dim=1).requires_grad_(True)


def _batches(rows: Numbers, lengths: Numbers, epochs: int, random: np.random.Generator) -> Iterator[Numbers]:
    """Rows of like length, in random order; each row once an epoch."""
    for _ in range(epochs):
        order = rows[np.argsort(lengths[rows] + random.uniform(-JITTER, JITTER, len(rows)), kind="stable")]
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        yield from (batches[number] for number in random.permutation(len(batches)))


def _pieces(rows: Numbers, lengths: Numbers) -> Iterator[Numbers]:
    """The rows in runs that come to at most TOKENS tokens with their padding, a row at the least."""
    begin = longest = 0
    for place, row in enumerate(rows):
        longest = max(longest, int(lengths[row]))
        if place > begin and longest * (place + 1 - begin) > TOKENS:
            yield rows[begin:place]
            begin, longest = place, int(lengths[row])
    if begin < len(rows):
        yield rows[begin:]


def _pace(step: int, steps: int) -> float:
    """The share of the top rate at a step (from 0): up quickly, then down to LEAST."""
    warm = min(WARM_UP, -(-steps // 5))
    return (step + 1) / warm if step < warm else max(LEAST, 1 - step / steps)
