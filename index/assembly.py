"""An artefact's contents in memory: phrasings embedded, ranker and triggers learnt, confidence fitted, a report."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import calibration, fitting, ranker, triggers
from index.confidence import Confidence
from index.contents import Contents
from index.embedder import Matrix
from index.evidence import centre_all, far_strangers
from index.holdout import OutOfFold
from index.kernel import Rows, mean, take
from index.lexical import CHANNELS, Lexical
from index.strangers import strangers
from index.texts import Phrasings, TriggerTexts, phrasings_of, trigger_texts_of
from index.vectors import VectorIndex
from knowledge.model import LEVELS, ApprovedEntry, Policy
from knowledge.text import normalise

Step = Callable[[str, int, int], None]
MATTERS = 6  # entries of one target up to which they are taken for its triggers' own matter
SUSPICIOUS_LEAD = 0.3  # by which another entry's score leads before a variant counts as filed wrongly


def assemble(
    entries: Sequence[ApprovedEntry],
    policy: Policy,
    encode: Callable[..., dict[str, Matrix]],
    seconds: dict[str, float] | None = None,
    step: Step | None = None,
    products: Mapping[str, Sequence[str]] | None = None,
) -> Contents:
    """Everything a query needs, in memory; `encode` is an embedder's or a cache's.

    `products` are the names customers have for each product. Raises GateError, before anything is embedded, where
    there is no entry, or an entry or a trigger has no text to be found by.
    """
    took = seconds if seconds is not None else {}
    say = step or (lambda name, done, all_: None)
    phrasings, heard = phrasings_of(entries), trigger_texts_of(policy)
    started = time.perf_counter()
    vectors = _embed(phrasings, heard, lambda texts: encode(texts, lambda done, all_: say("embed", done, all_)))
    took["embed"] = time.perf_counter() - started
    started = time.perf_counter()
    contents = _learn(entries, policy, phrasings, heard, vectors, products or {}, lambda done: say("train", done, 3))
    took["train"] = time.perf_counter() - started
    return contents


@dataclass(frozen=True)
class _Vectors:
    """Dense rows by part: of the variants, of the triggers' texts (their own, then look-alikes), of all strangers."""

    variants: dict[str, Matrix]
    triggers: dict[str, Matrix]
    strangers: dict[str, Matrix]


def _embed(phrasings: Phrasings, heard: TriggerTexts, encode: Callable[[list[str]], dict[str, Matrix]]) -> _Vectors:
    vectors = encode([*phrasings.variants, *heard.every, *strangers()])
    variants = slice(0, len(phrasings.variants))
    known = slice(variants.stop, variants.stop + len(heard.every))
    rest = slice(known.stop, None)
    return _Vectors(*({part: matrix[rows] for part, matrix in vectors.items()} for rows in (variants, known, rest)))


def _learn(
    entries: Sequence[ApprovedEntry],
    policy: Policy,
    phrasings: Phrasings,
    heard: TriggerTexts,
    vectors: _Vectors,
    products: Mapping[str, Sequence[str]],
    done: Callable[[int], None],
) -> Contents:
    done(0)
    variants, keys, owner = phrasings.variants, phrasings.keys, phrasings.owner
    lexical = {channel: Lexical.fit(channel, keys) for channel in CHANNELS}

    def with_words(dense: dict[str, Matrix], texts: Sequence[str]) -> dict[str, Any]:
        return {**dense, **{channel: vocabulary.transform(texts) for channel, vocabulary in lexical.items()}}

    rows = with_words(vectors.variants, keys)
    done(1)
    foreign, far = _strangers(strangers(), vectors.strangers, vectors.variants, owner)
    far_rows = with_words(foreign, far)
    learnt, held = ranker.fit(rows, owner.tolist(), len(entries), far_rows if far else None)
    done(2)
    sure = _calibrate(held, owner, rows, far_rows, (keys, far), learnt, policy)
    trigger_keys = tuple(map(normalise, heard.every))
    detectors = None
    if heard.variants:
        kindred = _kindred(entries, policy)[:, owner]
        detectors = _detectors(heard, with_words(vectors.triggers, trigger_keys), rows, kindred, learnt)
    done(3)
    return Contents(
        tuple(entries),
        policy,
        {product: tuple(names) for product, names in products.items()},
        variants,
        keys,
        owner,
        {part: VectorIndex.build(matrix) for part, matrix in vectors.variants.items()},
        foreign,
        lexical,
        {channel: rows[channel] for channel in CHANNELS},
        learnt,
        sure,
        detectors,
        heard.variants,
        trigger_keys,
        _report(entries, variants, owner, policy, held, sure),
    )


