"""Replacing a folder's contents whole: a reader sees the old folder or the new one, never half of each."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path


@contextmanager
def replaced(folder: Path, without: Collection[Path] = ()) -> Iterator[Path]:
    """A new folder beside `folder`, holding its files except `without`; it takes its place on leaving without an error.

    A machine that stops between the two renames leaves the old folder under `.<name>.old-…` beside it.
    """
    token = secrets.token_hex(4)
    new, old = (folder.with_name(f".{folder.name}.{word}-{token}") for word in ("new", "old"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        if folder.exists():
            shutil.copytree(folder, new, symlinks=True, ignore=partial(_among, without))
        else:
            new.mkdir()
        yield new
        _sync(new)
        _swap(folder, new, old)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _among(paths: Collection[Path], where: str, names: list[str]) -> list[str]:
    return [name for name in names if Path(where, name) in paths]


def _swap(folder: Path, new: Path, old: Path) -> None:
    """Put `new` in the place of `folder`, or leave everything as it was."""
    if not folder.exists():
        new.rename(folder)
        return
    folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Bring every file to the disk before the folder takes its name."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                os.fsync(file.fileno())
