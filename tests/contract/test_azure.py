"""Azure's question answering: raw requests of api-version 2023-04-01, and Azure's own client where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.settings import Adapters, Settings
from tests.contract.approved import holding, reply
from tests.service.asking import BOTH, NOTHING, REFUND, SHIP
from tests.service.shop import serving

ADDRESS = "/language/:query-knowledgebases"
PARAMETERS = {"projectName": "any", "deploymentName": "production", "api-version": "2023-04-01"}


def ask(client: TestClient, body: dict[str, Any], **parameters: str) -> Any:
    """The response to a body."""
    return client.post(ADDRESS, params=PARAMETERS | parameters, json=body)


def answers(client: TestClient, **body: Any) -> list[dict[str, Any]]:
    """The answers, of a response that must be a 200."""
    response = ask(client, body)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["answers"]
    return found


def by(key: str, value: str) -> dict[str, Any]:
    """A filter on one field."""
    return {"metadataFilter": {"metadata": [{"key": key, "value": value}], "logicalOperation": "AND"}}


def entries(client: TestClient, **body: Any) -> list[str]:
    """The ids of the entries that are answered, `-` for none."""
    return [row["metadata"].get("entry_id", "-") for row in answers(client, **body)]


def test_an_answer_has_azures_fields(desk: TestClient) -> None:
    """Confidence 0..1, a whole number as id, metadata of text alone, the reply byte for byte."""
    (row,) = answers(desk, question=REFUND, top=3, userId="u-1", rankerType="Default", includeUnstructuredSources=True)
    assert set(row) == {"questions", "answer", "confidenceScore", "id", "source", "metadata", "dialog"}
    assert row["answer"] == reply(desk, "refund.time")
    assert (row["confidenceScore"], row["source"]) == (1.0, "手册")
    assert row["questions"] == ["退款多久到账", REFUND]
    assert isinstance(row["id"], int) and 0 < row["id"] < 2**31
    assert all(isinstance(value, str) for value in row["metadata"].values())
    assert (row["metadata"]["entry_id"], row["metadata"]["category"]) == ("refund.time", "refund")


def test_related_entries_are_prompts(desk: TestClient) -> None:
    """A prompt's number is that of its entry."""
    (row,) = answers(desk, question=SHIP)
    (prompt,) = row["dialog"]["prompts"]
    assert (prompt["displayOrder"], prompt["displayText"]) == (0, "退款多久到账")
    assert prompt["qnaId"] == answers(desk, question=REFUND)[0]["id"]


def test_an_id_is_asked_for_before_the_question(desk: TestClient, shop: Path) -> None:
    """Exactly that entry, with certainty; the number is the same after a restart."""
    number = answers(desk, question=REFUND)[0]["id"]
    with serving(Settings(home=shop)) as again:
        (row,) = answers(again, qnaId=number, question=SHIP)
    assert (row["id"], row["confidenceScore"], row["answer"]) == (number, 1.0, reply(desk, "refund.time"))


def test_an_id_of_no_entry_is_not_found(desk: TestClient) -> None:
    """404 in Azure's words."""
    response = ask(desk, {"qnaId": 7})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "NotFound")


def test_nothing_found_is_the_default_answer(desk: TestClient) -> None:
    """Id −1, confidence 0, and the approved holding line for text."""
    (row,) = answers(desk, question=NOTHING)
    assert (row["id"], row["confidenceScore"], row["questions"]) == (-1, 0.0, [])
    assert row["answer"] == holding(desk)
    (high,) = answers(desk, question=BOTH, confidenceScoreThreshold=0.99)
    assert (high["id"], high["answer"]) == (-1, holding(desk))


def test_a_client_without_a_threshold_is_not_given_what_the_desk_would_not_say(desk: TestClient) -> None:
    """It speaks the first row; with a threshold the rows are its own to judge, at 0 too."""
    unsure = "多久"
    decision = desk.post("/v1/suggestions", json={"query": unsure, "kinds": ["faq"]}).json()["decision"]
    assert decision == "abstain"
    assert entries(desk, question=unsure, top=3) == ["-"]
    assert len(entries(desk, question=unsure, top=3, confidenceScoreThreshold=0)) == 3


def test_top_and_threshold_hold(desk: TestClient) -> None:
    """One answer unless more are asked for; however many are asked for, ten at the most."""
    assert len(entries(desk, question=BOTH)) == 1
    assert len(entries(desk, question=BOTH, top=2)) == 2
    assert len(entries(desk, question=BOTH, top=1000, confidenceScoreThreshold=0.0)) <= 10
    assert len(entries(desk, question=BOTH, top=0)) == 1


def test_filters_narrow_what_is_looked_at(desk: TestClient) -> None:
    """By metadata and source, joined by AND or OR; pairs may be lists of two, as a client library writes them."""
    # Two entries are meant alike, and each has but its share of the confidence; a third has less than 0.1.
    sure = {"question": BOTH, "top": 5, "confidenceScoreThreshold": 0.1}
    assert entries(desk, **sure, filters=by("product", "a3")) == ["product.a3.filter"]
    pairs = {"metadata": [["product", "A3"], {"key": "Products", "value": "R5"}]}
    assert entries(desk, **sure, filters={"metadataFilter": pairs}) == ["-"]
    assert len(entries(desk, **sure, filters={"metadataFilter": pairs | {"logicalOperation": "OR"}})) == 2
    assert entries(desk, **sure, filters={"sourceFilter": ["elsewhere"]}) == ["-"]
    assert len(entries(desk, **sure, filters={"sourceFilter": ["手册", "elsewhere"]})) == 2
    either = by("product", "A3") | {"sourceFilter": ["elsewhere"], "logicalOperation": "OR"}
    assert entries(desk, **sure, filters=either) == ["product.a3.filter"]
    assert entries(desk, **sure, filters=by("colour", "red")) == ["-"]
    assert len(entries(desk, **sure, filters={"metadataFilter": None})) == 2


