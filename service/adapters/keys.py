"""The key an adapter's client shows, wherever its system puts one: a bearer, Azure's header, or Rasa's token.

Without HUASHU_ADAPTER_KEY nothing is asked for, as everywhere else on this machine's own address.
"""

from __future__ import annotations

import hmac

from fastapi import Request
from starlette.exceptions import HTTPException

AZURE = "ocp-apim-subscription-key"


def require(request: Request) -> None:
    """401 where a key is set and the request does not show it."""
    if not matches(request, shown(request)):
        raise HTTPException(401, "this adapter needs its key: send the value of HUASHU_ADAPTER_KEY")


def shown(request: Request) -> str:
    """The key of a request, empty where it has none."""
    return bearer(request) or request.headers.get(AZURE, "") or request.query_params.get("token", "")


def bearer(request: Request) -> str:
    """What stands behind `Bearer` in the Authorization header, empty where there is none."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""


def matches(request: Request, given: str) -> bool:
    """Whether it is the key, or none is needed."""
    wanted: str = request.app.state.adapters.key
    return not wanted or hmac.compare_digest(given.encode(), wanted.encode())
