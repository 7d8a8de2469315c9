"""The acts of signing in and out: by password, by a one-time link, by a provider, and what a session is.

Each waits for the database and for argon2 in threads that answer no query, and leaves the directory up to date.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from knowledge.errors import KnowledgeError, StateError
from knowledge.store import LinkRecord, SessionRecord, Store
from service.identity import csrf
from service.identity.directory import Directory, Runs
from service.identity.passwords import Passwords, check, wait_after
from service.identity.tokens import COOKIE, digest, new_secret
from service.identity.transport import encrypted

T = TypeVar("T")

LINK_LASTS: Final = timedelta(hours=24)
HASHING: Final = 2  # passwords hashed at once; more wait, and take no more memory
LONGEST_AGENT: Final = 200


class WrongPassword(KnowledgeError):
    """Name and password do not fit, or must wait: the same for a name that nobody has."""


@dataclass(frozen=True)
class Lasting:
    """How long a session lasts: without being used, and in all."""

    idle: timedelta
    whole: timedelta


class SigningIn:
    """Opens and ends sessions."""

    def __init__(
        self,
        run: Runs,
        directory: Directory,
        now: Callable[[], datetime],
        lasting: Lasting,
        passwords: Passwords | None = None,
    ) -> None:
        self._run, self._directory, self._now, self._lasting = run, directory, now, lasting
        self._passwords = passwords or Passwords()
        self._hashing = anyio.CapacityLimiter(HASHING)

    async def by_password(self, name: str, password: str, agent: str) -> str:
        """A new session's secret; WrongPassword where it does not fit, whatever the reason."""
        found = await self._run(lambda store: store.people.attempt(name, self._now(), wait_after))
        kept = found.password if found is not None else None
        if not await self._hashed(lambda: self._passwords.verify(kept, password)) or found is None or kept is None:
            raise WrongPassword("name and password do not fit; after several wrong ones there is a wait of minutes")
        try:
            secret = await self.open(found.name, agent, "password", kept)
        except StateError as error:  # they were disabled, or their password was changed, while this one was hashed
            raise WrongPassword("name and password do not fit any more") from error
        if self._passwords.outdated(kept):
            newer = await self._hashed(lambda: self._passwords.hash(password))
            await self._run(lambda store: store.people.rehash(found.name, kept, newer))
        return secret

    async def open(self, name: str, agent: str, how: str, password: str | None = None) -> str:
        """A session for somebody who has shown who they are; its secret. `password` is the hash they showed it by."""
        secret, now = new_secret(), self._now()
        ends, shown = now + self._lasting.whole, agent[:LONGEST_AGENT]
        await self._run(lambda store: store.sessions.open(name, digest(secret), now, ends, shown, how, password))
        await self._directory.refresh()
        return secret

    async def by_provider(
        self, subject: str, name: str, display_name: str, roles: Sequence[str] | None, agent: str
    ) -> str:
        """A session for a provider's subject, who becomes a person at the first sign-in."""
        now = self._now()
        found = await self._run(lambda store: store.people.of_subject(subject, name, display_name, roles, now))
        return await self.open(found.name, agent, "openid")

    async def end(self, secret: str) -> None:
        """Sign out."""
        now = self._now()
        await self._run(lambda store: store.sessions.end(digest(secret), now))
        await self._directory.refresh()

    async def end_session(self, name: str, number: int, who: str) -> None:
        """End one of somebody's sessions."""
        now = self._now()
        await self._run(lambda store: store.sessions.end_number(name, number, who, now))
        await self._directory.refresh()

    async def sessions(self, name: str, secret: str) -> list[tuple[SessionRecord, bool]]:
        """Somebody's sessions, each with whether it is that of this secret."""
        found = await self._run(lambda store: store.sessions.of(name))
        return [(session, hmac.compare_digest(session.secret, digest(secret))) for session in found]

    async def change_password(self, name: str, current: str, new: str, secret: str) -> None:
        """Choose another password, showing the present one where there is one; other sessions end."""
        check(new, name)  # first, or every one that will not do counts as a wrong guess of the present one
        found = await self._run(lambda store: store.people.find(name))
        if found.password is not None:
            counted = await self._run(lambda store: store.people.attempt(name, self._now(), wait_after))
            kept = counted.password if counted is not None else None
            if not await self._hashed(lambda: self._passwords.verify(kept, current)):
                raise WrongPassword("the present password does not fit; after several wrong ones there is a wait")
        hashed, now = await self._hashed(lambda: self._passwords.hash(new)), self._now()
        await self._run(lambda store: store.people.set_password(name, hashed, name, now, digest(secret)))
        await self._directory.refresh()

    async def make_link(self, name: str | None, who: str) -> str:
        """A one-time link's secret."""
        secret, now = new_secret(), self._now()
        await self._run(lambda store: store.sessions.make_link(name, digest(secret), who, now, now + LINK_LASTS))
        return secret

    async def link(self, secret: str) -> LinkRecord:
        """What a link is for; NotFound where it does not work."""
        now = self._now()
        return await self._run(lambda store: store.sessions.link(digest(secret), now))

    async def by_link(self, secret: str, name: str, password: str, agent: str) -> str:
        """Use a link up: choose a password, and have a session."""
        link = await self.link(secret)
        check(password, link.person or name)
        hashed, now = await self._hashed(lambda: self._passwords.hash(password)), self._now()
        owner = await self._run(lambda store: store.sessions.use_link(digest(secret), name, hashed, now))
        return await self.open(owner.name, agent, "link")

    async def first_link(self) -> str | None:
        """A link for whoever opens this service first; None where somebody administers it already."""

        def made(store: Store) -> str | None:
            if any("admin" in one.roles and not one.disabled for one in store.people.all()):
                return None
            secret, now = new_secret(), self._now()
            store.sessions.make_link(None, digest(secret), "first start", now, now + LINK_LASTS)
            return secret

        return await self._run(made)

    async def _hashed(self, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._hashing)

    def set_cookies(self, request: Request, response: Response, secret: str) -> None:
        """Give a browser its session: a cookie that no script reads, and the token that our own scripts show."""
        secure, age = encrypted(request), int(self._lasting.whole.total_seconds())
        response.set_cookie(COOKIE, secret, max_age=age, httponly=True, samesite="lax", secure=secure)
        response.set_cookie(csrf.COOKIE, csrf.token_of(secret), max_age=age, samesite="lax", secure=secure)


def forget_cookies(response: Response) -> None:
    """Take the session from a browser."""
    response.delete_cookie(COOKIE)
    response.delete_cookie(csrf.COOKIE)
