"""What a home remembers of its database, for when that is away or lost: that keys were made, and that it was in use.

Nothing of what stands in it: an empty file with a name for each database, and the reports that builds leave anyway.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

import structlog

from knowledge.store import Store
from knowledge.store.database import without_password
from service.settings import Settings

KEYS: Final = "keys-were-made-"

log = structlog.get_logger(__name__)


class Remembered:
    """The memory of one home, of the database that the settings name."""

    def __init__(self, settings: Settings) -> None:
        # By what was set, so that a home that is moved, or a new password, changes nothing.
        name = hashlib.sha256(without_password(settings.database).encode()).hexdigest()[:12]
        self._home, self._mark = settings.home, settings.home / f"{KEYS}{name}"

    @property
    def keys_made(self) -> bool:
        """Whether a key was ever made, as far as was known when the database was last read."""
        return self._mark.exists()

    @property
    def in_use(self) -> bool:
        """Whether knowledge was built from the database, or a key made in it: one that is empty now was lost."""
        return self.keys_made or any((self._home / "builds").glob("*/report.json"))

    def note_keys(self, made: bool) -> None:
        """Remember whether a key was ever made; a disk that takes nothing is the log's."""
        try:
            if self.keys_made == made:
                return
            if made:
                self._home.mkdir(parents=True, exist_ok=True)
                self._mark.touch()  # that it is there is all it says, so there is no half of it
                _kept(self._home)
            else:
                self._mark.unlink(missing_ok=True)
        except OSError as error:
            log.warning("that keys were made could not be remembered", problem=str(error))


def opened(settings: Settings) -> Store:
    """The settings' knowledge database; EmptyDatabase where it was in use and nothing is in it any more."""
    return Store.open(settings.database_url, new=not Remembered(settings).in_use)


def _kept(folder: Path) -> None:
    """Have a new name outlive a power cut, where the system can be asked for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
