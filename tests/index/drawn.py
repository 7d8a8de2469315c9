"""A confidence written by hand, and queries drawn by chance whose answer is known."""

from __future__ import annotations

import numpy as np

from index.confidence import Confidence, Thresholds
from index.fitting import Outcomes, fit

PLAIN = Confidence(
    (0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    (0.2, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0),
    {
        "right": (-1.0, 1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        "among": (0.0, 1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0),
        "inside": (0.5, 0.5, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0),
    },
    0.3,
    Thresholds(0.9, 0.5, 0.05),
    (),
    0,
    None,
    None,
)


def queries(count: int, share: float = 0.3, seed: int = 4) -> Outcomes:
    """Drawn queries: with an entry, mostly found with a high score and lead; without one, lower and near strangers."""
    drawn = np.random.default_rng(seed)
    inside = drawn.random(count) >= share
    right = inside & (drawn.random(count) < 0.85)
    among = right | (inside & (drawn.random(count) < 0.5))
    features = np.stack(
        [
            np.sqrt(np.abs(drawn.normal(0.1 + 0.1 * right + 0.05 * among + 0.03 * inside, 0.08))),
            np.sqrt(np.abs(drawn.normal(0.02 + 0.15 * right, 0.06))),
            drawn.normal(0.3 + 0.2 * among + 0.05 * inside + 0.05 * right, 0.08),
            drawn.normal(-0.02 - 0.1 * right, 0.08),
            drawn.normal(0.5 - 0.08 * inside, 0.1),
            drawn.normal(2.7, 0.5, count),
            drawn.normal(0.4 + 0.2 * inside, 0.15),
        ],
        axis=1,
    )
    return Outcomes(features, right, among, inside, np.ones(count))


def made(outcomes: Outcomes, share: float = 0.3) -> Confidence:
    """Fitted for a base of eight phrasings an entry and the usual precisions."""
    return fit(outcomes, 8, share, 0.95, 0.8)