def _detectors(
    heard: TriggerTexts, texts: Rows, others: Rows, kindred: NDArray[np.bool_], learnt: ranker.Ranker
) -> triggers.Triggers:
    """The triggers, learnt on the rows of their `texts` and the ranker's landmarks."""
    marks = learnt.landmarks
    return triggers.fit(
        texts, heard.owner, len(heard.look_alikes), take(others, marks), learnt.kernel.terms, kindred[:, marks]
    )


def _report(
    entries: Sequence[ApprovedEntry],
    variants: Sequence[str],
    owner: NDArray[np.int64],
    policy: Policy,
    held: OutOfFold,
    sure: Confidence,
) -> dict[str, Any]:
    """What a build says of itself: counts, metrics (rates 0..1), precision curve, suspicious variants."""
    found = held.present.entries[:, 0] == owner[held.rows]
    several = np.bincount(owner)[owner[held.rows]] > 1
    suspicious = _suspicious(held, owner, entries, variants)
    return {
        "counts": {"entries": len(entries), "variants": len(variants), "triggers": len(policy.triggers)},
        "metrics": {
            "suspicious_variants": len(suspicious),
            "out_of_fold_hit_at_1": round(float(found[several].mean()), 4) if several.any() else None,
            "measured_rows": sure.measured_rows,
            "out_of_fold_calibration_error": sure.measured_error,
            "calibration_error_by_chance": sure.chance_error,
            "out_of_scope_share": sure.share,
            "thresholds": asdict(sure.thresholds),
        },
        "curve": [list(point) for point in sure.curve],
        "suspicious": suspicious,
    }


def _suspicious(
    held: OutOfFold, owner: NDArray[np.int64], entries: Sequence[ApprovedEntry], variants: Sequence[str]
) -> list[dict[str, Any]]:
    """Variants that, left out, are nearer to another entry: the clearest first, with the score (about 0..1) of each."""
    over = held.present.lead_over(owner[held.rows])
    listed = [int(row) for row in np.argsort(-over, kind="stable") if over[row] >= SUSPICIOUS_LEAD]
    return [
        {
            "entry_id": entries[owner[held.rows[row]]].entry.id,
            "variant": variants[held.rows[row]],
            "nearer_to": entries[held.present.entries[row, 0]].entry.id,
            "score": round(float(held.present.scores[row, 0]), 3),
            "own_score": round(float(held.own[row]), 3),
        }
        for row in listed
    ]


def _strangers(
    texts: Sequence[str], vectors: dict[str, Matrix], dense: dict[str, Matrix], owner: NDArray[np.int64]
) -> tuple[dict[str, Matrix], list[str]]:
    """Vectors and normalised texts of the strangers that no entry of this knowledge base can mean."""
    means = {part: mean(matrix) for part, matrix in dense.items()}
    kept = far_strangers(centre_all(vectors, means), centre_all(dense, means), owner)
    return {part: matrix[kept] for part, matrix in vectors.items()}, [normalise(texts[place]) for place in kept]


def _calibrate(
    held: OutOfFold,
    owner: NDArray[np.int64],
    rows: Rows,
    far_rows: Rows,
    keys: tuple[Sequence[str], Sequence[str]],
    learnt: ranker.Ranker,
    policy: Policy,
) -> Confidence:
    """Confidence from the three kinds of held-out queries; those without an entry weigh the policy's share."""
    means, share = learnt.kernel.means, policy.precision.out_of_scope_share
    found = calibration.outcomes(
        held,
        owner,
        centre_all(rows, means),
        centre_all(far_rows, means),
        (np.array([len(key) for key in keys[0]]), np.array([len(key) for key in keys[1]])),
        share,
    )
    return fitting.fit(
        found,
        len(owner) / len(np.unique(owner)),
        share,
        policy.precision.answer_precision,
        policy.precision.clarify_precision,
    )


def _kindred(entries: Sequence[ApprovedEntry], policy: Policy) -> NDArray[np.bool_]:
    """(triggers, entries): whether the entry often means the trigger's matter.

    It does where it goes to the same target, no less urgently, and that target has few matters of its own: what goes to
    after-sales is mostly no minor's purchase.
    """
    asked = [(one.entry.escalation.target, LEVELS.index(one.entry.escalation.level)) for one in entries]
    rows = [
        [target == trigger.target and level >= LEVELS.index(trigger.level) for target, level in asked]
        for trigger in policy.triggers
    ]
    kindred: NDArray[np.bool_] = np.array(rows, bool)
    few = kindred.sum(axis=1, keepdims=True) <= MATTERS
    return np.asarray(kindred & few, bool)
