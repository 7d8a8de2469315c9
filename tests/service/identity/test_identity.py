"""Identity put together by the settings."""

from __future__ import annotations

from pathlib import Path

import anyio

from service.identity.identity import Identity
from service.identity.people import Person
from service.identity.tokens import digest
from service.settings import Settings, SignIn
from tests.service.shop import FRIDAY


def test_an_act_is_in_force_here_at_once(tmp_path: Path) -> None:
    """A key works as soon as it was made, and no longer once it was revoked, without waiting for a look."""
    identity = Identity.of(Settings(home=tmp_path), lambda: FRIDAY)

    async def scenario() -> list[Person | None]:
        found = []
        made = await identity.act(lambda store: store.keys.add("k", digest("s"), "hs_", ["console"], "zhao", FRIDAY))
        found.append(await identity.directory.key("s"))
        await identity.act(lambda store: store.keys.revoke(made.number, "zhao", FRIDAY))
        found.append(await identity.directory.key("s"))
        await identity.stop()
        return found

    working, revoked = anyio.run(scenario)
    assert working == Person("key:k", frozenset({"console"}))
    assert revoked is None


def test_it_opens_nothing_by_itself(tmp_path: Path) -> None:
    """Making it, starting and stopping leave no file where there was none."""
    identity = Identity.of(Settings(home=tmp_path / "absent"), lambda: FRIDAY)

    async def scenario() -> None:
        await identity.start()
        await identity.stop()

    anyio.run(scenario)
    assert not (tmp_path / "absent").exists()


def test_the_settings_are_its_own(tmp_path: Path) -> None:
    """Limits, and a provider where one is named."""
    wanted = SignIn(issuer="https://idp", client_id="c", client_secret="s", rates=(("person", "5/hour"),))
    identity = Identity.of(Settings(home=tmp_path, sign_in=wanted), lambda: FRIDAY)
    assert identity.provider is not None
    assert identity.rates.limits["person"].amount == 5
    assert Identity.of(Settings(home=tmp_path), lambda: FRIDAY).provider is None
