"""Whether a request that changes something was sent by a page of ours, and not by another site in a visitor's browser.

What the browser says of where a request comes from (Sec-Fetch-Site, else Origin) must be this service. A session's
request must show the session's own token besides: in the header X-CSRF-Token, or in a form's field `csrf`. The token
is computed from the session's secret, so nothing is kept for it, and only a page of that session can know it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

COOKIE: Final = "huashu_csrf"  # which scripts of our own pages read; it proves nothing by itself
HEADER: Final = "x-csrf-token"
FIELD: Final = "csrf"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def token_of(secret: str) -> str:
    """The token of a session, by the session's secret."""
    return hmac.new(secret.encode(), b"huashu csrf", hashlib.sha256).hexdigest()


def from_here(request: Request) -> bool:
    """Whether nothing says that another site sent it; what is no browser says nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower()
    except ValueError:  # brackets that close nothing: no address at all
        return False


def fits(secret: str, shown: str) -> bool:
    """Whether that is the session's token."""
    return hmac.compare_digest(token_of(secret).encode(), shown.encode())
