"""Question sets, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import PackError
from knowledge.formats.jsonl import Query, Turn, entry_id, read_knowledge, read_queries
from knowledge.model import Entry, Reply

BENCH = Path(__file__).parents[4] / "shared" / "bench"
SETS = (
    "banking77", "cic_ecom_noisykb", "cic_ecom_oos", "clinc150_oos", "ths_faq_cold", "ths_faq_oos", "ths_faq_warm",
)  # fmt: skip


def lines(path: Path, *rows: dict[str, Any] | str) -> Path:
    """A file of these rows; text is written as it is."""
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def knowledge(tmp_path: Path, *rows: dict[str, Any] | str) -> tuple[Entry, ...]:
    """The entries of these rows."""
    return read_knowledge(lines(tmp_path / "kb.jsonl", *rows))


def problems(path: Path, read: Any) -> list[str]:
    """Every problem of a file, by its name."""
    with pytest.raises(PackError) as caught:
        read(path)
    return [str(problem).removeprefix(f"{path.parent}/") for problem in caught.value.problems]


def test_questions_become_title_and_variants(tmp_path: Path) -> None:
    """The first question is the title, the rest the variants, the answer the reply; an entry is an faq."""
    (read,) = knowledge(tmp_path, {"id": "a.b", "questions": ["多久到", "几天到", "几天到"], "answer": "三天。"})
    assert (read.id, read.kind, read.title, read.variants) == ("a.b", "faq", "多久到", ("几天到",))
    assert read.replies == (Reply(language="zh", text="三天。"),)


def test_without_an_answer_the_title_is_the_reply(tmp_path: Path) -> None:
    """A set without answers still loads; a reply without Chinese is English."""
    (read,) = knowledge(tmp_path, {"id": 7, "questions": ["where is my card"]})
    assert read.id == "7"
    assert read.replies == (Reply(language="en", text="where is my card"),)


def test_long_questions_are_cut_and_none_is_lost(tmp_path: Path) -> None:
    """A title is cut to 100 characters, its whole question staying a variant; variants are cut to 500."""
    first, second = "长" * 300, "短" * 900
    (read,) = knowledge(tmp_path, {"id": "a", "questions": [first, second]})
    assert (read.title, read.variants) == (first[:100], (first, second[:500]))


def test_dirty_questions_are_cleaned(tmp_path: Path) -> None:
    """Control characters become a space, lone surrogates go, blank questions are passed over."""
    (read,) = knowledge(tmp_path, {"id": "a", "questions": ["  ", "a\u0000b\r\nc", "\ud83dx", "\u007f"]})
    assert read.phrasings == ("ab c", "x")


def test_an_answer_is_never_altered(tmp_path: Path) -> None:
    """An answer that does not fit is a problem with its line and the name it has in the file."""
    path = lines(tmp_path / "kb.jsonl", "", {"id": "a", "questions": ["x"], "answer": "长" * 4001})
    assert problems(path, read_knowledge) == [
        "kb.jsonl:2: entry a: field answer: is 4001 characters long, at most 4000 fit: shorten it"
    ]


def test_every_problem_names_line_and_field(tmp_path: Path) -> None:
    """All lines are read before anything is raised."""
    path = lines(
        tmp_path / "kb.jsonl",
        {"id": "a", "questions": ["x"]},
        "{broken",
        "[1]",
        {"id": "b", "questions": []},
        {"id": "c", "questions": [" "]},
        {"id": "d", "question": ["x"]},
        {"id": "a", "questions": ["y"]},
        {"id": "", "questions": ["y", 3]},
        "[" * 100_000,
    )
    found = problems(path, read_knowledge)
    assert found[0].startswith("kb.jsonl:2: not readable as JSON (")
    assert found[1:-1] == [
        "kb.jsonl:3: expects an object: put the line in { }",
        "kb.jsonl:4: entry b: field questions: is empty: give at least 1",
        "kb.jsonl:5: entry c: field questions[0]: is empty: write something or remove it",
        "kb.jsonl:5: entry c: field answer: is empty: write something or remove it",
        "kb.jsonl:6: entry d: field questions: is missing: add it",
        "kb.jsonl:6: entry d: field question: is not a known field: correct its name or remove it",
        "kb.jsonl:7: entry a: field id: the id is also on line 1: rename or delete one",
        "kb.jsonl:8: field id: is empty: write something or remove it",
        'kb.jsonl:8: field questions[1]: expects text, found "3": correct it',
    ]
    assert found[-1].startswith("kb.jsonl:9: not readable as JSON (")


def test_ids_that_do_not_fit_are_spelt_the_same_in_both_files(tmp_path: Path) -> None:
    """A foreign character becomes its code, so that a query's gold still names the entry; a fitting id is itself."""
    assert entry_id("Refund_not_showing_up") == "Refund_not_showing_up"
    assert entry_id("paid?") == "paid_x3f" != entry_id("paid!")
    assert entry_id("退款 1") == "_x9000_x6b3e_x201"
    assert len(entry_id("退" * 100)) == 120 and entry_id("退" * 100) != entry_id("退" * 101)
    (read,) = knowledge(tmp_path, {"id": "paid?", "questions": ["x"]})
    (query,) = read_queries(lines(tmp_path / "q.jsonl", {"question": "x", "gold": "paid?"}))
    assert query.gold == read.id


