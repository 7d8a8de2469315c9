"""Teaching: what a tuning is learnt from groups of phrasings that mean the same.

Each step takes some groups, most often neighbours in the list, which are the likeliest near misses, and a few phrasings
of each: every phrasing should be nearer to the others of its group than to all the rest (supervised contrastive loss,
each positive alone against the negatives; Khosla et al. 2020). So what is learnt is what a knowledge base of few
phrasings an entry asks for. `index.networks` says which tensors learn. The result is the same for the same groups,
start, seed and number of threads. Nothing that answers imports this.
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
from index.slips import Slips
from index.tuning import Tuning
from knowledge.text import normalise

Step = Callable[[str, int, int], None]
Corrections = dict[str, dict[str, Matrix]]  # part → tensor → what to add to the package's own
Numbers = NDArray[np.int64]

# Chosen on lessons kept apart and on the development question sets.
RATES = {"e5": 1e-3, "use": 3e-4}  # AdamW's, at the top
GAINS = 2e-3  # the rate of gains, which stand near 1
TIMES = {"e5": 1, "use": 5}  # how often an epoch goes through the phrasings: `use` is small, and learns more slowly
DROPOUT = {"e5": 0.1, "use": 0.2}
SHARPNESS = 20.0  # what a cosine is multiplied by before the softmax
TOGETHER = 64  # groups a step
VIEWS = 3  # phrasings of each
ANYWHERE = 0.25  # of the steps take groups from anywhere, not neighbours
LEAST_STEPS = 10  # an epoch
SLIPS = 0.15  # of the phrasings of a step are written wrongly
FORGETS = 0.02  # of the mean of all vectors, a step
WARM_UP = 20  # steps until the rate is at its top, of fewer than a hundred a fifth of them
LEAST = 0.03  # of the top, which the rate falls towards linearly
TOKENS = 1024  # that pass at once, padding included: memory is about 0.4 MB each
MOST_TOKENS = 4096  # a step, without padding

logger = logging.getLogger(__name__)


def teach(
    groups: Sequence[Sequence[str]],
    *,
    parts: Iterable[str] | None = None,
    start: Tuning | None = None,
    epochs: int = 2,
    seed: int = 0,
    half: bool = False,
    progress: Step | None = None,
) -> Corrections:
    """Part → tensor → what to add to the package's own, `start`'s corrections included.

    `parts` are the encoders to teach, by default all; an engine that is not installed is left out. A text that stands
    in several groups belongs to the first. A group of one phrasing is what others are kept apart from, and has nothing
    to learn itself. `half` multiplies in bfloat16, faster on a processor that can and much slower on one that cannot;
    `progress` gets (part, steps done, steps). Raises EmbedderError where no group has two phrasings, or no engine runs
    here.
    """
    texts, owner = _phrasings(groups)
    if not len(np.flatnonzero(np.bincount(owner, minlength=1) > 1)):
        raise EmbedderError("no group has two different phrasings, so there is nothing to learn: give some more")
    learnt: Corrections = {}
    for part in NETWORKS if parts is None else parts:
        network = _network(part, start)
        if network is not None:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                _learn(network, part, texts, owner, epochs, np.random.default_rng(seed), half, progress)
            learnt[part] = network.corrections()
    if not learnt:
        raise EmbedderError("none of the bundled encoders runs here, so there is nothing to teach: install one")
    return learnt


def averaged(learnt: Sequence[Corrections]) -> Corrections:
    """The mean of what was learnt one or more times from one start, by other seeds: it keeps what they agree on.

    A part stands where all have it (Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models
    improves accuracy without increasing inference time", 2022).
    """
    parts = [part for part in learnt[0] if all(part in corrections for corrections in learnt)]
    return {
        part: {name: np.mean([corrections[part][name] for corrections in learnt], axis=0) for name in learnt[0][part]}
        for part in parts
    }


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
    half: bool,
    progress: Step | None,
) -> None:
    known = [network.tokens(text) for text in texts]
    lengths = np.array([len(tokens) for tokens in known])
    slips = Slips(texts)
    groups = np.split(np.arange(len(owner)), np.flatnonzero(np.diff(owner)) + 1)
    with torch.no_grad():
        firsts = _pieces(np.array([group[0] for group in groups]), lengths)
        mean = torch.cat([network.vectors([known[row] for row in piece]) for piece in firsts]).mean(0)
    gains = [leaf for name, leaf in network.learnt.items() if name in network.gains]
    others = [leaf for name, leaf in network.learnt.items() if name not in network.gains]
    rates = [rate for rate, leaves in ((RATES[part], others), (GAINS, gains)) if leaves]
    optimiser = torch.optim.AdamW([{"params": leaves} for leaves in (others, gains) if leaves], weight_decay=0)
    learnable = sum(len(group) for group in groups if len(group) > 1)
    steps = epochs * max(LEAST_STEPS, -(-TIMES[part] * learnable // (TOGETHER * VIEWS)))
    for step in range(steps):
        for parameters, rate in zip(optimiser.param_groups, rates, strict=True):
            parameters["lr"] = rate * _pace(step, steps)
        optimiser.zero_grad()
        rows = _drawn(groups, random)
        rows = rows[np.cumsum(lengths[rows]) <= max(MOST_TOKENS, lengths[rows[:2]].sum())]
        slipping = rows[random.random(len(rows)) < SLIPS]
        tokens = {row: known[row] for row in rows}
        tokens |= {row: network.tokens(slips.slipped(texts[row], random)) for row in slipping}
        pieces = list(_pieces(rows, lengths))
        mean = _accumulate(_pass(network, part, tokens, half), pieces, owner, mean)
        optimiser.step()
        if progress is not None:
            progress(part, step + 1, steps)


def _pass(network: Network, part: str, tokens: dict[int, list[int]], half: bool) -> Callable[[Numbers], Tensor]:
    """What gives a piece's vectors (len(piece), dimension), with what is dropped out."""

    def vectors(piece: Numbers) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            return network.vectors([tokens[row] for row in piece], DROPOUT[part]).float()

    return vectors


def _drawn(groups: Sequence[Numbers], random: np.random.Generator) -> Numbers:
    """The rows of a step: some phrasings each of groups that stand together, or of any, two of one group at least."""
    count = min(TOGETHER, len(groups))
    while True:
        # The list is a ring: the first and the last of it are drawn as often as any.
        together = (int(random.integers(len(groups))) + np.arange(count)) % len(groups)
        anywhere = random.random() < ANYWHERE
        chosen = random.choice(len(groups), count, replace=False) if anywhere else together
        drawn = [random.choice(groups[number], min(VIEWS, len(groups[number])), replace=False) for number in chosen]
        if any(len(rows) > 1 for rows in drawn):
            return np.concatenate(drawn)


def _loss(vectors: Tensor, owner: Tensor) -> Tensor:
    """How far rows of length 1 (n, dimension) are from being nearer to the others of their groups than to all the rest.

    A number ≥ 0, the mean over rows that have another of their group; 0 where none has.
    """
    alike = SHARPNESS * vectors @ vectors.T
    same = owner[:, None] == owner
    positive = same & ~torch.eye(len(owner), dtype=torch.bool)
    others = alike.masked_fill(same, -1e9).logsumexp(1, keepdim=True)
    missed = torch.logaddexp(alike, others) - alike
    return ((missed * positive).sum(1) / positive.sum(1).clamp(min=1)).sum() / positive.any(1).sum().clamp(min=1)


def _accumulate(
    vectors: Callable[[Numbers], Tensor], pieces: Sequence[Numbers], owner: Numbers, mean: Tensor
) -> Tensor:
    """Adds a step's gradients to the leaves' own; the mean of all vectors (dimension,), moved by those of the step.

    `vectors` gives a piece's rows (len(piece), dimension), `pieces` and `owner` are row numbers and their groups.

    Every row is compared with every other, but one piece at a time is kept in memory: the loss is taken on vectors
    alone, and each piece passes again, with the same left out, to take its gradient (Gao et al., "Scaling deep
    contrastive learning batch size under memory limited setup", 2021).
    """
    with torch.no_grad():
        passed = [(torch.get_rng_state(), vectors(piece)) for piece in pieces]
    found = torch.cat([rows for _, rows in passed]).requires_grad_()
    moved = torch.lerp(mean, found.detach().mean(0), FORGETS)
    loss = _loss(functional.normalize(found - moved, dim=1), torch.from_numpy(owner[np.concatenate(pieces)]))
    (slopes,) = torch.autograd.grad(loss, found)
    for piece, (state, _), slope in zip(
        pieces, passed, torch.split(slopes, [len(piece) for piece in pieces]), strict=True
    ):
        torch.set_rng_state(state)
        torch.autograd.backward(vectors(piece), slope)
    return moved


def _pieces(rows: Numbers, lengths: Numbers) -> Iterator[Numbers]:
    """The rows by length, in runs that come to at most TOKENS tokens with their padding, a row at the least."""
    rows = rows[np.argsort(lengths[rows], kind="stable")]
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
