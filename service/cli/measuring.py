"""Verbs that measure and teach: evaluate, tune."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from index.constants import DEFAULT_EMBEDDER
from knowledge.errors import KnowledgeError
from service.cli.terminal import CONTENT, app, err, out, progress
from service.environment import SettingsError
from service.settings import Settings


@app.command()
def evaluate(
    knowledge: Annotated[
        Path | None, typer.Option(help="A knowledge base: pack folder or .jsonl; the live index where left out.")
    ] = None,
    queries: Annotated[
        list[Path] | None, typer.Option(help="Labelled queries, .jsonl or .yaml; may be given more than once.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="All figures as JSON.")] = False,
    misses: Annotated[int, typer.Option(help="Show so many queries that went wrong.")] = 0,
) -> None:
    """Measure a knowledge base on labelled queries: hit@k, MRR, AUROC, calibration, coverage and precision, latency."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(os.cpu_count() or 1))
    from index.evaluation import report, run
    from service.measuring import escalation_figures, prepare_retriever, read_queries

    labelled = [
        query for path in queries or sorted((CONTENT / "golden").glob("*.yaml")) for query in read_queries(path)
    ]
    settings = Settings.from_environment()
    with progress() as step:
        retriever = prepare_retriever(settings, knowledge, step)
    # What only says how it should escalate says nothing of which entry is meant.
    outcomes = run(retriever, [query for query in labelled if query.gold is not None or query.escalation is None])
    figures = report(outcomes, retriever.contents.confidence)
    figures["escalation"] = escalation_figures(retriever, labelled)
    if json_:
        print(json.dumps({"embedder": retriever.embedder_name, **figures}, ensure_ascii=False, indent=2))
    else:
        _print_figures(figures)
    for outcome in [outcome for outcome in outcomes if outcome.gold and outcome.rank != 1][:misses]:
        err.print(
            f"{outcome.text!r}: want {outcome.gold}, got {outcome.first} ({outcome.confidence:.2f})",
            markup=False,
            highlight=False,
        )


def _print_figures(figures: dict[str, Any]) -> None:
    from rich.table import Table

    for name, value in figures.items():
        if name != "kinds":
            out.print(
                f"{name:<28} {json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value}",
                markup=False,
                highlight=False,
            )
    table = Table("kind", "queries", "hit@1", "hit@3", "answered")
    for kind, row in figures["kinds"].items():
        table.add_row(kind, *(str(row[column]) for column in ("queries", "hit@1", "hit@3", "answered")))
    out.print(table)


@app.command()
def tune(
    knowledge: Annotated[
        Path | None,
        typer.Option(help="Pack folder or .jsonl to learn from; the approved knowledge where left out."),
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--out", help="Where to write; HUASHU_HOME/tuning.npz where left out.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often each phrasing is learnt from.")] = 2,
    force: Annotated[bool, typer.Option(help="Write it even where it finds no more than before.")] = False,
) -> None:
    """Teach the bundled encoders your own phrasings, and keep what they learnt if it finds more; takes minutes.

    Every fifth variant is held out to measure with. Exit status 1, and nothing written, if no more of them are found.

    It learns on one core; OMP_NUM_THREADS=2 in the environment lets it use two, or as many as you say.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(os.cpu_count() or 1))
    from service import tuning
    from service.measuring import read_pack
    from service.remembered import opened

    settings = Settings.from_environment()
    if settings.embedder != DEFAULT_EMBEDDER:
        raise SettingsError(
            f"HUASHU_EMBEDDER is {settings.embedder!r}, and only {DEFAULT_EMBEDDER!r} can be taught: unset it"
        )
    path = (target or settings.home / "tuning.npz").expanduser().resolve()
    if knowledge is not None:
        pack = read_pack(knowledge)
    else:
        with opened(settings) as store:
            pack = store.pack()
    rest, queries = tuning.held_out(pack)
    if not queries and not force:
        raise KnowledgeError(
            f"no variant can be held out to measure with: give entries {tuning.LEAST} phrasings or more, or --force"
        )
    with progress() as step:
        if queries:
            found = tuning.compare(rest, queries, epochs, step)
            out.print(
                f"{found.asked} variants held out: hit@1 {found.before / found.asked:.4f} before, "
                f"{found.after / found.asked:.4f} after ({found.gained} gained, {found.lost} lost)",
                highlight=False,
            )
            if not found.better and not force:
                out.print("no better than the shipped tuning, so nothing was written (--force writes it all the same)")
                raise typer.Exit(1)
        tuning.write(pack, path, epochs, step)
    out.print(f"tuning written to {path}", markup=False, highlight=False)
    out.print(
        f"next: HUASHU_TUNING={shlex.quote(str(path))} huashu build, and the same setting for the service",
        markup=False,
        highlight=False,
    )
