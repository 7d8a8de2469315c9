"""`/demo`: an example console. One types as the customer and sees beside it what the agent would see.

The page is furniture; `static/demo.js` plays the console and `static/huashu.js` asks the public API, as any console's
developer may copy them.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response

from service.identity.people import needs
from service.pages.frame import language_of, render
from service.pages.slots import live_labels
from service.pages.words import WORDS as PARTS
from service.pages.words.demo import WORDS

router = APIRouter(include_in_schema=False)


@router.get("/demo", dependencies=[Depends(needs("suggest"))])
def demo(request: Request) -> Response:
    """The console, empty."""
    language = language_of(request)
    words = PARTS[language] | WORDS[language]
    context = {"data": {"words": words, "slots": live_labels(request, language)}}
    return render(request, "demo.html", {language: words}, context)
