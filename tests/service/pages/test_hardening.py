"""Every page against markup in what it shows, and its own policy: text stays text, nothing runs but our files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from fastapi.routing import APIRoute, iter_route_contexts
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from knowledge.model import Entry, Reply
from knowledge.store import FeedbackRecord, Store
from service.app import create_app
from service.settings import Settings
from tests.service.editors import DRAFT, typed
from tests.service.people import ADMIN, by_header
from tests.service.shop import ENTRIES, FRIDAY, REFUND, fill, publish
from tests.service.test_permissions import VALUES
from tests.toy import ToyEmbedder

# What would show that markup was taken for markup: an element, an attribute, and a template's work.
ELEMENT, ATTRIBUTE, COMPUTED = "zz-evil", "onzz", "zz49zz"
EVIL = f"<{ELEMENT} {ATTRIBUTE}=1>"
BREAKS = ("", '"', "'", "`", ">", '">', "'>", "-->", "</script>", "</title>", "</textarea>", "]]>", "&#34;>", "\\u003c")
AROUND = (
    "",
    "<script>",
    "<!--",
    "<svg><style>",
    "{{'zz' ~ 7*7 ~ 'zz'}}",
    "{% for x in y %}",
    "javascript:",
    "&lt;",
    "<b",
)
PAGE = re.compile(r"^text/html")
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "poster", "data", "srcset")

markup = st.builds(
    lambda before, out, evil, after: f"{before}{out}{evil}{after}",
    st.sampled_from(AROUND),
    st.sampled_from(BREAKS),
    st.sampled_from((EVIL, f" {ATTRIBUTE}=1 x='", f"<script>{ELEMENT}</script>", f"<img src=x {ATTRIBUTE}=1>")),
    st.sampled_from(AROUND),
)
quick = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
ALL_BREAKS = "".join(f"{one}{EVIL}" for one in BREAKS) + "".join(AROUND)
SHORT = f"\"'></script>{EVIL}{{{{'zz' ~ 7*7 ~ 'zz'}}}}"  # all at once, where there is little room


def evil_entry() -> Entry:
    """The refund entry with markup wherever an entry has text."""
    fields = {
        "title": f"退款 {SHORT}",
        "variants": (*REFUND.variants, f"退款呢 {SHORT}", f"退款啊 {EVIL}"),
        "replies": (
            Reply(text=f"您好 {SHORT.replace('{', '').replace('}', '')} {{customer_name}}"),
            Reply(language="en", text=f"Yes {EVIL}"),
        ),
        "source": f"手册 {SHORT}",
        "tags": (EVIL[:40],),
    }
    return Entry.model_validate(REFUND.model_dump() | fields)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The service as an administrator sees it; index, drafts, reviews, audit and inbox are full of markup."""
    folder = tmp_path_factory.mktemp("hardening")
    publish(folder, (evil_entry(), *ENTRIES[1:]))
    found = Settings(home=folder, database=f"sqlite:///{folder / 'knowledge.db'}")
    fill(found)
    with Store.open(found.database_url) as store:
        version = store.save(evil_entry(), f"li {EVIL}", f"say {ALL_BREAKS}", FRIDAY)
        store.submit(REFUND.id, version, f"li {EVIL}", FRIDAY, f"please {ALL_BREAKS}")
        store.comment(REFUND.id, version, f"wang {EVIL}", f"hm {ALL_BREAKS}", FRIDAY)
        store.add_feedback(FeedbackRecord("r-1", REFUND.id, "rejected", "agent", FRIDAY, query=f"钱呢 {ALL_BREAKS}"))
    app = create_app(found, ToyEmbedder(), lambda: FRIDAY, by_header)
    with TestClient(app, headers=ADMIN | {"Accept": "text/html"}, raise_server_exceptions=False) as opened:
        for text in (f"退款 {ALL_BREAKS[:1500]}", f"月亮 {EVIL}"):
            opened.post("/v1/suggestions", json={"query": text, "slots": {"customer_name": ALL_BREAKS[:200]}})
        yield opened


def pages(client: TestClient) -> list[str]:
    """The address of every page, by the service's own routes, and some with all that can be asked of them."""
    found = []
    for route in iter_route_contexts(client.app.routes):  # type: ignore[attr-defined]
        if not isinstance(route.original_route, APIRoute) or "GET" not in (route.methods or ()):
            continue
        path = route.path or ""
        for name, value in VALUES.items():
            path = path.replace("{" + name + "}", value)
        if not path.startswith(("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json")):
            found.append(path)
    assert len(found) > 25
    return [*found, "/review/refund.time/2", "/editor/refund.time/versions/2", "/nothing/here"]


