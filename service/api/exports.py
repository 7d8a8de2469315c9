"""GET /v1/exports: the approved knowledge as a file to edit and to bring back."""

from __future__ import annotations

from typing import Annotated, Literal

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from knowledge.formats.writing import as_csv, as_xlsx, as_yaml_zip
from service.errors import PROBLEMS, Problem
from service.identity.people import Person, needs

router = APIRouter(prefix="/v1", tags=["exports"])

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ExportFormat = Literal["xlsx", "csv", "yaml.zip"]
REFUSED: dict[int | str, dict[str, object]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "It needs the permission `read`."},
}


class ExportQuery(BaseModel):
    """What to take out, and in which form."""

    model_config = ConfigDict(extra="forbid")

    format: ExportFormat = "xlsx"
    language: Annotated[Literal["zh", "en"], Field(description="Of a sheet's header and words.")] = "zh"
    template: Annotated[bool, Field(description="Only the header, to fill in.")] = False


@router.get(
    "/exports",
    summary="Take the knowledge out",
    response_class=Response,
    responses={
        **PROBLEMS,
        **REFUSED,
        200: {"description": "The file.", "content": {XLSX: {}, "text/csv": {}, "application/zip": {}}},
        404: {"model": Problem, "description": "No policy was ever imported, so there is no pack."},
    },
)
async def export(
    asked: Annotated[ExportQuery, Query()], request: Request, person: Annotated[Person, Depends(needs("read"))]
) -> Response:
    """The approved entries as a sheet, or the whole pack as YAML; importing it again changes nothing."""
    storage, turn = request.app.state.storage, request.app.state.imports.turn
    day = request.app.state.now().date().isoformat()
    if asked.format == "yaml.zip":
        pack = await storage.run(lambda store: store.pack())
        body = await anyio.to_thread.run_sync(as_yaml_zip, pack, f"huashu-{day}", limiter=turn)
        return download(body, f"huashu-{day}.yaml.zip", "application/zip")
    records = () if asked.template else await storage.run(lambda store: store.approved())
    write, kind = (as_xlsx, XLSX) if asked.format == "xlsx" else (as_csv, CSV)
    entries = [record.entry for record in records]
    body = await anyio.to_thread.run_sync(write, entries, asked.language, limiter=turn)
    name = "template" if asked.template else day
    return download(body, f"huashu-{name}.{asked.format}", kind)


def download(body: bytes, name: str, kind: str) -> Response:
    """A file to be saved, not shown."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=kind, headers=headers)
