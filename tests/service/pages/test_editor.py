"""The editors' page without a script: the list, the sheet, and every button."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from service.pages import editor
from service.pages.words.editor import WORDS
from tests.service.editors import DESK, DRAFT, WANG, Json, keep, save, typed
from tests.service.people import AGENT, APPROVER
from tests.service.shop import FRIDAY, LEAK, REFUND

PAGE = "/editor/refund.time"


def field(page: str, name: str) -> str:
    """A hidden field's value."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def sent(client: TestClient, act: str, **fields: str) -> Json:
    """The fields of the form as a browser sends them."""
    page = client.get(PAGE).text
    own = {name: field(page, name) for name in ("revision", "base_version")}
    content = typed()
    plain = {name: content[name] for name in ("kind", "title", "audience", "stage", "source")}
    plain |= {"level": "none", "priority": "normal"}
    reply = {"reply_channel": "any", "reply_language": "zh", "reply_text": "您好。"}
    return own | plain | reply | {"variants": "\r\n".join(content["variants"]), "act": act} | fields


def test_an_entry_s_fields_are_filled(desk: TestClient) -> None:
    """As the newest version has them, or as one was typing it; with who else is at it."""
    assert f'value="{REFUND.title}"' in desk.get(PAGE).text
    keep(desk, typed(title="王的"), headers=WANG)
    keep(desk, typed(title='我的<b>"'))
    page = desk.get(PAGE).text
    assert "我的&lt;b&gt;&#34;" in page and "王的" not in page
    assert "wang 正在编辑这条话术" in page


def test_a_long_entry_can_be_opened_and_saved(desk: TestClient) -> None:
    """As an import may have brought it."""
    variants, tags = [f"问 {n}" for n in range(6000)], ["标" * 300, *map(str, range(300))]
    long = typed(source="源" * 5000, tags=tags, variants=variants)
    save(desk, long)
    assert "源" * 5000 in desk.get(PAGE).text
    assert save(desk, long | {"source": "短"}, base=2) == 3


