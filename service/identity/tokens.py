"""Secrets that a program or a browser shows: made here, and known to the database by their SHA-256 only.

They are 32 random bytes, so a plain hash keeps them: there is nothing to guess, and looking one up by its hash tells
nobody by time how near a wrong one came.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from starlette.requests import Request

KEY_PREFIX: Final = "hs_"  # so that a key is known for one where it turns up
HINT: Final = 8  # characters of a key that lists show
COOKIE: Final = "huashu_session"
AZURE: Final = "ocp-apim-subscription-key"


def new_key() -> str:
    """A key for a program."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def new_secret() -> str:
    """A secret for a session or a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def bearer(request: Request) -> str:
    """What stands behind `Bearer` in the Authorization header, empty where there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def key_of(request: Request) -> str:
    """The key that a request shows: a bearer, X-API-Key, or where Azure's clients put it; empty where it has none."""
    return bearer(request) or request.headers.get("x-api-key", "") or request.headers.get(AZURE, "")
