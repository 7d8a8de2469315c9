"""A small OpenID Connect provider: what a real one checks of its client, it checks; who signs in is set by the test."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI, Form, HTTPException, Request
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import RedirectResponse

from tests.browser.conftest import serve

CLIENT, SECRET = "huashu", "client-secret-of-the-desk"


class Idp:
    """The provider's state. `claims` are those of whoever signs in; `spoil` lies about one of the token's."""

    def __init__(self) -> None:
        self.issuer = ""
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.signing = self.key
        self.claims: dict[str, Any] = {"sub": "17", "preferred_username": "han.mei", "name": "韩梅", "roles": ["leads"]}
        self.spoil: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.app = self._app()

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def discovery() -> dict[str, Any]:
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["RS256"],
            }

        @app.get("/authorize")
        def authorize(request: Request) -> RedirectResponse:
            asked = dict(request.query_params)
            assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
            assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"]
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

        @app.post("/token")
        def token(
            request: Request, code: str = Form(), redirect_uri: str = Form(), code_verifier: str = Form()
        ) -> dict[str, Any]:
            asked = self.codes.pop(code, None)  # a code works once
            given = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
            challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
            if (
                asked is None
                or given != f"{CLIENT}:{SECRET}"
                or asked["redirect_uri"] != redirect_uri
                or asked["code_challenge"] != challenge
            ):
                raise HTTPException(400, "invalid_grant")
            now = int(time.time())
            own = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
            signed = jwt.encode({"alg": "RS256", "kid": "k1"}, own | self.claims | self.spoil, self.signing)
            return {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}

        @app.get("/jwks")
        def jwks() -> dict[str, Any]:
            return {"keys": [self.key.as_dict(private=False)]}

        return app


@contextmanager
def providing() -> Iterator[Idp]:
    """The provider at an address of its own."""
    idp = Idp()
    running = serve(idp.app)
    idp.issuer = next(running)
    try:
        yield idp
    finally:
        with pytest.raises(StopIteration):
            next(running)
