"""Every question set under ../shared/bench (or --sets FOLDER) beside the nearest variant by cosine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.serving import ROOT
from benchmarks.vectors import Remembering
from index.conversation import looked_at
from index.evaluation import report
from index.evaluation import run as evaluate
from index.loading import load_embedder
from service.measuring import read_pack, read_queries, retriever_over


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--sets", default=str(ROOT.parent / "shared" / "bench"))
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--json", help="append every figure of each set to this file, a line each")


def run(asked: argparse.Namespace) -> None:
    """Every set as one table row, as `huashu evaluate` measures it; vectors are kept in data/bench-vectors.npz."""
    folder, content = Path(asked.sets), ROOT / "knowledge" / "content"
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there: give the folder of question sets with --sets")
    golden = [content / "golden" / f"{name}.yaml" for name in ("entries-1", "entries-2", "out-of-scope", "follow-ups")]
    sets = {path.name: (path / "kb.jsonl", [path / "test.jsonl"]) for path in sorted(folder.iterdir())}
    sets = {name: files for name, files in sets.items() if files[0].exists()} | {"golden": (content, golden)}
    embedder = Remembering(load_embedder(), ROOT / "data" / "bench-vectors.npz")
    names = ("hit@1", "hit@3", "macro_f1", "auroc_in_scope", "auroc_right", "ece", "ece_at_estimated_share", "coverage")
    print(
        "| set | hit@1 | hit@3 | macro F1 | AUROC in/out | AUROC right | ECE | at the estimated share | coverage |",
        end="",
    )
    print(" precision | ECE out of fold | by chance |", end="")
    print(" share out of scope, estimated | nearest: hit@1 | nearest: AUROC | train s |")
    print("|" + "---|" * 16)
    for name, (knowledge, files) in sets.items():
        if asked.only and name not in asked.only:
            continue
        pack, queries = read_pack(knowledge), [query for path in files for query in read_queries(path)]
        heard = [text for query in queries for text in looked_at(query.text, query.history)]
        embedder.prepare([*(text for entry in pack.entries for text in entry.phrasings), *heard])
        seconds: dict[str, float] = {}
        retriever = retriever_over(pack, embedder, None, seconds)
        sure = retriever.contents.confidence
        figures = report(evaluate(retriever, queries), sure)
        reference = figures["reference_nearest_variant"]
        share = f"{figures['out_of_scope'] / len(queries):.2f}, {figures['estimated_out_of_scope_share'] or 0:.2f}"
        cells = [*(figures[column] for column in (*names, "precision")), sure.measured_error, sure.chance_error]
        after = [reference["hit@1"], reference["auroc_in_scope"]]
        shown = [*map(_cell, cells), share, *map(_cell, after), f"{seconds['train']:.0f}"]
        print(f"| {name} | " + " | ".join(shown) + " |", flush=True)
        if asked.json:
            with Path(asked.json).open("a", encoding="utf-8") as file:
                file.write(json.dumps({"set": name, **figures}, ensure_ascii=False) + "\n")


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
