"""Passwords: which may be chosen, how they are kept, how long one waits."""

from __future__ import annotations

import statistics
import time

import pytest
from argon2 import PasswordHasher

from service.identity.passwords import LONGEST_WAIT, Passwords, WeakPassword, check, wait_after


def test_a_password_is_kept_by_argon2_and_verified() -> None:
    """Twice the same is kept in two ways; only the right one fits."""
    passwords = Passwords()
    kept = passwords.hash("correct horse")
    assert kept.startswith("$argon2id$") and kept != passwords.hash("correct horse")
    assert passwords.verify(kept, "correct horse")
    assert not passwords.verify(kept, "correct horsf")
    assert not passwords.verify("no hash at all", "correct horse")


def test_without_a_password_nothing_fits_and_it_takes_as_long() -> None:
    """So that nobody learns by time which names there are: the medians of five are within a factor of two."""
    passwords = Passwords()
    kept = passwords.hash("correct horse")
    seconds: dict[str | None, list[float]] = {kept: [], None: []}
    for _ in range(5):
        for whose, took in seconds.items():
            begun = time.process_time()
            assert not passwords.verify(whose, "nobody has this password")
            took.append(time.process_time() - begun)
    known, unknown = (statistics.median(took) for took in seconds.values())
    assert known / 2 < unknown < known * 2


def test_one_hashed_by_other_parameters_is_outdated() -> None:
    """It still fits, and is to be hashed anew."""
    weaker = PasswordHasher(1, 8 * 1024, 1).hash("correct horse")
    passwords = Passwords()
    assert passwords.verify(weaker, "correct horse")
    assert passwords.outdated(weaker)
    assert not passwords.outdated(passwords.hash("correct horse"))


@pytest.mark.parametrize("password", ["", "short", "x" * 9, "x" * 201, "aaaaaaaaaaaa", "ababababab", "wang.editor"])
def test_what_anybody_guesses_first_may_not_be_chosen(password: str) -> None:
    """Too short, too long, of too few characters, or the name itself."""
    with pytest.raises(WeakPassword):
        check(password, "Wang.Editor")


@pytest.mark.parametrize("password", ["correct horse", "一二三四五六七八九十", "x" * 7 + "abc"])
def test_anything_else_may(password: str) -> None:
    """In any script."""
    check(password, "wang")


def test_the_wait_grows_and_ends() -> None:
    """None for four wrong guesses, then 30 s, twice as long each time, never more than a quarter of an hour."""
    waits = [wait_after(failures) for failures in range(1, 5)]
    assert waits == [None] * 4
    seconds = [int(wait.total_seconds()) for failures in range(5, 12) if (wait := wait_after(failures))]
    assert seconds == [30, 60, 120, 240, 480, LONGEST_WAIT, LONGEST_WAIT]
    assert wait_after(10_000) == wait_after(11)
