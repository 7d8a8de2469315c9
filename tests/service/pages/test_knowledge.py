"""The knowledge page as the server sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from index.errors import NoArtefact
from service.pages import conversation, knowledge, results
from service.pages.conversation import Conversation, read_conversation
from service.pages.results import LONGEST_TALK
from tests.browser.canned import EXAMPLES, FIRE, FOLLOW_UP, HOLDING, NO_UPDATE, SHIP, UNCLEAR, WITH_SLOTS
from tests.browser.desk import make_desk
from tests.service.threads import watched


class Empty:
    """Before the first build."""

    version = None

    @property
    def retriever(self) -> None:
        """There is none."""
        raise NoArtefact("no artefact has been published; build one with `huashu build`")


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A visitor of the page before a desk that answers by hand."""
    with TestClient(make_desk()) as client:
        yield client


def test_the_empty_page_invites_to_search(client: TestClient) -> None:
    """First use: what to do, and three examples to try."""
    page = client.get("/").text
    assert "客户说了什么？" in page
    assert all(f">{example}</a>" in page for example in EXAMPLES)


def test_a_query_in_the_address_is_answered_in_the_page(client: TestClient) -> None:
    """Without a script everything there is to see is there."""
    page = client.get("/", params={"q": NO_UPDATE}).text
    for part in (
        "可直接回复",
        "94 %",
        SHIP[0]["reply"]["text"],
        "v3 · 王敏 批准",
        "建议升级",
        "物流专员",
        "收件人电话",
    ):
        assert part in page


def test_a_candidate_can_be_chosen_by_its_link(client: TestClient) -> None:
    """`n` chooses; nonsense in its place is as if it were not there."""
    assert SHIP[1]["reply"]["text"] in client.get("/", params={"q": NO_UPDATE, "n": "2"}).text
    for nonsense in ("x", "-1", "99", "²", "9" * 5000):
        assert client.get("/", params={"q": NO_UPDATE, "n": nonsense}).status_code == 200


def test_unfilled_slots_are_visible(client: TestClient) -> None:
    """No raw `{slot}` reaches an agent's eye."""
    page = client.get("/", params={"q": WITH_SLOTS}).text
    shown = page.split('type="application/json"')[0]
    assert 'data-slot="order_no">订单号</button>' in shown
    assert "{order_no}" not in shown


def test_required_escalation_stands_before_the_reply(client: TestClient) -> None:
    """Safety first, in the order of the document too."""
    page = client.get("/", params={"q": FIRE}).text
    assert page.index('data-level="required"') < page.index('data-kind="reply"')


def test_nothing_inline_and_nothing_from_elsewhere(client: TestClient) -> None:
    """A strict content security policy, and a page that needs no more than it."""
    answer = client.get("/", params={"q": UNCLEAR})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|https?://", answer.text)
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    assert scripts == [' type="module" src="/static/knowledge.js"', ' type="application/json" id="page-data"']


def test_a_query_is_escaped_wherever_it_stands(client: TestClient) -> None:
    """Markup and the end of a script element stay text."""
    page = client.get("/", params={"q": "</script><img src=x onerror=alert(1)>\"'"}).text
    assert "<img" not in page
    assert page.count("</script>") == 2


@pytest.mark.parametrize("path", re.findall(r'"(/static/[^"#]+)"', TestClient(make_desk()).get("/").text))
def test_every_file_the_page_names_is_there(client: TestClient, path: str) -> None:
    """No broken link to a style, script or icon."""
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("address", "header", "language"),
    [
        ("/", "", "zh-CN"),
        ("/", "en-GB,en;q=0.9", "en"),
        ("/?lang=zh", "en", "zh-CN"),
        ("/", "fr, zh;q=0.5", "zh-CN"),
        ("/?lang=xx", "", "zh-CN"),
    ],
)
def test_language(client: TestClient, address: str, header: str, language: str) -> None:
    """The address wins, then the browser's wish; Chinese otherwise."""
    assert f'<html lang="{language}"' in client.get(address, headers={"accept-language": header}).text


def test_language_and_theme_are_remembered(client: TestClient) -> None:
    """One visit to a switch's link holds for the next ones."""
    client.get("/?lang=en&theme=dark")
    page = client.get("/").text
    assert '<html lang="en" data-theme="dark">' in page


def test_a_query_that_is_too_long_is_explained(client: TestClient) -> None:
    """The page itself stays usable, and says what is wrong."""
    answer = client.get("/", params={"q": "长" * 2001})
    assert answer.status_code == 422
    assert 'data-problem="invalid"' in answer.text


def test_a_text_is_read_once_and_not_at_all_where_it_is_endless(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything on the page that needs the conversation shares one reading; a text over the limit is one message."""
    seen: list[int] = []

    def read(text: str) -> Conversation:
        seen.append(len(text))
        return read_conversation(text)

    monkeypatch.setattr(results, "read_conversation", read)
    talk = f"客户：{FOLLOW_UP}\n客服：您好\n客户：{NO_UPDATE}"
    assert client.get("/", params={"q": talk}).status_code == 200
    assert client.get("/", params={"q": talk.ljust(LONGEST_TALK, "x")}).status_code == 422
    assert seen == [len(talk), LONGEST_TALK]
    answer = client.get("/", params={"q": talk.ljust(LONGEST_TALK + 1, "x")})
    assert (answer.status_code, len(seen)) == (422, 2)
    assert f"{LONGEST_TALK + 1}" in answer.text


def test_the_event_loop_reads_and_draws_nothing(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long conversation is read, and the page drawn, while others are answered."""
    done = [watched(monkeypatch, conversation, "_turns"), watched(monkeypatch, knowledge, "render")]
    client.get("/", params={"q": NO_UPDATE})
    assert all(done) and not any(map(any, done))


def test_without_an_index_the_page_says_what_to_run() -> None:
    """503, the command, and a page that can still be used."""
    app = make_desk()

    def suggest(*_: object) -> None:
        raise NoArtefact("no artefact has been published; build one with `huashu build`")

    app.state.suggest, app.state.live = suggest, Empty()
    answer = TestClient(app).get("/", params={"q": NO_UPDATE})
    assert answer.status_code == 503
    assert '<code data-at="command">huashu build</code>' in answer.text
    assert "话术库还没有建好" in answer.text


def test_that_no_option_was_meant_stands_in_the_address(client: TestClient) -> None:
    """`n=none` shows what steadies the customer; the links to it and to each option are there without a script."""
    page = client.get("/", params={"q": UNCLEAR}).text
    assert page.index('data-do="option" data-n="1"') < page.index('data-do="none"')
    held = client.get("/", params={"q": UNCLEAR, "n": "none"}).text.split('type="application/json"')[0]
    assert HOLDING in held
    assert 'class="card options"' not in held.split("<template")[0]


def test_a_conversation_is_read_without_a_script(client: TestClient) -> None:
    """The last thing the customer said is answered with what went before, which the page shows."""
    talk = f"客户：退款怎么还没到\n客服：已经审核通过\n客户：{FOLLOW_UP}"
    page = client.get("/", params={"q": talk}).text
    assert "前面的 2 条对话也看了" in page
    assert "退款多久能到账" in page.split("<template")[0]


def test_the_categories_are_there_to_browse(client: TestClient) -> None:
    """Each with how many entries it has."""
    assert '<a class="chip" href="/browse?category=ship">物流 <span class="muted">5</span></a>' in client.get("/").text
