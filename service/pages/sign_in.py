"""/sign-in: by password, by a one-time link, or by the team's own provider; and /sign-out.

Plain forms that need no script. Where somebody goes afterwards is a path of this service and nothing else.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from knowledge.errors import KnowledgeError, NotFound
from service.identity.identity import Identity
from service.identity.passwords import SHORTEST, WeakPassword
from service.identity.people import public
from service.identity.provider import PATH as OPENID
from service.identity.provider import ProviderError
from service.identity.signing_in import WrongPassword, forget_cookies
from service.identity.tokens import COOKIE
from service.identity.transport import encrypted
from service.pages.frame import language_of, render
from service.pages.refusal import refused
from service.pages.words.identity import WORDS
from service.settings import Settings

NEXT: Final = "huashu_next"

router = APIRouter(include_in_schema=False, dependencies=[Depends(public("who signs in is not known yet"))])


@router.get("/sign-in")
def sign_in(request: Request) -> Response:
    """The form."""
    return _form(request, local(request.query_params.get("next", "")))


@router.post("/sign-in")
async def signed_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    onward: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """A session, or the form again with one and the same reason."""
    identity: Identity = request.app.state.identity
    if (wait := _too_often(request, identity)) is not None:
        return wait
    try:
        secret = await identity.signing_in.by_password(name, password, request.headers.get("user-agent", ""))
    except WrongPassword:
        return _form(request, local(onward), name=name, problem="wrong_password", status=401)
    return _in(request, identity, secret, local(onward))


@router.post("/sign-out")
async def signed_out(request: Request) -> Response:
    """The session ends here and in the database."""
    identity: Identity = request.app.state.identity
    if secret := request.cookies.get(COOKIE, ""):
        await identity.signing_in.end(secret)
    response = RedirectResponse("/sign-in?out=1", status_code=303)
    forget_cookies(response)
    return response


@router.get("/sign-in/link/{token}")
async def link(token: str, request: Request) -> Response:
    """A form for a new password; looking at it does not use the link up."""
    identity: Identity = request.app.state.identity
    try:
        found = await identity.signing_in.link(token)
    except NotFound:
        return _spent(request)
    return _link_form(request, found.person, name=found.person or "admin")


@router.post("/sign-in/link/{token}")
async def by_link(
    token: str,
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """The password is kept, the link is used up, and its opener is signed in."""
    identity: Identity = request.app.state.identity
    if (wait := _too_often(request, identity)) is not None:
        return wait
    try:
        found = await identity.signing_in.link(token)
    except NotFound:
        return _spent(request)
    if not hmac.compare_digest(password.encode("utf-8", "replace"), again.encode("utf-8", "replace")):
        return _link_form(request, found.person, name, "not_alike")
    try:
        secret = await identity.signing_in.by_link(token, name, password, request.headers.get("user-agent", ""))
    except WeakPassword:
        return _link_form(request, found.person, name, "weak_password")
    except NotFound:
        return _spent(request)
    except KnowledgeError as error:
        return _link_form(request, found.person, name, "name_unusable", str(error))
    return _in(request, identity, secret, "/admin/people" if found.person is None else "/")


@router.get(OPENID)
async def leave(request: Request) -> Response:
    """To the provider."""
    identity: Identity = request.app.state.identity
    if (wait := _too_often(request, identity)) is not None:
        return wait
    if identity.provider is None:
        return RedirectResponse("/sign-in", status_code=303)
    settings: Settings = request.app.state.settings
    here = settings.public_url or str(request.base_url).rstrip("/")
    try:
        response = await identity.provider.leave(request, f"{here}{OPENID}/callback")
    except ProviderError as error:
        return _form(request, "/", problem="provider_failed", detail=str(error), status=502)
    onward, secure = local(request.query_params.get("next", "")), encrypted(request)
    response.set_cookie(NEXT, onward, max_age=600, httponly=True, path=OPENID, secure=secure)
    return response


@router.get(f"{OPENID}/callback")
async def arrive(request: Request) -> Response:
    """From the provider: a session for whom it names, who has a role here."""
    identity: Identity = request.app.state.identity
    if identity.provider is None:
        return RedirectResponse("/sign-in", status_code=303)
    try:
        who = await identity.provider.arrive(request)
    except ProviderError as error:
        return _form(request, "/", problem="provider_failed", detail=str(error), status=401)
    agent = request.headers.get("user-agent", "")
    try:
        secret = await identity.signing_in.by_provider(who.subject, who.name, who.display_name, who.roles, agent)
    except KnowledgeError as error:
        return _form(request, "/", problem="provider_refused", detail=str(error), status=403)
    return _in(request, identity, secret, local(request.cookies.get(NEXT, "")))


def local(address: str) -> str:
    """A path of this service, with its query; anything that could lead elsewhere is the first page."""
    plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else "/"


def _in(request: Request, identity: Identity, secret: str, onward: str) -> Response:
    response = RedirectResponse(onward, status_code=303)
    identity.signing_in.set_cookies(request, response, secret)
    return response


def _too_often(request: Request, identity: Identity) -> Response | None:
    address = request.client.host if request.client is not None else "unknown"
    wait = identity.rates.refused("sign-in", address)
    if wait is None:
        return None
    detail = f"too many sign-ins from this address: wait {wait} s and try again"
    return refused(request, 429, detail, {"Retry-After": str(wait)})


def _form(
    request: Request, onward: str, name: str = "", problem: str = "", detail: str = "", status: int = 200
) -> Response:
    identity: Identity = request.app.state.identity
    context: dict[str, Any] = {
        "name": name,
        "onward": onward,
        "provider": identity.provider is not None,
        "problem": problem and WORDS[language_of(request)][problem],
        "detail": detail,
        "signed_out": "out" in request.query_params,
        "openid": OPENID,
    }
    return render(request, "sign-in.html", WORDS, context, status)


def _link_form(request: Request, person: str | None, name: str, problem: str = "", detail: str = "") -> Response:
    words = WORDS[language_of(request)]
    context = {
        "owner": person,
        "name": name,
        "problem": problem and words[problem].format(n=SHORTEST),
        "detail": detail,
        "shortest": SHORTEST,
    }
    return render(request, "link.html", WORDS, context, 422 if problem else 200)


def _spent(request: Request) -> Response:
    return _form(request, "/", problem="link_spent", status=404)
