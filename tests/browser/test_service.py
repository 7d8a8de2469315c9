"""The whole service in a browser: a real index behind the knowledge page, with a toy embedder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from index.assembly import assemble
from index.contents import save
from index.embedder import Matrix
from index.resolving import resolved, resolved_policy
from index.shelf import Shelf
from knowledge.formats.yaml import load_pack
from knowledge.model import ApprovedEntry
from service.app import create_app
from service.identity.people import Person
from service.settings import Settings
from tests.browser.conftest import serve
from tests.service.asking import BOTH
from tests.service.shop import FILTER, publish
from tests.toy import ToyEmbedder as PairsEmbedder

pytestmark = pytest.mark.browser

PACK = Path(__file__).parents[2] / "knowledge" / "content"
CATEGORY = "ship"
SIZE = 64
VERSION = "70f000000001"


class ToyEmbedder:
    """Counts of hashed character pairs: the same pairs, the same vector."""

    name = "toy"
    dimensions: ClassVar = {"toy": SIZE}

    def encode(self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None) -> dict[str, Matrix]:
        """Rows of length 1."""
        rows = np.zeros((len(texts), SIZE), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for start in range(max(len(text) - 1, 1)):
                row[int(hashlib.sha256(text[start : start + 2].encode()).hexdigest(), 16) % SIZE] += 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return {"toy": rows}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose published index holds one category of the shipped pack."""
    home, at, embedder = tmp_path_factory.mktemp("home"), datetime(2026, 11, 20, tzinfo=UTC), ToyEmbedder()
    pack = load_pack(PACK)
    approved = [
        ApprovedEntry(entry=entry, version=2, approved_by="王敏", approved_at=at)
        for entry in pack.entries
        if entry.category == CATEGORY
    ]
    contents = assemble(resolved(approved, pack.facts), resolved_policy(pack.policy, pack.facts), embedder.encode)
    manifest = {"embedder": embedder.name, "dimensions": embedder.dimensions, "recipe": "test"}
    shelf = Shelf(home / "artefacts")
    shelf.write(VERSION, lambda folder: save(contents, folder), manifest | {"counts": {}, "metrics": {}})
    shelf.publish(VERSION, at, "test")
    return home


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[str]:
    """The address of the real service over that index."""
    yield from serve(create_app(Settings(home=home), ToyEmbedder()))


def test_a_stored_phrasing_finds_its_approved_reply(chromium: Browser, service: str) -> None:
    """From the key press through the API and the index to the screen, and the same without a script."""
    entry = next(entry for entry in load_pack(PACK).entries if entry.id == "ship.no-update")
    context = chromium.new_context(base_url=service, locale="zh-CN")
    page = context.new_page()
    page.goto("/")
    page.locator("#query").press_sequentially(entry.variants[0])
    expect(page.locator(".say h2")).to_have_text(entry.title)
    expect(page.locator(".say .meta")).to_contain_text("v2 · 王敏 批准")
    expect(page.locator(".match")).to_contain_text("完全一致")
    expect(page.locator("#version")).to_contain_text(VERSION)
    drawn = page.locator(".say .reply").inner_text()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(f"/?q={entry.variants[0]}")
    assert page.locator(".say .reply").inner_text() == drawn
    context.close()


def test_without_an_index_the_page_names_the_command(chromium: Browser, tmp_path: Path) -> None:
    """A fresh service tells whoever opens it what to run."""
    for address in serve(create_app(Settings(home=tmp_path), ToyEmbedder())):
        page = chromium.new_page()
        page.goto(address)
        page.fill("#query", "退款")
        expect(page.locator(".problem code")).to_have_text("huashu build")
        page.close()


def test_what_a_clarification_came_to_is_kept(chromium: Browser, tmp_path: Path) -> None:
    """From the option on the screen through the API to the counts that editors read."""
    publish(tmp_path)
    editor = Person("li", frozenset({"editor"}))
    for address in serve(create_app(Settings(home=tmp_path), PairsEmbedder(), identify=lambda request: editor)):
        context = chromium.new_context(base_url=address, locale="zh-CN")
        page = context.new_page()
        for choice in (FILTER.title, "都不是"):
            page.goto("/")
            page.fill("#query", BOTH)
            with page.expect_response("**/v1/feedback") as told:
                page.locator(".option", has_text=choice).click()
            assert told.value.status == 201
        counts = page.request.get("/v1/insights/entries").json()
        assert (counts["requests"], counts["none_fits"]) == (2, 1)
        chosen = {entry["entry_id"]: entry["chosen"] for entry in counts["entries"]}
        assert chosen == {FILTER.id: 1} | {other: 0 for other in chosen if other != FILTER.id}
        context.close()
