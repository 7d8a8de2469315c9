"""What `huashu evaluate` measures with: queries by the file's ending, a retriever from each kind of knowledge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import service.measuring as measuring
from index.errors import NoArtefact
from index.shelf import Shelf
from knowledge.errors import PackError
from knowledge.formats.yaml import dump_pack
from service import live
from service.settings import Settings
from tests.service.shop import pack
from tests.toy import ToyEmbedder


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (live, measuring):
        monkeypatch.setattr(module, "load_embedder", lambda name, tuning: ToyEmbedder())


def test_queries_are_read_by_the_files_ending(tmp_path: Path) -> None:
    """A question set and golden queries, in both spellings, come to the same."""
    (tmp_path / "a.jsonl").write_text('{"question": "退款几天到", "gold": "refund.time", "kind": "plain"}\n')
    golden = "- {query: 退款几天到, gold: refund.time, kind: plain}\n"
    (tmp_path / "a.yaml").write_text(golden)
    (tmp_path / "a.yml").write_text(golden)
    for name in ("a.jsonl", "a.yaml", "a.yml"):
        (query,) = measuring.read_queries(tmp_path / name)
        assert (query.text, query.gold, query.kind) == ("退款几天到", "refund.time", "plain")


def test_another_ending_is_refused(tmp_path: Path) -> None:
    """The message names the file, its ending and those that can be read."""
    with pytest.raises(PackError, match=r"a\.csv:1: ending '\.csv' is not one of \.jsonl, \.yaml, \.yml"):
        measuring.read_queries(tmp_path / "a.csv")


def test_without_knowledge_the_live_index_is_measured(home: Path, tmp_path: Path) -> None:
    """As the service would answer; without one, what to run."""
    retriever = measuring.prepare_retriever(Settings(home=home), None)
    assert retriever.version == Shelf(home / "artefacts").current()
    assert retriever.embedder_name == "toy"
    with pytest.raises(NoArtefact, match="`huashu build`"):
        measuring.prepare_retriever(Settings(home=tmp_path), None)


def test_a_pack_is_measured_with_its_own_policy(tmp_path: Path) -> None:
    """Facts are put in and triggers heard, and nothing is written."""
    dump_pack(pack(), tmp_path / "pack")
    steps: list[tuple[str, int, int]] = []
    home = tmp_path / "home"
    retriever = measuring.prepare_retriever(Settings(home=home), tmp_path / "pack", lambda *step: steps.append(step))
    finding = retriever.find("退款几天能到")
    assert finding.decision == "answer"
    assert finding.candidates[0].entry.entry.replies[0].text == "您好，退款3 天内原路退回。"
    assert [alarm.trigger.code for alarm in retriever.find("孩子手被划伤流血了").alarms] == ["injury"]
    assert {name for name, _, _ in steps} >= {"embed", "train"}
    assert not home.exists()


def test_a_question_set_hears_no_trigger(tmp_path: Path) -> None:
    """It has no policy of its own: the shipped pack's thresholds hold, its triggers are not another shop's."""
    path = tmp_path / "kb.jsonl"
    path.write_text(json.dumps({"id": "a", "questions": ["孩子手被划伤流血了怎么包扎", "伤口怎么包扎"]}) + "\n")
    retriever = measuring.prepare_retriever(Settings(home=tmp_path), path)
    assert retriever.contents.policy.triggers == ()
    assert retriever.contents.triggers is None
    assert retriever.find("伤口怎么包扎").candidates[0].entry.entry.id == "a"
