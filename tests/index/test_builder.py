"""From approved knowledge to an artefact: the same for the same, only what changed, nothing past lint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from index import builder
from index.artefact import NAMES
from index.builder import Build, version_of
from index.contents import load
from index.embedder import Matrix
from index.errors import GateError
from index.retriever import Retriever
from index.shelf import Shelf
from index.strangers import strangers
from knowledge.model import ApprovedEntry, Fact, Reply
from tests.index.desk import AT, OWN_PHRASES, TRIGGERS, approved, build_in, changed, matter, matters, rules
from tests.knowledge.sample import facts
from tests.toy import ToyEmbedder

PRODUCTS = {"a3": ("A3",)}
LOOK_ALIKES = [text for trigger in TRIGGERS for text in trigger.look_alikes]


class OtherEmbedder(ToyEmbedder):
    """The same engine under another name."""

    name = "other"


def shelf(home: Path) -> Shelf:
    """The artefacts of a home."""
    return Shelf(home / "artefacts")


def tree(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file's bytes, time of writing and inode, by path: whether anything was written at all."""
    files = (path for path in folder.rglob("*") if path.is_file())
    stats = {path: path.stat() for path in files}
    return {str(path): (path.read_bytes(), stat.st_mtime_ns, stat.st_ino) for path, stat in stats.items()}


def with_variant(text: str) -> tuple[ApprovedEntry, ...]:
    """The desk with one variant of one entry replaced."""
    first = matter("refund.time")
    changed = first.model_copy(update={"variants": (*first.variants[:-1], text)})
    return approved(changed, *(one.entry for one in matters() if one.entry.id != "refund.time"))


def test_a_build_makes_what_can_be_asked(tmp_path: Path) -> None:
    """It lies on the shelf, whole, and loads; a stored phrasing is answered from it; nothing became live by it."""
    made = build_in(tmp_path, matters())
    assert (made.built, shelf(tmp_path).versions()) == (True, [made.version])
    assert (shelf(tmp_path).live(), shelf(tmp_path).history()) == (None, [])
    manifest, contents = load(shelf(tmp_path).path(made.version), "toy")
    found = Retriever(contents, ToyEmbedder(), made.version).find("退款到账多久")
    assert (found.decision, found.candidates[0].entry.entry.id) == ("answer", "refund.time")
    assert (found.candidates[0].entry.approved_by, found.candidates[0].entry.approved_at) == ("wang", AT)
    assert manifest.counts == {"entries": 7, "variants": 7 * 17, "triggers": 2}
    assert manifest.dimensions == {"one": 64, "two": 64}
    assert manifest.metrics == made.metrics
    assert made.metrics["out_of_fold_hit_at_1"] == 1.0


def test_the_same_content_gives_the_same_bytes_in_two_homes(tmp_path: Path) -> None:
    """Same version, byte-identical folder, in whatever order the entries came."""
    one, two = build_in(tmp_path / "one", matters()), build_in(tmp_path / "two", matters()[::-1])
    assert one.version == two.version
    folders = [shelf(tmp_path / home).path(one.version) for home in ("one", "two")]
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second
    assert len(first) == 13


def test_an_unchanged_rebuild_embeds_nothing_and_writes_nothing(tmp_path: Path) -> None:
    """Not a file is touched in the whole home."""
    first = build_in(tmp_path, matters())
    before = tree(tmp_path)
    embedder = ToyEmbedder()
    again = build_in(tmp_path, matters(), embedder)
    assert (again.version, again.built) == (first.version, False)
    assert (embedder.encoded, again.embedded, again.reused) == ([], 0, 0)
    assert tree(tmp_path) == before
    assert again.metrics == first.metrics


def test_the_first_build_embeds_every_phrasing_once(tmp_path: Path) -> None:
    """Titles, variants, the triggers' phrases and look-alikes, and the strangers."""
    embedder = ToyEmbedder()
    made = build_in(tmp_path, matters(), embedder)
    wanted = [text for one in matters() for text in one.entry.phrasings]
    assert sorted(embedder.encoded) == sorted([*wanted, *OWN_PHRASES, *LOOK_ALIKES, *strangers()])
    assert (made.embedded, made.reused) == (len(embedder.encoded), 0)


