"""The files of the pages."""

from __future__ import annotations

from starlette.testclient import TestClient


def test_a_file_is_asked_for_anew_and_costs_nothing_where_it_is_the_same(client: TestClient) -> None:
    """So that the scripts of two releases never mix."""
    first = client.get("/static/base.css")
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    again = client.get("/static/base.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-cache")
