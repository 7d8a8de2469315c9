"""Sign-in by a team's own OpenID Connect provider, through Authlib: code flow with PKCE, state and nonce.

What a sign-in under way must remember stands in a short-lived cookie signed with the client's secret, so that any
worker can end what another began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from httpx2 import HTTPError
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from service.identity.people import ROLES
from service.identity.transport import encrypted

log = structlog.get_logger(__name__)

COOKIE: Final = "huashu_openid"
PATH: Final = "/sign-in/openid"
LASTS: Final = 600  # seconds between leaving for the provider and coming back
SECONDS: Final = 10  # that the provider may take for an answer


class ProviderError(Exception):
    """The provider did not say who it is; the message is for whoever signs in, the log has the rest."""


@dataclass(frozen=True)
class Subject:
    """Who a provider says it is. `roles` is None where it says nothing of them."""

    subject: str
    name: str
    display_name: str
    roles: tuple[str, ...] | None


class Provider:
    """One provider, by its issuer's address."""

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str,
        roles_claim: str = "roles",
        roles: Mapping[str, str] | None = None,
    ) -> None:
        self._issuer, self._roles_claim, self._roles = issuer, roles_claim, dict(roles or {})
        self._client: Any = OAuth().register(
            "huashu",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256", "timeout": SECONDS},
        )
        self._signer = URLSafeTimedSerializer(client_secret, salt="huashu openid")

    async def leave(self, request: Request, redirect_uri: str) -> Response:
        """Send the browser to the provider."""
        request.scope["session"] = {}
        try:
            response = cast(Response, await self._client.authorize_redirect(request, redirect_uri))
        except (HTTPError, AuthlibBaseError, JoseError, ValueError, RuntimeError) as error:
            raise self._failed(error) from error
        kept = self._signer.dumps(request.scope["session"])
        secure = encrypted(request)
        response.set_cookie(COOKIE, kept, max_age=LASTS, httponly=True, samesite="lax", path=PATH, secure=secure)
        return response

    async def arrive(self, request: Request) -> Subject:
        """Who came back; ProviderError where it cannot be believed."""
        try:
            request.scope["session"] = self._signer.loads(request.cookies.get(COOKIE, ""), max_age=LASTS)
        except BadSignature as error:
            raise ProviderError("the sign-in took too long, or began in another browser: begin again") from error
        try:
            token = await self._client.authorize_access_token(request)
        except (HTTPError, AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError) as error:
            raise self._failed(error) from error
        claims = token.get("userinfo")
        if not claims or claims.get("iss") != self._issuer or not claims.get("sub"):
            raise self._failed(ValueError("there is no ID token of this issuer"))
        return self._subject(claims)

    def _subject(self, claims: Mapping[str, Any]) -> Subject:
        name = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
        shown = str(claims.get("name") or name)
        return Subject(f"{self._issuer} {claims['sub']}", name, shown, self._roles_in(claims))

    def _roles_in(self, claims: Mapping[str, Any]) -> tuple[str, ...] | None:
        """The roles that the claim comes to; its name may lead into objects by dots, as `realm_access.roles`."""
        found: Any = claims
        for part in self._roles_claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is None:
            return None
        given = found if isinstance(found, list) else [found]
        roles = {self._roles.get(str(value), str(value) if not self._roles else "") for value in given}
        return tuple(sorted(roles & set(ROLES)))

    def _failed(self, error: Exception) -> ProviderError:
        # What the provider says may hold codes and tokens: the kind of error is enough to look there.
        log.error("the sign-in provider cannot be used", issuer=self._issuer, problem=type(error).__name__)
        return ProviderError("the sign-in provider did not confirm who you are: try again, or sign in by password")
