"""A suggestion over HTTP with the query log and without, in turn, text by text."""

from __future__ import annotations

import argparse

from benchmarks.queries import golden_texts, show
from benchmarks.serving import ask, require_index, service


def run(asked: argparse.Namespace) -> None:
    """Two services over the same home; whoever is asked first changes with every text."""
    require_index()
    texts = golden_texts()
    with service(HUASHU_QUERY_LOG="1") as (on, _, _), service(HUASHU_QUERY_LOG="0") as (off, _, _):
        took: dict[str, list[float]] = {on: [], off: []}
        for text in texts[:20]:
            ask(on, text), ask(off, text)
        for number, text in enumerate(texts[20:320]):
            for url in (on, off) if number % 2 else (off, on):
                took[url].append(ask(url, text) * 1000)
        for name, url in (("with the log", on), ("without", off)):
            show(f"suggestion over HTTP {name}, ms", took[url])
        show("with ÷ without", [one / other for one, other in zip(took[on], took[off], strict=True)])
