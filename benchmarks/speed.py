"""Time of one suggestion over HTTP as a ratio to the embedder's own time for that text, one client and eight."""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.queries import golden_texts, show
from benchmarks.serving import ask, service
from index.loading import load_embedder


def run(asked: argparse.Namespace) -> None:
    """Interleaved, text by text, so that a drift of the machine hits both sides."""
    texts, embedder = golden_texts(), load_embedder()
    with service("--setup") as (url, _, _):
        for text in texts[:20]:
            ask(url, text)
            embedder.encode([text])
        over_http, alone = [], []
        for text in texts[20:320]:
            over_http.append(ask(url, text))
            started = time.perf_counter()
            embedder.encode([text])
            alone.append(time.perf_counter() - started)
        ratios = [http / own for http, own in zip(over_http, alone, strict=True)]
        show("suggestion over HTTP, ms", [value * 1000 for value in over_http])
        show("embedder alone, ms", [value * 1000 for value in alone])
        show("ratio, one client", ratios)
        rest = texts[320:1120]
        with ThreadPoolExecutor(8) as clients:
            started = time.perf_counter()
            took = list(clients.map(lambda text: ask(url, text), rest))
        print(f"eight clients: {len(rest) / (time.perf_counter() - started):.0f} queries/s")
        show("suggestion over HTTP, eight clients, ms", [value * 1000 for value in took])
