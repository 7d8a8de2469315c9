"""The `huashu` command: thin verbs over knowledge, index and service.

Imports that cost seconds (torch, the service) stand in the verbs that need them, so that `huashu lint` and
`huashu --help` answer at once.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from index.constants import DEFAULT_EMBEDDER
from knowledge.errors import KnowledgeError
from service.settings import Settings, SettingsError

if TYPE_CHECKING:
    from index.builder import Build

CONTENT = Path(__file__).resolve().parent.parent / "knowledge" / "content"
SHIPPED = "shipped pack"
STEPS = {"embed": "embedding texts", "train": "training the ranker"}

app = typer.Typer(
    help="Huashu: approved replies and escalation for customer-service desks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# A line stays a line, however long: paths and versions are there to be copied, and output to be piped.
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

Author = Annotated[str, typer.Option(help="Who does this; kept in the audit log.")]


def main() -> None:
    """Run a verb; what a person can mend is said in a sentence, without a traceback."""
    # One thread a text and several texts at once: OpenMP's threads wait by spinning, which starves everybody else on a
    # busy machine. Linear algebra keeps every core, except while serving. Both must be set before torch loads.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app()
    except (KnowledgeError, SettingsError, OSError) as error:
        _fail(error)
    except Exception as error:
        from index.errors import RetrievalError

        if not isinstance(error, RetrievalError):
            raise
        _fail(error)


def _fail(error: Exception) -> None:
    err.print(f"huashu: {error}", style="red", markup=False, highlight=False)
    raise SystemExit(1)


def _me() -> str:
    return os.environ.get("USER") or "huashu"


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar a step on standard error; a line every tenth where that is no terminal."""
    if not err.is_terminal:
        said: dict[str, int] = {}

        def line(name: str, done: int, all_: int) -> None:
            tenth = 10 * done // max(all_, 1)
            if said.get(name) != tenth:
                said[name] = tenth
                err.print(f"{STEPS.get(name, name)}: {done} of {all_}", highlight=False)

        yield line
        return
    with Progress(
        TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err
    ) as bars:
        tasks: dict[str, Any] = {}

        def step(name: str, done: int, all_: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(STEPS.get(name, name), total=all_)
            bars.update(tasks[name], completed=done, total=all_)

        yield step


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(help="A pack: policy.yaml, shop.yaml, products.yaml, entries/.")] = CONTENT,
    dry_run: Annotated[bool, typer.Option(help="Say what would change, and change nothing.")] = False,
    retire_missing: Annotated[bool, typer.Option(help="Retire entries that are not in the pack.")] = False,
    by: Author = "",
    comment: Annotated[str, typer.Option(help="Kept with every version it makes.")] = "import",
) -> None:
    """Make a pack of YAML files the approved knowledge; only what differs becomes a new version."""
    from knowledge.formats.yaml import load_pack
    from knowledge.store import Store

    settings = Settings.from_environment()
    pack = load_pack(folder)
    settings.home.mkdir(parents=True, exist_ok=True)
    who = by or (SHIPPED if folder == CONTENT else _me())
    with Store.open(settings.database_url) as store:
        report = store.import_pack(
            pack, who, who, comment, datetime.now(UTC), retire_missing=retire_missing, dry_run=dry_run
        )
    verb = "would be" if dry_run else "were"
    for name, ids in (("added", report.added), ("changed", report.changed), ("retired", report.retired)):
        if ids:
            out.print(
                f"{len(ids)} {verb} {name}: {', '.join(ids[:8])}{' …' if len(ids) > 8 else ''}",
                markup=False,
                highlight=False,
            )
    out.print(
        f"{len(report.unchanged)} unchanged; policy {_changed(report.policy_changed)}, "
        f"facts {_changed(report.facts_changed)}",
        highlight=False,
    )


def _changed(flag: bool) -> str:
    return "changed" if flag else "unchanged"


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="A new folder, or a pack to replace.")]) -> None:
    """Write the approved knowledge as YAML files; importing them changes nothing."""
    from knowledge.formats.yaml import dump_pack
    from knowledge.store import Store

    with Store.open(Settings.from_environment().database_url) as store:
        pack = store.pack()
    dump_pack(pack, folder)
    out.print(f"{len(pack.entries)} entries written to {folder}", markup=False, highlight=False)


@app.command()
def lint(
    folder: Annotated[Path | None, typer.Argument(help="A pack; the approved knowledge where left out.")] = None,
    format: Annotated[str, typer.Option(help="text, json or github.")] = "text",
) -> None:
    """Check knowledge against every rule; exit status 1 if there is an error.

    The approved knowledge is also checked for variants that the live index finds nearer to another entry.
    """
    from index.artefact import Shelf
    from index.errors import NoArtefact
    from index.suspects import suspects
    from knowledge.formats.yaml import load_pack
    from knowledge.lint import report
    from knowledge.lint.runner import lint as run
    from knowledge.store import Store

    formats: dict[str, Callable[..., str]] = {
        "text": report.as_text,
        "json": report.as_json,
        "github": report.as_github,
    }
    if format not in formats:
        raise typer.BadParameter(f"{format!r} is not one of {', '.join(formats)}", param_hint="--format")
    if folder is not None:
        pack = load_pack(folder)
    else:
        with Store.open(Settings.from_environment().database_url) as store:
            pack = store.pack()
    findings = run(pack)
    if folder is None:
        shelf = Shelf(Settings.from_environment().artefacts)
        with suppress(NoArtefact):
            findings += suspects(shelf.path(shelf.current()))
    print(formats[format](findings))
    if any(finding.severity == "error" for finding in findings):
        raise typer.Exit(1)