def test_one_changed_variant_embeds_exactly_that_text(tmp_path: Path) -> None:
    """A rebuild after one edit costs one embedding, makes another version, and the new phrasing is found."""
    first = build_in(tmp_path, matters())
    embedder = ToyEmbedder()
    second = build_in(tmp_path, with_variant("我的钱哪去了"), embedder)
    assert embedder.encoded == ["我的钱哪去了"]
    assert (second.embedded, second.reused) == (1, first.embedded - 1)
    assert second.version != first.version
    _, contents = load(shelf(tmp_path).path(second.version), "toy")
    found = Retriever(contents, ToyEmbedder(), second.version).find("我的钱哪去了")
    assert (found.candidates[0].entry.entry.id, found.candidates[0].tier) == ("refund.time", "exact")


def test_an_incremental_build_is_the_build_from_nothing(tmp_path: Path) -> None:
    """However a home came to its content, the artefact is the same to the byte."""
    build_in(tmp_path / "one", matters())
    one = build_in(tmp_path / "one", with_variant("我的钱哪去了"))
    two = build_in(tmp_path / "two", with_variant("我的钱哪去了"))
    first, second = (
        {path.name: path.read_bytes() for path in shelf(tmp_path / home).path(made.version).iterdir()}
        for home, made in (("one", one), ("two", two))
    )
    assert first == second


def broken(**fields: object) -> tuple[ApprovedEntry, ...]:
    """The desk with an entry that lint refuses."""
    return approved(*(one.entry for one in matters()[1:]), matter("account.login", **{"source": None} | fields))


def test_a_lint_error_stops_the_build_and_changes_nothing(tmp_path: Path) -> None:
    """GateError names the entry, the rule and the next step; artefacts and cache are untouched."""
    build_in(tmp_path, matters())
    before = tree(tmp_path)
    embedder = ToyEmbedder()
    with pytest.raises(GateError, match=r"lint found 1 errors.*`huashu lint` shows all") as raised:
        build_in(tmp_path, broken(), embedder)
    assert "account.login source: no source" in str(raised.value)
    assert "(missing-parts)" in str(raised.value)
    assert embedder.encoded == []
    assert tree(tmp_path) == before


def test_what_cannot_be_built_is_told_before_everything_else(tmp_path: Path) -> None:
    """In an empty home a refused build leaves an empty home; so does a build of nothing."""
    with pytest.raises(GateError, match="lint found"):
        build_in(tmp_path, broken())
    with pytest.raises(GateError, match="no approved entry to build from"):
        build_in(tmp_path, ())
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_embedding_changes_nothing(tmp_path: Path) -> None:
    """What is live stays live, and nothing half-made lies about."""

    class Failing(ToyEmbedder):
        def encode(self, texts: Sequence[str], progress: object = None) -> dict[str, Matrix]:
            raise MemoryError

    build_in(tmp_path, matters())
    before = tree(tmp_path)
    with pytest.raises(MemoryError):
        build_in(tmp_path, with_variant("新的说法"), Failing())
    assert tree(tmp_path) == before


def test_warnings_are_handed_back_and_stop_nothing(tmp_path: Path) -> None:
    """The desk's variants are uniform, which lint says of every entry."""
    made = build_in(tmp_path, matters())
    assert {(finding.severity, finding.rule) for finding in made.warnings} == {("warning", "uniform-variants")}
    assert len(made.warnings) == 7


def test_facts_are_put_into_the_replies(tmp_path: Path) -> None:
    """The artefact holds the words a customer is shown, in the language of the reply; slots stay open."""
    replies = (
        Reply(text="运费{ship.fee}，单号{order_no}。"),
        Reply(text="Shipping is {ship.fee}.", language="en"),
    )
    entry = matter("ship.track", replies=replies)
    made = build_in(tmp_path, approved(entry), with_policy=rules(triggers=()))
    _, contents = load(shelf(tmp_path).path(made.version), "toy")
    found = [reply.text for reply in contents.entries[0].entry.replies]
    assert found == ["运费8 元，单号{order_no}。", "Shipping is 8 yuan."]


