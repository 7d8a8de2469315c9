"""The shop with a log and feedback made by hand, served to whoever says who they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from knowledge.store import Store
from service.app import create_app
from service.settings import Settings
from tests.knowledge.store.test_queries import feedback, query
from tests.service.people import by_header
from tests.service.shop import FRIDAY, REFUND, SHIP, pack
from tests.toy import ToyEmbedder

ENGRAVING = ("能刻字吗", "可以刻字吗", "能刻字吗亲")
SCHOOL = ("学生有折扣吗", "学生折扣有吗")
DAY = FRIDAY.date()


def fill(url: str) -> None:
    """Two days: two answers, five queries without one, one formula, and what came of some."""
    before = FRIDAY - timedelta(days=1)
    queries = [query(n, text, decision="abstain", at=FRIDAY) for n, text in enumerate((*ENGRAVING, *SCHOOL))]
    queries += [
        query(10, "退款呢", at=FRIDAY, products=("A3",), took_ms=10.0),
        query(11, "包裹呢", at=before, day=before.date(), entry_id=SHIP.id, channel="phone", took_ms=20.0),
        query(12, "=SUM(A1)", at=FRIDAY, decision="clarify", level="required", target="logistics"),
    ]
    with Store.open(url) as store:
        store.import_pack(pack(), "li", "wang", "", FRIDAY)
        store.queries.add(queries)
        store.add_feedback(feedback("r-10", "edited", at=FRIDAY, text="您好，退款已提交。"), [REFUND.id])
        store.add_feedback(feedback("r-11", "used", entry_id=SHIP.id, at=before), [SHIP.id])
        store.add_feedback(feedback("r-12", "used", entry_id=SHIP.id, at=FRIDAY, resolved_in_time=True))


@contextmanager
def used(home: Path, folder: Path, **options: Any) -> Iterator[TestClient]:
    """The service over that log."""
    settings = Settings(home=home, database=f"sqlite:///{folder / 'knowledge.db'}", **options)
    fill(settings.database_url)
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header)) as client:
        yield client
