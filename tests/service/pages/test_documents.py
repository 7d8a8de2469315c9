"""The documents' pages without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from knowledge.formats.documents.reading import read
from knowledge.store import Store
from service.app import create_app
from service.documents import Documents
from service.settings import Settings
from tests.knowledge.formats.documents.manuals import MESSY
from tests.service.people import AGENT, EDITOR, by_header
from tests.service.shop import FRIDAY, publish, state_of
from tests.toy import ToyEmbedder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's home, in which drafts may be made."""
    folder = tmp_path_factory.mktemp("pages")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    """The service; documents are read in this process."""
    app = create_app(Settings(home=home), ToyEmbedder(), lambda: FRIDAY, by_header)
    with TestClient(app, headers=EDITOR) as client:
        state_of(client).documents = Documents(home / "documents", lambda: FRIDAY, read)
        yield client


@pytest.fixture
def address(client: TestClient) -> str:
    """The page of a document that was uploaded by the form."""
    answer = client.post("/documents", files={"file": ("手册<b>.txt", MESSY.encode())}, follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_a_form_uploads_and_the_list_shows_it(client: TestClient, address: str) -> None:
    """With who, when and how far it is; names are text, never markup."""
    page = client.get("/documents").text
    assert f'href="{address}"' in page
    assert "手册&lt;b&gt;.txt" in page and "<b>.txt" not in page
    assert "已处理 0 / 6" in page


def test_a_document_stands_beside_its_proposals(client: TestClient, address: str) -> None:
    """Lines with places, repairs, proposals with where they stand, phrases and promises; in English too."""
    page = client.get(address).text
    for piece in ("书友问有没有到货", "第 4 段 · 第 12 行", "识别错字 3", "自己找去", "规则里没有", 'href="#p1"'):
        assert piece in page
    assert "Not in the knowledge base yet" in client.get(f"{address}?lang=en").text


def test_a_form_makes_a_draft_and_another_skips(client: TestClient, home: Path, address: str) -> None:
    """As edited in its fields."""
    fields = {"title": "到货了吗", "entry_id": f"ship.{address[-16:]}", "kind": "faq", "channel": "chat"}
    answer = client.post(
        f"{address}/proposals/1",
        data={**fields, "variants": "到了没\n\n到货没有", "reply": "到了会告诉您。", "act": "accept"},
        follow_redirects=False,
    )
    assert answer.headers["location"] == f"{address}#p1"
    with Store.open(Settings(home=home).database_url) as store:
        draft = store.version(fields["entry_id"], 1).entry
    assert (draft.title, draft.kind, draft.variants) == ("到货了吗", "faq", ("到了没", "到货没有"))
    assert (draft.replies[0].channel, draft.replies[0].text) == ("chat", "到了会告诉您。")
    client.post(f"{address}/proposals/2", data={"act": "skip"})
    page = client.get(f"{address}?lang=zh").text
    assert f"已存为草稿 {fields['entry_id']}" in page and "已跳过" in page and "已处理 2 / 6" in page


def test_what_cannot_be_done_is_said_on_the_page(client: TestClient, address: str) -> None:
    """A field that cannot be used, no file, a file that cannot be read, a document that is gone."""
    refused = client.post(f"{address}/proposals/1", data={"title": " ", "act": "accept"})
    assert refused.status_code == 422 and 'role="alert">情景（标题）：' in refused.text
    assert client.post("/documents", data={"x": "y"}).status_code == 422
    unread = client.post("/documents", files={"file": ("a.doc", b"\xd0\xcf\x11\xe0")})
    assert unread.status_code == 422 and "旧版 Word" in unread.text
    assert client.get("/documents/0000000000000000").status_code == 404


def test_a_form_forgets_a_document(client: TestClient, address: str) -> None:
    """And the list comes back without it."""
    answer = client.post(f"{address}/forget")
    assert answer.status_code == 200 and f'href="{address}"' not in answer.text


def test_agents_have_no_documents(client: TestClient) -> None:
    """Nor the way there."""
    assert client.get("/documents", headers=AGENT).status_code == 403
    assert "/documents" not in client.get("/", headers=AGENT).text


def test_what_was_made_of_a_proposal_leads_to_the_editor(client: TestClient, address: str) -> None:
    """There it can be changed, and there it is submitted."""
    entry_id = f"ship.link-{address[-16:]}"
    client.post(
        f"{address}/proposals/1", data={"entry_id": entry_id, "title": "到货了吗", "reply": "到了。", "act": "accept"}
    )
    assert f'<a href="/editor/{entry_id}">已存为草稿' in client.get(f"{address}?lang=zh").text


def test_no_draft_is_filed_under_no_category(client: TestClient, home: Path, address: str) -> None:
    """Where none was recognised one is to be chosen, and takes the place of what stood for it."""
    fields = {"entry_id": f"draft.{address[-16:]}", "title": "到货了吗", "reply": "到了。", "act": "accept"}
    refused = client.post(f"{address}/proposals/1?lang=zh", data={**fields, "category": ""})
    assert refused.status_code == 422 and "分类：没认出是哪一类，请选一个" in refused.text
    client.post(f"{address}/proposals/1", data={**fields, "category": "ship"})
    with Store.open(Settings(home=home).database_url) as store:
        assert store.version(f"ship.{address[-16:]}", 1).entry.title == "到货了吗"


def test_a_promise_is_compared_with_the_policy_by_its_own_name(client: TestClient, address: str) -> None:
    """And whoever would change a rule is told who can, and where."""
    page = client.get(f"{address}?lang=zh").text
    levels = client.app.state.live.retriever.contents.policy.service_levels  # type: ignore[attr-defined]
    shown = re.findall(r'<td>(?:一致|不一致) <span class="muted">(.*?)</span>', page)
    assert set(shown) <= {level.label for level in levels.values()}
    assert "huashu import" in page and "请在规则里修改" not in page