def test_every_part_of_the_content_makes_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply, an approver, a version, the policy, the embedder, a product and the recipe; nothing else does."""
    ready, policy = matters(), rules()
    first = ready[0]
    versions = [
        version_of(ready, policy, ToyEmbedder(), PRODUCTS),
        version_of(changed(matter("refund.time", title="另一个标题")), policy, ToyEmbedder(), PRODUCTS),
        version_of((first.model_copy(update={"approved_by": "zhao"}), *ready[1:]), policy, ToyEmbedder(), PRODUCTS),
        version_of((first.model_copy(update={"version": 2}), *ready[1:]), policy, ToyEmbedder(), PRODUCTS),
        version_of(ready, rules(triggers=()), ToyEmbedder(), PRODUCTS),
        version_of(ready, policy, OtherEmbedder(), PRODUCTS),
        version_of(ready, policy, ToyEmbedder(), {"c4": ("吸尘器",)}),
    ]
    monkeypatch.setattr(builder, "recipe", lambda: "another")
    versions.append(version_of(ready, policy, ToyEmbedder(), PRODUCTS))
    assert len(set(versions)) == 8
    assert version_of(matters(), rules(), ToyEmbedder(), PRODUCTS) == versions[-1]
    assert all(len(version) == 12 for version in versions)


def test_a_changed_fact_makes_another_version(tmp_path: Path) -> None:
    """Facts are part of the replies."""
    other = facts().model_copy(update={"facts": facts().facts | {"ship.fee": Fact(zh="9 元", source="shop")}})
    one, two = build_in(tmp_path, matters()), build_in(tmp_path, matters(), with_facts=other)
    assert one.version != two.version
    assert (two.embedded, two.reused) == (0, one.embedded)


def test_another_embedder_embeds_everything_anew(tmp_path: Path) -> None:
    """Its artefact stands beside the other, and the cache of the other is of no use to it."""
    one = build_in(tmp_path, matters())
    two = build_in(tmp_path, matters(), OtherEmbedder())
    assert two.embedded == one.embedded
    assert shelf(tmp_path).versions() == sorted([one.version, two.version])


def test_a_damaged_artefact_is_built_again(tmp_path: Path) -> None:
    """The same version, whole again, from the cache."""
    first = build_in(tmp_path, matters())
    path = shelf(tmp_path).path(first.version) / NAMES.ranker
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    again = build_in(tmp_path, matters())
    assert (again.version, again.built, again.embedded) == (first.version, True, 0)
    assert path.read_bytes() == whole


def test_a_damaged_cache_costs_time_and_nothing_else(tmp_path: Path) -> None:
    """Everything is embedded and the artefact is the same as ever."""
    build_in(tmp_path, matters())
    (tmp_path / builder.CACHE).write_bytes(b"PK\x03\x04")
    made = build_in(tmp_path, with_variant("钱去哪了"))
    assert made.embedded == 7 * 17 + len(OWN_PHRASES) + len(LOOK_ALIKES) + len(strangers())


def test_progress_is_told_by_step(tmp_path: Path) -> None:
    """Embedding counts texts, training its parts, each up to its whole; seconds are told by step too."""
    steps: list[tuple[str, int, int]] = []
    made: Build = builder.build(
        matters(),
        rules(),
        facts(),
        ToyEmbedder(),
        tmp_path,
        lambda name, done, all_: steps.append((name, done, all_)),
    )
    assert steps[0] == ("embed", made.embedded, made.embedded)
    assert [step for step in steps if step[0] == "train"] == [("train", done, 3) for done in range(4)]
    assert set(made.seconds) == {"lint", "embed", "train", "write"}
    assert all(seconds >= 0 for seconds in made.seconds.values())


def test_the_products_names_come_into_the_contents(tmp_path: Path) -> None:
    """They are read from the facts, so that a query for another product can be told."""
    made = build_in(tmp_path, matters())
    _, contents = load(shelf(tmp_path).path(made.version), "toy")
    assert contents.products == {product: known.names for product, known in facts().products.items()}
    assert contents.products


def test_a_recipe_is_always_the_same() -> None:
    """It depends on no clock and no folder: computed afresh it is the same twelve hex digits."""
    first = builder.recipe()
    builder.recipe.cache_clear()
    assert builder.recipe() == first
    assert len(bytes.fromhex(first)) == 6


@pytest.mark.parametrize("name", ["ranker.py", "prior.json", "strangers.zh.txt", "text.py"])
def test_whatever_decides_the_content_is_in_the_recipe(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another line of code, another prior or another stranger is another artefact even from the same knowledge."""
    before = builder.recipe()
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + b"#" * (path.name == name))
    builder.recipe.cache_clear()
    changed_recipe = builder.recipe()
    builder.recipe.cache_clear()
    assert changed_recipe != before
