"""/v1/imports: upload, look, apply."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from service.api.imports import ImportPlan
from service.bodies import LARGEST_BODY, LARGEST_UPLOAD
from tests.service.importing import BROKEN, SHEET, stocked, upload
from tests.service.people import AGENT, APPROVER, EDITOR


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service; tests leave other drafts behind, never other live entries but where they say so."""
    with stocked(Path(tmp_path_factory.mktemp("imports"))) as client:
        yield client


def test_a_dry_run_then_the_same_applied(client: TestClient) -> None:
    """What would change by entry and field, then drafts, once."""
    response = upload(client)
    assert response.status_code == 201
    plan = response.json()
    assert (plan["file"], plan["format"], plan["rows"], plan["arrival"]) == ("话术.csv", "csv", 2, "draft")
    assert (plan["added"], plan["changed"], plan["unchanged"], plan["errors"]) == (1, 1, 0, 0)
    changes = {change["entry_id"]: change for change in plan["changes"]}
    assert changes["refund.time"]["fields"] == [{"field": "tags", "before": "钱", "after": "退款"}]
    assert changes["faq.neng-kai-fa-piao-ma"]["rows"] == [3]
    address = f"/v1/imports/{plan['import_id']}"
    assert client.get(address, headers=EDITOR).json() == plan
    assert (
        client.get(address, params={"limit": 1, "offset": 1}, headers=EDITOR).json()["changes"] == plan["changes"][1:]
    )
    applied = client.post(f"{address}/apply", json={"comment": "秋季"}, headers=EDITOR)
    assert applied.status_code == 200
    assert applied.json()["applied_at"]
    again = client.post(f"{address}/apply", json={}, headers=EDITOR)
    assert again.status_code == 409
    assert upload(client).json()["unchanged"] == 2


def test_errors_keep_everything_out_until_they_are_passed_over(client: TestClient) -> None:
    """422 with the next step; the problems as a sheet, in either language."""
    plan = upload(client, BROKEN.replace("能开发票吗".encode(), "发票怎么开".encode())).json()
    assert (plan["errors"], plan["skipped_rows"]) == (1, 1)
    (found,) = plan["problems"]
    assert (found["row"], found["column"], found["value"], found["code"]) == (3, "生效日期", "=明天", "not_a_date")
    address = f"/v1/imports/{plan['import_id']}"
    sheet = client.get(f"{address}/problems.csv", headers=EDITOR)
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    assert "话术.csv,3,生效日期,'=明天,错误" in sheet.content.decode("utf-8-sig")
    assert "is no date" in client.get(f"{address}/problems.csv?language=en", headers=EDITOR).text
    refused = client.post(f"{address}/apply", json={}, headers=EDITOR)
    assert refused.status_code == 422
    assert "skip those rows explicitly" in refused.json()["detail"]
    assert client.post(f"{address}/apply", json={"skip_bad_rows": True}, headers=EDITOR).status_code == 200


def test_who_may_what(client: TestClient) -> None:
    """Editors import drafts; approving and retiring take an approver; a plan is its maker's; agents may not at all."""
    assert upload(client, headers=AGENT).status_code == 403
    assert upload(client, headers={}).status_code == 401
    asked: list[dict[str, Any]] = [{"arrival": "approved"}, {"retire_missing": "true"}]
    for fields in asked:
        response = upload(client, **fields)
        assert response.status_code == 403
        assert "needs approve" in response.json()["detail"]
        assert upload(client, headers=APPROVER, **fields).status_code == 201
    theirs = upload(client, headers=APPROVER).json()["import_id"]
    for address in (f"/v1/imports/{theirs}", f"/v1/imports/{theirs}/problems.csv", "/v1/imports/nothing-like-it"):
        assert client.get(address, headers=EDITOR).status_code == 404
    assert client.post(f"/v1/imports/{theirs}/apply", json={}, headers=EDITOR).status_code == 404


def test_a_plan_made_beside_other_knowledge_is_refused(client: TestClient) -> None:
    """409: somebody imported the same entry between the dry run and the click."""
    rows = "编号,标签\nemotion.calm,甲\n".encode()
    first, second = (upload(client, rows, headers=APPROVER, arrival="approved").json()["import_id"] for _ in range(2))
    assert client.post(f"/v1/imports/{first}/apply", json={}, headers=APPROVER).status_code == 200
    response = client.post(f"/v1/imports/{second}/apply", json={}, headers=APPROVER)
    assert response.status_code == 409
    assert "emotion.calm changed since the dry run" in response.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"format": "pdf"}, "format"),
        ({"arrival": "live"}, "arrival"),
        ({"arrival": ""}, "arrival"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_field_that_is_wrong_is_named(client: TestClient, fields: dict[str, Any], named: str) -> None:
    """As with every other request."""
    response = upload(client, **fields)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [named]


def test_files_may_be_larger_than_other_bodies_and_not_endless(client: TestClient) -> None:
    """The larger limit is this route's alone."""
    large = SHEET + b"\r\n" * LARGEST_BODY
    assert upload(client, large).status_code == 201
    refused = upload(client, b"x" * LARGEST_UPLOAD)
    assert refused.status_code == 413
    assert "split the file" in refused.json()["detail"]
    for path in ("/v1/checks", "/v1/imports/x/apply"):
        assert client.post(path, content=b" " * (LARGEST_BODY + 1), headers=EDITOR).status_code == 413


def test_a_path_in_the_name_is_left_out(client: TestClient) -> None:
    """Some browsers send it."""
    assert upload(client, name="C:\\Users\\wang\\话术.csv").json()["file"] == "话术.csv"


def test_the_example_of_a_plan_is_one() -> None:
    """With all its fields."""
    (example,) = ImportPlan.model_json_schema()["examples"]
    assert set(example) == set(ImportPlan.model_fields)
    ImportPlan.model_validate(example)


def test_excel_round_trip(client: TestClient) -> None:
    """Exported, edited with a spreadsheet's library, and back: only what was edited changes."""
    book = load_workbook(io.BytesIO(client.get("/v1/exports?format=xlsx", headers=EDITOR).content))
    sheet = book.active
    assert sheet is not None
    columns = {cell.value: place for place, cell in enumerate(sheet[1], start=1)}
    sheet.cell(2, columns["来源"]).value = "新手册"
    out = io.BytesIO()
    book.save(out)
    plan = upload(client, out.getvalue(), "话术.xlsx").json()
    assert (plan["added"], plan["changed"], plan["errors"]) == (0, 1, 0)
    assert [field["field"] for field in plan["changes"][0]["fields"]] == ["source"]
