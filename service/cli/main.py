"""The entry point: every group of verbs registered, and what a person can mend said in a sentence."""

from __future__ import annotations

import os

from knowledge.errors import KnowledgeError
from service.cli import (
    artefacts,
    asking,
    backups,
    content,
    documents,
    entries,
    identity,
    measuring,
    privacy,
    reviewing,
    serving,
    transfer,
)
from service.cli.terminal import app, err
from service.environment import SettingsError

# Importing a group registers its verbs; the order here is that of `huashu --help`.
GROUPS = (
    transfer,
    content,
    documents,
    entries,
    reviewing,
    artefacts,
    asking,
    measuring,
    privacy,
    identity,
    backups,
    serving,
)


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
