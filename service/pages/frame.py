"""What every page shares: language and theme, the security headers, the way between the pages, and rendering.

Language and theme are two cookies set by ordinary links (`?lang=en`, `?theme=dark`), so they work without a script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.templating import Jinja2Templates

from service.identity import csrf
from service.identity.csrf import token_of
from service.identity.identity import Identity
from service.identity.people import Permission, permissions_of, person_of
from service.identity.tokens import COOKIE
from service.identity.transport import encrypted
from service.pages.words import FRAME, UiLanguage
from service.pages.words.categories import WORDS as CATEGORIES
from service.reasons import teller

HERE = Path(__file__).parent
STATIC = HERE / "static"
YEAR = 365 * 86400
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
OURSELVES = ("'self'",)

Theme = Literal["light", "dark"]

templates = Jinja2Templates(directory=HERE / "templates")
templates.env.trim_blocks = templates.env.lstrip_blocks = True


@dataclass(frozen=True)
class Place:
    """One link of the way between the pages; `word` names it in FRAME, `needs` is what its visitor must be allowed."""

    address: str
    word: str
    needs: Permission
    more: bool = False  # kept under "more", as it is not every day's

    def holds(self, path: str) -> bool:
        """Whether a page is this place's."""
        return path == self.address or (self.address != "/" and path.startswith(f"{self.address}/"))


# In the order of the day's work; a page adds itself here.
PLACES: tuple[Place, ...] = (
    Place("/", "place_knowledge", "search"),
    Place("/browse", "place_browse", "search", more=True),
    Place("/training", "place_training", "search", more=True),
    Place("/editor", "place_editor", "edit"),
    Place("/review", "place_review", "read"),
    Place("/publish", "place_publish", "read"),
    Place("/inbox", "place_inbox", "edit"),
    Place("/insights", "place_insights", "insights"),
    Place("/import", "place_import", "edit", more=True),
    Place("/documents", "place_documents", "edit", more=True),
    Place("/audit", "place_audit", "read", more=True),
    Place("/admin", "place_admin", "administer", more=True),
)


def render(
    request: Request,
    template: str,
    words: Mapping[UiLanguage, Mapping[str, str]],
    context: Mapping[str, Any],
    status: int = 200,
    embeddable: bool = False,
) -> Response:
    """A page in the visitor's language and theme. `words` are the page's own in both languages.

    `embeddable`: a console that the settings name may show it in a frame; any other page only this service itself.
    """
    asked = request.query_params
    language = language_of(request)
    allowed = permissions_of(request)
    token = csrf_token(request)
    page = templates.TemplateResponse(
        request,
        template,
        {
            "words": {**FRAME[language], **words[language]},
            "language": language,
            "theme": theme_of(request),
            "here": lambda **changes: f"{request.url.path}?" + urlencode(dict(asked) | changes),
            "places": [place for place in PLACES if place.needs in allowed],
            "path": request.url.path,
            "person": person_of(request),
            "called": called_in(request),
            "category_word": lambda name: CATEGORIES[language].get(name, name),
            "reason": teller(language),  # why something could not be done, in the page's language
            # The hidden field that every form of method post carries: {{ csrf }}.
            "csrf": templates.env.get_template("parts.html").module.csrf_field(token),  # type: ignore[attr-defined]
            **context,
        },
        status_code=status,
    )
    policy = CSP.format(ancestors=" ".join(frame_ancestors(request) if embeddable else OURSELVES))
    page.headers.update(
        {"Content-Security-Policy": policy, "Cache-Control": "private, no-cache", "Vary": "Cookie, Accept-Language"}
    )
    _remember(page, asked)
    if token and not csrf.fits(request.cookies[COOKIE], request.cookies.get(csrf.COOKIE, "")):
        page.set_cookie(csrf.COOKIE, token, samesite="lax", secure=encrypted(request))
    return page


def called_in(request: Request) -> Callable[[str], str]:
    """What somebody is called, by the name they act under; whoever is not known by another name is called that."""
    names = names_in(request)
    return lambda name: names.get(name, name)


def names_in(request: Request) -> dict[str, str]:
    """What people are called where that is not the name they act under, by that name."""
    identity: Identity | None = getattr(request.app.state, "identity", None)
    return identity.directory.names() if identity is not None else {}


def csrf_token(request: Request) -> str:
    """The token that this visitor's forms and scripts must show; empty for who has no session."""
    secret = request.cookies.get(COOKIE, "")
    return token_of(secret) if secret else ""


def frame_ancestors(request: Request) -> tuple[str, ...]:
    """Who may show an embeddable page in a frame, as the Content-Security-Policy names them."""
    return cast(tuple[str, ...], getattr(request.app.state, "frame_ancestors", OURSELVES))


def language_of(request: Request) -> UiLanguage:
    """By the address, else by the cookie, else by what the browser prefers; Chinese where none says."""
    wished = (request.query_params.get("lang"), request.cookies.get("huashu_lang"))
    for wish in (*wished, *request.headers.get("accept-language", "").split(",")):
        for language in FRAME:
            if wish and wish.strip().lower().startswith(language):
                return language
    return "zh"


def theme_of(request: Request) -> Theme | None:
    """A theme that was chosen; None leaves it to the system."""
    wish = request.query_params.get("theme", request.cookies.get("huashu_theme"))
    return cast(Theme, wish) if wish in ("light", "dark") else None


def _remember(page: Response, asked: Mapping[str, str]) -> None:
    """Keep a choice of language or theme that the address makes."""
    for name, choices in (("lang", ("zh", "en")), ("theme", ("light", "dark"))):
        if asked.get(name) in choices:
            page.set_cookie(f"huashu_{name}", asked[name], max_age=YEAR, samesite="lax")
