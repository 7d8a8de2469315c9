"""A real Chromium and a desk that answers by hand, so that each test can say exactly what the page must do."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.desk import make_desk

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STARTS_WITHIN = 20  # seconds
PATIENCE = 15_000  # milliseconds: on a busy machine a page takes its time, and where all is well nobody waits


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known wherever these tests are run from."""
    config.addinivalue_line("markers", "browser: needs a real browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; without one they are skipped, unless HUASHU_REQUIRE_BROWSER=1."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Exception as error:
            if os.environ.get("HUASHU_REQUIRE_BROWSER") == "1":
                raise
            pytest.skip(f"no browser ({' or '.join(NAMES)} on the PATH, or playwright's own): {error}")
        yield browser
        browser.close()


def serve(app: FastAPI) -> Iterator[str]:
    """The app on a free port, in a thread, as its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + STARTS_WITHIN
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError(f"the server on port {port} did not start within {STARTS_WITHIN} s")
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(5)


def clean(page: Page) -> None:
    """axe finds nothing to object to, contrast included."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.wait_for_timeout(200)  # colours change within 120 ms
    found = axe.run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"


def heard(page: Page) -> list[str]:
    """Errors of the page's scripts, and what its content policy refused, from now on."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    return errors


@pytest.fixture(scope="session")
def desk() -> Iterator[str]:
    """The address of the knowledge page before the desk that answers by hand."""
    yield from serve(make_desk())


@pytest.fixture
def context(chromium: Browser, desk: str) -> Iterator[BrowserContext]:
    """A fresh Chinese browser profile whose clipboard may be read."""
    context = chromium.new_context(base_url=desk, locale="zh-CN", viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=desk)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The knowledge page, open and empty. Any error of its scripts, CSP's included, fails the test."""
    page = context.new_page()
    errors = heard(page)
    page.goto("/")
    yield page
    assert errors == []
