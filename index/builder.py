"""From knowledge to an artefact on the shelf: held against lint, assembled, written.

Only texts that changed are embedded. The version is the hash of everything the artefact is made from, so an
unchanged knowledge base is not built twice. What is live is not touched: whether it gives way is for `index.gate` to
judge, and for a person to say.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.artefact import FORMAT, canonical, digest, verify
from index.assembly import Step, assemble
from index.cache import VectorCache
from index.contents import ENTRIES, save
from index.embedder import Embedder
from index.errors import ArtefactError, GateError
from index.resolving import product_names, resolved, resolved_policy
from index.shelf import Shelf
from knowledge.lint.finding import Finding
from knowledge.lint.runner import lint
from knowledge.model import ApprovedEntry, Facts, Pack, Policy

CACHE = "vectors.npz"


@dataclass(frozen=True)
class Build:
    """What a build did. `seconds` are wall time by step; `reused` and `embedded` count texts."""

    version: str
    built: bool
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
    step: Step | None = None,
) -> Build:
    """Build, unless the artefact of these is on the shelf and whole. Raises GateError, and changes nothing, where lint
    has errors or there is nothing to build from.

    `step(name, done, all)` is told of progress; `home` holds `artefacts/` and the vector cache.
    """
    shelf = Shelf(home / "artefacts")
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    findings = _linted(entries, policy, facts)
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
    return Build(
        version,
        built,
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


def _linted(entries: Sequence[ApprovedEntry], policy: Policy, facts: Facts) -> tuple[Finding, ...]:
    """Lint's findings; GateError where one is an error."""
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
    return findings
