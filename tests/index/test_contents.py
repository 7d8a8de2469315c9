"""What is saved is what is read back, down to every decision."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import ranker
from index.artefact import MANIFEST, NAMES, canonical, digest
from index.contents import ENTRIES, Contents, load, save
from index.errors import ArtefactError
from index.fitting import prior_for
from index.retriever import Finding, Retriever
from index.shelf import Shelf
from tests.index.desk import OWN_PHRASES, approved, contents_of, matter, matters, rules, said
from tests.toy import ToyEmbedder

VERSION = "a" * 12
QUERIES = ["退款到账多久", "退款啥时候到账", "多久", "账号发票", "魑魅魍魉", "ＡＰＰ ship", "😀", *OWN_PHRASES]


def stored(contents: Contents, folder: Path) -> Path:
    """An artefact of these contents."""
    manifest = {"embedder": "toy", "dimensions": ToyEmbedder.dimensions, "recipe": "r", "counts": {}, "metrics": {}}
    return Shelf(folder).write(VERSION, lambda work: save(contents, work), manifest)


def findings(contents: Contents) -> list[Finding]:
    """What the queries come to, alone and after other turns."""
    retriever = Retriever(contents, ToyEmbedder(), VERSION)
    return [retriever.find(query, history) for query in QUERIES for history in ((), said("滤网更换", "找律师告你们"))]


def figures(found: Finding) -> list[float]:
    """Every confidence and score, which may move by the last bit of a float32: stored rows are scaled once more."""
    told = [figure for one in (*found.candidates, *found.options) for figure in (one.confidence, one.score)]
    return [*told, found.inside]


def without_figures(found: Finding) -> Finding:
    """All the rest."""
    candidates = tuple(replace(one, confidence=0, score=0) for one in found.candidates)
    return replace(found, candidates=candidates, options=candidates[: len(found.options)], inside=0)


def test_a_round_trip_changes_no_finding(contents: Contents, tmp_path: Path) -> None:
    """Decisions, candidates, phrases, alarms and repeats are the same for exact, near, unclear and strange queries."""
    _, again = load(stored(contents, tmp_path), "toy")
    before, after = findings(contents), findings(again)
    assert {found.decision for found in before} == {"answer", "clarify", "abstain"}
    assert any(found.alarms for found in before)
    assert [without_figures(found) for found in after] == [without_figures(found) for found in before]
    for one, other in zip(after, before, strict=True):
        assert figures(one) == pytest.approx(figures(other), abs=1e-6)


def test_fewer_landmarks_than_variants_are_stored_with_what_they_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large base answers after a round trip as before it, residuals included."""
    monkeypatch.setattr(ranker, "EXACT_ROWS", 50)
    monkeypatch.setattr(ranker, "LANDMARKS", 40)
    large = contents_of(matters())
    assert not large.all_are_landmarks
    _, again = load(stored(large, tmp_path), "toy")
    assert np.array_equal(again.ranker.left, large.ranker.left) and len(large.ranker.left) == len(large.owner)
    before, after = findings(large), findings(again)
    assert [without_figures(found) for found in after] == [without_figures(found) for found in before]
    amended = replace(large, ranker=replace(large.ranker, left=np.zeros(0, np.float32)))
    assert [figures(found) for found in findings(amended)] != [figures(found) for found in before]


def test_an_artefact_from_before_typicality_answers_as_it_did(contents: Contents, tmp_path: Path) -> None:
    """Without its weights nothing is typical, a confidence of six features reads six, and the one encoder counts 2."""
    old = prior_for(8)
    six = {head: values[:7] for head, values in old.coefficients.items()}
    sure = replace(contents.confidence, centre=old.centre[:6], scale=old.scale[:6], coefficients=six)
    none = replace(contents.ranker.typicality, weights=np.zeros(len(contents.ranker.landmarks), np.float32))
    before = replace(contents, confidence=sure, ranker=replace(contents.ranker, typicality=none))
    folder = stored(before, tmp_path)
    with np.load(folder / NAMES.ranker) as ranker_file:
        kept = {name: ranker_file[name] for name in ranker_file if name != "alone" and not name.startswith("weight_")}
    np.savez(folder / NAMES.ranker, **kept)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"][NAMES.ranker] = digest((folder / NAMES.ranker).read_bytes())
    (folder / MANIFEST).write_bytes(canonical(manifest))
    _, again = load(folder, "toy")
    assert not again.ranker.typicality.weights.any()
    asked = Retriever(again, ToyEmbedder(), VERSION).find("退款啥时候到账")
    expected = Retriever(before, ToyEmbedder(), VERSION).find("退款啥时候到账")
    assert figures(asked) == pytest.approx(figures(expected), abs=1e-6)
    features = asked.evidence
    assert features is not None
    assert np.array_equal(sure.verdict(features).right, sure.verdict(features[:, :6]).right)


def test_channels_weigh_as_they_did_when_the_index_was_built(contents: Contents, tmp_path: Path) -> None:
    """An artefact says itself what its channels count; a program with other defaults answers by that."""
    terms = contents.ranker.kernel.terms
    counted = {channel: weight / 2 for channel, weight in terms.weights.items()}
    kernel = replace(contents.ranker.kernel, terms=replace(terms, weights=counted))
    _, again = load(stored(replace(contents, ranker=replace(contents.ranker, kernel=kernel)), tmp_path), "toy")
    assert again.ranker.kernel.terms.weights == counted
    assert again.triggers is not None and again.triggers.kernel.terms.weights == counted


def test_what_was_loaded_and_saved_again_is_the_same_bytes(contents: Contents, tmp_path: Path) -> None:
    """Nothing is lost or re-ordered on the way."""
    first = stored(contents, tmp_path / "one")
    _, again = load(first, "toy")
    second = stored(again, tmp_path / "two")
    assert {path.name: path.read_bytes() for path in second.iterdir()} == {
        path.name: path.read_bytes() for path in first.iterdir()
    }