def test_queries_are_read(tmp_path: Path) -> None:
    """A query carries its gold or none, its kind, the history and the escalation expected; further columns pass."""
    path = lines(
        tmp_path / "q.jsonl",
        {"question": "多久到", "gold": "a", "kind": "in", "true_entry": "z"},
        {
            "question": "我要投诉",
            "gold": None,
            "history": [{"role": "customer", "text": "在吗"}, ["agent", "您好"]],
            "escalation": "required",
        },
    )
    assert read_queries(path) == (
        Query(text="多久到", gold="a", kind="in"),
        Query(
            text="我要投诉", gold=None, history=(Turn("customer", "在吗"), Turn("agent", "您好")), escalation="required"
        ),
    )


def test_a_query_without_gold_is_a_problem(tmp_path: Path) -> None:
    """A missing gold is not taken for null, so a misspelt column cannot turn a set into one of unanswerable queries."""
    path = lines(
        tmp_path / "q.jsonl",
        {"question": "x", "glod": "a"},
        {"question": "", "gold": None},
        {"query": "x", "gold": None},
        {"question": "x", "gold": None, "escalation": "maybe", "history": [{"role": "bot", "text": "x"}]},
    )
    assert problems(path, read_queries) == [
        "q.jsonl:1: field gold: is missing: add it",
        "q.jsonl:2: field question: is empty: write something or remove it",
        "q.jsonl:3: field question: is missing: add it",
        "q.jsonl:4: field history[0].role: \"bot\" is not one of 'customer', 'agent': choose one",
        "q.jsonl:4: field escalation: \"maybe\" is not one of 'none', 'offer', 'required': choose one",
    ]


def test_separators_inside_a_text_end_no_line(tmp_path: Path) -> None:
    """Only a newline ends a line: U+2028 may stand in a question."""
    path = tmp_path / "kb.jsonl"
    path.write_text('{"id": "a", "questions": ["x\u2028y"]}\r\n\n', encoding="utf-8")
    assert read_knowledge(path)[0].title == "x\u2028y"


@pytest.mark.skipif(not BENCH.is_dir(), reason=f"benchmarks are not at {BENCH}")
@pytest.mark.parametrize("name", SETS)
def test_every_benchmark_loads(name: str) -> None:
    """No entry and no query is lost, and every gold names an entry."""
    entries, queries = read_knowledge(BENCH / name / "kb.jsonl"), read_queries(BENCH / name / "test.jsonl")
    assert len(entries) == len((BENCH / name / "kb.jsonl").read_text(encoding="utf-8").splitlines())
    assert len(queries) == len((BENCH / name / "test.jsonl").read_text(encoding="utf-8").splitlines())
    assert {query.gold for query in queries if query.gold is not None} <= {item.id for item in entries}
