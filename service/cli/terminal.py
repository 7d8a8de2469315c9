"""What every verb shares: the app they register with, the two consoles, who acts, and progress.

Imports that cost seconds (torch, the service) stand in the verbs that need them, so that `huashu lint` and
`huashu --help` answer at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

CONTENT = Path(__file__).resolve().parents[2] / "knowledge" / "content"
SHIPPED = "Huashu"  # who wrote, approved and published what comes with the program; an agent reads the name
SHIPPED_NAMES = (SHIPPED, "shipped pack")  # and how homes of earlier versions have it
STEPS = {
    "check": "checking entries",
    "embed": "embedding texts",
    "train": "training the ranker",
    "embed-golden": "embedding golden queries",
    "embed-real": "embedding real queries",
    "compare": "comparing answers",
}

app = typer.Typer(
    help="Huashu: approved replies and escalation for customer-service desks.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# A line stays a line, however long: paths and versions are there to be copied, and output to be piped.
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

Author = Annotated[
    str, typer.Option(help="Who does this; kept in the audit log. Somebody who signs in needs the role for it.")
]


def me() -> str:
    """Who acts where nobody is named."""
    return os.environ.get("USER") or "huashu"


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
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
