"""What the benchmarks ask, and how they print the times it took."""

from __future__ import annotations

import itertools
import random
import statistics
from collections.abc import Iterator

from benchmarks.serving import ROOT
from knowledge.formats.golden import read_golden


def golden_texts() -> list[str]:

    rows = [
        query.text
        for path in sorted((ROOT / "knowledge/content/golden").glob("e*.yaml"))
        for query in read_golden(path)
    ]
    return list(dict.fromkeys(rows))


def fresh_texts() -> Iterator[str]:
    """Golden queries, then for ever the same with other words around them: what was asked before is remembered.

    Shuffled, always in the same way: the files hold blocks of long complaints, which come one by one to a desk.
    """
    before = ("", "您好，", "请问", "麻烦问下，", "亲，", "在吗，", "我想问", "那个，", "哎，", "你好呀，")
    texts = golden_texts()
    for turn in itertools.count():
        after = f"，第{turn}次问了" if turn else ""
        asked = [first + text + after for first in before for text in texts]
        random.Random(turn).shuffle(asked)
        yield from asked


def show(name: str, values: list[float]) -> None:
    cuts = statistics.quantiles(values, n=100)
    print(f"{name:<42} p50 {cuts[49]:8.2f}   p90 {cuts[89]:8.2f}   p95 {cuts[94]:8.2f}   p99 {cuts[98]:8.2f}")