def sound(response: Response) -> BeautifulSoup:
    """The page, once nothing in it runs but our own files and its policy forbids all else."""
    policy = response.headers["content-security-policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert directives["base-uri"] == "'none'"
    assert directives["form-action"] == "'self'"
    assert "frame-ancestors" in directives
    assert "unsafe" not in policy
    page = BeautifulSoup(response.text, "html.parser")
    for tag in page.find_all(True):
        assert isinstance(tag, Tag)
        assert tag.name not in ("style", "base", "object", "embed", ELEMENT), f"{response.url}: {tag}"[:400]
        if tag.name == "script":
            assert tag.get("src") or tag.get("type") == "application/json", f"{response.url}: {tag}"[:400]
            if not tag.get("src"):
                json.loads(tag.text)
        for name, value in tag.attrs.items():
            assert not name.startswith("on") and name != "style", f"{response.url}: {tag}"[:400]
            if name in ADDRESSES:
                address = str(value).strip().lower()
                assert not re.match(r"(?!https?://testserver)[a-z][a-z0-9+.-]*:|//", address) or tag.name == "a", (
                    f"{response.url} {name}={value}"
                )
                assert not address.startswith(("javascript:", "data:", "vbscript:"))
    assert COMPUTED not in response.text
    return page


def test_every_page_keeps_to_the_strict_policy(client: TestClient) -> None:
    """Walked by the service's own routes, in both languages, with markup in all that they show."""
    seen = 0
    for address in pages(client):
        for language in ("zh", "en"):
            response = client.get(address, params={"lang": language})
            assert response.status_code < 500 or "/sign-in/openid" in address, f"{address}: {response.status_code}"
            if PAGE.match(response.headers.get("content-type", "")):
                sound(response)
                seen += 1
    assert seen > 40


def test_pages_that_show_markup_show_it_as_text(client: TestClient) -> None:
    """Not by leaving it out: the words of the markup stand on the pages that are about them."""
    for address in ("/entries/refund.time", "/editor/refund.time", "/review/refund.time/2", "/browse", "/audit"):
        page = sound(client.get(address))
        assert EVIL in unescape(str(page)), address


@quick
@given(text=markup)
def test_what_stands_in_an_address_stays_text(client: TestClient, text: str) -> None:
    """Whatever is asked of a page, by whichever name."""
    names = ("q", "query", "channel", "entry", "next", "author", "who", "act", "done", "what", "from", "lang", "theme")
    asked = urlencode(dict.fromkeys(names, text))
    for address in ("/", "/browse", "/training", "/editor", "/review", "/audit", "/inbox", "/insights", "/sign-in"):
        response = client.get(f"{address}?{asked}")
        assert response.status_code < 500, response.text
        if PAGE.match(response.headers.get("content-type", "")):
            sound(response)


@quick
@given(text=markup)
def test_what_is_typed_stays_text(client: TestClient, text: str) -> None:
    """A working copy with markup in every field, opened again, listed, and previewed."""
    revision = client.get(DRAFT).json().get("revision", "") if client.get(DRAFT).status_code == 200 else ""
    content = typed(title=text, variants=[text], source=text, tags=[text[:60]], replies=[{"text": text}])
    kept = client.put(DRAFT, json={"revision": revision, "base_version": 1, "content": content})
    assert kept.status_code in (200, 409), kept.text
    for address in ("/editor/refund.time", "/editor"):
        sound(client.get(address))


@quick
@given(text=markup)
def test_what_people_are_called_and_say_stays_text(client: TestClient, text: str) -> None:
    """Comments, reasons and names in review and audit."""
    said = client.post("/v1/reviews/refund.time/2/comments", json={"comment": text})
    assert said.is_success, said.text
    for address in ("/review/refund.time/2", "/audit", "/review"):
        assert sound(client.get(address))


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 200_000,
        b'{"a":' * 80_000,
        b'{"query":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"query": "\\ud800"}',
        b'{"query": ' + b"9" * 5_000 + b"}",
        b'{"query": 1e999}',
        b'{"query": "x", "slots": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    ],
    ids=["lists", "objects", "a field", "a surrogate", "a long number", "infinity", "slots"],
)
def test_bodies_made_to_break_the_reader_are_refused(client: TestClient, bomb: bytes) -> None:
    """422, quickly, and never an unexpected error; the service goes on."""
    for address in ("/v1/suggestions", "/v1/suggestions/batch", "/v1/feedback", "/v1/checks", "/v1/desk/findings"):
        response = client.post(address, content=bomb, headers={"Content-Type": "application/json"})
        assert response.status_code in (413, 422), f"{address}: {response.text[:300]}"
    assert client.get("/healthz").status_code == 200


def test_bodies_are_bounded(client: TestClient) -> None:
    """413 past half a megabyte for requests, and past 32 for files, told by length or not."""

    def endless() -> Iterator[bytes]:
        for _ in range(34):
            yield b"x" * (1 << 20)

    assert client.post("/v1/suggestions", content=b"x" * 600_000).status_code == 413
    assert client.post("/v1/suggestions", content=endless()).status_code == 413
    assert client.post("/v1/documents?name=a.txt", content=endless()).status_code == 413
