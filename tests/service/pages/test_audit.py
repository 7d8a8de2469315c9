"""/audit as the server sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from knowledge import store as database
from knowledge.store import Store
from knowledge.store.publications import ACTS
from service.pages.words.review import WORDS
from tests.service.people import ADMIN, AGENT, APPROVER, EDITOR
from tests.service.shop import FRIDAY, REFUND, policy
from tests.service.submitted import imported, in_store, reviewing, submit

STORE = Path(database.__file__).parent


@pytest.fixture
def client(home: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The service; a version was submitted and commented on."""
    database = tmp_path / "knowledge.db"
    imported(database)
    with reviewing(home, database) as client:
        in_store(client, submit)
        in_store(client, lambda store: store.comment(REFUND.id, 2, "wang", "<i>好</i>", FRIDAY))
        yield client


def rows(page: str) -> int:
    """How many lines a page shows."""
    return page.count("<tr>") - 1


def test_the_log_is_shown_newest_first(client: TestClient) -> None:
    """In the desk's time and the reader's words, each with the way to its version."""
    page = client.get("/audit", headers=EDITOR).text
    assert page.index("留言</span>") < page.index("提交审核</span>") < page.index("导入</span>")
    assert "2026-11-20 10:00" in page
    assert f'<a href="/review/refund.time/2" title="refund.time">{REFUND.title} v2</a>' in page
    assert "&lt;i&gt;好&lt;/i&gt;" in page


def test_filters_narrow_the_page_and_the_file(client: TestClient) -> None:
    """They stay in the form and in the link to the CSV; empty ones are none."""
    page = client.get("/audit?entry=refund.time&who=&act=submit&from=2026-11-20&to=", headers=EDITOR).text
    assert rows(page) == 1
    assert 'href="/v1/audit.csv?entry=refund.time&amp;act=submit&amp;from=2026-11-20"' in page
    assert '<option value="submit" selected>' in page
    assert "没有符合条件的记录" in client.get("/audit?who=nobody", headers=EDITOR).text


@pytest.mark.parametrize("query", ["from=soon", "from=2026-11-21&to=2026-11-20", "entry=no such"])
def test_a_filter_that_cannot_be_read_is_named(client: TestClient, query: str) -> None:
    """422, with the form to mend it."""
    answer = client.get(f"/audit?{query}", headers=EDITOR)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text and 'name="from"' in answer.text


def test_older_lines_are_one_link_away(client: TestClient) -> None:
    """And from there the newest."""

    def comment(store: Store) -> None:
        for number in range(100):
            store.comment(REFUND.id, 2, "wang", str(number), FRIDAY)

    in_store(client, comment)
    page = client.get("/audit?who=wang", headers=EDITOR).text
    assert rows(page) == 100 and "共 101 条" in page
    older = page.split('href="/audit?who=wang&amp;before=')[1].split('"')[0]
    last = client.get(f"/audit?who=wang&before={older}", headers=EDITOR).text
    assert rows(last) == 1 and "回到最新" in last


def test_an_act_on_the_whole_says_what_it_is_about(client: TestClient) -> None:
    """The policy has no entry to lead to."""
    in_store(client, lambda store: store.save_policy(policy(), "li", "wang", "", FRIDAY))
    page = client.get("/audit?act=save_policy&lang=en", headers=EDITOR).text
    assert "Policy version 2" in page


def test_only_who_may_read_drafts_sees_it(client: TestClient) -> None:
    """Agents may not."""
    assert client.get("/audit", headers=AGENT).status_code == 403


def test_acts_on_people_keys_and_versions_are_told_in_words(client: TestClient) -> None:
    """With whom, or what, they were done to, for an administrator; an editor is shown those on versions alone."""

    def act(store: Store) -> None:
        store.people.add("zhou", "", ["agent"], "wang", FRIDAY)
        store.note_publications(
            [{"act": "rollback", "by": "wang", "at": FRIDAY.isoformat(), "version": "0123456789ab"}]
        )

    in_store(client, act)
    for shown in (client.get("/audit", headers=EDITOR).text, client.get("/audit", headers=APPROVER).text):
        assert "回滚</span></td><td>0123456789ab</td>" in shown
        assert "添加人员" not in shown and "zhou" not in shown
    page = client.get("/audit", headers=ADMIN).text
    assert "添加人员</span></td><td>zhou</td>" in page
    assert "回滚</span></td><td>0123456789ab</td>" in page


def test_what_the_service_does_by_itself_has_words_for_who_did_it(client: TestClient) -> None:
    """The first start's link was made for nobody yet: no name of the program's own, and no "None"."""
    in_store(client, lambda store: store.sessions.make_link(None, "0" * 64, "first start", FRIDAY, FRIDAY))
    page = client.get("/audit?act=link.make", headers=ADMIN).text
    assert '<td>首次启动</td><td><span class="tag">新建登录链接</span></td><td></td>' in page
    assert '<option value="first start">首次启动</option>' in page


def test_every_act_has_its_word() -> None:
    """Whatever a module of the database writes into the log."""
    sources = "\n".join(path.read_text("utf-8") for path in STORE.glob("*.py"))
    written = {*re.findall(r'record\(connection, "([a-z_.]+)"', sources), *ACTS}
    assert len(written) > 10
    assert not [act for act in written if f"act_{act}" not in WORDS["zh"]]