def test_a_new_entry_is_begun_with_a_proposed_id(desk: TestClient) -> None:
    """Redirected to its sheet; without category or title, or with an id that can be none, it is said what to mend."""
    response = desk.post("/editor", data={"title": "多久到账", "category": "refund"}, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/editor/refund.duo-jiu-dao-zhang")
    assert desk.get(response.headers["location"]).status_code == 200
    told = WORDS["zh"]
    for data, status, word in (
        ({"title": "x"}, 422, "new_incomplete"),
        ({"title": "x", "category": "refund", "entry_id": "退款 一"}, 422, "new_bad_id"),
        ({"title": "x", "category": "refund", "entry_id": "refund.duo-jiu-dao-zhang"}, 409, "new_taken"),
    ):
        response = desk.post("/editor", data=data | {"kind": "script"})
        assert (response.status_code, told[word] in response.text) == (status, True)
        form = response.text.partition('id="new"')[2].partition("</form>")[0]
        assert all(f'name="{name}"' in form and f'value="{value}"' in form for name, value in data.items())
        assert '<option value="script" selected>' in form


@pytest.mark.parametrize(("category", "begins"), [("发票", "invoice."), ("refunds", "refund."), ("茶", "cha.")])
def test_a_category_may_be_named_as_the_page_names_it(desk: TestClient, category: str, begins: str) -> None:
    """In Chinese or English; one that is none of the shipped is spelt in pinyin. The browser refuses none of them."""
    response = desk.post("/editor", data={"title": "x", "category": category}, follow_redirects=False)
    assert response.headers["location"].startswith(f"/editor/{begins}")
    assert "pattern=" not in desk.get("/editor").text.partition('id="new"')[2]


def test_an_id_that_an_entry_has_is_not_begun_again(desk: TestClient) -> None:
    """It would only meet that entry when it is saved."""
    response = desk.post("/editor", data={"title": "x", "category": "refund", "entry_id": "refund.time"})
    assert (response.status_code, WORDS["zh"]["new_taken"] in response.text) == (409, True)


def test_what_is_sent_is_saved_and_submitted(desk: TestClient) -> None:
    """Each button does its own; the page after it says what was done, and loading it again does nothing."""
    for act, state, done in (("keep", "approved", "done_kept"), ("save", "draft", "done_saved")):
        response = desk.post(PAGE, data=sent(desk, act, title="第二版"))
        assert (response.status_code, WORDS["zh"][done] in response.text) == (200, True)
        assert desk.get(DESK).json()["newest"]["version"]["state"] == state
    response = desk.post(PAGE, data=sent(desk, "submit", title="第三版", comment="请看"))
    assert WORDS["zh"]["done_submitted"] in response.text
    newest = desk.get(DESK).json()["newest"]
    assert (newest["version"]["state"], newest["version"]["comment"]) == ("in_review", "请看")
    assert newest["content"]["title"] == "第三版"


def test_what_cannot_be_saved_is_told_and_kept(desk: TestClient) -> None:
    """422 with the reasons, the fields as they were sent, and a working copy of them."""
    response = desk.post(PAGE, data=sent(desk, "save", title="", variants="一\r\n二"))
    assert response.status_code == 422
    assert "title: is empty" in response.text and ">\n一\n二<" in response.text
    assert desk.get(DESK).json()["own"]["content"]["variants"] == ["一", "二"]


def test_another_window_s_text_is_not_overwritten(desk: TestClient) -> None:
    """409: what was sent is still in the fields, what the other window kept still on the server."""
    form = sent(desk, "save", title="这个窗口")
    keep(desk, typed(title="那个窗口"))
    response = desk.post(PAGE, data=form)
    assert response.status_code == 409
    assert "这个窗口" in response.text and "请刷新，合并后再保存" in response.text
    assert desk.get(DESK).json()["own"]["content"]["title"] == "那个窗口"


def test_a_newer_version_is_read_before_it_is_replaced(desk: TestClient) -> None:
    """409 names who saved and links to it; only who says that theirs is to stand goes on from it."""
    form = sent(desk, "save", title="我的")
    save(desk, typed(title="王的"), headers=WANG)
    response = desk.post(PAGE, data=form)
    assert response.status_code == 409
    assert f"{PAGE}/versions/2" in response.text and 'value="rebase"' in response.text
    desk.post(PAGE, data=sent(desk, "rebase", title="我的"))
    assert WORDS["zh"]["done_saved"] in desk.post(PAGE, data=sent(desk, "save", title="我的")).text
    assert [one["author"] for one in desk.get(DESK).json()["history"]] == ["王敏", "wang", "li"]


def standing(desk: TestClient, entry: str = "refund.time") -> str:
    """What the page says of what agents are shown, as one reads it."""
    part = re.search(r'id="standing">(.*?)</span>', desk.get(f"/editor/{entry}").text, re.DOTALL)
    assert part is not None
    return re.sub("<[^>]+>", "", part[1])


def test_what_agents_are_shown_is_told_apart_from_what_is_approved(desk: TestClient) -> None:
    """A version that was approved, or retired, and is not published yet says so and leads to where that is done."""
    assert standing(desk) == "线上 v1"
    version = save(desk, typed(title="第二版"))
    desk.post(f"{DESK}/submission", json={"version": version})
    desk.post(f"/v1/reviews/refund.time/{version}/approve", json={}, headers=APPROVER)
    assert standing(desk) == "线上 v1 · v2 已批准，待发布"
    page = desk.get(PAGE).text
    assert '<a href="/publish">v2' in page
    first = page.partition("versions/1")[0].rpartition("version-row")[2]
    assert "已停用 · 线上" in first
    desk.post(f"{DESK}/retirement", json={"comment": "停"}, headers=APPROVER)
    assert standing(desk) == "线上 v1 · 已停用，待发布"
    desk.post("/editor", data={"title": "新", "category": "card", "entry_id": "card.new"})
    assert standing(desk, "card.new") == "未上线"


def test_a_return_is_told_to_whoever_opens_the_draft(desk: TestClient) -> None:
    """By whom and why, until another version is saved; the reason stays in the history, and the list marks it."""
    version = save(desk, typed(title="第二版"))
    desk.post(f"{DESK}/submission", json={"version": version})
    assert "退回：" not in desk.get(PAGE).text
    why = {"comment": "请把时限写清楚"}
    desk.post(f"/v1/reviews/refund.time/{version}/return", json=why, headers=APPROVER)
    page = desk.get(PAGE).text
    banner, _, history = page.partition('id="history"')
    assert "<b>wang 退回：</b>请把时限写清楚" in banner and "wang 退回：请把时限写清楚" in history
    assert desk.get(DESK).json()["returned"]["comment"] == "请把时限写清楚"
    assert ">被退回</span>" in desk.get("/editor?returned=true").text
    save(desk, typed(title="第三版"), base=version)
    banner, _, history = desk.get(PAGE).text.partition('id="history"')
    assert "请把时限写清楚" not in banner and "wang 退回：请把时限写清楚" in history
    assert "没有符合条件的话术" in desk.get("/editor?returned=true").text


def test_changes_are_discarded_and_entries_retired(desk: TestClient) -> None:
    """By their own buttons; retiring takes somebody who may approve."""
    keep(desk, typed(title="不要了"))
    assert WORDS["zh"]["done_discarded"] in desk.post(PAGE, data=sent(desk, "discard")).text
    assert desk.get(DESK).json()["own"] is None
    act = f"{PAGE}/retirement"
    assert act not in desk.get(PAGE).text
    assert desk.post(act, data={"comment": "停用"}).status_code == 403
    assert act in desk.get(PAGE, headers=APPROVER).text
    assert WORDS["zh"]["done_retired"] in desk.post(act, data={"comment": "停用"}, headers=APPROVER).text
    assert "没有在用的版本" in desk.post(act, data={"comment": "停用"}, headers=APPROVER).text
    assert desk.get(DESK).json()["live_version"] is None


@pytest.mark.parametrize(
    ("comment", "word"),
    [
        (" ", "停用原因：现有 0 个字，至少要 1 个"),
        ("停" * 2001, "停用原因：现有 2001 个字，最多 2000 个"),
    ],
)
def test_a_retirement_says_why_as_over_http(desk: TestClient, comment: str, word: str) -> None:
    """Refused by both alike, by the page in its own words; the entry stays live."""
    desk.headers.update(APPROVER)
    assert desk.post(f"{DESK}/retirement", json={"comment": comment}).status_code == 422
    response = desk.post(f"{PAGE}/retirement", data={"comment": comment})
    assert (response.status_code, word in response.text) == (422, True)
    assert desk.get(DESK).json()["live_version"] == 1


def test_a_word_to_the_reviewer_is_as_long_as_over_http(desk: TestClient) -> None:
    """Longer ones are refused in the page's words; no version is saved, and what was typed is kept."""
    response = desk.post(PAGE, data=sent(desk, "submit", title="第二版", comment="看" * 2001))
    assert response.status_code == 422
    assert f"{WORDS['zh']['comment']}：现有 2001 个字，最多 2000 个" in response.text
    entry = desk.get(DESK).json()
    assert (entry["newest"]["version"]["version"], entry["own"]["content"]["title"]) == (1, "第二版")


def test_an_old_version_is_read_and_brought_back(desk: TestClient) -> None:
    """Its text stands on a page of its own, with the button that makes it a draft."""
    save(desk, typed(title="第二版"))
    page = desk.get(f"{PAGE}/versions/1").text
    assert REFUND.title in page and REFUND.variants[3] in page
    # As customers see it: facts put in, and the name behind each.
    assert '<span class="piece" data-kind="fact" title="{refund.days}">' in page and "{refund.days}内" not in page
    assert WORDS["zh"]["done_restored"] in desk.post(f"{PAGE}/versions/1").text
    assert desk.get(DESK).json()["newest"]["content"]["title"] == REFUND.title


def test_what_a_program_said_of_a_version_is_said_in_the_pages_language(desk: TestClient) -> None:
    """On the version's own page as in the history."""
    body = {"revision": keep(desk, typed(title="第二版")), "comment": "3 variants from the inbox"}
    assert desk.post(f"{DRAFT}/versions", json=body).status_code == 201
    page = f"{PAGE}/versions/2"
    assert "从收件箱加入 3 条相似问" in desk.get(page).text
    assert "3 variants from the inbox" in desk.get(page, headers={"accept-language": "en"}).text


def test_an_old_version_names_its_target_in_words(desk: TestClient) -> None:
    """By the policy's label in the page's language, never by its id."""
    page = f"/editor/{LEAK.id}/versions/1"
    assert "必须升级 → 物流专员" in desk.get(page).text
    assert "→ Logistics" in desk.get(page, headers={"accept-language": "en"}).text


def test_moments_are_told_as_people_do() -> None:
    """From just now to a date."""
    words = WORDS["en"]
    told = [
        editor._moment(FRIDAY - timedelta(minutes=minutes), FRIDAY, words)
        for minutes in (0, 5, 125, 3 * 1440, 20 * 1440)
    ]
    assert told == ["just now", "5 min ago", "2 h ago", "3 days ago", "2026-10-31"]


def test_pages_are_the_editors_own(desk: TestClient) -> None:
    """Agents are refused, in reading as in writing."""
    for address in ("/editor", PAGE, f"{PAGE}/versions/1"):
        assert desk.get(address, headers=AGENT).status_code == 403
        assert desk.post(address, headers=AGENT).status_code == 403
