"""The lessons: groups of phrasings that mean the same, which the bundled engines learn service-desk language from.

Our own writing, from many trades and in two languages. They are read for teaching only, never answered from. Those in
`apart/` teach the engines nothing: what confidence looks like is learnt from them too, as in a knowledge base that the
engines have never seen. A file is plain text: groups stand apart by a blank line, and the first line of each is `= `
and its title, itself a phrasing.
"""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import PackError, Problem
from knowledge.text import normalise

SHIPPED = Path(__file__).parent / "lessons"
APART = SHIPPED / "apart"
HEAD = "= "

Group = tuple[str, ...]


def load_lessons(folder: Path = SHIPPED) -> tuple[Group, ...]:
    """The groups of every `*.txt` of the folder, by file name, then in the order they stand; titles come first.

    Raises PackError, which names every place that is wrong.
    """
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise PackError([Problem(str(folder), 1, "no lessons here: expected *.txt files with groups of phrasings")])
    groups: list[Group] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(str(path), 1, f"cannot be read ({error}): save it as UTF-8 text"))
            continue
        groups += _groups(str(path), text, problems)
    if problems:
        raise PackError(problems)
    return tuple(groups)


def _groups(file: str, text: str, problems: list[Problem]) -> list[Group]:
    groups: list[list[str]] = []
    seen: dict[str, int] = {}
    inside = False
    for number, line in enumerate((*text.splitlines(), ""), start=1):
        phrasing = line.strip()
        if not phrasing:
            if inside and len(groups[-1]) == 1:
                problems.append(Problem(file, number - 1, f"group {groups[-1][0]!r} has no phrasing: add some"))
            inside = False
            continue
        title = phrasing.startswith(HEAD)
        if title and inside:
            problems.append(Problem(file, number, f"title {phrasing!r} inside a group: put a blank line before it"))
        elif not title and not inside:
            problems.append(Problem(file, number, f"group begins with {phrasing!r}: give it a title, `= …`"))
        if title or not inside:
            groups.append([])
            seen = {}
        inside = True
        phrasing = phrasing.removeprefix(HEAD).strip() if title else phrasing
        key = normalise(phrasing)
        if not key:
            problems.append(Problem(file, number, f"phrasing {phrasing!r} has no words: delete it"))
        elif key in seen:
            problems.append(Problem(file, number, f"phrasing {phrasing!r} stands on line {seen[key]} too: delete one"))
        seen.setdefault(key, number)
        groups[-1].append(phrasing)
    return [tuple(group) for group in groups]


def read_lessons(path: Path) -> tuple[Group, ...]:
    """The groups of one file, in the order they stand. Raises PackError, which names every place that is wrong."""
    problems: list[Problem] = []
    groups = _groups(str(path), path.read_text("utf-8"), problems)
    if problems:
        raise PackError(problems)
    return tuple(groups)
