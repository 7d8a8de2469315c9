"""Names that cost nothing to import."""

from __future__ import annotations

import subprocess
import sys

from index.constants import SHIPPED_TUNING


def test_the_default_embedder_can_be_named_without_loading_one() -> None:
    """The settings and the command's help import this; torch and the rest must not come with it."""
    program = "import sys; from index.constants import *; print(DEFAULT_EMBEDDER, {'torch', 'numpy'} & {*sys.modules})"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed == "huashu-default set()\n"


def test_the_shipped_tuning_can_be_named_without_reading_it() -> None:
    """The settings' default; the file is there."""
    assert SHIPPED_TUNING.is_file()
