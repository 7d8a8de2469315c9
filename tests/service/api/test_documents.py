"""/v1/documents, over the small shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from knowledge.formats.documents.reading import read
from knowledge.store import Store, rows
from service.app import create_app
from service.bodies import LARGEST_UPLOAD
from service.documents import Documents
from service.settings import Settings
from tests.knowledge.formats.documents.manuals import MESSY
from tests.service.people import AGENT, EDITOR, by_header
from tests.service.shop import FRIDAY, publish, state_of
from tests.service.together import failing_at
from tests.toy import ToyEmbedder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's home, in which drafts may be made."""
    folder = tmp_path_factory.mktemp("documents")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    """The service, to which people say who they are; documents are read in this process."""
    with TestClient(create_app(Settings(home=home), ToyEmbedder(), lambda: FRIDAY, by_header)) as client:
        state_of(client).documents = Documents(home / "documents", lambda: FRIDAY, read)
        yield client


@pytest.fixture
def kept(client: TestClient) -> Iterator[dict[str, Any]]:
    """A document, forgotten afterwards."""
    body = upload(client).json()
    yield body
    client.delete(f"/v1/documents/{body['summary']['id']}", headers=EDITOR)


def upload(client: TestClient, data: bytes = MESSY.encode(), name: str = "手册.txt", **more: Any) -> Any:
    """Upload a document as an editor."""
    return client.post("/v1/documents", params={"name": name}, content=data, **{"headers": EDITOR, **more})


def test_a_document_is_uploaded_listed_and_read(client: TestClient, kept: dict[str, Any]) -> None:
    """With proposals, repairs and places; the list has no texts."""
    assert kept["summary"]["uploaded_by"] == "li"
    assert kept["reading"]["proposals"][0]["place"] == {"page": None, "paragraph": 4, "line": 12, "part": 1}
    assert {step["step"] for step in kept["reading"]["repairs"]} >= {"ocr", "pinyin", "furniture"}
    listed = client.get("/v1/documents", headers=EDITOR).json()["documents"]
    assert [one["id"] for one in listed] == [kept["summary"]["id"]]
    assert client.get(f"/v1/documents/{kept['summary']['id']}", headers=EDITOR).json() == kept


def test_what_the_live_index_covers_is_said(client: TestClient) -> None:
    """By the shop's entry."""
    body = upload(client, "退款多久到账时：“您好，三天内。”\n天气问答时：“您好，晴。”".encode()).json()
    first = body["reading"]["proposals"][0]
    assert (first["covered"]["entry_id"], first["covered"]["how"]) == ("refund.time", "exact")


def test_chosen_proposals_become_drafts(client: TestClient, home: Path, kept: dict[str, Any]) -> None:
    """Edited or not, all of them, each once."""
    address = f"/v1/documents/{kept['summary']['id']}"
    chosen = [
        {"number": 1},
        {"number": 2, "title": "改地址", "entry_id": "order.address-change", "variants": ["改下地址"]},
    ]
    done = client.post(f"{address}/accept", json={"proposals": chosen}, headers=EDITOR)
    assert done.status_code == 200
    assert [draft["version"] for draft in done.json()["drafts"]] == [1, 1]
    with Store.open(Settings(home=home).database_url) as store:
        draft = store.version("order.address-change", 1)
    assert (draft.state, draft.entry.title, draft.entry.variants) == ("draft", "改地址", ("改下地址",))
    assert draft.entry.source == "手册.txt, paragraph 4, line 14"
    again = client.post(f"{address}/accept", json={"proposals": [{"number": 2, "entry_id": "a.b"}]}, headers=EDITOR)
    assert again.status_code == 409
    skipped = client.post(f"{address}/skip", json={"proposals": [3]}, headers=EDITOR)
    assert skipped.json() == {"skipped": [3]}
    decisions = client.get(address, headers=EDITOR).json()["decisions"]
    assert {number: one["act"] for number, one in decisions.items()} == {
        "1": "accepted",
        "2": "accepted",
        "3": "skipped",
    }


