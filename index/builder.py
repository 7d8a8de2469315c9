"""From knowledge to a published artefact: assemble, check at the gate, write, publish.

Only texts that changed are embedded. The version is the hash of everything the artefact is made from, so an
unchanged knowledge base is not built twice. What the gate refuses is never published, and the live artefact
stays as it is.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import calibration, confidence, ranker, triggers
from index.artefact import FORMAT, Shelf, canonical, digest, verify
from index.cache import VectorCache
from index.contents import ENTRIES, Contents, save
from index.embedder import Embedder, Matrix
from index.errors import ArtefactError, GateError
from index.evidence import centre_all, far_strangers
from index.kernel import Rows, mean, take
from index.lexical import CHANNELS, Lexical
from index.strangers import strangers
from index.vectors import VectorIndex
from knowledge.lint.finding import Finding
from knowledge.lint.runner import lint
from knowledge.model import ApprovedEntry, Facts, Pack, Policy
from knowledge.references import resolve_facts
from knowledge.text import normalise

logger = logging.getLogger(__name__)

Step = Callable[[str, int, int], None]
KEPT = 10  # artefacts kept on disk
CACHE = "vectors.npz"
SUSPICIOUS_LEAD = 0.3  # by which another entry's score leads before a variant counts as filed wrongly


@dataclass(frozen=True)
class Build:
    """What a build did. `seconds` are wall time by step; `reused` and `embedded` count texts."""

    version: str
    built: bool
    published: bool
    reused: int
    embedded: int
    seconds: dict[str, float]
    metrics: dict[str, Any]
    warnings: tuple[Finding, ...] = ()


@lru_cache(maxsize=1)
def recipe() -> str:
    """A hash of the code that decides an artefact's content: another recipe is another artefact."""
    here = Path(__file__).parent
    sources = [
        *sorted(here.rglob("*.py")),
        here / "prior.json",
        *sorted(here.glob("strangers*.txt")),
        here.parent / "knowledge" / "text.py",
    ]
    return digest(b"\0".join(path.read_bytes() for path in sources))[:12]


def resolved(entries: Sequence[ApprovedEntry], facts: Facts) -> tuple[ApprovedEntry, ...]:
    """The entries with every fact put into their replies, in order of id."""
    return tuple(_resolve(approved, facts) for approved in sorted(entries, key=lambda approved: approved.entry.id))


def _resolve(approved: ApprovedEntry, facts: Facts) -> ApprovedEntry:
    entry = approved.entry
    replies = tuple(
        reply.model_copy(update={"text": resolve_facts(reply.text, facts, reply.language)}) for reply in entry.replies
    )
    escalation = entry.escalation
    if escalation.holding_reply:
        escalation = escalation.model_copy(
            update={"holding_reply": resolve_facts(escalation.holding_reply, facts, "zh")}
        )
    return approved.model_copy(
        update={"entry": entry.model_copy(update={"replies": replies, "escalation": escalation})}
    )


def resolved_policy(policy: Policy, facts: Facts) -> Policy:
    """The policy with every fact put into the lines and holding replies it shows."""
    lines = policy.lines.model_copy(
        update={name: resolve_facts(text, facts, "zh") for name, text in policy.lines.model_dump().items()}
    )
    targets = {
        name: target.model_copy(update={"holding_reply": resolve_facts(target.holding_reply, facts, "zh")})
        for name, target in policy.targets.items()
    }
    return policy.model_copy(update={"lines": lines, "targets": targets})


def product_names(facts: Facts) -> dict[str, tuple[str, ...]]:
    """What customers call each product."""
    return {product: tuple(known.names) for product, known in facts.products.items()}


def version_of(
    entries: Sequence[ApprovedEntry], policy: Policy, embedder: Embedder, products: Mapping[str, Sequence[str]]
) -> str:
    """The name of the artefact these make: the same content, embedder and recipe give the same."""
    content = [
        FORMAT,
        recipe(),
        embedder.name,
        ENTRIES.dump_python(tuple(entries), mode="json"),
        policy.model_dump(mode="json"),
        {product: list(names) for product, names in products.items()},
    ]
    return digest(canonical(content))[:12]


