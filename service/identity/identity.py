"""Identity put together: the directory, the acts of signing in, the limits and the provider of one service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import anyio.to_thread

from knowledge.store import Store
from service.identity.directory import Directory
from service.identity.gate import Recogniser
from service.identity.provider import Provider
from service.identity.rates import Rates
from service.identity.signing_in import Lasting, SigningIn
from service.remembered import Remembered
from service.settings import Settings, SignIn
from service.storage import Storage


@dataclass(frozen=True)
class Identity:
    """What the service knows people and programs by; `storage` is its own way to the database."""

    storage: Storage
    directory: Directory
    signing_in: SigningIn
    rates: Rates
    provider: Provider | None
    now: Callable[[], datetime]

    @classmethod
    def of(cls, settings: Settings, now: Callable[[], datetime]) -> Identity:
        """By the settings; nothing is opened yet."""
        wanted = settings.sign_in
        # Its own, so that writers who wait for the database keep nobody from being recognised.
        remembered = Remembered(settings)
        storage = Storage(settings.database_url, abandons=True, in_use=lambda: remembered.in_use)
        lasting = Lasting(timedelta(hours=wanted.session_hours), timedelta(days=wanted.session_days))
        directory = Directory(storage.run, storage.exists, now, lasting.idle, remembered)
        rates = Rates.of(dict(wanted.rates), settings.private, settings.workers)
        signing_in = SigningIn(storage.run, directory, now, lasting)
        return cls(storage, directory, signing_in, rates, _provider(wanted), now)

    def recogniser(self, settings: Settings, key_in_address: frozenset[str]) -> Recogniser:
        """What the gate tells askers by."""
        return Recogniser(self.directory, settings.private, key_in_address, settings.adapters.key)

    async def act(self, call: Callable[[Store], Any]) -> Any:
        """An act on people or keys: done, and in force here at once."""
        done = await self.storage.run(call)
        await self.directory.refresh()
        return done

    async def start(self) -> None:
        """Know who there is."""
        await self.directory.start()

    async def stop(self) -> None:
        """Keep when everything was last used, and let the database go."""
        await self.directory.stop()
        await anyio.to_thread.run_sync(self.storage.close)


def _provider(wanted: SignIn) -> Provider | None:
    if not wanted.issuer:
        return None
    return Provider(wanted.issuer, wanted.client_id, wanted.client_secret, wanted.roles_claim, dict(wanted.roles))
