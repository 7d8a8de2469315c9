"""Why something could not be done, in Chinese."""

from __future__ import annotations

import re

import pytest
from starlette.requests import Request

from knowledge.errors import KnowledgeError, OwnVersion
from knowledge.store import rules
from service.admission import Busy
from service.errors import problem
from service.reasons import told
from service.storage import LOST

ENGLISH = re.compile(r"\b(the|is|was|choose|give|ask|another|version|first|again|entry)\b")
# What a person on a page runs into, as each place raises it.
RAISED = (
    LOST,
    "a text holds control character U+0000 at position 3: remove it",
    "a text holds half a character, U+D800, at position 3: remove it",
    "a value is too large for the database to hold or to look for: give a smaller one",
    "the name lihua is taken: choose another",
    "there is nobody named leaver: `huashu user list` shows who there is",
    "zhao is the only administrator: make somebody else one first",
    "a key named 千牛 is in use: choose another name, or revoke that one first",
    "a key's name has 0 characters: give 1 to 80",
    "entry refund.time version 2 was submitted by li and cannot be withdrawn by wang: return it with a comment instead",
    "entry refund.time version 2 is approved, not in_review: save the change as a new version",
    "entry refund.time version 2 is older than version 3, which was approved: save its text as a new version",
    "entry refund.time: your text began from version 2, and wang has saved version 3 since: merge the two, then save",
    "entry refund.time: your text began from nothing, and wang has saved version 3 since: merge the two, then save",
    "entry refund.time exists, at version 4: choose another id, or add to it",
    "2 of 5 queries are no longer in the inbox, the first is abc: somebody may have decided on them; "
    "read the inbox again",
    'entry refund.time has no variant "几天到" to repair: read GET /v1/inbox/repairs again',
    'variant "几天到" of entry refund.time was decided on already: read the list again',
    "build 20261127-1 by wang is under way: wait until it is done, or cancel it",
    "1d91 may not be published: golden queries find their entry less often than before: mend that, or say why it is "
    "accepted",
    "1d91 is live already: there is nothing to roll back",
    "version 1d91 is not on disk, so nobody can go back to it; there are: none",
    "a.one, b.two: a product, target, field, slot or fact named there is gone: make a new dry run",
    "a.one changed since the dry run: make a new one",
    "3 errors in faq.xlsx: correct them, or skip those rows explicitly",
    "the document has 900 pages, at most 500 are read: split it",
    "this is an old Word file (.doc): save it as DOCX, PDF, HTML or TXT",
    "the PDF has 12 pages and no text: it is a scan; run OCR over it first",
    "more than 600 requests per minute came by this person: wait 12 s and try again",
    "2 variants from the inbox",
    "import",
    "from 003_手册.txt, paragraph 155, line 328",
    "from 手册, 第二版.pdf, page 2, paragraph 3, line 7, part 2",
    "/v1/drafts/refund.time takes no POST: use GET, PUT, DELETE",
    "this service is not called 'desk.local' (the header Host): use http://127.0.0.1:8000, or set HUASHU_PUBLIC_URL to "
    "the address that people open",
    "the body has 600000 bytes, and at most 524288 are taken here: shorten it, or send it in parts",
    "the body has 34000000 bytes or more, and at most 33554432 are taken here: split the file",
    "body: is not sent as JSON: set the header Content-Type: application/json",
    str(Busy(40, 2.5)),
)


@pytest.mark.parametrize("reason", RAISED)
def test_what_people_run_into_is_said_in_chinese(reason: str) -> None:
    """No English sentence is left of it, and in English it stays as it is."""
    assert not ENGLISH.search(told(reason, "zh")), told(reason, "zh")
    assert re.search("[一-鿿]", told(reason, "zh"))
    assert told(reason, "en") == reason


def test_the_sentences_are_those_that_are_raised() -> None:
    """The store's own words have their counterpart, values and all."""
    with pytest.raises(OwnVersion) as own:
        rules.not_own("entry refund.time version 2", "李华", "李华")
    assert told(own.value, "zh") == "refund.time v2 是 李华 自己写的：需要另一位同事批准"
    with pytest.raises(KnowledgeError) as silent:
        rules.said(" ", "a comment")
    assert told(silent.value, "zh") == "这里需要写点什么：请说明原因"


def test_a_reason_without_a_counterpart_stays_as_it_is() -> None:
    """Better English than nothing."""
    assert told("brand new reason", "zh") == "brand new reason"


@pytest.mark.parametrize(
    ("header", "start"), [("zh-CN,zh;q=0.9", "用户名「li」"), ("en", "the name li"), ("", "the name li")]
)
def test_a_problem_is_told_in_the_language_that_was_asked_for(header: str, start: str) -> None:
    """By Accept-Language; English where the request does not say."""
    headers = [(b"accept-language", header.encode())] if header else []
    request = Request({"type": "http", "headers": headers, "path": "/", "state": {}})
    body = problem(request, 409, "the name li is taken: choose another")
    assert f'"detail":"{start}' in bytes(body.body).decode()