def test_all_that_is_accepted_is_saved_or_none(
    client: TestClient, home: Path, kept: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 where the database fails at the second: no draft, nothing decided, and trying again saves all three."""
    address = f"/v1/documents/{kept['summary']['id']}"
    chosen = [{"number": number, "entry_id": f"whole.or-none-{number}"} for number in (1, 2, 3)]
    with Store.open(Settings(home=home).database_url) as store:
        before = store.overviews()
        with monkeypatch.context() as patch:
            patch.setattr(rows, "add_versions", failing_at(rows.add_versions, 2))
            failed = client.post(f"{address}/accept", json={"proposals": chosen}, headers=EDITOR)
        assert failed.status_code == 503
        assert client.get(address, headers=EDITOR).json()["decisions"] == {}
        assert store.overviews() == before
        done = client.post(f"{address}/accept", json={"proposals": chosen}, headers=EDITOR)
        assert done.status_code == 200, done.text
        assert len(store.overviews()) == len(before) + 3


def test_all_that_is_skipped_is_marked_or_none(client: TestClient, kept: dict[str, Any]) -> None:
    """409 where one was decided, and the others are as they were."""
    address = f"/v1/documents/{kept['summary']['id']}"
    client.post(f"{address}/skip", json={"proposals": [3]}, headers=EDITOR)
    refused = client.post(f"{address}/skip", json={"proposals": [2, 3]}, headers=EDITOR)
    assert (refused.status_code, "proposal 3 was skipped by li" in refused.json()["detail"]) == (409, True)
    assert set(client.get(address, headers=EDITOR).json()["decisions"]) == {"3"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"proposals": []}, "proposals"),
        ({"proposals": [{"number": 1, "title": " "}]}, "proposals.0.title"),
        ({"proposals": [{"number": 1, "colour": "red"}]}, "proposals.0.colour"),
        ({"proposals": [{"number": 1}, {"number": 1}]}, "proposals"),
    ],
)
def test_what_cannot_be_accepted_is_named(client: TestClient, kept: dict[str, Any], body: Any, field: str) -> None:
    """422 with the field."""
    answer = client.post(f"/v1/documents/{kept['summary']['id']}/accept", json=body, headers=EDITOR)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_what_is_not_there_is_404(client: TestClient, kept: dict[str, Any]) -> None:
    """A document, or a proposal of one."""
    assert client.get(f"/v1/documents/{'0' * 16}", headers=EDITOR).status_code == 404
    address = f"/v1/documents/{kept['summary']['id']}/skip"
    assert client.post(address, json={"proposals": [99]}, headers=EDITOR).status_code == 404


def test_only_editors_may(client: TestClient) -> None:
    """A stranger is asked to sign in, an agent is refused."""
    assert upload(client, headers={}).status_code == 401
    assert upload(client, headers=AGENT).status_code == 403
    assert client.get("/v1/documents", headers=AGENT).status_code == 403


def test_a_document_that_cannot_be_read_says_why(client: TestClient) -> None:
    """422 with the reader's own sentence; a form instead of a file too."""
    assert "old Word file" in upload(client, b"\xd0\xcf\x11\xe0").json()["detail"]
    form = client.post("/v1/documents?name=a", files={"file": b"x"}, headers=EDITOR)
    assert form.status_code == 422 and form.json()["errors"][0]["field"] == "body"


def test_an_upload_may_be_larger_than_other_requests(client: TestClient) -> None:
    """Up to its own limit, which its refusal names."""
    large = MESSY.encode() + b"\n" * 600_000
    assert upload(client, large).status_code == 201
    most = LARGEST_UPLOAD
    refused = client.post("/v1/documents?name=a", content=b"", headers=EDITOR | {"Content-Length": str(most + 1)})
    assert refused.status_code == 413
    assert refused.json()["detail"].endswith(f"at most {most} are taken here: split the file")


def test_without_an_index_words_are_compared(tmp_path: Path) -> None:
    """And against nothing where nothing is approved."""
    with TestClient(create_app(Settings(home=tmp_path), ToyEmbedder(), lambda: FRIDAY, by_header)) as client:
        state_of(client).documents = Documents(tmp_path / "documents", lambda: FRIDAY, read)
        body = upload(client).json()
    assert {one["covered"] for one in body["reading"]["proposals"]} == {None}
