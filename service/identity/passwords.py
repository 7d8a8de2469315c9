"""Passwords: which may be chosen, how they are kept (argon2id), and how long a wrong guess makes one wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from knowledge.errors import KnowledgeError

SHORTEST, LONGEST = 10, 200
FREE: Final = 5  # wrong guesses in a row before there is a wait
FIRST_WAIT, LONGEST_WAIT = 30, 15 * 60  # seconds
# OWASP's least for argon2id: 19 MiB, twice over, on one core; more would take memory and cores from queries.
MEMORY, PASSES, LANES = 19 * 1024, 2, 1


class WeakPassword(KnowledgeError):
    """A password that may not be chosen; the message says what would do."""


class Passwords:
    """Hashes and verifies. Both take tens of milliseconds on purpose: call them in a thread."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(PASSES, MEMORY, LANES)
        self._nobodys = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """A password as it is kept."""
        return self._hasher.hash(password)

    def verify(self, kept: str | None, given: str) -> bool:
        """Whether it is the password. Without one kept it takes just as long, and it is not."""
        try:
            right = self._hasher.verify(kept or self._nobodys, given[:LONGEST])
        except (Argon2Error, InvalidHashError):
            return False
        return right and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed by other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def check(password: str, name: str) -> None:
    """Refuse what anybody would guess first."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"a password of {len(password)} characters cannot be used: give {SHORTEST} to {LONGEST}")
    if password.casefold() == name.casefold() or len(set(password)) < 4:
        raise WeakPassword("this password is too easy to guess: choose another")


def wait_after(failures: int) -> timedelta | None:
    """The wait after so many wrong guesses in a row: 30 s after the fifth, twice as long after each more."""
    if failures < FREE:
        return None
    return timedelta(seconds=min(FIRST_WAIT * 2 ** min(failures - FREE, 16), LONGEST_WAIT))
