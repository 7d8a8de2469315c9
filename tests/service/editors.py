"""The small shop as its editors have it: its index, and a database of its own in which the shop is approved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from knowledge.manuscript import manuscript_of
from service.app import create_app
from service.settings import Settings
from tests.service.people import EDITOR, by_header
from tests.service.shop import FRIDAY, REFUND, fill
from tests.toy import ToyEmbedder

Json = dict[str, Any]
DRAFT = "/v1/drafts/refund.time"
DESK = "/v1/desk/entries/refund.time"
WANG = {"X-Person": "wang editor"}


@contextmanager
def editing(home: Path, folder: Path, moment: datetime = FRIDAY) -> Iterator[TestClient]:
    """A client of the service over the shop; who asks is said by header, an editor named li where none is."""
    settings = Settings(home=home, database=f"sqlite:///{folder / 'knowledge.db'}")
    fill(settings)
    app = create_app(settings, ToyEmbedder(), lambda: moment, by_header)
    with TestClient(app, headers=EDITOR) as client:
        yield client


def typed(**fields: Any) -> Json:
    """The refund entry as typed, with some of its fields changed."""
    return manuscript_of(REFUND).model_dump(mode="json") | fields


def keep(client: TestClient, content: Json, revision: str = "", base: int = 1, **more: Any) -> str:
    """Autosave; the revision it is kept under."""
    response = client.put(DRAFT, json={"revision": revision, "base_version": base, "content": content}, **more)
    assert response.status_code == 200, response.text
    return str(response.json()["revision"])


def save(client: TestClient, content: Json, base: int = 1, **more: Any) -> int:
    """Make a draft of it; its version."""
    revision = keep(client, content, base=base, **more)
    response = client.post(f"{DRAFT}/versions", json={"revision": revision, "comment": "改"}, **more)
    assert response.status_code == 201, response.text
    return int(response.json()["version"]["version"])
