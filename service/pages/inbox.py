"""The editors' inbox: `/inbox`, queries that need words in themes, and `/inbox/repairs`, variants out of place.

Reading needs no script; the acts are sent to the API by `static/inbox.js`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response

from service.api.inbox import all_themes, proposals_for
from service.identity.people import Person, needs
from service.inbox import Proposal, StillGrouping, Theme
from service.pages.figures import percent
from service.pages.frame import language_of, render
from service.pages.words import inbox as dictionary
from service.repairs import Repairs

router = APIRouter(include_in_schema=False)

Editor = Annotated[Person, Depends(needs("edit"))]
PAGE = 20  # themes on one page
TALLIES = ("abstain", "clarify", "none_fits", "rejected", "edited")
# What the script says itself.
SPOKEN = (
    "saved",
    "open_draft",
    "dismissed",
    "undo",
    "restored",
    "failed",
    "offline",
    "none_checked",
    "no_entry",
    "moved",
    "kept",
    "comma",
)


@router.get("/inbox")
async def inbox(request: Request, _: Editor) -> Response:
    """A page of themes, the most asked first."""
    words = dictionary.WORDS[language_of(request)]
    try:
        found, reading = await all_themes(request), False
    except StillGrouping:
        found, reading = (), True
    pages = max(1, -(-len(found) // PAGE))
    number = min(_number(request.query_params.get("page", "1")), pages)
    shown = found[(number - 1) * PAGE : number * PAGE]
    proposals = await proposals_for(shown, request)
    contents = request.app.state.live.retriever.contents
    zone = ZoneInfo(contents.policy.business_hours.timezone)
    return render(
        request,
        "inbox.html",
        dictionary.WORDS,
        {
            "cards": [_card(*pair, zone, words) for pair in zip(shown, proposals, strict=True)],
            "categories": sorted({item.entry.category for item in contents.entries}),
            "themes": len(found),
            "queries": sum(len(theme.items) for theme in found),
            "reading": reading,
            "number": number,
            "pages": pages,
            "logging": request.app.state.queries.on,
            "data": {"words": {name: words[name] for name in SPOKEN}},
        },
    )


@router.get("/inbox/repairs")
async def repairs(request: Request, _: Editor) -> Response:
    """Variants that stand where they should not."""
    words = dictionary.WORDS[language_of(request)]
    found: Repairs = request.app.state.repairs
    return render(
        request,
        "inbox-repairs.html",
        dictionary.WORDS,
        {
            "repairs": await request.app.state.storage.run(found.listed),
            "data": {"words": {name: words[name] for name in SPOKEN}},
        },
    )


def _card(theme: Theme, proposal: Proposal | None, zone: ZoneInfo, words: Mapping[str, str]) -> dict[str, Any]:
    """A theme as its card shows it."""
    tallies = {**theme.decisions, **theme.acts}
    basis = ""
    if proposal is not None:
        said = words["said"].format(n=proposal.said)
        basis = said if proposal.said else words["sure"].format(percent=percent(proposal.confidence))
    return {
        "id": theme.id,
        "text": theme.lead.text,
        "count": words["times"].format(n=theme.count),
        "when": f"{theme.last_seen.astimezone(zone):%m-%d %H:%M}",
        "tallies": [(name, words[name].format(n=tallies[name])) for name in TALLIES if tallies.get(name)],
        "proposal": proposal,
        # A new entry most likely goes beside the one that was thought of.
        "category": proposal.entry_id.split(".", 1)[0] if proposal is not None else "",
        "basis": basis,
        "items": [
            {"key": item.key, "text": item.text, "count": words["times"].format(n=item.count)} for item in theme.items
        ],
        "edits": list(dict.fromkeys(text for _, text in theme.edits)),
    }


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and 0 < len(given) < 5 and int(given) else 1
