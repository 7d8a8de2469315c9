"""A request by a name that is not this service's."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.settings import Settings
from tests.service.shop import serving
from tests.service.visiting import HTML

STRANGE = {"Host": "evil.example:8000"}


def test_a_strange_name_is_told_with_the_way_out(client: TestClient) -> None:
    """A problem with the name, the address to use and the setting; it has an id, and is counted."""
    refused = client.get("/v1/entries", headers=STRANGE)
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    body = refused.json()
    assert body["request_id"] == refused.headers["x-request-id"]
    for part in ("'evil.example:8000'", "http://127.0.0.1:8000", "HUASHU_PUBLIC_URL"):
        assert part in body["detail"]
    assert 'status="400"' in client.get("/metrics").text


def test_a_person_reads_it_on_a_page(client: TestClient) -> None:
    """In their language, and with nothing of the knowledge."""
    page = client.get("/", headers=STRANGE | HTML | {"Accept-Language": "zh-CN"})
    assert (page.status_code, "text/html" in page.headers["content-type"]) == (400, True)
    assert "请打开 http://127.0.0.1:8000" in page.text
    assert "refund" not in page.text and "index_version" not in page.text


@pytest.mark.parametrize("host", ["x" * 5000, ""])
def test_a_name_is_repeated_in_part_only(client: TestClient, host: str) -> None:
    """However long it is; none at all is none of ours either."""
    refused = client.get("/healthz", headers={"Host": host})
    assert refused.status_code == 400
    assert len(refused.text) < 500


def test_the_public_name_is_known(home: Path) -> None:
    """That of HUASHU_PUBLIC_URL, which is then the address to use."""
    with serving(Settings(home=home, public_url="https://desk.example")) as client:
        assert client.get("/healthz", headers={"Host": "desk.example"}).status_code == 200
        assert "use https://desk.example, or" in client.get("/healthz", headers=STRANGE).json()["detail"]
