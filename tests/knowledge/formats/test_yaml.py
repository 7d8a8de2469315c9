"""The pack as a folder of YAML files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from knowledge.errors import PackError
from knowledge.formats.yaml import dump_pack, load_entries, load_pack
from knowledge.model import Entry, Escalation, Facts, Pack, Reply
from knowledge.references import fact_names, slot_names
from tests.knowledge.sample import entry, facts, pack, policy

POLICY = """\
business_hours:
  weekday: {opens: "08:30", closes: "17:00"}
first_reply: first
service_levels:
  first: {label: 首次, seconds: 30}
targets:
  agent: {label: 人工, label_en: Agent, service_level: first, collect: [order_no], holding_reply: 请稍候}
fields:
  order_no: {label: 订单号, label_en: Order no., required: false}
slots: {order_no: 订单号}
lines: {opening: 您好, closing: 再见, holding: 稍等, clarify: 哪个, email_open: 您好, email_close: 此致}
"""
ENTRY = """\
- id: refund.time
  kind: faq
  title: 12315
  variants: [no, 8:30]
  replies:
    - text: |-
        单号{order_no}
        运费{ship.fee}
  valid_from: 2026-01-01
"""
SHOP = "facts:\n  ship.fee: {zh: 8 元, source: shop}\n"
PRODUCTS = "products:\n  A3:\n    topic: purifier\n    facts:\n      area: {zh: 21, source: manual}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound pack of one entry."""
    root = tmp_path / "pack"
    (root / "entries").mkdir(parents=True)
    files = {"policy.yaml": POLICY, "shop.yaml": SHOP, "products.yaml": PRODUCTS, "entries/refund.yaml": ENTRY}
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


def problems(root: Path) -> list[str]:
    """Every problem of a pack, file names relative to it."""
    with pytest.raises(PackError) as caught:
        load_pack(root)
    return [str(problem).removeprefix(f"{root}/") for problem in caught.value.problems]


def add(root: Path, name: str, text: str) -> None:
    """Write a file of the pack."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_pack_is_read(folder: Path) -> None:
    """Text stays text and typed fields get their type."""
    read = load_pack(folder)
    assert [item.title for item in read.entries] == ["12315"]
    assert read.entries[0].variants == ("no", "8:30")
    assert read.entries[0].replies[0].text == "单号{order_no}\n运费{ship.fee}"
    assert read.entries[0].valid_from == date(2026, 1, 1)
    assert read.policy.service_levels["first"].seconds == 30
    assert read.policy.fields["order_no"].required is False
    assert read.facts.resolve("A3.area") is not None


def test_entries_come_by_file_name_then_by_place(folder: Path) -> None:
    """Files are read by name, in sub-folders too; hidden files are not read."""
    add(folder, "entries/b.yaml", ENTRY.replace("refund.time", "b.two") + ENTRY.replace("refund.time", "b.one"))
    add(folder, "entries/a/z.yaml", ENTRY.replace("refund.time", "a.z"))
    add(folder, "entries/.draft.yaml", "[")
    add(folder, "entries/empty.yaml", "# none yet\n")
    assert [item.id for item in load_pack(folder).entries] == ["a.z", "b.two", "b.one", "refund.time"]


def test_lists_beside_the_policy_belong_to_it(folder: Path) -> None:
    """Forbidden phrases and triggers are read from their own files."""
    add(folder, "forbidden_phrases.yaml", "- {phrase: 不知道, instead: 我来查, reason: curt}\n")
    trigger = "- {code: injury, label: 伤, label_en: Injury, level: required, target: agent, variants: [受伤]}\n"
    add(folder, "triggers.yaml", trigger)
    read = load_pack(folder)
    assert [phrase.phrase for phrase in read.policy.forbidden_phrases] == ["不知道"]
    assert [item.code for item in read.policy.triggers] == ["injury"]


def test_a_folder_without_a_policy_is_no_pack(tmp_path: Path) -> None:
    """The missing file is named with what to do."""
    assert problems(tmp_path) == ["policy.yaml:1: is missing: name the folder of a pack, or add the file"]


def test_every_problem_of_every_file_is_named_at_once(folder: Path) -> None:
    """Each at the line of what is wrong, with entry and field."""
    add(folder, "policy.yaml", POLICY.replace("seconds: 30", "seconds: soon").replace("slots:", "slot: 1\nslots:"))
    add(folder, "shop.yaml", SHOP + "  ship.free: {zh: ''}\nhours: 9\n")
    add(
        folder,
        "entries/bad.yaml",
        """\
