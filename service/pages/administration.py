"""/admin/people and /admin/keys: who may sign in with which roles, and which programs may ask.

Plain forms that need no script. A key and a one-time link are shown once, on the page that answers their making.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from knowledge.errors import KnowledgeError
from knowledge.store import Store
from service.api.parameters import RowNumber
from service.identity.identity import Identity
from service.identity.people import PERMISSIONS, ROLES, Person, needs
from service.identity.tokens import HINT, KEY_PREFIX, digest, new_key
from service.pages.frame import language_of, render
from service.pages.moments import moment_in
from service.pages.words.identity import WORDS
from service.settings import Settings

Admin = Annotated[Person, Depends(needs("administer"))]
Chosen = Annotated[list[str], Form()]
CHANGES = ("roles", "disable", "enable")  # of a person, told once they are done

router = APIRouter(prefix="/admin", include_in_schema=False)


@router.get("")
def admin(person: Admin) -> Response:
    """The first of its pages."""
    return RedirectResponse("/admin/people", status_code=303)


@router.get("/people")
async def people(request: Request, person: Admin) -> Response:
    """Everybody who may sign in."""
    return await _people(request)


@router.post("/people")
async def add_person(
    request: Request,
    person: Admin,
    name: Annotated[str, Form()] = "",
    display_name: Annotated[str, Form()] = "",
    roles: Chosen = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Somebody new, with a one-time link by which they choose their password."""
    wanted = known_roles(roles)
    typed = {"name": name, "display_name": display_name, "chosen": wanted}
    if not wanted:
        return await _people(request, problem="no_role", **typed)
    try:
        added = await _act(request, lambda store, at: store.people.add(name, display_name, wanted, person.name, at))
    except KnowledgeError as error:
        return await _people(request, problem="name_unusable", detail=str(error), **typed)
    return await _linked(request, added.name, person)


@router.post("/people/{name}/roles")
async def set_roles(request: Request, name: str, person: Admin, roles: Chosen = []) -> Response:  # noqa: B006
    """Other roles, from the next request on."""
    wanted = known_roles(roles)
    if not wanted:
        return await _people(request, problem="no_role")
    return await _changed(
        request, "roles", name, lambda store, at: store.people.set_roles(name, wanted, person.name, at)
    )


@router.post("/people/{name}/disable")
async def disable(request: Request, name: str, person: Admin) -> Response:
    """Let in no more; every session ends."""
    return await _changed(request, "disable", name, lambda store, at: store.people.disable(name, person.name, at))


@router.post("/people/{name}/enable")
async def enable(request: Request, name: str, person: Admin) -> Response:
    """Let in again."""
    return await _changed(request, "enable", name, lambda store, at: store.people.enable(name, person.name, at))


@router.post("/people/{name}/link")
async def make_link(request: Request, name: str, person: Admin) -> Response:
    """A one-time link for somebody who forgot their password."""
    try:
        return await _linked(request, name, person)
    except KnowledgeError as error:
        return await _people(request, problem="refused_act", detail=str(error))


@router.get("/keys")
async def keys(request: Request, person: Admin) -> Response:
    """Every key ever made."""
    return await _keys(request)


@router.post("/keys")
async def add_key(
    request: Request,
    person: Admin,
    name: Annotated[str, Form()] = "",
    scopes: Chosen = [],  # noqa: B006
) -> Response:
    """A new key, shown this once."""
    wanted = known_scopes(scopes)
    if not wanted:
        return await _keys(request, problem="no_scope", name=name, chosen=wanted)
    secret = new_key()
    hint = secret[: len(KEY_PREFIX) + HINT]
    try:
        made = await _act(
            request, lambda store, at: store.keys.add(name, digest(secret), hint, wanted, person.name, at)
        )
    except KnowledgeError as error:
        return await _keys(request, problem="refused_act", detail=str(error), name=name, chosen=wanted)
    return await _keys(request, made=made, secret=secret)


@router.post("/keys/{number}/revoke")
async def revoke(request: Request, number: RowNumber, person: Admin) -> Response:
    """End a key, here at once and at other services within a second."""
    try:
        await _act(request, lambda store, at: store.keys.revoke(number, person.name, at))
    except KnowledgeError as error:
        return await _keys(request, problem="refused_act", detail=str(error))
    return RedirectResponse("/admin/keys", status_code=303)


def known_roles(given: list[str]) -> list[str]:
    """The roles among what was chosen."""
    return [role for role in given if role in ROLES]


def known_scopes(given: list[str]) -> list[str]:
    """The roles and permissions among what was chosen."""
    return [scope for scope in given if scope in ROLES or scope in PERMISSIONS]


async def _act(request: Request, call: Callable[[Store, Any], Any]) -> Any:
    identity: Identity = request.app.state.identity
    at = identity.now()
    return await identity.act(lambda store: call(store, at))


async def _changed(request: Request, done: str, name: str, call: Callable[[Store, Any], Any]) -> Response:
    try:
        await _act(request, call)
    except KnowledgeError as error:
        return await _people(request, problem="refused_act", detail=str(error))
    return RedirectResponse(f"/admin/people?{urlencode({'done': done, 'name': name})}", status_code=303)


async def _linked(request: Request, name: str, person: Person) -> Response:
    identity: Identity = request.app.state.identity
    settings: Settings = request.app.state.settings
    secret = await identity.signing_in.make_link(name, person.name)
    here = settings.public_url or str(request.base_url).rstrip("/")
    return await _people(request, link=f"{here}/sign-in/link/{secret}", linked=name)


async def _people(request: Request, problem: str = "", **more: Any) -> Response:
    identity: Identity = request.app.state.identity
    everybody = await identity.storage.run(lambda store: store.people.all())
    done, name = (request.query_params.get(field, "") for field in ("done", "name"))
    words = WORDS[language_of(request)]
    told = words[f"done_{done}"].format(name=name[:80]) if done in CHANGES and not problem else ""
    fields = {"people": everybody, "roles": list(ROLES), "chosen": ["agent"], "told": told}
    return _render(request, "people.html", problem, fields | more)


async def _keys(request: Request, problem: str = "", **more: Any) -> Response:
    identity: Identity = request.app.state.identity
    made = await identity.storage.run(lambda store: store.keys.all())
    shown = [(key, identity.directory.used(key)) for key in reversed(made)]
    fields = {"keys": shown, "roles": list(ROLES), "permissions": list(PERMISSIONS), "chosen": ["console"]}
    return _render(request, "keys.html", problem, fields | more)


def _render(request: Request, template: str, problem: str, context: dict[str, Any]) -> Response:
    words = WORDS[language_of(request)]
    shared = {
        "problem": problem and words[problem],
        "detail": "",
        "name": "",
        "display_name": "",
        "link": "",
        "linked": "",
        "secret": "",
        "made": None,
        "moment": moment_in(request),
    }
    page = render(request, template, WORDS, shared | context, 422 if problem else 200)
    if context.get("secret") or context.get("link"):
        page.headers["Cache-Control"] = "no-store"
    return page
