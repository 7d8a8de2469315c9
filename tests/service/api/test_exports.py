"""GET /v1/exports: what is approved, as a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from knowledge.formats.yaml import load_pack
from tests.service.importing import stocked
from tests.service.people import AGENT, EDITOR
from tests.service.shop import ENTRIES, pack


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service over the shop."""
    with stocked(Path(tmp_path_factory.mktemp("exports"))) as client:
        yield client


def test_every_form_holds_every_entry(client: TestClient, tmp_path: Path) -> None:
    """A workbook, a CSV, and the pack in an archive, each to be saved under a name with its day."""
    sheet = load_workbook(io.BytesIO(client.get("/v1/exports", headers=EDITOR).content)).active
    assert sheet is not None
    assert sheet.max_row == len(ENTRIES) + 1
    table = client.get("/v1/exports?format=csv&language=en", headers=EDITOR)
    assert table.content.decode("utf-8-sig").startswith("ID,Kind,Title,Variants,")
    assert table.headers["content-disposition"] == 'attachment; filename="huashu-2026-11-20.csv"'
    archive = client.get("/v1/exports?format=yaml.zip", headers=EDITOR)
    zipfile.ZipFile(io.BytesIO(archive.content)).extractall(tmp_path)
    found = load_pack(tmp_path / "huashu-2026-11-20")
    assert {entry.id: entry for entry in found.entries} == {entry.id: entry for entry in pack().entries}


def test_a_template_has_the_header_alone(client: TestClient) -> None:
    """To fill in."""
    sheet = load_workbook(io.BytesIO(client.get("/v1/exports?template=true", headers=EDITOR).content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:3] == ["编号", "类型", "标准问"]
    assert sheet.max_row == 1


def test_taking_everything_out_takes_permission(client: TestClient) -> None:
    """Agents find single replies; the whole goes to those who read drafts and history too."""
    assert client.get("/v1/exports", headers=AGENT).status_code == 403
    assert client.get("/v1/exports").status_code == 401
    assert client.get("/v1/exports?format=pdf", headers=EDITOR).status_code == 422
