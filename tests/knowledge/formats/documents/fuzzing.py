"""Atheris on the document readers, for longer runs by hand:

    .venv/bin/python -m tests.knowledge.formats.documents.fuzzing -max_total_time=600

It begins with small documents of every format and reports anything but a reading or a DocumentError. The suite runs a
bounded part of it: test_fuzzing.py.
"""

from __future__ import annotations

from tests.knowledge.formats.atheris_run import LONGEST, fuzz
from tests.knowledge.formats.documents import manuals

INSTRUMENTED = ["knowledge.formats.documents", "pypdf", "bs4"]


def seeds() -> tuple[bytes, ...]:
    """A small document of every format."""
    return (
        manuals.docx([("Heading 1", "用语"), ("Normal", "退书时：“好的，请您寄回。”")], [manuals.TABLE]),
        manuals.pdf([["退书时：“好的，请您寄回。”"]]),
        manuals.html("<nav>首页</nav><p>客户：几点关门？<br>客服：您好，十点。</p>" + manuals.rows(manuals.TABLE)),
        manuals.MESSY.encode(),
        manuals.MESSY.encode("gb18030"),
    )


def one_input(data: bytes) -> None:
    """Read it, or hear why not."""
    # Not before `fuzz` has had the chance to instrument them.
    from knowledge.errors import DocumentError
    from knowledge.formats.documents.proposals import Reading
    from knowledge.formats.documents.reading import read

    try:
        found = read(data[:LONGEST], "fuzz")
    except DocumentError:
        return
    Reading.model_validate_json(found.model_dump_json())


if __name__ == "__main__":
    fuzz(one_input, seeds, INSTRUMENTED, ["knowledge.formats.documents.reading"])
