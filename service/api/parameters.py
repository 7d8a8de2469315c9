"""Parameters of an address: each is given once, as no route of the API takes a list of them, and fits its column."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request

from service.api.review_bodies import LARGEST_VERSION
from service.errors import RequestError

RowNumber = Annotated[int, Path(ge=1, le=LARGEST_VERSION, description="A row by its number.")]


async def given_once(request: Request) -> None:
    """RequestError where a parameter is repeated; which of its values was meant nobody could tell."""
    for name in request.query_params:
        values = request.query_params.getlist(name)
        if len(values) > 1:
            raise RequestError(name[:60], f"is given {len(values)} times: give it once")