def test_scripts_are_answered_only_where_they_are_asked_for(desk: TestClient) -> None:
    """They are worded for agents."""
    script = "客户骂人怎么安抚"
    assert "emotion.calm" not in entries(desk, question=script, top=5, confidenceScoreThreshold=0)
    assert entries(desk, question=script, filters=by("kind", "script")) == ["emotion.calm"]


def test_the_previous_query_is_history(desk: TestClient) -> None:
    """A follow-up is understood from it, as POST /v1/suggestions understands it."""
    context = {"previousQnaId": 1, "previousUserQuery": REFUND}
    again = answers(desk, question=REFUND, context=context)[0]["metadata"]
    history = [{"role": "customer", "text": REFUND}]
    own = desk.post("/v1/suggestions", json={"query": REFUND, "kinds": ["faq"], "history": history}).json()
    assert again["escalation"] == own["escalation"]["level"]


@pytest.mark.parametrize(
    ("body", "parameters", "target"),
    [
        ({"question": " "}, {}, None),
        ({}, {}, None),
        ({"question": REFUND, "confidenceScoreThreshold": 70}, {}, "confidenceScoreThreshold"),
        ({"question": 5}, {}, "question"),
        ({"question": REFUND}, {"api-version": "2019-05-01"}, None),
    ],
)
def test_a_malformed_request_is_in_azures_words(
    desk: TestClient, body: dict[str, Any], parameters: dict[str, str], target: str | None
) -> None:
    """400 InvalidArgument; scores of 0 to 100, as an older service had them, are refused by name."""
    response = ask(desk, body, **parameters)
    error = response.json()["error"]
    assert (response.status_code, error["code"], error.get("target")) == (400, "InvalidArgument", target)
    assert error["message"]


def test_parameters_are_required(desk: TestClient) -> None:
    """projectName, deploymentName and api-version, as in Azure."""
    response = desk.post(ADDRESS, json={"question": REFUND})
    assert response.status_code == 400
    assert {item["target"] for item in response.json()["error"]["details"]} == set(PARAMETERS)


def test_the_key_is_azures_header(shop: Path) -> None:
    """401 Unauthorized without it."""
    with serving(Settings(home=shop, adapters=Adapters(key="secret"))) as client:
        refused = ask(client, {"question": REFUND})
        right = client.post(
            ADDRESS, params=PARAMETERS, json={"question": REFUND}, headers={"Ocp-Apim-Subscription-Key": "secret"}
        )
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "Unauthorized")
    assert right.status_code == 200


def test_without_an_index_it_says_so(tmp_path: Path) -> None:
    """503 in Azure's words."""
    with serving(Settings(home=tmp_path)) as client:
        response = ask(client, {"question": REFUND})
    assert (response.status_code, response.json()["error"]["code"]) == (503, "ServiceUnavailable")


@pytest.fixture
def azure(address: str) -> Any:
    """Azure's own client, pointed at Huashu."""
    library = pytest.importorskip("azure.ai.language.questionanswering", reason="Azure's client is not installed")
    credentials = pytest.importorskip("azure.core.credentials")
    return library.QuestionAnsweringClient(address, credentials.AzureKeyCredential("any"))


def test_azures_own_client_is_answered(azure: Any, desk: TestClient) -> None:
    """Its models are filled from what comes back."""
    found = azure.get_answers(question=REFUND, project_name="p", deployment_name="d", top=3, confidence_threshold=0.2)
    assert [answer.answer for answer in found.answers] == [reply(desk, "refund.time")]
    assert (found.answers[0].confidence, found.answers[0].source) == (1.0, "手册")
    by_id = azure.get_answers(qna_id=found.answers[0].qna_id, project_name="p", deployment_name="d")
    assert by_id.answers[0].qna_id == found.answers[0].qna_id


def test_azures_own_client_filters_and_follows_up(azure: Any) -> None:
    """With its own filter and context models."""
    models = pytest.importorskip("azure.ai.language.questionanswering.models")
    found = azure.get_answers(
        question=BOTH,
        project_name="p",
        deployment_name="d",
        confidence_threshold=0.2,
        answer_context=models.KnowledgeBaseAnswerContext(previous_qna_id=5, previous_question=REFUND),
        filters=models.QueryFilters(metadata_filter=models.MetadataFilter(metadata=[("product", "A3")])),
    )
    assert [answer.metadata["entry_id"] for answer in found.answers] == ["product.a3.filter"]


def test_azures_own_client_reads_errors_and_the_default_answer(azure: Any, desk: TestClient) -> None:
    """An error has its code and message; nothing found has id −1."""
    errors = pytest.importorskip("azure.core.exceptions")
    found = azure.get_answers(question=NOTHING, project_name="p", deployment_name="d")
    assert (found.answers[0].qna_id, found.answers[0].answer) == (-1, holding(desk))
    with pytest.raises(errors.ResourceNotFoundError) as refused:
        azure.get_answers(qna_id=7, project_name="p", deployment_name="d")
    assert refused.value.error.code == "NotFound"
