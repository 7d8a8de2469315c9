"""/account: somebody's own password and sessions."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from knowledge.errors import NotFound
from service.api.parameters import RowNumber
from service.identity.identity import Identity
from service.identity.passwords import SHORTEST, WeakPassword
from service.identity.people import Person, signed_in
from service.identity.signing_in import WrongPassword
from service.identity.tokens import COOKIE
from service.pages.devices import device_of
from service.pages.frame import language_of, render
from service.pages.moments import moment_in
from service.pages.words.identity import WORDS

Own = Annotated[Person, Depends(signed_in)]

router = APIRouter(prefix="/account", include_in_schema=False)


@router.get("")
async def account(request: Request, person: Own) -> Response:
    """Who one is here, and where one is signed in."""
    return await _page(request, person)


@router.post("/password")
async def password(
    request: Request,
    person: Own,
    current: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Another password; every other session of this person ends."""
    identity: Identity = request.app.state.identity
    if new != again:
        return await _page(request, person, "not_alike")
    try:
        await identity.signing_in.change_password(person.name, current, new, request.cookies.get(COOKIE, ""))
    except WrongPassword:
        return await _page(request, person, "wrong_current")
    except WeakPassword:
        return await _page(request, person, "weak_password")
    return RedirectResponse("/account?done=password_changed", status_code=303)


@router.post("/sessions/{number}/end")
async def end(number: RowNumber, request: Request, person: Own) -> Response:
    """Sign one of one's own browsers out."""
    identity: Identity = request.app.state.identity
    with suppress(NotFound):  # where it ended meanwhile, which is what was wanted
        await identity.signing_in.end_session(person.name, number, person.name)
    return RedirectResponse("/account?done=session_ended", status_code=303)


async def _page(request: Request, person: Person, problem: str = "") -> Response:
    identity: Identity = request.app.state.identity
    words = WORDS[language_of(request)]
    owner = await identity.storage.run(lambda store: store.people.find(person.name))
    done = request.query_params.get("done", "")
    context = {
        "owner": owner,
        "sessions": await identity.signing_in.sessions(person.name, request.cookies.get(COOKIE, "")),
        "problem": problem and words[problem].format(n=SHORTEST),
        "done": words[done] if done in ("password_changed", "session_ended") else "",
        "shortest": SHORTEST,
        "moment": moment_in(request),
        "device": device_of,
    }
    return render(request, "account.html", WORDS, context, 422 if problem else 200)
