"""The import page without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.pages import importing
from tests.knowledge.formats.imported import csv_text
from tests.service.importing import BROKEN, SHEET, stocked
from tests.service.people import AGENT, APPROVER, EDITOR


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service over the shop."""
    with stocked(Path(tmp_path_factory.mktemp("page"))) as client:
        yield client


def sent(client: TestClient, data: bytes = SHEET, headers: dict[str, str] = EDITOR, **fields: str) -> Any:
    """The page after a file was sent by its form."""
    return client.post("/import", files={"file": ("话术.csv", data)}, data=fields, headers=headers)


def counts(page: str) -> dict[str, int]:
    """The numbers at the top of a result."""
    return {name: int(count) for name, count in re.findall(r'data-count="(\w+)".*?<dd>(\d+)</dd>', page)}


def test_a_file_is_checked_shown_and_imported(client: TestClient) -> None:
    """Each step is a form; what was done has an address of its own and is not done again."""
    found = sent(client)
    assert (found.status_code, found.history[0].status_code) == (200, 303)
    assert counts(found.text) == {"added": 1, "changed": 1, "unchanged": 0}
    assert "能开发票吗" in found.text and "导入 2 条" in found.text
    done = client.post(f"{found.url.path}/apply", data={"comment": ""}, headers=EDITOR)
    assert done.status_code == 200
    assert 'data-applied="yes"' in done.text and "已存为草稿" in done.text
    assert f'action="{found.url.path}/apply"' not in done.text
    again = client.post(f"{found.url.path}/apply", headers=EDITOR)
    assert again.status_code == 409
    assert 'role="alert"' in again.text and "请重新检查一次" in again.text
    assert "没有需要导入的改动" in sent(client).text


def test_problems_are_listed_and_must_be_passed_over_explicitly(client: TestClient) -> None:
    """By row and column, in the page's language; the check box is required, and so is what it says."""
    found = sent(client, BROKEN.replace("能开发票吗".encode(), "发票抬头能改吗".encode()))
    assert "第 3 行 · 生效日期" in found.text and "看不出是哪一天" in found.text
    assert 'name="skip_bad_rows" value="1" required' in found.text
    assert f'href="/v1/imports/{found.url.path.split("/")[-1]}/problems.csv' in found.text
    assert "row 3 · 生效日期" in client.get(f"{found.url.path}?lang=en", headers=EDITOR).text
    client.cookies.clear()
    refused = client.post(f"{found.url.path}/apply", headers=EDITOR)
    assert refused.status_code == 422
    done = client.post(f"{found.url.path}/apply", data={"skip_bad_rows": "1"}, headers=EDITOR)
    assert 'data-applied="yes"' in done.text


def test_what_changes_is_shown_item_by_item(client: TestClient) -> None:
    """What goes, what comes, and how many lines stay."""
    header = ("编号", "相似问")
    first = sent(client, csv_text(header, ("emotion.calm", "甲；乙；丙")), APPROVER, arrival="approved")
    client.post(f"{first.url.path}/apply", headers=APPROVER)
    page = sent(client, csv_text(header, ("emotion.calm", "甲；丁；丙"))).text
    assert re.findall(r"<(del|ins)><span class=\"sr\">\w+ </span>(\w+)<", page) == [("del", "乙"), ("ins", "丁")]
    assert page.count("1 行不变") == 2


def test_only_an_approver_is_offered_what_goes_live(client: TestClient) -> None:
    """An editor who asks all the same is told; an agent has no such page."""
    assert 'value="approved"' not in client.get("/import", headers=EDITOR).text
    page = client.get("/import", headers=APPROVER).text
    assert 'value="approved"' in page and 'name="retire_missing"' in page
    refused = sent(client, arrival="approved")
    assert refused.status_code == 403 and "需要审核权限" in refused.text
    assert client.get("/import", headers=AGENT).status_code == 403