- id: bad.one
  kind: question
  title: x
  title: y
  replies:
    - text: a
      chanel: chat
    - channel: email
  escalation:
    level: offer
- id: bad two
  kind: faq
  title: %s
  replies: []
"""
        % ("长" * 101),
    )
    unknown = "is not a known field: correct its name or remove it"
    targetless = "level offer needs a target: name one of the policy's targets"
    assert problems(folder) == [
        "entries/bad.yaml:2: entry bad.one: field kind: \"question\" is not one of 'faq', 'script': choose one",
        "entries/bad.yaml:4: field title: key title is given twice, first on line 3: keep one",
        f"entries/bad.yaml:7: entry bad.one: field replies[0].chanel: {unknown}",
        "entries/bad.yaml:8: entry bad.one: field replies[1].text: is missing: add it",
        f"entries/bad.yaml:9: entry bad.one: field escalation: {targetless}",
        (
            'entries/bad.yaml:11: entry bad two: field id: "bad two" has characters that do not belong '
            "(pattern ^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*$): rename it"
        ),
        "entries/bad.yaml:13: entry bad two: field title: is 101 characters long, at most 100 fit: shorten it",
        "entries/bad.yaml:14: entry bad two: field replies: is empty: give at least 1",
        'policy.yaml:5: field service_levels.first.seconds: expects a whole number, found "soon": correct it',
        f"policy.yaml:10: field slot: {unknown}",
        "shop.yaml:3: field facts.ship.free.zh: is empty: write something or remove it",
        "shop.yaml:3: field facts.ship.free.source: is missing: add it",
        "shop.yaml:4: field hours: does not belong here: this file holds facts only",
    ]


def test_a_syntax_error_hides_no_other_file(folder: Path) -> None:
    """The unreadable file has its line; the others are still checked, without holding its contents against them."""
    add(folder, "entries/a.yaml", "- id: [\n")
    add(folder, "entries/b.yaml", ENTRY.replace("refund.time", "b.x").replace("faq", "fag") + "  related: [a.one]\n")
    add(folder, "shop.yaml", "facts:\n  a: {zh: x\n")
    found = problems(folder)
    assert [problem.split(": ")[0] for problem in found] == ["entries/a.yaml:2", "entries/b.yaml:2", "shop.yaml:3"]


def test_an_id_given_twice_names_both_places(folder: Path) -> None:
    """The second place is reported, the first is named."""
    add(folder, "entries/z.yaml", ENTRY)
    first = f"{folder}/entries/refund.yaml:1"
    assert problems(folder) == [
        f"entries/z.yaml:1: entry refund.time: field id: the id is also at {first}: rename or delete one"
    ]


def test_names_nobody_defines_are_problems(folder: Path) -> None:
    """Related entries, products, targets, fields, slots and facts must exist; a near name is suggested."""
    add(
        folder,
        "entries/x.yaml",
        """\
- id: x.one
  kind: faq
  title: t
  replies:
    - text: "{ordr_no}{ship.fees}{A3.weight}{A3.area}"
  products: [A3, A4]
  related:
    - refund.time
    - refund.tme
  escalation:
    level: offer
    target: agents
    collect: [order_no, phone]
    holding_reply: "{nobody}"
