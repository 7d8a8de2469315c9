"""Which golden queries a build is held to: the shipped ones, and a team's own in HUASHU_HOME/golden.

A file of the team's takes the place of the shipped one of the same name; one that holds `[]` switches that off.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.formats.golden import read_golden
from knowledge.formats.jsonl import Query

SHIPPED = Path(__file__).resolve().parents[1] / "knowledge" / "content" / "golden"
FOLDER = "golden"


def golden_files(home: Path) -> tuple[Path, ...]:
    """The files in force, in order of their names."""
    files = {path.name: path for folder in (SHIPPED, home / FOLDER) for path in folder.glob("*.yaml")}
    return tuple(files[name] for name in sorted(files))


def golden_queries(home: Path) -> tuple[Query, ...]:
    """Every query of those files; PackError names what cannot be read."""
    return tuple(query for path in golden_files(home) for query in read_golden(path))