def build(
    entries: Sequence[ApprovedEntry],
    policy: Policy,
    facts: Facts,
    embedder: Embedder,
    home: Path,
    *,
    at: datetime,
    by: str,
    publish: bool = True,
    step: Step | None = None,
) -> Build:
    """Build and, unless told otherwise, publish. Raises GateError, and changes nothing, if the gate refuses.

    `step(name, done, all)` is told of progress; `home` holds `artefacts/` and the vector cache.
    """
    shelf = Shelf(home / "artefacts")
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    findings = _gate_lint(entries, policy, facts)
    seconds["lint"] = time.perf_counter() - started
    ready, rules = resolved(entries, facts), resolved_policy(policy, facts)
    names = product_names(facts)
    version = version_of(ready, rules, embedder, names)
    built = not _whole(shelf, version)
    cache = VectorCache(home / CACHE, embedder)
    if built:
        contents = assemble(ready, rules, cache.encode, seconds, step, names)
        manifest = {
            "embedder": embedder.name,
            "dimensions": embedder.dimensions,
            "recipe": recipe(),
            "counts": contents.report["counts"],
            "metrics": contents.report["metrics"],
        }
        started = time.perf_counter()
        shelf.write(version, lambda folder: save(contents, folder), manifest)
        cache.save()
        seconds["write"] = time.perf_counter() - started
    metrics = verify(shelf.path(version), embedder.name).metrics
    if publish:
        _publish(shelf, version, at, by)
    return Build(
        version,
        built,
        publish,
        cache.reused,
        cache.embedded,
        seconds,
        metrics,
        tuple(f for f in findings if f.severity == "warning"),
    )


def _whole(shelf: Shelf, version: str) -> bool:
    try:
        verify(shelf.path(version))
    except ArtefactError:
        return False
    return True


def _publish(shelf: Shelf, version: str, at: datetime, by: str) -> None:
    try:
        live = shelf.current()
    except ArtefactError:
        live = ""
    if live != version:
        shelf.publish(version, at, by)
        shelf.prune(KEPT)


def _gate_lint(entries: Sequence[ApprovedEntry], policy: Policy, facts: Facts) -> tuple[Finding, ...]:
    findings = lint(Pack(entries=tuple(approved.entry for approved in entries), policy=policy, facts=facts))
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        first = "\n".join(
            f"  {finding.entry_id or 'policy'} {finding.field}: {finding.message} ({finding.rule})"
            for finding in errors[:10]
        )
        raise GateError(
            f"lint found {len(errors)} errors, so nothing was built; `huashu lint` shows all. The first:\n{first}"
        )
    if not entries:
        raise GateError("there is no approved entry to build from: import or approve some first")
    return findings


def assemble(
    entries: Sequence[ApprovedEntry],
    policy: Policy,
    encode: Callable[..., dict[str, Matrix]],
    seconds: dict[str, float] | None = None,
    step: Step | None = None,
    products: Mapping[str, Sequence[str]] | None = None,
) -> Contents:
    """Everything a query needs, in memory; `encode` is an embedder's or a cache's. Raises GateError.

    `products` are the names customers have for each product.
    """
    took = seconds if seconds is not None else {}
    say = step or (lambda name, done, all_: None)
    variants, keys, owner = _phrasings(entries)
    own = [text for trigger in policy.triggers for text in trigger.variants]
    alike = [text for trigger in policy.triggers for text in trigger.look_alikes]
    started = time.perf_counter()
    nobodys = strangers()
    vectors = encode([*variants, *own, *alike, *nobodys], lambda done, all_: say("embed", done, all_))
    took["embed"] = time.perf_counter() - started
    started = time.perf_counter()
    say("train", 0, 3)
    dense = {part: matrix[: len(variants)] for part, matrix in vectors.items()}
    lexical = {channel: Lexical.fit(channel, keys) for channel in CHANNELS}
    lexical_rows = {channel: vocabulary.transform(keys) for channel, vocabulary in lexical.items()}
    say("train", 1, 3)
    foreign, far = _strangers(
        nobodys, {p: m[len(variants) + len(own) + len(alike) :] for p, m in vectors.items()}, dense, owner
    )
    far_rows = {**foreign, **{channel: vocabulary.transform(far) for channel, vocabulary in lexical.items()}}
    learnt, held = ranker.fit({**dense, **lexical_rows}, owner.tolist(), len(entries), far_rows if far else None)
    say("train", 2, 3)
    sure = _calibrate(held, owner, {**dense, **lexical_rows}, far_rows, (keys, far), learnt, policy)
    trigger_keys = tuple(normalise(text) for text in (*own, *alike))
    detectors = None
    if own:
        known = slice(len(variants), len(variants) + len(trigger_keys))
        texts: dict[str, Any] = {part: matrix[known] for part, matrix in vectors.items()}
        texts |= {channel: vocabulary.transform(trigger_keys) for channel, vocabulary in lexical.items()}
        kindred = _kindred(entries, policy)[:, owner]
        detectors = _detectors(policy, texts, {**dense, **lexical_rows}, kindred, learnt)
    took["train"] = time.perf_counter() - started
    say("train", 3, 3)
    _warn_of_shared(entries, variants, keys, owner)
    return Contents(
        tuple(entries),
        policy,
        {product: tuple(names) for product, names in (products or {}).items()},
        variants,
        keys,
        owner,
        {part: VectorIndex.build(matrix) for part, matrix in dense.items()},
        foreign,
        lexical,
        lexical_rows,
        learnt,
        sure,
        detectors,
        tuple(own),
        trigger_keys,
        _report(entries, variants, owner, policy, held, sure),
    )


