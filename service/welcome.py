"""What is printed once the service listens: where its pages are, and how the first administrator comes in."""

from __future__ import annotations

from knowledge.errors import DatabaseError
from service.identity.signing_in import SigningIn
from service.settings import Settings


async def welcome(signing_in: SigningIn, settings: Settings) -> str:
    """The links. Where nobody administers the service, one of them is new, works once, and makes its opener that."""
    return f"\n  话术 Huashu\n  page      {settings.url}/\n  API docs  {settings.url}/docs\n" + await _first(
        signing_in, settings
    )


async def _first(signing_in: SigningIn, settings: Settings) -> str:
    try:
        secret = await signing_in.first_link()
    except DatabaseError:
        return "  sign-in   the knowledge database cannot be reached; once it can, start again for a link\n"
    if secret is None:
        return ""
    link = f"{settings.url}/sign-in/link/{secret}"
    return f"  sign-in   {link}\n            works once, within 24 hours: makes you the administrator\n"
