"""POST /v1/suggestions over a real index with a toy embedder and a clock that stands still."""

from __future__ import annotations

from pathlib import Path

from service.settings import Settings
from tests.service.asking import ADDRESS, REFUND
from tests.service.shop import serving


def test_without_an_index_it_names_the_command(tmp_path: Path) -> None:
    """503 with what to run, and when to try again."""
    with serving(Settings(home=tmp_path)) as client:
        response = client.post(ADDRESS, json={"query": REFUND})
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert "`huashu build`" in response.json()["detail"]
    assert int(response.headers["retry-after"]) > 0