""",
    )
    found = [
        problem.removeprefix("entries/x.yaml:").replace(", or correct the name", "") for problem in problems(folder)
    ]
    reply = "5: entry x.one: field replies[0].text"
    escalation = "entry x.one: field escalation"
    assert found == [
        f"{reply}: slot ordr_no does not exist: add it to policy.yaml's slots (did you mean order_no?)",
        f"{reply}: fact ship.fees does not exist: add it to shop.yaml or products.yaml (did you mean ship.fee?)",
        f"{reply}: fact A3.weight does not exist: add it to shop.yaml or products.yaml",
        "6: entry x.one: field products: product A4 does not exist: add it to products.yaml",
        (
            "9: entry x.one: field related: related entry refund.tme does not exist: "
            "add that entry (did you mean refund.time?)"
        ),
        f"12: {escalation}.target: target agents does not exist: add it to policy.yaml's targets (did you mean agent?)",
        f"13: {escalation}.collect: field phone does not exist: add it to policy.yaml's fields",
        f"14: {escalation}.holding_reply: slot nobody does not exist: add it to policy.yaml's slots",
    ]


def test_the_policys_own_references_have_their_line(folder: Path) -> None:
    """Service levels, fields, slots and facts of the policy and targets of triggers are named where they stand."""
    text = POLICY.replace("first_reply: first", "first_reply: second").replace("[order_no]", "[phone]")
    add(folder, "policy.yaml", text.replace("holding: 稍等", 'holding: "{who} {shop.fax}"'))
    add(
        folder,
        "triggers.yaml",
        "- code: a\n  label: a\n  label_en: a\n  level: offer\n  target: legal\n  variants: [a]\n",
    )
    found = [problem.split(", or")[0] for problem in problems(folder)]
    assert found == [
        "policy.yaml:3: field first_reply: service level second does not exist: add it to policy.yaml's service_levels",
        "policy.yaml:7: field targets.agent.collect: field phone does not exist: add it to policy.yaml's fields",
        "policy.yaml:11: field lines.holding: slot who does not exist: add it to policy.yaml's slots",
        "policy.yaml:11: field lines.holding: fact shop.fax does not exist: add it to shop.yaml or products.yaml",
        "triggers.yaml:5: field triggers[0].target: target legal does not exist: add it to policy.yaml's targets",
    ]


@pytest.mark.parametrize("name", ["entries/x.yaml", "triggers.yaml", "forbidden_phrases.yaml"])
def test_a_list_is_expected(folder: Path, name: str) -> None:
    """A mapping where a list belongs is named."""
    add(folder, name, "id: x\n")
    assert problems(folder) == [f'{name}:1: expects a list: begin every element with "- "']


def test_facts_files_hold_a_mapping(folder: Path) -> None:
    """A list in shop.yaml is named with how the file begins, and a reply's facts are then missing."""
    add(folder, "shop.yaml", "- a\n")
    assert problems(folder)[-1] == 'shop.yaml:1: expects a mapping: begin the file with "facts:"'


def test_a_list_in_two_places_is_a_problem(folder: Path) -> None:
    """Triggers stand in the policy or in their own file."""
    add(folder, "policy.yaml", POLICY + "triggers: []\n")
    add(folder, "triggers.yaml", "[]\n")
    assert problems(folder) == [
        f"policy.yaml:12: field triggers: triggers are also in {folder}/triggers.yaml: keep one"
    ]


def test_a_yml_file_is_not_passed_over_silently(folder: Path) -> None:
    """The other usual ending is named rather than ignored."""
    add(folder, "entries/x.yml", ENTRY)
    assert problems(folder) == ["entries/x.yml:1: would not be read: rename it to .yaml"]


