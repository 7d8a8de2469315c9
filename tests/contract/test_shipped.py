"""A part of the shipped knowledge with the bundled encoders, asked over HTTP; all of it would take minutes to build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

import knowledge
from index.builder import build
from index.loading import load_embedder
from index.shelf import Shelf
from knowledge.formats.yaml import load_pack
from knowledge.model import ApprovedEntry, Entry, Policy
from service.settings import Settings
from tests.contract.listening import listening
from tests.service.asking import turns

pytestmark = pytest.mark.slow

CONTENT = Path(knowledge.__file__).parent / "content"
MATTERS = ("refund.", "ship.", "invoice.", "product.powerbank.", "product.robot.", "quality.")
PHRASINGS = 25  # of an entry, about
ASKED = turns("我的退款批了没有")


def thinned(entry: Entry) -> Entry:
    """With fewer variants, as evenly drawn as they stand, and without relations to what is left out."""
    step = len(entry.variants) // PHRASINGS
    return entry.model_copy(update={"variants": entry.variants[::step], "related": ()})


def thinned_policy(policy: Policy) -> Policy:
    """With fewer examples of its triggers."""
    triggers = [
        one.model_copy(update={"variants": one.variants[::6], "look_alikes": one.look_alikes[::12]})
        for one in policy.triggers
    ]
    return policy.model_copy(update={"triggers": tuple(triggers)})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the service at a real address."""
    home, pack, now = tmp_path_factory.mktemp("shipped"), load_pack(CONTENT), datetime.now(UTC)
    entries = [
        ApprovedEntry(entry=thinned(entry), version=1, approved_by="-", approved_at=now)
        for entry in pack.entries
        if entry.id.startswith(MATTERS)
    ]
    embedder = load_embedder()
    done = build(entries, thinned_policy(pack.policy), pack.facts, embedder, home)
    Shelf(home / "artefacts").publish(done.version, now, "-")
    with listening(Settings(home=home), embedder) as address, httpx.Client(base_url=address) as opened:
        yield opened


def suggest(client: httpx.Client, query: str, history: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    """The answer to a query."""
    response = client.post("/v1/suggestions", json={"query": query, "history": list(history)})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize(
    ("query", "entry_id"),
    [
        ("我的快递咋三天没动静了", "ship.no-update"),
        ("退宽几天到账啊", "refund.time"),
        ("發票抬頭寫錯了可以改嗎", "invoice.title-change"),
        ("你们是不是卖假货的！！", "quality.fake-claim"),
        ("P20能带上飞机吗", "product.powerbank.flight"),
        ("where is my parcel now", "ship.track"),
    ],
)
def test_what_customers_type_is_answered(client: httpx.Client, query: str, entry_id: str) -> None:
    """In their own words, misspelt, in Traditional characters, in English: the entry meant, with a reply."""
    body = suggest(client, query)
    assert (body["decision"], body["suggestions"][0]["entry_id"]) == ("answer", entry_id)
    assert body["suggestions"][0]["reply"]["text"]


@pytest.mark.parametrize("query", ["明天上海会下雨吗", "帮我写一首诗", "净化器的滤芯多久换一次呀"])
def test_what_is_not_known_is_not_answered(client: httpx.Client, query: str) -> None:
    """From elsewhere, or of this shop and left out here."""
    assert suggest(client, query)["decision"] == "abstain"


def test_who_was_hurt_reaches_a_person(client: httpx.Client) -> None:
    """Whatever ranks first, in the query or before it."""
    for body in (
        suggest(client, "水壶漏电把我电到了"),
        suggest(client, "订单号是多少来着", turns("水壶漏电把我电到了")),
    ):
        assert body["escalation"]["level"] == "required"


@pytest.mark.parametrize("query", ["那要几天呢", "多久才能看到钱啊"])
def test_a_follow_up_is_of_what_was_spoken_of(client: httpx.Client, query: str) -> None:
    """It means little alone, and its entry comes first after the turns before it."""
    history = [*ASKED, *turns("已经审核通过，款项会原路退回您的付款账户。", role="agent")]
    body = suggest(client, query, history)
    assert body["suggestions"][0]["entry_id"] == "refund.time"


def test_a_remark_does_not_ask_again(client: httpx.Client) -> None:
    """Nothing is answered to somebody at the door."""
    history = [*turns("退款多久能到"), *turns("一般 1–3 个工作日到账。", role="agent")]
    assert suggest(client, "退款多久能到")["decision"] == "answer"
    assert suggest(client, "等下，有人敲门", history)["decision"] == "abstain"


def test_a_clear_query_is_the_same_after_anything(client: httpx.Client) -> None:
    """To the last figure."""
    alone, after = suggest(client, "发票抬头写错了可以改吗"), suggest(client, "发票抬头写错了可以改吗", ASKED)
    assert alone["suggestions"] == after["suggestions"]
    assert (alone["decision"], after["used_history"]) == ("answer", False)