def _detectors(
    policy: Policy, texts: Rows, others: Rows, kindred: NDArray[np.bool_], learnt: ranker.Ranker
) -> triggers.Triggers:
    """The triggers, learnt on `texts` (their variants, then their look-alikes) and the ranker's landmarks."""
    own_of = [number for number, trigger in enumerate(policy.triggers) for _ in trigger.variants]
    look_alikes = sum(len(trigger.look_alikes) for trigger in policy.triggers)
    marks = learnt.landmarks
    return triggers.fit(texts, own_of, look_alikes, take(others, marks), learnt.kernel.means, kindred[:, marks])


def _report(
    entries: Sequence[ApprovedEntry],
    variants: Sequence[str],
    owner: NDArray[np.int64],
    policy: Policy,
    held: ranker.OutOfFold,
    sure: confidence.Confidence,
) -> dict[str, Any]:
    """What a build says of itself: counts, metrics (rates 0..1), precision curve, suspicious variants."""
    found = held.entries[:, 0] == owner[held.rows]
    several = np.bincount(owner)[owner[held.rows]] > 1
    suspicious = _suspicious(held, owner, entries, variants)
    return {
        "counts": {"entries": len(entries), "variants": len(variants), "triggers": len(policy.triggers)},
        "metrics": {
            "suspicious_variants": len(suspicious),
            "out_of_fold_hit_at_1": round(float(found[several].mean()), 4) if several.any() else None,
            "measured_rows": sure.measured_rows,
            "out_of_fold_calibration_error": sure.measured_error,
            "out_of_scope_share": sure.share,
            "thresholds": asdict(sure.thresholds),
        },
        "curve": [list(point) for point in sure.curve],
        "suspicious": suspicious,
    }


def _phrasings(entries: Sequence[ApprovedEntry]) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.int64]]:
    """Every entry's distinct phrasings: as written, normalised, and whose they are."""
    variants, keys, owner = [], [], []
    for number, approved in enumerate(entries):
        seen = set()
        for text in approved.entry.phrasings:
            key = normalise(text)
            if key and key not in seen:
                seen.add(key)
                variants.append(text)
                keys.append(key)
                owner.append(number)
    silent = sorted({one.entry.id for one in entries} - {entries[number].entry.id for number in owner})
    if silent:
        raise GateError(f"no phrasing with a letter or a character in it has entry {', '.join(silent)}: write one")
    return tuple(variants), tuple(keys), np.asarray(owner, np.int64)


def _suspicious(
    held: ranker.OutOfFold, owner: NDArray[np.int64], entries: Sequence[ApprovedEntry], variants: Sequence[str]
) -> list[dict[str, Any]]:
    """Variants that, left out, are nearer to another entry: the clearest first, with the score (about 0..1) of each."""
    mine = owner[held.rows][:, None]
    own = np.where(held.entries == mine, held.scores, 0).sum(axis=1)
    over = held.scores[:, 0] - own
    listed = [int(row) for row in np.argsort(-over, kind="stable") if over[row] >= SUSPICIOUS_LEAD]
    return [
        {
            "entry_id": entries[owner[held.rows[row]]].entry.id,
            "variant": variants[held.rows[row]],
            "nearer_to": entries[held.entries[row, 0]].entry.id,
            "score": round(float(held.scores[row, 0]), 3),
            "own_score": round(float(own[row]), 3),
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
    held: ranker.OutOfFold,
    owner: NDArray[np.int64],
    rows: Rows,
    far_rows: Rows,
    keys: tuple[Sequence[str], Sequence[str]],
    learnt: ranker.Ranker,
    policy: Policy,
) -> confidence.Confidence:
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
    return confidence.fit(
        found,
        len(owner) / len(np.unique(owner)),
        share,
        policy.precision.answer_precision,
        policy.precision.clarify_precision,
    )


def _kindred(entries: Sequence[ApprovedEntry], policy: Policy) -> NDArray[np.bool_]:
    """(triggers, entries): whether the entry goes to the trigger's own target, and so often means its matter."""
    targets = [approved.entry.escalation.target for approved in entries]
    return np.array([[target == trigger.target for target in targets] for trigger in policy.triggers], bool)


def _warn_of_shared(
    entries: Sequence[ApprovedEntry], variants: Sequence[str], keys: Sequence[str], owner: NDArray[np.int64]
) -> None:
    """Say which phrasings belong to two entries; lint makes this an error for a pack, a question set may hold some."""
    first: dict[str, int] = {}
    clashes = []
    for variant, key, number in zip(variants, keys, owner.tolist(), strict=True):
        other = first.setdefault(key, number)
        if other != number:
            clashes.append(f"  {entries[number].entry.id}: {variant!r} also belongs to {entries[other].entry.id}")
    if clashes:
        logger.warning(
            "%d phrasings belong to two entries; a query in these words asks which is meant:\n%s",
            len(clashes),
            "\n".join(clashes[:5]),
        )
