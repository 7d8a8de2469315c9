"""`huashu` with the toy embedder, for tests that need a process of its own: python -m tests.fault.runner VERB …

HUASHU_TEST_PAUSE stops it for good in the middle of something, after saying `paused` on standard output:
`embed` (some texts are embedded), `write` (the artefact's files lie in the temporary folder, without a manifest),
`report` (the artefact is whole, its report is not yet written) or `publish` (the history has the new version, CURRENT
still the old one).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO
from unittest.mock import patch

from index.contents import Contents, save
from index.embedder import Matrix, Progress
from index.shelf import CURRENT
from service.cli import main
from tests.toy import ToyEmbedder

TOLD: TextIO = sys.stdout  # where it says that it pauses


def pausing(name: str) -> bool:
    """Whether it is to stop there."""
    return os.environ.get("HUASHU_TEST_PAUSE", "") == name


def pause() -> None:
    """Say so, and wait to be killed."""
    print("paused", file=TOLD, flush=True)
    time.sleep(120)


class Embedder(ToyEmbedder):
    """Stops after half of the texts where it is to."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        if pausing("embed"):
            super().encode(texts[: len(texts) // 2], progress)
            pause()
        return super().encode(texts, progress)


def run() -> None:
    """Put the toy and the pauses in their places, then do what the command line says."""
    patch("index.loading.load_embedder", lambda *_: Embedder()).start()
    # On a machine that tests keep busy, a process that steps back for everybody would never have its turn.
    patch("service.priority.stand_back", lambda: None).start()
    replace = os.replace

    def paused_save(contents: Contents, folder: Path) -> None:
        save(contents, folder)
        pause()

    def paused_replace(source: str, target: str) -> None:
        if Path(target).name == CURRENT:
            pause()
        replace(source, target)

    if pausing("write"):
        patch("index.builder.save", paused_save).start()
    if pausing("report"):
        patch("service.reports.write", lambda *_: pause()).start()
    if pausing("publish"):
        patch("index.shelf.os.replace", paused_replace).start()
    main()


if __name__ == "__main__":
    run()