def test_everything_that_is_not_a_matrix_comes_back_equal(contents: Contents, tmp_path: Path) -> None:
    """Entries as approved, policy, phrasings, confidence and report."""
    manifest, again = load(stored(contents, tmp_path), "toy")
    assert manifest.version == VERSION
    texts = ("variants", "keys", "products", "trigger_variants", "trigger_keys")
    for field in ("entries", "policy", *texts, "confidence", "report"):
        assert getattr(again, field) == getattr(contents, field), field
    assert again.owner.tolist() == contents.owner.tolist()
    assert sorted(again.strangers) == ["one", "two"]
    assert all(np.array_equal(again.strangers[part], rows) for part, rows in contents.strangers.items())
    assert sorted(again.dense) == ["one", "two"]
    for channel, vocabulary in contents.lexical.items():
        assert again.lexical[channel].features == vocabulary.features
        assert again.lexical[channel].unseen == pytest.approx(vocabulary.unseen)
        assert (again.lexical_rows[channel] != contents.lexical_rows[channel]).nnz == 0


def test_every_declared_file_is_written_and_no_other(contents: Contents, tmp_path: Path) -> None:
    """The layout is the one the names declare."""
    dense = {NAMES.dense("one"), NAMES.dense("two")}
    lexical = {NAMES.lexical("characters"), NAMES.lexical("pinyin")}
    single = {NAMES.entries, NAMES.policy, NAMES.variants, NAMES.strangers, NAMES.ranker, NAMES.confidence}
    single |= {NAMES.triggers, NAMES.report, MANIFEST}
    assert {path.name for path in stored(contents, tmp_path).iterdir()} == dense | lexical | single


def test_a_knowledge_base_may_have_no_strangers(contents: Contents, tmp_path: Path) -> None:
    """Where every stranger could be meant, none is kept; it is stored, read back and asked without an error."""
    none = {part: rows[:0] for part, rows in contents.strangers.items()}
    _, again = load(stored(replace(contents, strangers=none), tmp_path), "toy")
    assert {part: rows.shape for part, rows in again.strangers.items()} == {"one": (0, 64), "two": (0, 64)}
    assert Retriever(again, ToyEmbedder(), VERSION).find("退款啥时候到账").candidates[0].confidence > 0


def test_entries_are_stored_as_people_can_read_them(contents: Contents, tmp_path: Path) -> None:
    """Plain JSON with the approver and the moment; Chinese as it is."""
    text = (stored(contents, tmp_path) / NAMES.entries).read_text("utf-8")
    assert "退款到账多久" in text
    first = json.loads(text)[0]
    assert (first["approved_by"], first["approved_at"]) == ("wang", "2026-11-22T09:30:00Z")
    assert ENTRIES.validate_json(text) == contents.entries


def test_without_triggers_there_is_no_file_of_them(tmp_path: Path) -> None:
    """And what is read back has none."""
    made = contents_of(matters(), rules(triggers=()))
    assert made.triggers is None
    folder = stored(made, tmp_path)
    assert not (folder / NAMES.triggers).exists()
    assert load(folder, "toy")[1].triggers is None


def test_a_vocabulary_may_be_empty(tmp_path: Path) -> None:
    """Single characters have no pinyin runs; the channel comes back empty and finds nothing, without an error."""
    made = contents_of(approved(matter("refund.time", title="退", variants=("钱",))), rules(triggers=()))
    assert made.lexical["pinyin"].features == ()
    _, again = load(stored(made, tmp_path), "toy")
    assert again.lexical["pinyin"].features == ()
    found = Retriever(again, ToyEmbedder(), VERSION).find("钱")
    assert (found.decision, found.candidates[0].tier) == ("answer", "exact")


def test_another_embedders_artefact_is_not_loaded(contents: Contents, tmp_path: Path) -> None:
    """Refused before anything is read."""
    with pytest.raises(ArtefactError, match="was built with embedder toy, this service runs bge"):
        load(stored(contents, tmp_path), "bge")


def relisted(folder: Path, name: str, content: bytes) -> None:
    """Puts other content under a name, with a manifest that agrees."""
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / MANIFEST).read_bytes())
    manifest["files"][name] = digest(content)
    (folder / MANIFEST).write_bytes(canonical(manifest))


@pytest.mark.parametrize("name", [NAMES.entries, NAMES.variants, NAMES.ranker, NAMES.dense("two"), NAMES.confidence])
@pytest.mark.parametrize("content", [b"", b"{}", b"PK\x03\x04"], ids=["empty", "object", "zip"])
def test_what_has_its_hash_and_still_cannot_be_read_is_an_artefact_error(
    name: str, content: bytes, contents: Contents, tmp_path: Path
) -> None:
    """An artefact by a program with a fault is refused as a whole, with the next step; nothing is half-loaded."""
    folder = stored(contents, tmp_path)
    relisted(folder, name, content)
    with pytest.raises(ArtefactError, match="huashu build"):
        load(folder, "toy")


def test_the_rows_of_the_triggers_are_those_of_their_phrases(contents: Contents, tmp_path: Path) -> None:
    """Dense rows are stored, lexical rows are made again from the phrases; look-alikes follow the variants."""
    _, again = load(stored(contents, tmp_path), "toy")
    assert again.triggers is not None
    assert contents.triggers is not None
    for name, rows in contents.triggers.texts.items():
        other = again.triggers.texts[name]
        if isinstance(rows, np.ndarray):
            assert np.array_equal(other, rows)
        else:
            assert (other != rows).nnz == 0
