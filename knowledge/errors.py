"""What knowledge cannot continue from. One base class; the service turns each into one HTTP answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where (file, line from 1, entry, field) and what to do about it."""

    file: str
    line: int
    message: str
    entry: str | None = None
    field: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        what = " ".join(f"{kind} {name}:" for kind, name in (("entry", self.entry), ("field", self.field)) if name)
        return f"{where}: {what} {self.message}" if what else f"{where}: {self.message}"


class KnowledgeError(Exception):
    """Base of everything knowledge raises."""


class PackError(KnowledgeError):
    """A pack or file cannot be read; `problems` names every place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DocumentError(KnowledgeError):
    """A document cannot be read, or is larger or stranger than what is read."""


class DatabaseError(KnowledgeError):
    """The knowledge database cannot be reached, or refuses; trying again later may help."""


class EmptyDatabase(DatabaseError):
    """The knowledge database has no tables, and whoever opened it knows that there were some."""

    WHY: ClassVar = (
        "is empty, and knowledge was kept in it before: restore a backup, or begin anew with `huashu new-database`"
    )


class NotFound(KnowledgeError):
    """A named entry or version is not in the store."""


class StateError(KnowledgeError):
    """An act the state of an entry does not allow, such as approving one's own version."""


class OwnVersion(StateError):
    """Approving takes a second person, and the author asked to approve."""


class StaleError(StateError):
    """What was to be saved began from something that somebody has saved over meanwhile: read it again, and merge."""