@app.command()
def build(
    publish: Annotated[bool, typer.Option(help="Make it the live version at once.")] = True,
    by: Author = "",
) -> None:
    """Build an index from the approved knowledge; only changed texts are embedded."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", str(os.cpu_count() or 1))
    from index.embedder import load_embedder

    settings = Settings.from_environment()
    done = _build(settings, load_embedder(settings.embedder, settings.tuning), by or _me(), publish)
    what = "built" if done.built else "nothing changed, already built"
    seconds = ", ".join(f"{name} {value:.1f} s" for name, value in done.seconds.items())
    out.print(
        f"{done.version}: {what}{' and published' if done.published else ''}; "
        f"{done.embedded} texts embedded, {done.reused} reused; {seconds}",
        highlight=False,
    )
    if done.warnings:
        out.print(f"lint has {len(done.warnings)} warnings: `huashu lint` shows them", highlight=False)


def _build(settings: Settings, embedder: Any, by: str, publish: bool) -> Build:
    from index.builder import build as run
    from knowledge.store import Store

    with Store.open(settings.database_url) as store:
        entries, policy, facts = store.approved(), store.policy(), store.facts()
    with _progress() as step:
        return run(
            entries, policy, facts, embedder, settings.home, at=datetime.now(UTC), by=by, publish=publish, step=step
        )


@app.command()
def publish(
    version: Annotated[str, typer.Argument(help="A version that `huashu versions` lists.")], by: Author = ""
) -> None:
    """Make a version that is already built the live one; a running service takes it over within a second."""
    from index.artefact import Shelf

    Shelf(Settings.from_environment().artefacts).publish(version, datetime.now(UTC), by or _me())
    out.print(f"{version} is live", highlight=False)


@app.command()
def rollback(
    version: Annotated[str | None, typer.Argument(help="Which one; the one before where left out.")] = None,
    by: Author = "",
) -> None:
    """Make an earlier version live again."""
    from index.artefact import Shelf

    live = Shelf(Settings.from_environment().artefacts).roll_back(datetime.now(UTC), by or _me(), version)
    out.print(f"{live} is live again", highlight=False)


@app.command()
def versions() -> None:
    """List every publish and rollback, newest first, and what lies on disk."""
    from index.artefact import Shelf
    from index.errors import ArtefactError

    shelf = Shelf(Settings.from_environment().artefacts)
    try:
        live = shelf.current()
    except ArtefactError:
        live = ""
    on_disk, acts = set(shelf.versions()), shelf.history()
    for version in sorted(on_disk - {str(act["version"]) for act in acts}):
        out.print(f"  {version}  built, never published", markup=False, highlight=False)
    for act in reversed(acts):
        mark = "*" if act["version"] == live else " "
        gone = "" if act["version"] in on_disk else "  (deleted)"
        out.print(
            f"{mark} {act['version']}  {act['act']:<8}  {act['at']}  {act['by']}{gone}", markup=False, highlight=False
        )


@app.command()
def ask(
    query: Annotated[str, typer.Argument(help="What the customer said.")],
    channel: Annotated[str, typer.Option(help="chat, phone or email.")] = "chat",
    json_: Annotated[bool, typer.Option("--json", help="The API's own answer.")] = False,
) -> None:
    """Ask the live index one query: the running service if there is one, else the index on disk."""
    body = {"query": query, "channel": channel}
    settings = Settings.from_environment()
    answer = _ask_service(settings, body) or _ask_index(settings, body)
    if json_:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    words = {"answer": "可直接回复", "clarify": "请选择", "abstain": "暂无话术"}
    out.print(f"[bold]{words[answer['decision']]}[/bold] ({answer['decision']})", highlight=False)
    for number, item in enumerate(answer["suggestions"], start=1):
        out.print(
            f"\n{number}. {item['title']}  {item['confidence']:.0%}  {item['entry_id']} v{item['version']}  "
            f"命中「{item['match']['variant']}」",
            markup=False,
            highlight=False,
        )
        out.print(f"   {item['reply']['text']}", markup=False, highlight=False)
    hint = answer["escalation"]
    if hint["level"] != "none":
        word = "需升级" if hint["level"] == "required" else "建议升级"
        reasons = "、".join(reason["detail"] for reason in hint["reasons"])
        out.print(
            f"\n▲ {word} → {hint['target_label']}，{hint['due_at']} 前（{reasons}）",
            markup=False,
            highlight=False,
        )
        if hint["holding_reply"]:
            out.print(f"   先说：{hint['holding_reply']['text']}", markup=False, highlight=False)


def _ask_service(settings: Settings, body: dict[str, Any]) -> Any:
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        f"{settings.url}/v1/suggestions", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        # Never by a proxy, which could neither reach this machine nor should read what a customer said.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        if error.code == 422:
            raise KnowledgeError(json.load(error)["detail"]) from error
        return None
    except (OSError, ValueError):
        return None


def _ask_index(settings: Settings, body: dict[str, Any]) -> Any:
    from pydantic import ValidationError

    from index.artefact import Shelf
    from index.contents import load
    from index.embedder import load_embedder
    from index.retriever import Retriever
    from service.api.requests import SuggestionRequest
    from service.desk import Desk
    from service.errors import field_problem

    try:
        wanted = SuggestionRequest.model_validate(body)
    except ValidationError as error:
        raise KnowledgeError(
            "; ".join(
                f"{problem.field}: {problem.message}" for problem in map(field_problem, map(dict, error.errors()))
            )
        ) from error
    shelf = Shelf(settings.artefacts)
    version = shelf.current()
    embedder = load_embedder(settings.embedder, settings.tuning)
    _, contents = load(shelf.path(version), embedder.name)
    return Desk(lambda: Retriever(contents, embedder, version)).suggest(wanted).model_dump(mode="json")


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
    with _progress() as step:
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
    from knowledge.store import Store
    from service import tuning
    from service.measuring import read_pack

    settings = Settings.from_environment()
    if settings.embedder != DEFAULT_EMBEDDER:
        raise SettingsError(
            f"HUASHU_EMBEDDER is {settings.embedder!r}, and only {DEFAULT_EMBEDDER!r} can be taught: unset it"
        )
    path = (target or settings.home / "tuning.npz").expanduser().resolve()
    if knowledge is not None:
        pack = read_pack(knowledge)
    else:
        with Store.open(settings.database_url) as store:
            pack = store.pack()
    rest, queries = tuning.held_out(pack)
    if not queries and not force:
        raise KnowledgeError(
            f"no variant can be held out to measure with: give entries {tuning.LEAST} phrasings or more, or --force"
        )
    with _progress() as step:
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


@app.command()
def serve(
    setup: Annotated[
        bool,
        typer.Option(
            help="First import the shipped pack where nobody has edited it, and build where something changed."
        ),
    ] = False,
) -> None:
    """Serve on HUASHU_HOST:HUASHU_PORT."""
    settings = Settings.from_environment()
    if not settings.loopback and not settings.open_network:
        raise SettingsError(
            f"HUASHU_HOST is {settings.host!r}, which other machines can reach, and this version has no sign-in: "
            "use 127.0.0.1, or set HUASHU_OPEN_NETWORK=1 behind a proxy that has one"
        )
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from index.embedder import load_embedder
    from service.server import run

    embedder = load_embedder(settings.embedder, settings.tuning)
    if setup:
        _set_up(settings, embedder)
    run(settings, embedder)


@app.command()
def mcp() -> None:
    """Serve the live index as tools over standard input and output (Model Context Protocol)."""
    from index.artefact import Shelf
    from index.embedder import load_embedder
    from service.adapters.mcp import MISSING, installed, over_stdio
    from service.live import Live
    from service.server import configure_logging

    if not installed():
        raise SettingsError(MISSING)
    configure_logging()
    settings = Settings.from_environment()
    live = Live(Shelf(settings.artefacts), load_embedder(settings.embedder, settings.tuning), settings.poll_seconds)
    live.start()
    try:
        over_stdio(live)
    finally:
        live.stop()


def _set_up(settings: Settings, embedder: Any) -> None:
    """Import and build what is missing; an unchanged knowledge base costs neither."""
    from index.artefact import Shelf, verify
    from index.builder import product_names, resolved, resolved_policy, version_of
    from index.errors import ArtefactError
    from knowledge.formats.yaml import load_pack
    from knowledge.store import Store

    settings.home.mkdir(parents=True, exist_ok=True)
    with Store.open(settings.database_url) as store:
        if all(line.who == SHIPPED for line in store.audit()):
            store.import_pack(
                load_pack(CONTENT), SHIPPED, SHIPPED, "the pack that comes with Huashu", datetime.now(UTC)
            )
        entries, policy, facts = store.approved(), store.policy(), store.facts()
    version = version_of(resolved(entries, facts), resolved_policy(policy, facts), embedder, product_names(facts))
    shelf = Shelf(settings.artefacts)
    try:
        verify(shelf.path(version), embedder.name)
        shelf.current()
    except ArtefactError:
        # In a process of its own, whose linear algebra may use every core.
        freed = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
        if subprocess.run(
            [sys.executable, "-m", "service.cli", "build", "--by", SHIPPED], env=freed, check=False
        ).returncode:
            err.print("huashu: the build failed; what was live before goes on serving", style="red")


if __name__ == "__main__":
    main()
