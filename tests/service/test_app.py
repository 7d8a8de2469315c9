"""The wiring: what is there, by which names this machine may be asked, and what starting needs."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from index.errors import EmbedderError
from service import app as app_module
from service.app import create_app
from service.settings import Settings
from tests.service.shop import serving
from tests.toy import ToyEmbedder

SUGGESTIONS = "/v1/suggestions"


def test_what_is_not_there_is_a_problem(client: TestClient) -> None:
    """404 names the path; a wrong method is 405 and says which are right; files of the pages are no way out."""
    missing = client.get("/v1/nothing")
    assert (missing.status_code, missing.headers["content-type"]) == (404, "application/problem+json")
    assert "/v1/nothing" in missing.json()["detail"]
    wrong = client.get(SUGGESTIONS)
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, "application/problem+json")
    assert (wrong.headers["allow"], wrong.json()["title"]) == ("POST", "Method Not Allowed")
    assert wrong.json()["detail"] == f"{SUGGESTIONS} takes no GET: use POST"
    assert client.get("/static/..%2f..%2fapp.py").status_code == 404


def test_a_response_is_not_sniffed(client: TestClient) -> None:
    """Browsers take the content type as it is said."""
    for address in ("/healthz", "/nowhere", "/static/base.css", "/"):
        assert client.get(address).headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machine_may_ask_by_any_of_its_names(client: TestClient, host: str) -> None:
    """IPv4, IPv6 and the name, with and without a port."""
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "a@localhost"])
def test_another_sites_name_is_refused(client: TestClient, host: str) -> None:
    """A page of another site that points its own name at this machine (DNS rebinding) learns nothing."""
    for method, address in (("GET", "/readyz"), ("POST", SUGGESTIONS), ("GET", "/")):
        response = client.request(method, address, headers={"Host": host}, json={"query": "退款几天能到"})
        assert response.status_code == 400
        assert "refund" not in response.text
        assert "index_version" not in response.text


def test_behind_a_proxy_any_name_may_ask(home: Path) -> None:
    """An address that others reach goes by whatever name the proxy has."""
    with serving(Settings(home=home, host="0.0.0.0")) as client:
        assert client.get("/healthz", headers={"Host": "huashu.example"}).status_code == 200


def test_nothing_is_loaded_before_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Making the app reads no file and loads no encoder; starting it loads the one that the settings name."""
    asked: list[tuple[str, Path | None]] = []

    def load(name: str, tuning: Path | None) -> ToyEmbedder:
        asked.append((name, tuning))
        return ToyEmbedder()

    monkeypatch.setattr(app_module, "load_embedder", load)
    app = create_app(Settings(home=tmp_path / "absent", embedder="some/model", tuning=tmp_path / "a.npz"))
    assert asked == []
    with TestClient(app):
        assert asked == [("some/model", tmp_path / "a.npz")]
    assert not (tmp_path / "absent").exists()


def test_an_encoder_that_cannot_be_loaded_keeps_it_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better no service than one that can never answer; the reason is the encoder's own."""

    def load(name: str, tuning: Path | None) -> ToyEmbedder:
        raise EmbedderError(f"no {name} here")

    monkeypatch.setattr(app_module, "load_embedder", load)
    with (
        pytest.raises(EmbedderError, match="no some/model here"),
        TestClient(create_app(Settings(home=tmp_path, embedder="some/model"))),
    ):
        pass


def test_the_examples_on_the_page_are_queries(client: TestClient) -> None:
    """Every example that the page offers is a request that the API takes."""
    app = client.app
    assert isinstance(app, FastAPI)
    assert app.state.examples
    for example in app.state.examples:
        assert client.post(SUGGESTIONS, json={"query": example}).status_code == 200
