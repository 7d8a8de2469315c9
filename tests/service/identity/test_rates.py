"""How often somebody may ask."""

from __future__ import annotations

from service.identity.rates import DEFAULTS, Rates


def test_who_asks_too_often_waits() -> None:
    """Within the limit nothing is said, over it the seconds to wait; others are counted by themselves."""
    rates = Rates.of({"key": "3/hour"}, private=False)
    assert [rates.refused("key", "a") for _ in range(3)] == [None] * 3
    wait = rates.refused("key", "a")
    assert wait is not None and 1 <= wait <= 3600
    assert rates.refused("key", "b") is None
    assert rates.refused("person", "a") is None


def test_this_machines_own_address_is_given_more() -> None:
    """Of everything; what is set goes before both."""
    near, far = Rates.of({}, private=True), Rates.of({"address": "7/second"}, private=False)
    for kind in DEFAULTS:
        limits = near.limits[kind], Rates.of({}, private=False).limits[kind]
        assert limits[0].amount > limits[1].amount
    assert (far.limits["address"].amount, far.limits["address"].GRANULARITY.name) == (7, "second")


def test_sign_in_is_the_strictest() -> None:
    """Whoever guesses passwords is slower than whoever asks anything else."""
    for private in (True, False):
        limits = Rates.of({}, private).limits
        assert limits["sign-in"].amount * 10 <= min(limits[kind].amount for kind in limits if kind != "sign-in")