def test_load_entries_needs_no_pack(tmp_path: Path) -> None:
    """One file is read without a policy; its own duplicates and faults are still problems."""
    path = tmp_path / "x.yaml"
    path.write_text(ENTRY.replace("{order_no}", "{whatever}"), encoding="utf-8")
    assert [item.id for item in load_entries(path)] == ["refund.time"]
    path.write_text(ENTRY + ENTRY.replace("faq", "x"), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_entries(path)
    assert [problem.line for problem in caught.value.problems] == [10, 11]


def test_a_dumped_pack_reads_back_the_same(tmp_path: Path) -> None:
    """Every part of a pack survives."""
    full = Pack(
        entries=(
            entry("product.purifier.area", products=("A3",), related=("refund.time",)),
            entry("product.robot.wifi"),
            entry(
                "refund.time",
                replies=(Reply(text="单号{order_no}\n  缩进\n\n完", channel="email"), Reply(text="Hi", language="en")),
                escalation=Escalation(level="offer", target="agent", priority="urgent", collect=("order_no",)),
                valid_from=date(2026, 1, 1),
                valid_until=date(2026, 2, 1),
                source="s",
                stage="after-sale",
                audience="supplier",
                tags=("退款",),
            ),
        ),
        policy=policy(),
        facts=facts(),
    )
    dump_pack(full, tmp_path / "out")
    assert load_pack(tmp_path / "out") == full
    files = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.yaml"))
    assert files == [
        "entries/product.purifier.yaml", "entries/product.robot.yaml", "entries/refund.yaml", "forbidden_phrases.yaml",
        "policy.yaml", "products.yaml", "shop.yaml", "triggers.yaml",
    ]  # fmt: skip


def test_a_dumped_entry_is_pleasant_to_edit(tmp_path: Path) -> None:
    """Defaults are left out, Chinese is itself, several lines are a block, lists are indented."""
    text = "您好：\n退款 {ship.fee}"
    dump_pack(pack(entry(text=text, variants=("没到账 😡", "null", "12315"), title="多久？")), tmp_path / "out")
    assert (tmp_path / "out/entries/refund.yaml").read_text(encoding="utf-8") == (
        "- id: refund.time\n"
        "  kind: faq\n"
        "  title: 多久？\n"
        "  variants:\n"
        "    - 没到账 😡\n"
        "    - 'null'\n"
        "    - '12315'\n"
        "  replies:\n"
        "    - text: |-\n"
        "        您好：\n"
        "        退款 {ship.fee}\n"
    )


@pytest.mark.parametrize(
    "ids", [("b.x", "a.x", "b.y"), ("Refund.x", "refund.x"), ("refund", "refund-x", "refund.time"), ("b.x", "a.x")]
)
def test_any_order_of_entries_survives(tmp_path: Path, ids: tuple[str, ...]) -> None:
    """Where files by category would reorder entries, or differ by case only, one file keeps them."""
    mixed = pack(*(entry(entry_id) for entry_id in ids))
    dump_pack(mixed, tmp_path / "out")
    assert load_pack(tmp_path / "out") == mixed
    assert [path.name for path in (tmp_path / "out/entries").iterdir()] == ["all.yaml"]


def test_dumping_over_a_pack_replaces_its_files_and_keeps_others(folder: Path) -> None:
    """Entry files that are no longer needed go; golden queries, notes and hidden files stay."""
    add(folder, "golden/q.yaml", "[]\n")
    add(folder, "entries/README.md", "notes")
    add(folder, ".git/config", "x")
    dump_pack(pack(entry("ship.fee")), folder)
    assert [item.id for item in load_pack(folder).entries] == ["ship.fee"]
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names >= {"golden/q.yaml", "entries/README.md", ".git/config", "entries/ship.yaml"}
    assert "entries/refund.yaml" not in names
    assert [path.name for path in folder.parent.iterdir()] == ["pack"]


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    """Nothing is written into a folder of something else, nor over a file."""
    (tmp_path / "thesis.doc").write_text("x")
    for target in (tmp_path, tmp_path / "thesis.doc"):
        with pytest.raises(PackError, match="is not empty and holds no pack"):
            dump_pack(pack(), target)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_an_empty_folder_takes_a_pack(tmp_path: Path) -> None:
    """An existing empty folder is filled; a pack without entries and facts needs few files."""
    (tmp_path / "out").mkdir()
    bare = Pack(entries=(), policy=policy(forbidden_phrases=(), triggers=()), facts=Facts())
    dump_pack(bare, tmp_path / "out")
    assert load_pack(tmp_path / "out") == bare
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["policy.yaml"]


def test_a_failed_dump_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When writing fails half-way the old pack is whole and nothing is left beside it."""
    before = load_pack(folder)
    written: list[Path] = []
    write = Path.write_text

    def failing(path: Path, *arguments: Any, **options: Any) -> int:
        written.append(path)
        if len(written) == 3:
            raise OSError("disk full")
        return write(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", failing)
    with pytest.raises(OSError, match="disk full"):
        dump_pack(pack(entry("ship.fee")), folder)
    monkeypatch.undo()
    assert load_pack(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["pack"]


# Separated by "|", but for the last two, which hold one.
ODD_WORDS = (
    "null|~|Null|yes|no|12315|8:30|1e3|- x|-|? a|a: b|a #b|#|'|\"|`|@|>|%|&a|*a|!x|{a|[|{order_no|<<|=|a\n\n b|\ta|a\tb"
    "|a \nb|a\n b\nc|a\x85b|a\u2028b|\ufeffa|a\x80|😡|👨‍👩‍👧|a\\b|---|...|\ufffe|\U0010ffff|x\n---\ny|a\n# b|a:\n  - b"
)
ODD = st.sampled_from([*ODD_WORDS.split("|"), "|-", "|"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | ODD | st.tuples(ODD, ODD).map("".join)
SHORT = TEXT.filter(lambda text: 0 < len(text.strip()) <= 60)


@st.composite
def entries(draw: st.DrawFn) -> Entry | None:
    """An arbitrary entry, or None where the model refuses it."""
    fields: dict[str, Any] = {
        "id": draw(st.from_regex(r"\A[a-z0-9_]{1,4}([.-][A-Za-z0-9_]{1,4}){0,2}\Z")),
        "kind": draw(st.sampled_from(["faq", "script"])),
        "title": draw(SHORT),
        "variants": draw(st.lists(SHORT, max_size=3)),
        "replies": [
            {"channel": channel, "text": draw(SHORT)}
            for channel in draw(st.lists(st.sampled_from(["chat", "phone", "any"]), min_size=1, unique=True))
        ],
        "tags": draw(st.lists(TEXT, max_size=2)),
        "source": draw(st.none() | TEXT),
        "valid_from": draw(st.none() | st.dates()),
    }
    try:
        return Entry.model_validate(fields)
    except ValidationError:
        return None


def references(text: str) -> tuple[str, ...]:
    """Slots and facts, which the sample's policy need not have."""
    return slot_names(text) + fact_names(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.lists(entries(), max_size=3))
def test_arbitrary_entries_survive(tmp_path: Path, drawn: list[Entry | None]) -> None:
    """Whatever the model accepts comes back equal: quotes, colons, dashes, breaks, emoji, words YAML misreads."""
    by_id = {item.id: item for item in drawn if item is not None}
    texts = {item.id: "".join(reply.text for reply in item.replies) for item in by_id.values()}
    wanted = pack(*(item for item in by_id.values() if not references(texts[item.id])))
    dump_pack(wanted, tmp_path / "out")
    assert load_pack(tmp_path / "out") == wanted


def test_who_may_approve_is_the_policys(folder: Path, tmp_path: Path) -> None:
    """Off where nothing is said, kept through a file and back, and anything else is refused with its line."""
    assert load_pack(folder).policy.approval.own is False
    add(folder, "policy.yaml", POLICY + "approval: {own: true}\n")
    read = load_pack(folder)
    assert read.policy.approval.own is True
    dump_pack(read, tmp_path / "copy")
    assert load_pack(tmp_path / "copy") == read
    add(folder, "policy.yaml", POLICY + "approval: {own: perhaps, second: li}\n")
    found = "\n".join(problems(folder))
    assert "field approval.own: expects true or false" in found
    assert "field approval.second: is not a known field" in found
