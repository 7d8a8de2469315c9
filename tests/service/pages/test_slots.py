"""What slots are called on the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from knowledge.formats.jsonl import Query
from knowledge.model import Reply
from service.pages import training
from service.pages.slots import labels
from service.pages.words import SLOTS
from service.settings import Settings
from tests.service.shop import ENTRIES, SHIP, policy, publish, serving

GIFT = "您好，{gift_name}会随 {order_no} 一起寄出。"
OWN = policy().model_copy(update={"slots": policy().slots | {"gift_name": "礼物名", "order_no": "单号"}})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A shop whose policy names a slot of its own, and calls a shipped one otherwise."""
    home: Path = tmp_path_factory.mktemp("gifts")
    gift = SHIP.model_copy(update={"replies": (Reply(text=GIFT), Reply(language="en", text="{gift_name} comes too."))})
    publish(home, [gift, *(entry for entry in ENTRIES if entry is not SHIP)], rules=OWN)
    with serving(Settings(home=home)) as client:
        yield client


@pytest.mark.parametrize("address", ["/?q=快递停住了", "/entries/ship.no-update", "/training?n=0&show=1"])
def test_a_teams_own_slot_has_the_name_its_policy_gives_it(
    client: TestClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every page that shows a reply; what the policy calls otherwise than the shipped one is called so."""
    line = Query(text="快递停住了", gold=SHIP.id, kind="plain")
    monkeypatch.setattr(training, "golden", lambda _: (line,))
    shown = client.get(address).text.split('type="application/json"')[0]
    assert ">礼物名<" in shown and ">单号<" in shown
    read = re.sub(r' data-text="[^"]*"', "", shown)  # what the script fills, which nobody reads
    assert "{gift_name}" not in read and ">gift_name<" not in read


@pytest.mark.parametrize("address", ["/", "/demo"])
def test_scripts_are_told_the_names_too(client: TestClient, address: str) -> None:
    """They draw what is looked for next."""
    assert '"gift_name": "\\u793c\\u7269\\u540d"' in client.get(address).text


def test_an_english_page_has_the_shipped_slots_in_english() -> None:
    """A policy names its slots in one language: its own are shown in that, which says more than their bare names."""
    english = labels(OWN, "en")
    assert (english["order_no"], english["gift_name"]) == (SLOTS["en"]["order_no"], "礼物名")
    assert labels(policy().model_copy(update={"slots": {}}), "zh") == SLOTS["zh"]
