"""The example console as the server sends it."""

from __future__ import annotations

from starlette.testclient import TestClient

from service.pages.frame import STATIC
from tests.browser.desk import make_desk


def test_it_shows_its_own_code_and_says_what_it_needs() -> None:
    """Both modules can be read from the page; without a script it says so."""
    page = TestClient(make_desk()).get("/demo").text
    for part in ('href="/static/huashu.js"', 'href="/static/demo.js"', "需要开启 JavaScript"):
        assert part in page


def test_it_uses_the_public_interface_alone() -> None:
    """The client names only documented addresses, and the console asks through nothing else."""
    client, console = ((STATIC / name).read_text("utf-8") for name in ("huashu.js", "demo.js"))
    assert "/v1/suggestions" in client and "/v1/feedback" in client
    assert "import" not in client.replace("imported", "")
    assert "fetch(" not in console and "/v1/" not in console
