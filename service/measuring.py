"""What `huashu evaluate` measures, and with what: knowledge and labelled queries from files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.assembly import assemble
from index.cache import VectorCache
from index.embedder import Embedder
from index.loading import load_embedder
from index.resolving import product_names, resolved, resolved_policy
from index.retriever import Retriever
from knowledge.errors import PackError, Problem
from knowledge.formats.golden import read_golden
from knowledge.formats.jsonl import Query, read_knowledge
from knowledge.formats.jsonl import read_queries as read_jsonl
from knowledge.formats.yaml import load_pack
from knowledge.model import ApprovedEntry, Pack
from service.api.requests import SuggestionRequest
from service.desk import Desk
from service.live import published
from service.settings import Settings

Step = Callable[[str, int, int], None]


def read_queries(path: Path) -> tuple[Query, ...]:
    """Labelled queries by the file's ending: .jsonl (question sets) or .yaml (golden queries)."""
    readers: dict[str, Callable[[Path], tuple[Query, ...]]] = {
        ".jsonl": read_jsonl,
        ".yaml": read_golden,
        ".yml": read_golden,
    }
    if path.suffix not in readers:
        raise PackError(
            [
                Problem(
                    str(path),
                    1,
                    f"ending {path.suffix!r} is not one of {', '.join(readers)}: rename or convert the file",
                )
            ]
        )
    return readers[path.suffix](path)


def prepare_retriever(settings: Settings, knowledge: Path | None, step: Step | None = None) -> Retriever:
    """A retriever over a pack folder, a question set, or (None) the live artefact."""
    if knowledge is None:
        return published(settings)
    return retriever_over(read_pack(knowledge), load_embedder(settings.embedder, settings.tuning), step)


def retriever_over(
    pack: Pack, embedder: Embedder, step: Step | None = None, seconds: dict[str, float] | None = None
) -> Retriever:
    """A retriever over a pack as it stands: no gate, nothing written. `seconds` gets the time of each step."""
    now = datetime.now(UTC)
    entries = [ApprovedEntry(entry=entry, version=1, approved_by="-", approved_at=now) for entry in pack.entries]
    contents = assemble(
        resolved(entries, pack.facts),
        resolved_policy(pack.policy, pack.facts),
        VectorCache(None, embedder).encode,
        seconds,
        step,
        product_names(pack.facts),
    )
    return Retriever(contents, embedder, "measured")


def read_pack(path: Path) -> Pack:
    """A pack folder, or a question set as a pack."""
    if path.is_dir():
        return load_pack(path)
    # A question set has no policy of its own: it takes the shipped precision targets and lines, not the triggers and
    # products.
    shipped = load_pack(Path(__file__).resolve().parent.parent / "knowledge" / "content")
    policy = shipped.policy.model_copy(update={"triggers": ()})
    return Pack(entries=read_knowledge(path), policy=policy, facts=shipped.facts.model_copy(update={"products": {}}))


def escalation_figures(retriever: Retriever, queries: Sequence[Query]) -> dict[str, Any] | None:
    """How escalation does on the queries that say what they should come to; rates 0..1, None where there are none.

    A look-alike (labelled `none`) raises a false alarm where it comes out `required` or a trigger is heard; an ordinary
    query (no label) where a trigger is heard.
    """
    desk = Desk(lambda: retriever)
    asked = [query for query in queries if query.escalation is not None]
    if not asked:
        return None
    rank = {"none": 0, "offer": 1, "required": 2}
    found = []
    for query in asked:
        history = [{"role": turn.role, "text": turn.text} for turn in query.history]
        hint = desk.suggest(SuggestionRequest.model_validate({"query": query.text, "history": history})).escalation
        heard = any(reason.code in ("trigger", "asked_for_human") for reason in hint.reasons)
        found.append((query, hint.level, heard))
    figures: dict[str, Any] = {}
    for level in ("required", "offer"):
        these = [rank[got] >= rank[level] for query, got, _ in found if query.escalation == level]
        figures[f"{level}_queries"] = len(these)
        figures[f"{level}_recall"] = round(sum(these) / len(these), 4) if these else None
    alike = [got == "required" or heard for query, got, heard in found if query.escalation == "none"]
    figures["look_alikes"] = len(alike)
    figures["look_alike_false_alarms"] = round(sum(alike) / len(alike), 4) if alike else None
    figures["missed"] = [
        {"query": query.text, "expected": query.escalation, "got": got}
        for query, got, heard in found
        if rank[got] < rank[str(query.escalation)] or (query.escalation == "none" and (got == "required" or heard))
    ]
    return figures
