"""The files of the pages: styles, scripts and pictures, which anybody may read."""

from __future__ import annotations

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class CheckedFiles(StaticFiles):
    """Asks to be checked for changes each time, so modules of two releases never mix; unchanged ones cost a 304."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response
