"""The small shop with its knowledge in the database too, and people who may edit, for tests that bring files in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from knowledge.store import Store
from service.app import create_app
from service.settings import Settings
from tests.knowledge.formats.imported import csv_text
from tests.service.people import EDITOR, by_header
from tests.service.shop import FRIDAY, pack
from tests.toy import ToyEmbedder

SHEET = csv_text(
    ("编号", "标准问", "答案", "标签", "生效日期"),
    ("refund.time", "", "", "退款", ""),
    ("", "能开发票吗", "您好，可以开。", "", ""),
)
BROKEN = csv_text(("标准问", "答案", "生效日期"), ("能开发票吗", "您好，可以开。", ""), ("怎么退", "您好", "=明天"))


@contextmanager
def stocked(home: Path) -> Iterator[TestClient]:
    """The service over a home whose database holds the shop, imported by 李雷; nothing here needs an index."""
    settings = Settings(home=home)
    with Store.open(settings.database_url) as store:
        store.import_pack(pack(), "李雷", "李雷", "first", FRIDAY)
    with TestClient(create_app(settings, ToyEmbedder(), lambda: FRIDAY, by_header)) as client:
        yield client


def upload(client: TestClient, data: bytes = SHEET, name: str = "话术.csv", **fields: Any) -> Any:
    """A file sent to the API; an editor's where `headers` do not say else."""
    headers = fields.pop("headers", EDITOR)
    return client.post("/v1/imports", files={"file": (name, data)}, data=fields, headers=headers)
