"""The child that reads one document: bytes on standard input, the reading as JSON on standard output.

It ends with 3 and one line on standard error where the document cannot be read.
"""

from __future__ import annotations

import sys

from knowledge.errors import DocumentError
from knowledge.formats.documents import limits
from knowledge.formats.documents.reading import read

REFUSED = 3


def main() -> None:
    """Read what comes in; the name is the only argument."""
    _bound_memory()
    data, name = sys.stdin.buffer.read(limits.BYTES + 1), sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        sys.stdout.buffer.write(read(data, name).model_dump_json().encode("utf-8"))
    except DocumentError as error:
        sys.stderr.write(" ".join(str(error).split()) + "\n")
        raise SystemExit(REFUSED) from None
    except MemoryError:
        sys.stderr.write(f"the document needs more than {limits.MEMORY_BYTES} bytes of memory: split it\n")
        raise SystemExit(REFUSED) from None


def _bound_memory() -> None:
    """Where the system has no such limit, the time limit alone holds."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = limits.MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(limits.MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
