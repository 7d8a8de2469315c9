"""Atheris over a way to read: what the fuzz targets of documents, sheets and exports have in common."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

LONGEST = 64 * 1024  # bytes of an input
SECONDS = 20  # that one input may take


def fuzz(
    one_input: Callable[[bytes], None],
    seeds: Callable[[], Sequence[bytes]],
    instrumented: Sequence[str],
    modules: Sequence[str],
) -> None:
    """Fuzz until told to stop; libFuzzer's options are the program's arguments.

    `modules` are imported with `instrumented` packages watched, so nothing may import them before.
    """
    import atheris

    with atheris.instrument_imports(include=list(instrumented)):
        for module in modules:
            importlib.import_module(module)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds()):
            Path(folder, str(number)).write_bytes(seed)
        atheris.Setup([*sys.argv, folder, f"-max_len={LONGEST}", f"-timeout={SECONDS}"], one_input)
        atheris.Fuzz()
