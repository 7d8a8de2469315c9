"""The small shop imported into its database, and versions that wait for review there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import anyio
from fastapi import Request
from starlette.testclient import TestClient

from knowledge.model import Entry
from knowledge.store import Store
from service.app import create_app
from service.identity.people import Person
from service.settings import Settings
from tests.service.people import by_header
from tests.service.shop import FRIDAY, REFUND, SHIP, pack, state_of
from tests.toy import ToyEmbedder

T = TypeVar("T")

ANSWER = REFUND.replies[0].model_copy(update={"text": "您好，退款{refund.days}内退回原来的卡。"})
REWORDED = REFUND.model_copy(update={"replies": (ANSWER, *REFUND.replies[1:])})
MORE = SHIP.model_copy(update={"variants": (*SHIP.variants, "快递怎么一直没到呀")})


def imported(database: Path) -> None:
    """A database in which the shop is live."""
    database.write_bytes(_shop())


@cache
def _shop() -> bytes:
    with TemporaryDirectory() as folder:
        database = Path(folder, "knowledge.db")
        with Store.open(f"sqlite:///{database}") as store:
            store.import_pack(pack(), "shop", "shop", "", FRIDAY - timedelta(days=1))
        return database.read_bytes()


def submit(
    store: Store, entry: Entry = REWORDED, author: str = "li", comment: str = "时限改写", at: datetime = FRIDAY
) -> int:
    """A new version of an entry, offered for review."""
    version = store.save(entry, author, "", at - timedelta(minutes=5))
    store.submit(entry.id, version, author, at, comment)
    return version


@contextmanager
def reviewing(
    home: Path, database: Path, identify: Callable[[Request], Person | None] = by_header
) -> Iterator[TestClient]:
    """The service over the shop's index and a database of the test's own."""
    settings = Settings(home=home, database=f"sqlite:///{database}")
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, identify)) as client:
        yield client


def in_store(client: TestClient, call: Callable[[Store], T]) -> T:
    """What a call of the service's own store gives."""
    storage: Any = state_of(client).storage
    found: T = anyio.run(storage.run, call)
    return found
