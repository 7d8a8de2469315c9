"""What `huashu tune` holds out, compares and writes; teaching itself is a stub, which notes what it was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.constants import DEFAULT_EMBEDDER
from index.embedder import Matrix, Progress
from index.tuning import SHIPPED, load_tuning
from knowledge.model import Pack
from knowledge.text import normalise
from service import tuning
from service.tuning import Comparison, compare, held_out, write
from tests.service.shop import ENTRIES, pack
from tests.toy import ToyEmbedder

CORRECTIONS = {"e5": {"l0.q.b": np.full(3, 0.5, np.float32)}}


class Blurred(ToyEmbedder):
    """An embedder to which all texts are the same, so that only their form is left."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> dict[str, Matrix]:
        return super().encode(["同"] * len(texts), progress)


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A stub in the place of teaching: what it was called with."""
    calls: list[dict[str, Any]] = []

    def teach(groups: Sequence[Sequence[str]], **given: Any) -> dict[str, dict[str, Matrix]]:
        calls.append({"groups": [*groups], **given})
        given["progress"]("e5", 1, 1)
        return CORRECTIONS

    monkeypatch.setattr(tuning, "teach", teach)
    monkeypatch.setattr(tuning, "versions", lambda parts: dict.fromkeys(parts, "1.0"))
    return calls


def _load(shipped: Callable[[], ToyEmbedder], learnt: Callable[[], ToyEmbedder]) -> Any:
    def load(name: str, tuning: Path) -> ToyEmbedder:
        assert name == DEFAULT_EMBEDDER
        assert load_tuning(tuning)
        return shipped() if tuning == SHIPPED else learnt()

    return load


def test_every_fifth_variant_is_held_out() -> None:
    """Counted over all entries; no title, none twice, every entry keeps its others; twice the same."""
    rest, queries = held_out(pack())
    alone = [text for found in ENTRIES for text in found.variants if normalise(text) != normalise(found.title)]
    assert len(queries) == len(alone) // 5
    assert [query.text for query in queries] == alone[4::5]
    assert len({query.gold for query in queries}) == len(ENTRIES)
    for before, after in zip(ENTRIES, rest.entries, strict=True):
        mine = {query.text for query in queries if query.gold == before.id}
        assert after.title == before.title
        assert [text for text in before.variants if text not in mine] == [*after.variants]
    assert held_out(pack()) == (rest, queries)


def _small(*variants: Sequence[str]) -> Pack:
    """Entries of one title each and these variants."""
    changes = [{"id": f"a.b{n}", "title": f"题目{n}", "variants": tuple(found)} for n, found in enumerate(variants)]
    return pack([ENTRIES[0].model_copy(update=change) for change in changes])


def test_an_entry_that_has_few_phrasings_gives_none_up() -> None:
    """Fewer than four with the title; they are not counted either."""
    _, queries = held_out(_small("甲乙", "丙丁戊", "己庚辛", "壬癸"))
    assert [query.text for query in queries] == ["庚"]
    assert held_out(_small("甲乙", "壬癸", ""))[1] == ()


def test_what_stands_twice_is_not_held_out() -> None:
    """In one entry or in two, it would be found by the copy, or for the other: nothing to measure."""
    same = ("ab", "ＡＢ", "甲", "乙")
    _, queries = held_out(_small((*same, "丙丙", "丁"), ("丙丙", "戊", "己", "庚", "辛", "壬", "🙂")))
    assert [query.text for query in queries] == ["己"]


def test_what_was_learnt_is_compared_with_what_was_shipped(
    taught: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the same queries, over the same knowledge; learnt from what was not held out, from the shipped tuning on."""
    rest, queries = held_out(pack())
    monkeypatch.setattr(tuning, "load_embedder", _load(Blurred, ToyEmbedder))
    steps: list[tuple[str, int, int]] = []
    better = compare(rest, queries, 3, lambda *step: steps.append(step))
    assert better.asked == len(queries)
    assert better.before < better.after
    assert better.after == better.before + better.gained - better.lost
    assert better.better
    (call,) = taught
    assert call["groups"] == [found.phrasings for found in rest.entries]
    assert not {query.text for query in queries} & {text for group in call["groups"] for text in group}
    assert (call["start"].name, call["epochs"]) == (load_tuning(SHIPPED).name, 3)
    assert {"trial, teaching e5", "asking", "embed"} <= {name for name, _, _ in steps}
    monkeypatch.setattr(tuning, "load_embedder", _load(ToyEmbedder, Blurred))
    worse = compare(rest, queries, 3, lambda *_: None)
    assert (worse.before, worse.after) == (better.after, better.before)
    assert (worse.gained, worse.lost) == (better.lost, better.gained)
    assert not worse.better


def test_as_good_is_not_better() -> None:
    """A tuning that finds no more is not worth a new build."""
    assert not Comparison(10, before=5, after=5, gained=2, lost=2).better


def test_all_is_learnt_from_in_the_end(taught: list[dict[str, Any]], tmp_path: Path) -> None:
    """And written with the versions it belongs to, into a folder that is made."""
    write(pack(), tmp_path / "new" / "tuning.npz", 2, lambda *_: None)
    assert taught[0]["groups"] == [found.phrasings for found in ENTRIES]
    read = load_tuning(tmp_path / "new" / "tuning.npz")
    assert read.packages["e5"] == "1.0"
    assert read.corrections["e5"].keys() == {"l0.q.b"}
    assert np.array_equal(read.corrections["e5"]["l0.q.b"], CORRECTIONS["e5"]["l0.q.b"])


@pytest.mark.usefixtures("taught")
def test_an_encoder_that_was_not_taught_keeps_what_was_shipped(tmp_path: Path) -> None:
    """One missing where the tuning is written may be there where it is used: its corrections and their version stay."""
    write(pack(), tmp_path / "tuning.npz", 2, lambda *_: None)
    read, shipped = load_tuning(tmp_path / "tuning.npz"), load_tuning(SHIPPED)
    assert read.packages == {"e5": "1.0", "use": shipped.packages["use"]}
    assert read.corrections["use"].keys() == shipped.corrections["use"].keys()
    assert all(np.array_equal(read.corrections["use"][name], kept) for name, kept in shipped.corrections["use"].items())
