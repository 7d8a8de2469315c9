"""What a page sends shows its session's token: every form that posts, on every page, and every script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient

from knowledge.formats.documents.reading import read
from knowledge.store import Store
from service.documents import Documents
from service.identity.csrf import COOKIE, FIELD
from service.pages.frame import STATIC, templates
from service.settings import Settings
from tests.knowledge.formats.documents.manuals import MESSY
from tests.service.importing import SHEET
from tests.service.shop import BETTER, FRIDAY, REFUND, SHIP, fill, release, report_of, state_of
from tests.service.submitted import submit
from tests.service.visiting import become_admin, call, visiting

WHOLE = {name for name in templates.env.list_templates() if name.endswith(".html")} - {
    "identity.html",
    "parts.html",
    "publish_parts.html",
}
SCRIPTS = sorted(STATIC.glob("*.js"))


@pytest.fixture
def browser(settings: Settings, few_golden: Path) -> Iterator[TestClient]:
    """The administrator's browser, where something waits at every desk."""
    fill(settings, BETTER)
    release(settings)
    fill(settings)
    report_of(settings)
    with Store.open(settings.database_url) as store:
        submit(store, SHIP.model_copy(update={"title": "包裹停了"}))
    with visiting(settings.home, settings.home / "knowledge.db") as client:
        state_of(client).documents = Documents(settings.home / "documents", lambda: FRIDAY, read)
        become_admin(client)
        yield client


def addresses(client: TestClient) -> Iterator[str]:
    """Every page on which somebody can do something, with what it is about."""
    token = {FIELD: client.cookies[COOKIE]}
    done = client.post("/admin/people", data={**token, "name": "li", "roles": "editor"})
    assert done.status_code < 400, done.text
    done = client.post("/admin/keys", data={**token, "name": "console", "scopes": "console"})
    assert done.status_code < 400, done.text
    sent = client.post("/documents", data=token, files={"file": ("手册.txt", MESSY.encode())})
    yield sent.headers["location"]
    sent = client.post("/import", data=token, files={"file": ("话术.csv", SHEET)})
    yield sent.headers["location"]
    yield from ("/", "/browse", f"/entries/{REFUND.id}", "/training", "/demo", "/editor", f"/editor/{REFUND.id}")
    yield from (f"/editor/{REFUND.id}/versions/1", "/review", f"/review/{SHIP.id}/2", "/publish", "/inbox")
    yield from ("/inbox/repairs", "/insights", f"/insights/entries/{REFUND.id}", "/import", "/documents", "/audit")
    yield from ("/account", "/admin/people", "/admin/keys", "/sign-in")
    yield f"/sign-in/link/{call(client, 'make_link', 'li', 'zhao')}"


def source(name: str) -> str:
    """A template as it is written."""
    assert templates.env.loader is not None
    return templates.env.loader.get_source(templates.env, name)[0]


def posting(page: str) -> list[Tag]:
    """The forms of a page that change something."""
    return [form for form in BeautifulSoup(page, "lxml")("form") if str(form.get("method")).lower() == "post"]


def test_every_form_of_every_page_shows_the_token_and_is_refused_without(browser: TestClient) -> None:
    """Each page that has such a form is among those looked at."""
    drawn, found = set(), {}
    for address in list(addresses(browser)):
        page = browser.get(address, headers={"Accept": "text/html"})
        assert page.status_code == 200, f"{address}: {page.status_code}"
        drawn.add(page.template.name)  # type: ignore[attr-defined]
        for form in posting(page.text):
            action = str(form.get("action") or address)
            shown = [field.get("value") for field in form("input", attrs={"name": FIELD})]
            assert shown == [browser.cookies[COOKIE]], f"{address}: the form to {action} shows no token"
            found[action] = form
    with_forms = {name for name in WHOLE if 'method="post"' in source(name)}
    assert with_forms <= drawn, f"not looked at: {with_forms - drawn}"
    for action in found:
        for fields in ({}, {FIELD: "x"}):
            answer = browser.post(action, data=fields)
            assert answer.status_code == 403 and "not this session's" in answer.text, action


@pytest.mark.parametrize("name", sorted(templates.env.list_templates()))
def test_every_form_of_a_template_shows_the_token(name: str) -> None:
    """Also the forms that stand there only in some state."""
    forms = re.findall(r'<form(?=[^>]*method="post").*?</form>', source(name), re.DOTALL)
    assert not [form[:80] for form in forms if "{{ csrf }}" not in form and "csrf) }}" not in form]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_sends_past_the_token(script: Path) -> None:
    """What changes something goes out by api.js; the client for other consoles takes its headers from who uses it."""
    if script.name in ("api.js", "huashu.js"):
        assert "headers()" in script.read_text("utf-8")
        return
    calls = re.findall(r"\bfetch\((?:[^()]|\([^()]*\))*\)", script.read_text("utf-8"))
    assert not [made for made in calls if "method" in made]