def test_what_nobody_chose_or_kept_is_told(client: TestClient) -> None:
    """No file, an import that is gone, and a file with nothing in it."""
    assert client.post("/import", data={"x": "y"}, headers=EDITOR).status_code == 422
    gone = client.get("/import/0123456789abcdef", headers=EDITOR)
    assert gone.status_code == 404 and "请重新上传文件" in gone.text
    assert "文件是空的" in sent(client, b"").text


def test_long_plans_have_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many changes at a time, and all of them reachable."""
    monkeypatch.setattr(importing, "CHANGES_SHOWN", 2)
    rows = [(f"问题{number}甲", "您好") for number in range(5)]
    found = sent(client, csv_text(("标准问", "答案", "标签"), *rows))
    assert "第 1–2 条，共 5 条" in found.text
    last = client.get(f"{found.url.path}?from=4", headers=EDITOR).text
    assert "第 5–5 条，共 5 条" in last and "问题4甲" in last and "问题3甲" not in last
    assert "第 1–2 条" in client.get(f"{found.url.path}?from=900", headers=EDITOR).text


def test_text_of_a_file_is_text_on_the_page(client: TestClient) -> None:
    """It comes from anywhere."""
    evil = '<script>alert(1)</script>"onmouseover="x'
    page = sent(client, csv_text(("标准问", "答案", evil, "生效日期"), (evil, evil, evil, evil))).text
    assert "<script>alert" not in page and '"onmouseover="' not in page


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("话术.yaml", b"- id: a.b\n  variants: [x\n  title: y\n"),
        ("话术.yaml", "- id: a.b\n  kind: faq\n  title: 改\n".encode()),
        ("话术.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        ("话术.xlsx", b"PK\x03\x04 no archive"),
        ("话术.csv", b"foo,bar\n1,2\n3,4\n"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_in_chinese(client: TestClient, name: str, data: bytes) -> None:
    """No row of zeros, nothing to apply, and not a sentence of English."""
    found = client.post("/import", files={"file": (name, data)}, data={"arrival": "draft"}, headers=EDITOR)
    assert "这个文件读不了" in found.text and "请按下面说的改好" in found.text
    assert counts(found.text) == {} and "没有需要导入的改动" not in found.text
    assert f'action="{found.url.path}/apply"' not in found.text
    messages = re.findall(r'<td class="value">.*?</td><td>(.*?)</td>', found.text, re.DOTALL)
    assert messages and all(re.search("[一-鿿]", one) for one in messages)
    assert not re.search(r"\b(the|is|it|not|parsing|file)\b", " ".join(messages)), messages
    assert (
        "parsing"
        not in client.get(f"/v1{found.url.path.replace('import', 'imports')}/problems.csv", headers=EDITOR).text
    )


def test_a_file_of_which_every_row_is_wrong_is_no_success(client: TestClient) -> None:
    """It says that no row can be imported, and the same error is told once, with all its rows."""
    rows = [(f"问题{number}", "", "") for number in range(4)]
    page = sent(client, csv_text(("标准问", "答案", "生效日期"), *rows)).text
    assert "没有一行能导入" in page and "没有需要导入的改动" not in page
    assert page.count("没有回复，请补上") == 1 and "第 2–5 行" in page and "等，另有" not in page


def test_a_comment_that_is_too_long_is_refused_and_not_cut(client: TestClient) -> None:
    """Both numbers are named, the plan stays to be applied, and nothing of what was written is lost."""
    found = sent(client, csv_text(("标准问", "答案"), ("能换颜色吗", "您好，可以换。")))
    refused = client.post(f"{found.url.path}/apply", data={"comment": "长" * 501}, headers=EDITOR)
    assert refused.status_code == 422
    assert "备注：现有 501 个字，最多 500 个" in refused.text and "长" * 501 in refused.text
    assert 'data-applied="no"' in refused.text and f'action="{found.url.path}/apply"' in refused.text
