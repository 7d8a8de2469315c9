"""The editors' list of entries: what its address asks for, its chips, and the links that turn its pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import ValidationError

from service.api.desk import DeskFilter
from service.editing import catalogue

ROWS = 40  # entries on a page of the list
CHIPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("chip_all", {}),
    ("chip_typing", {"typing": "true"}),
    ("chip_draft", {"state": "draft"}),
    ("chip_returned", {"returned": "true"}),
    ("chip_in_review", {"state": "in_review"}),
    ("chip_approved", {"state": "approved"}),
    ("chip_retired", {"state": "retired"}),
    ("chip_low", {"low": "true"}),
    ("chip_expiring", {"expiring_days": "14"}),
)
FILTERS = frozenset(DeskFilter.model_fields) - {"limit", "offset"}


def listing(request: Request, every: list[catalogue.Row], today: date, asked: DeskFilter) -> dict[str, Any]:
    """The rows that are wanted, and the links that narrow and turn the pages."""
    fitting = [row for row in every if catalogue.fits(row, asked.wanted(), today)]
    kept = {name: value for name, value in request.query_params.items() if name in FILTERS and value}
    chosen = {name: kept[name] for name in ("typing", "state", "returned", "low", "expiring_days") if name in kept}
    beside = {name: value for name, value in kept.items() if name not in chosen}
    return {
        "entry_id": None,
        "opened": None,
        "rows": fitting[asked.offset : asked.offset + ROWS],
        "total": len(fitting),
        "every": len(every),
        "today": today,
        "asked": asked,
        "query": f"?{urlencode(kept)}" if kept else "",
        "chips": [(word, address(beside | fields), chosen == fields) for word, fields in CHIPS],
        "categories": sorted({row.category for row in every}),
        "owners": sorted({row.owner for row in every}),
        "narrowed": sum(name in beside for name in ("category", "kind", "product", "owner")),
        "before": address(kept | {"offset": str(max(asked.offset - ROWS, 0))}) if asked.offset else "",
        "after": address(kept | {"offset": str(asked.offset + ROWS)}) if asked.offset + ROWS < len(fitting) else "",
    }


def asked_of(request: Request) -> DeskFilter:
    """What the address asks for; what cannot be read is as if it were not there."""
    kept = {name: value for name, value in request.query_params.items() if name in (*FILTERS, "offset") and value}
    try:
        return DeskFilter.model_validate(kept)
    except ValidationError:
        return DeskFilter()


def address(fields: Mapping[str, str]) -> str:
    return f"/editor?{urlencode(fields)}" if fields else "/editor"
