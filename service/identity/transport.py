"""Whether people reach this service over TLS, which is what keeps a session's cookies from being sent in the clear.

The address that people open says so, whatever the last hop looks like: a proxy that ends TLS asks in the clear, and is
believed about the scheme only where its headers are trusted.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from service.settings import Settings

ONLY_TLS: Final = "max-age=31536000"  # Strict-Transport-Security: a year


def encrypted(request: Request) -> bool:
    """Whether whoever asks does so over TLS; a cookie for them is then `Secure`."""
    return request.url.scheme == "https" or promised(request)


def promised(request: Request) -> bool:
    """Whether people always come over TLS, so that browsers may be told never to come otherwise."""
    settings: Settings = request.app.state.settings
    return settings.public_url.startswith("https://")
