"""`huashu review` and `huashu audit` over a home of their own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knowledge.model import Reply
from knowledge.store import Store
from service.settings import Settings
from tests.service.cli.conftest import Huashu
from tests.service.submitted import MORE, REWORDED, imported, submit


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    """The shop's database, in which refund.time and ship.no-update wait, both written by li."""
    home.mkdir()
    imported(home / "knowledge.db")
    with Store.open(Settings(home=home).database_url) as opened:
        submit(opened)
        submit(opened, MORE, comment="")
        yield opened


def test_what_waits_is_listed(huashu: Huashu, store: Store) -> None:
    """One a line with what it would replace, and how many."""
    done = huashu("review", "list")
    assert done.status == 0
    assert "refund.time@2  退款多久到账  li  replaces 1  “时限改写”" in done.out
    assert "2 wait for review" in done.out
    assert "1 waits for review" in huashu("review", "list", "--category", "ship").out
    assert "0 wait for review" in huashu("review", "list", "--author", "han").out


def test_a_version_is_shown_with_its_changes(huashu: Huashu, store: Store) -> None:
    """What went in `[- -]`, what came in `{+ +}`; lint's findings, comments, and what is in the way."""
    curt = REWORDED.model_copy(update={"replies": (Reply(text="不知道"), *REWORDED.replies[1:])})
    submit(store, curt, "han", "换个说法")
    shown = huashu("review", "show", "refund.time@3", "--by", "wang").out
    assert "in_review  by han, against version 1" in shown
    assert "replies.any.zh changed: [-" in shown and "-]{+不知道+}" in shown
    assert "error  replies[0].text" in shown and "(forbidden-phrases)" in shown
    assert "han submit: 换个说法" in shown
    assert "cannot be approved" not in shown
    assert "cannot be approved by han" in huashu("review", "show", "refund.time@3", "--by", "han").out


def test_versions_are_approved_by_somebody_else(huashu: Huashu, store: Store) -> None:
    """Each by itself: what cannot be approved is named, the others are done, and the status says so."""
    done = huashu("review", "approve", "refund.time@2", "ship.no-update@9", "--by", "wang", "--comment", "好")
    assert done.status == 1
    assert "refund.time@2: approved" in done.out
    assert "ship.no-update has no version 9" in done.err
    assert store.version("refund.time", 2).decided_by == "wang"
    refused = huashu("review", "approve", "ship.no-update", "--by", "li")
    assert refused.status == 1 and "was written by li" in refused.err
    assert huashu("review", "approve", "ship.no-update", "--by", "wang").status == 0


def test_versions_are_returned_and_withdrawn(huashu: Huashu, store: Store) -> None:
    """A return takes a reason; without @ it is the version that waits."""
    assert huashu("review", "return", "refund.time", "--by", "wang").status == 2
    assert "without a word" in huashu("review", "return", "refund.time", "--by", "wang", "--comment", " ").err
    assert huashu("review", "return", "refund.time", "--by", "wang", "--comment", "写明").status == 0
    assert store.audit("refund.time")[-1].comment == "写明"
    assert "withdrawn" in huashu("review", "withdraw", "ship.no-update", "--by", "li").out
    assert store.waiting() == ()


@pytest.mark.parametrize("named", ["refund.time@", "refund.time@x", "none.x", "none.x@1"])
def test_what_names_no_version_is_said(huashu: Huashu, store: Store, named: str) -> None:
    """In a sentence, and nothing is done."""
    done = huashu("review", "approve", named, "--by", "wang")
    assert done.status == 1
    assert done.err.startswith("huashu: ") and named.split("@")[0] in done.err
    assert len(store.waiting()) == 2


def test_the_audit_log_is_read_and_written_to_a_file(huashu: Huashu, store: Store, tmp_path: Path) -> None:
    """The newest first, with the API's filters; as CSV all that fit."""
    done = huashu("audit", "--entry", "refund.time", "--limit", "2")
    assert done.status == 0
    assert "li  submit  refund.time@2  时限改写" in done.out
    assert "2 of 3 lines" in done.out
    store.comment("refund.time", 2, "wang", "=1+1", datetime.now(UTC))
    file = tmp_path / "audit.csv"
    assert "1 lines written" in huashu("audit", "--who", "wang", "--csv", file).out
    (row,) = csv.DictReader(file.open(encoding="utf-8-sig", newline=""))
    assert (row["who"], row["comment"]) == ("wang", "'=1+1")


@pytest.mark.parametrize("given", [("--from", "soon"), ("--from", "2026-11-21", "--to", "2026-11-20")])
def test_days_that_are_none_are_said(huashu: Huashu, store: Store, given: tuple[str, ...]) -> None:
    """In a sentence that names the option."""
    done = huashu("audit", *given)
    assert done.status == 1
    assert done.err.startswith("huashu: from: ")
