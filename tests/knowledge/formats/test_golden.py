"""Golden queries: files of labelled queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import PackError
from knowledge.formats.golden import read_golden
from knowledge.formats.jsonl import Query, Turn


def golden(tmp_path: Path, text: str) -> Path:
    """A file with this text."""
    path = tmp_path / "golden.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    """Every problem of a file, by its name."""
    with pytest.raises(PackError) as caught:
        read_golden(path)
    return [str(problem).removeprefix(f"{path.parent}/") for problem in caught.value.problems]


def test_a_file_is_read_in_order(tmp_path: Path) -> None:
    """Query, gold and kind are taken over; what a row leaves out is empty."""
    path = golden(
        tmp_path,
        "- {query: 钱退了三天还没收到, gold: refund.not-arrived, kind: colloquial}\n"
        "- {query: 帮我写首诗, gold: null, kind: far}\n",
    )
    assert read_golden(path) == (
        Query(text="钱退了三天还没收到", gold="refund.not-arrived", kind="colloquial"),
        Query(text="帮我写首诗", gold=None, kind="far"),
    )


def test_an_escalation_query_carries_level_and_trigger(tmp_path: Path) -> None:
    """It is not judged by its answer but by what it raises."""
    row = "- {query: 插上去手一麻, gold: null, kind: escalation, escalation: required, trigger: fire-shock}\n"
    (query,) = read_golden(golden(tmp_path, row))
    assert (query.gold, query.escalation, query.trigger) == (None, "required", "fire-shock")


def test_history_keeps_its_order(tmp_path: Path) -> None:
    """Earlier turns stand oldest first, with who spoke."""
    path = golden(
        tmp_path,
        "- query: 那要几天\n"
        "  gold: refund.time\n"
        "  kind: follow-up\n"
        "  history:\n"
        "    - {role: customer, text: 我要退款}\n"
        "    - {role: agent, text: 已为您提交}\n",
    )
    (query,) = read_golden(path)
    assert query.history == (Turn("customer", "我要退款"), Turn("agent", "已为您提交"))


def test_a_query_may_resemble_an_entry_that_is_not_its_gold(tmp_path: Path) -> None:
    """What only looks like an entry says so, whatever answers it."""
    row = "- {query: 三十天无理由, gold: null, kind: number, resembles: return.policy}\n"
    (query,) = read_golden(golden(tmp_path, row))
    assert (query.gold, query.resembles) == (None, "return.policy")


@pytest.mark.parametrize("text", ["", "query: 在吗\n", "在吗\n"])
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str) -> None:
    """Nothing, a mapping and a bare word are no list of queries."""
    assert problems(golden(tmp_path, text)) == ["golden.yaml:1: must be a list of queries"]


def test_broken_yaml_is_named_by_its_line(tmp_path: Path) -> None:
    """A bracket left open is found where it stands."""
    (problem,) = problems(golden(tmp_path, "- {query: 甲, gold: null, kind: far}\n- {query: 乙, gold: [}\n"))
    assert problem.startswith("golden.yaml:2: is not YAML (")


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    """One reading tells all that is wrong: what is missing, what is not known, what is empty."""
    path = golden(
        tmp_path,
        "- {query: 甲, gold: a.b}\n"
        "- 乙\n"
        "- {query: 丙, gold: a.b, kind: plain, golden: yes}\n"
        "- {query: '', gold: a.b, kind: plain}\n"
        "- {query: 丁, gold: a.b, kind: plain}\n",
    )
    first, second, third, fourth = problems(path)
    assert first == "golden.yaml:1: query 1: needs query, gold and kind"
    assert second == "golden.yaml:1: query 2: needs query, gold and kind"
    assert third.startswith("golden.yaml:1: query 3: has unknown fields ['golden']: the fields are ['escalation', ")
    assert fourth == "golden.yaml:1: query 4: is empty: write something or remove it"


@pytest.mark.parametrize(
    ("gold", "says"),
    [
        ("7", 'expects text, found "7"'),
        ("[refund.time]", "expects text, found a list"),
        ("Refund Time!", '"Refund Time!" has characters that do not belong'),
    ],
)
def test_a_gold_that_is_no_id_is_refused(tmp_path: Path, gold: str, says: str) -> None:
    """A number, a list of ids and a title are no entry's id."""
    (problem,) = problems(golden(tmp_path, f"- {{query: 甲, gold: {gold}, kind: plain}}\n"))
    assert problem.startswith(f"golden.yaml:1: query 1: {says}")


def test_an_escalation_level_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """Only the levels an entry can have can be expected."""
    (problem,) = problems(golden(tmp_path, "- {query: 甲, gold: null, kind: escalation, escalation: maybe}\n"))
    assert problem == "golden.yaml:1: query 1: \"maybe\" is not one of 'none', 'offer', 'required': choose one"


def test_a_speaker_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """Only customers and agents speak in a history."""
    row = "- {query: 甲, gold: null, kind: far, history: [{role: boss, text: 乙}]}\n"
    (problem,) = problems(golden(tmp_path, row))
    assert problem == "golden.yaml:1: query 1: \"boss\" is not one of 'customer', 'agent': choose one"
