"""Reading in a process of its own, so that no document can hang, crash or starve whoever asked.

The child is ended after `limits.SECONDS`; where the system can, its memory is bounded too. What went wrong in it comes
back as a sentence.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from knowledge.errors import DocumentError
from knowledge.formats.documents import limits
from knowledge.formats.documents.proposals import Reading
from knowledge.formats.documents.reading import shown_name

ROOT = Path(__file__).resolve().parents[3]
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from knowledge.formats.documents.worker import main; main()"


def read_apart(data: bytes, name: str, seconds: float = limits.SECONDS) -> Reading:
    """As `reading.read`; DocumentError also where it took too long, or more memory than it may."""
    limits.at_most(len(data), limits.BYTES, "bytes")
    command = [sys.executable, "-X", "utf8", "-c", START, str(ROOT), shown_name(name)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(f"reading took longer than {seconds:g} s and was stopped: split the document") from error
    if done.returncode == 0:
        return Reading.model_validate_json(done.stdout)
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    if done.returncode == 3 and said:
        raise DocumentError(said[-1])
    raise DocumentError(
        f"the document could not be read (the reader ended with {done.returncode}): "
        "save it as DOCX, PDF, HTML or TXT again"
    )
