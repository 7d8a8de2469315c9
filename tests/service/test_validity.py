"""Validity goes by the clock, not by the last build: the moment an entry expires, nothing shows its reply any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from knowledge.model import Escalation, Reply
from service.adapters.numbers import numbers
from service.settings import Settings
from tests.service.asking import BOTH
from tests.service.shop import BRUSH, ENTRIES, FILTER, LEAK, publish, serving

MARK, HOLD = "边刷答复限八月", "漏电先断电限八月"
UNTIL = {"valid_until": date(2026, 8, 31)}
EXPIRING = {
    BRUSH.id: BRUSH.model_copy(update=UNTIL | {"replies": (Reply(text=MARK), Reply(language="en", text=MARK))}),
    LEAK.id: LEAK.model_copy(
        update=UNTIL
        | {"escalation": Escalation(level="required", target="logistics", priority="urgent", holding_reply=HOLD)}
    ),
    FILTER.id: FILTER.model_copy(update={"related": (BRUSH.id,)}),
}
# The last second of the last day in Shanghai, and the first of the next, which in UTC is still the 31st.
LAST, AFTER = datetime(2026, 8, 31, 15, 59, 59, tzinfo=UTC), datetime(2026, 8, 31, 16, 0, tzinfo=UTC)
ASKED = BRUSH.variants[0]
NUMBER = numbers(entry.id for entry in ENTRIES)[BRUSH.id]
AZURE = "/language/:query-knowledgebases?projectName=p&deploymentName=d&api-version=2023-04-01"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop as it was built while everything in it was valid."""
    folder = tmp_path_factory.mktemp("expiring")
    publish(folder, [EXPIRING.get(entry.id, entry) for entry in ENTRIES])
    return folder


@pytest.fixture(scope="module")
def last(home: Path) -> Iterator[TestClient]:
    """The service at the last second of the last day."""
    with serving(Settings(home=home), LAST) as client:
        yield client


@pytest.fixture(scope="module")
def after(home: Path) -> Iterator[TestClient]:
    """The same service a second later."""
    with serving(Settings(home=home), AFTER) as client:
        yield client


def suggested(query: str) -> Callable[[TestClient], str]:
    """The whole answer to a query, whatever it is worth."""
    return lambda client: client.post("/v1/suggestions", json={"query": query, "limit": 10, "min_confidence": 0}).text


SURFACES: dict[str, tuple[str, Callable[[TestClient], str]]] = {
    "suggestion": (MARK, suggested(ASKED)),
    "options of a clarification": (BRUSH.id, suggested(BOTH)),
    "related": (BRUSH.title, suggested(FILTER.variants[0])),
    "holding reply": (HOLD, suggested(LEAK.variants[0])),
    "page": (MARK, lambda client: client.get("/", params={"q": ASKED}).text),
    "list": (BRUSH.id, lambda client: client.get("/v1/entries").text),
    "search": (BRUSH.id, lambda client: client.get("/v1/entries", params={"query": ASKED}).text),
    "entry": (MARK, lambda client: client.get(f"/v1/entries/{BRUSH.id}").text),
    "check": (
        MARK,
        lambda client: client.post("/v1/checks", json={"text": "我们会尽快联系您。", "entry_id": BRUSH.id}).text,
    ),
    "Azure's question": (MARK, lambda client: client.post(AZURE, json={"question": ASKED}).text),
    "Azure's id": (MARK, lambda client: client.post(AZURE, json={"qnaId": NUMBER}).text),
    "Dify": (
        MARK,
        lambda client: (
            client.post(
                "/retrieval",
                json={
                    "knowledge_id": "huashu",
                    "query": ASKED,
                    "retrieval_setting": {"top_k": 10, "score_threshold": 0.0},
                },
                headers={"Authorization": "Bearer x"},
            ).text
        ),
    ),
    "AnyQ": (MARK, lambda client: client.get("/anyq", params={"question": ASKED}).text),
    "Rasa": (MARK, lambda client: client.post("/model/parse", json={"text": ASKED}).text),
    "Rasa's channel": (
        MARK,
        lambda client: client.post("/webhooks/rest/webhook", json={"sender": "s", "message": ASKED}).text,
    ),
}


@pytest.mark.parametrize("surface", SURFACES)
def test_what_has_expired_is_shown_nowhere(last: TestClient, after: TestClient, surface: str) -> None:
    """There to the last second of the desk's day, gone with the next, without a rebuild or a restart."""
    mark, show = SURFACES[surface]
    assert mark in show(last)
    assert mark not in show(after)


def test_an_option_that_has_expired_leaves_no_choice_of_one(after: TestClient) -> None:
    """Of two products that share a question the other is still found."""
    body = after.post("/v1/suggestions", json={"query": BOTH}).json()
    options = body["clarification"]["options"] if body["clarification"] else body["suggestions"]
    assert FILTER.id in [option["entry_id"] for option in options]
