"""Time to read, embed and group an inbox of 5 000 queries, for which the live index's variants stand."""

from __future__ import annotations

import argparse
import itertools
import tempfile
import time
from datetime import UTC, datetime

from benchmarks.serving import require_index
from knowledge.store import QueryRecord
from service.inbox import CHUNK, Inbox
from service.live import published
from service.settings import Settings
from service.storage import Storage


def run(asked: argparse.Namespace) -> None:
    """The home's own live index; the log is a database of its own, gone afterwards."""
    require_index()
    retriever = published(Settings.from_environment())
    now, texts = datetime.now(UTC), retriever.contents.variants[:5000]
    blank = dict.fromkeys(
        ("entry_id", "confidence", "inside", "audience", "target", "due_at", "conversation_id", "agent_id")
    )
    records = [
        QueryRecord(
            request_id=f"r-{number}",
            at=now,
            day=now.date(),
            text=text,
            decision="abstain",
            channel="chat",
            products=(),
            language="zh",
            level="none",
            index_version=retriever.version,
            took_ms=1.0,
            caller="api",
            **blank,
        )
        for number, text in enumerate(texts)
    ]
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(f"sqlite:///{folder}/log.db")
        storage.call(lambda store: store.queries.add(records))
        desk = Inbox(lambda: retriever, storage, lambda: now)
        marks = [time.perf_counter()]
        items = storage.call(desk.items)
        marks.append(time.perf_counter())
        for start in range(0, 20 * CHUNK, CHUNK):
            desk._learn(retriever, [(item.key, item.text) for item in items[start : start + CHUNK]])
        marks.append(time.perf_counter())
        # The rest is what the artefact has: embedding is measured on some, and does not differ for the others.
        known = {part: rows.rows() for part, rows in retriever.contents.dense.items()}
        places = {text: place for place, text in enumerate(retriever.contents.variants)}
        for item in items:
            desk._vectors[item.key] = {part: rows[places[item.text]] for part, rows in known.items()}
        desk._embedder = retriever.embedder_name
        marks.append(time.perf_counter())
        themes = desk.themes(items)
        marks.append(time.perf_counter())
        desk.themes(items)
        marks.append(time.perf_counter())
        for theme in themes[:20]:
            desk.proposal(theme)
        marks.append(time.perf_counter())
        storage.close()
    read, embed, _, grouped, again, proposals = (end - start for start, end in itertools.pairwise(marks))
    print(f"{len(items)} queries, {len(themes)} themes, the largest of {max(len(theme.items) for theme in themes)}")
    print(f"read {read:.2f} s; embed {embed / (20 * CHUNK) * 1000:.1f} ms a new query; group {grouped:.2f} s")
    print(f"unchanged {again * 1000:.0f} ms; proposals for a page of 20 {proposals:.2f} s")
