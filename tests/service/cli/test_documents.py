"""`huashu read`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.formats.documents import isolation
from knowledge.formats.documents.reading import read
from knowledge.formats.yaml import load_entries
from knowledge.store import Store
from service.settings import Settings
from tests.knowledge.formats.documents.manuals import MESSY
from tests.service.cli.conftest import Huashu


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are read in this process."""
    monkeypatch.setattr(isolation, "read_apart", read)


@pytest.fixture
def manual(tmp_path: Path) -> Path:
    """The bookshop's manual, with a question of the shop's."""
    path = tmp_path / "手册.txt"
    path.write_text(MESSY + "\n六、其他\n退款多久到账时：“您好，三天内。”\n", "utf-8")
    return path


def test_it_tells_what_was_repaired_and_found(huashu: Huashu, stocked: str, manual: Path) -> None:
    """With places, what covers it, phrases and promises."""
    done = huashu("read", manual)
    assert done.status == 0
    for piece in ("手册.txt: txt, ", "ocr 3", "7 proposals", "paragraph 4, line 12", "= refund.time"):
        assert piece in done.out
    assert "never say: 自己找去  new" in done.out
    assert "promise: 3 working days (complaint" in done.out


def test_json_is_the_apis_own(huashu: Huashu, home: Path, manual: Path) -> None:
    """Without a knowledge base nothing is compared."""
    found = json.loads(huashu("read", manual, "--json").out)
    assert found["proposals"][0]["title"] == "书友问有没有到货"
    assert {one["covered"] for one in found["proposals"]} == {None}


def test_the_text_alone_can_be_had(huashu: Huashu, home: Path, manual: Path) -> None:
    """Line by line."""
    lines = huashu("read", manual, "--text").out.splitlines()
    assert lines[:2] == ["青松书屋店员手册", "一、常见情景"]


def test_chosen_proposals_are_written_as_entries(huashu: Huashu, home: Path, manual: Path, tmp_path: Path) -> None:
    """In a file that import reads."""
    assert huashu("read", manual, "--only", "1,3-4", "--out", tmp_path / "drafts.yaml").status == 0
    entries = load_entries(tmp_path / "drafts.yaml")
    assert [entry.title for entry in entries][:2] == ["书友问有没有到货", "书友说书页缺了"]
    assert entries[0].source == "手册.txt, paragraph 4, line 12"


def test_chosen_proposals_are_saved_as_drafts(huashu: Huashu, stocked: str, home: Path, manual: Path) -> None:
    """Once; what is there already is named and left alone."""
    assert "2 drafts saved" in huashu("read", manual, "--no-index", "--save", "--only", "1-2").err
    again = huashu("read", manual, "--no-index", "--save", "--only", "1-3")
    assert "exists with 1 versions: left as it is" in again.err and "1 drafts saved" in again.err
    with Store.open(Settings(home=home).database_url) as store:
        drafts = store.versions("draft")
    assert [draft.author for draft in drafts] == ["李雷"] * 3


@pytest.mark.parametrize("only", ["x", "0", "99", "1-", "1,,2"])
def test_a_choice_that_makes_no_sense_is_refused(huashu: Huashu, home: Path, manual: Path, only: str) -> None:
    """Before anything is written."""
    assert huashu("read", manual, "--only", only, "--no-index").status == 2


def test_a_document_that_cannot_be_read_says_why(huashu: Huashu, home: Path, tmp_path: Path) -> None:
    """In a sentence."""
    path = tmp_path / "a.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    done = huashu("read", path)
    assert (done.status, done.out) == (1, "") and done.err.startswith("huashu: this is an old Word file")
