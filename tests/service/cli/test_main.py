"""The `huashu` command, run as its entry point runs it, over a home of its own and with a toy embedder."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

import index.loading
import service.adapters.mcp
import service.live
import service.measuring
import service.server
import service.tuning
from index.constants import SHIPPED_TUNING
from index.shelf import CURRENT, Shelf
from knowledge.errors import DatabaseError
from knowledge.formats.yaml import dump_pack, load_pack
from knowledge.store import Store
from service.builds import Builds
from service.cli import artefacts, serving
from service.cli.main import main
from service.cli.terminal import app
from service.settings import Settings
from service.tuning import Comparison
from tests.service.cli.conftest import Done, Huashu, live
from tests.service.shop import BETTER, ENTRIES, REFUND, WORSE, entry, pack
from tests.toy import ToyEmbedder

EXTRA = entry(
    "return.how",
    "怎么退货",
    "退货 寄回去 退换",
    "怎么操作 找谁 寄到哪 运费谁出 包装没了 能上门吗 多久审核 要什么单据",
)


@pytest.fixture
def folder(shipped: Path, tmp_path: Path) -> Path:
    """The shop's pack in a folder of the test's own."""
    dump_pack(load_pack(shipped), tmp_path / "pack")
    return tmp_path / "pack"


def fails(done: Done, *words: str) -> None:
    """It said what is wrong in one sentence, on standard error alone, and left with 1."""
    assert done.status == 1
    assert done.out == ""
    assert done.err.startswith("huashu: ")
    assert len(done.err.splitlines()) == 1
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its content."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_knowledge_goes_from_files_to_an_answer(huashu: Huashu, home: Path, folder: Path) -> None:
    """Import, build, ask: the approved reply of the entry in the file, and by whom it was approved."""
    imported = huashu("import", folder)
    assert imported.status == 0
    assert "8 were added: refund.time, ship.no-update" in imported.out
    assert "0 unchanged; policy changed, facts changed" in imported.out
    built = huashu("build")
    assert built.status == 0
    assert re.match(rf"{live(home)}: built; \d+ texts embedded, 0 reused; ", built.out)
    assert built.out.endswith(f"{live(home)} is live\n")
    asked = json.loads(huashu("ask", "退款几天能到", "--json").out)
    assert asked["decision"] == "answer"
    assert asked["index_version"] == live(home)
    assert asked["suggestions"][0]["reply"]["text"] == "您好，退款3 天内原路退回。"
    assert asked["suggestions"][0]["approved_by"] == "李雷"


def test_an_unchanged_pack_changes_nothing(huashu: Huashu, home: Path, folder: Path, stocked: str) -> None:
    """The second import makes no version and the second build no artefact."""
    assert huashu("import", folder).out == "8 unchanged; policy unchanged, facts unchanged\n"
    again = huashu("build")
    assert "nothing changed, already built" in again.out
    assert live(home) == stocked
    assert len(Shelf(home / "artefacts").history()) == 1


def test_a_dry_run_says_what_would_change(huashu: Huashu, home: Path, folder: Path) -> None:
    """And changes nothing, whether there is something in the database or not."""
    dry = huashu("import", folder, "--dry-run")
    assert "8 would be added" in dry.out
    settings = Settings(home=home)
    with Store.open(settings.database_url) as store:
        assert store.approved() == ()
        assert store.audit() == ()


@pytest.mark.usefixtures("stocked")
def test_an_import_says_what_it_did(huashu: Huashu, home: Path, folder: Path) -> None:
    """What was added, changed and, where asked for, retired; who did it and why is kept with the version."""
    changed = REFUND.model_copy(update={"title": "退款到账时间"})
    others = tuple(found for found in ENTRIES if found.id not in (REFUND.id, "emotion.calm"))
    dump_pack(pack((*others, changed, EXTRA)), folder)
    assert "retired" not in huashu("import", folder, "--dry-run").out
    done = huashu("import", folder, "--retire-missing", "--by", "王敏", "--comment", "秋季修订")
    assert "1 were added: return.how" in done.out
    assert "1 were changed: refund.time" in done.out
    assert "1 were retired: emotion.calm" in done.out
    with Store.open(Settings(home=home).database_url) as store:
        newest = store.history("refund.time")[-1]
        assert (newest.version, newest.author, newest.comment) == (2, "王敏", "秋季修订")


def test_a_broken_pack_is_named_and_changes_nothing(huashu: Huashu, home: Path, folder: Path) -> None:
    """Every problem with file and line, as compilers say it; the database is not even made."""
    (folder / "entries" / "refund.yaml").write_text("- id: refund.time\n  kind: faq\n  title: 退款\n  colour: red\n")
    done = huashu("import", folder)
    assert done.status == 1
    assert "refund.yaml:4: entry refund.time: field colour:" in done.err
    assert "refund.yaml:1: entry refund.time: field replies:" in done.err
    assert "Traceback" not in done.err
    assert not home.exists()


@pytest.mark.usefixtures("stocked")
def test_export_and_import_round_trip(huashu: Huashu, home: Path, tmp_path: Path) -> None:
    """What is exported imports without a change, into the same database and into a new one, byte for byte."""
    target = tmp_path / "[exported]"  # rich would take it for markup
    assert huashu("export", target).out == f"8 entries written to {target}\n"
    assert huashu("import", target).out == "8 unchanged; policy unchanged, facts unchanged\n"
    shutil.rmtree(home)
    assert huashu("import", target).status == 0
    huashu("export", tmp_path / "again")
    assert files(tmp_path / "again") == files(target)


@pytest.mark.usefixtures("stocked")
def test_export_never_writes_over_something_else(huashu: Huashu, tmp_path: Path) -> None:
    """A folder that holds no pack is refused and left as it is."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("x")
    fails(huashu("export", tmp_path / "other"), str(tmp_path / "other"), "holds no pack")
    assert files(tmp_path / "other") == {"letter.txt": b"x"}


def test_lint_speaks_three_formats(huashu: Huashu, folder: Path) -> None:
    """Text for people, JSON for programs, GitHub's for reviews; status 1 where there is an error."""
    clean = huashu("lint", folder)
    assert clean.status == 0
    dump_pack(pack((*ENTRIES, EXTRA.model_copy(update={"source": None}))), folder)
    text = huashu("lint", folder)
    assert text.status == 1
    assert "return.how" in text.out
    assert "missing-parts" in text.out
    found = json.loads(huashu("lint", folder, "--format", "json").out)
    assert "missing-parts" in json.dumps(found)
    assert "::error" in huashu("lint", folder, "--format", "github").out
    wrong = huashu("lint", folder, "--format", "xml")
    assert wrong.status == 2
    assert "text, json, github" in wrong.err


def test_lint_without_a_folder_looks_at_what_is_approved(huashu: Huashu, folder: Path) -> None:
    """The database where no pack is named, and a next step where there is nothing in it."""
    fails(huashu("lint"), "no policy", "import a pack first")
    huashu("import", folder)
    assert huashu("lint").status == 0


def test_the_gate_refuses_what_lint_calls_an_error(huashu: Huashu, home: Path, folder: Path, stocked: str) -> None:
    """The live index stays, and the message says which entry and which rule."""
    dump_pack(pack((*ENTRIES, EXTRA.model_copy(update={"source": None}))), folder)
    huashu("import", folder)
    refused = huashu("build")
    assert refused.status == 1
    assert "return.how source" in refused.err
    assert "(missing-parts)" in refused.err
    assert "Traceback" not in refused.err
    assert live(home) == stocked


def test_a_build_tells_what_it_changes_and_what_the_gate_says(
    huashu: Huashu, home: Path, folder: Path, stocked: str
) -> None:
    """Entries, golden queries by kind, the verdict; `report` tells the same of a version later, or as JSON."""
    dump_pack(pack(BETTER), folder)
    huashu("import", folder)
    built = huashu("build", "--no-publish")
    assert built.status == 0
    assert live(home) == stocked
    version = built.out[:12]
    for line in (
        f"against {stocked}: entries 0 added, 1 changed, 0 removed",
        "  changed  refund.time v2: title, variants",
        "golden queries with an entry: ",
        "1 golden queries name entries that are gone, and were not counted:",
        "0 of 0 recent real queries get another reply",
        "gate: passed; all 211 phrasings find their own entry",
    ):
        assert line in built.out
    for told in (huashu("report").out, huashu("report", version).out):
        assert told.splitlines()[0] == f"against {stocked}: entries 0 added, 1 changed, 0 removed"
        assert told.splitlines()[-1] in built.out
    report = json.loads(huashu("report", version, "--json").out)
    assert (report["version"], report["live"], report["gate"]["verdict"]) == (version, stocked, "pass")
    fails(huashu("report", "0123456789ab"), "no report of 0123456789ab", "`huashu build`")


def test_golden_queries_that_got_worse_take_a_reason(huashu: Huashu, home: Path, folder: Path, stocked: str) -> None:
    """Status 1, nothing published, the way out is said; with it the audit and the list of versions keep the reason."""
    dump_pack(pack(WORSE), folder)
    huashu("import", folder)
    refused = huashu("build")
    assert refused.status == 1
    assert "gate: golden queries got worse; hit@1 fell by " in refused.out
    assert "✗ 退款几天能到: answer refund.time → answer promo.summer (wanted refund.time)" in refused.out
    assert 'huashu build --accept-worse "reason"' in refused.err
    assert live(home) == stocked
    version = refused.out[:12]
    fails(huashu("publish", version), "may not be published", "golden queries")
    done = huashu("build", "--accept-worse", "活动期间先这样", "--by", "王敏")
    assert (done.status, live(home)) == (0, version)
    assert "活动期间先这样" in huashu("versions").out
    with Store.open(Settings(home=home).database_url) as store:
        audit = [(line.act, line.who, line.comment) for line in store.audit() if line.act == "publish"]
    assert audit[-1] == ("publish", "王敏", "活动期间先这样")
    fails(huashu("rollback", version), f"{version} is live already")
    assert huashu("rollback", "--reason", "不行").out == f"{stocked} is live again\n"
    assert huashu("versions").out.splitlines()[0].endswith("不行")


def test_going_back_is_no_way_past_the_gate(huashu: Huashu, home: Path, folder: Path, stocked: str) -> None:
    """A build that the gate keeps from being published was never live, and nobody can roll back to it."""
    dump_pack(pack(WORSE), folder)
    huashu("import", folder)
    worse = huashu("build", "--no-publish").out[:12]
    fails(huashu("rollback", worse), f"{worse} was never live", "publish it by its report")
    assert live(home) == stocked
    assert [act["act"] for act in Shelf(home / "artefacts").history()] == ["publish"]


def test_a_build_whose_questions_cannot_be_read_says_why(
    huashu: Huashu, home: Path, stocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It failed, for that reason; nobody killed it."""

    def away(_: Settings) -> list[str]:
        raise DatabaseError("the query log cannot be read")

    monkeypatch.setattr(artefacts, "_asked_lately", away)
    fails(huashu("build"), "the query log cannot be read")
    newest = Builds(home).records()[0]
    assert (newest.state, newest.reason) == ("failed", "the query log cannot be read")


def test_a_version_is_published_by_a_report_against_what_is_live(
    huashu: Huashu, home: Path, folder: Path, versions: tuple[str, str]
) -> None:
    """One whose report is of an older live version is refused: build again, and see what it changes now."""
    dump_pack(pack((BETTER[0], *ENTRIES[1:], EXTRA)), folder)
    huashu("import", folder)
    third = huashu("build", "--no-publish").out[:12]
    huashu("rollback")
    fails(huashu("publish", third), f"{versions[0]} is live, not {versions[1]} any more")
    assert live(home) == versions[0]


def test_two_builds_do_not_run_at_once(huashu: Huashu, home: Path, stocked: str) -> None:
    """The second says whose is under way."""
    job = Builds(home).begin("王敏")
    fails(huashu("build"), f"build {job.record.id} by 王敏 is under way")
    job.close()
    assert huashu("build").status == 0


@pytest.fixture
def versions(huashu: Huashu, home: Path, folder: Path, stocked: str) -> tuple[str, str]:
    """Two versions, published one after the other."""
    dump_pack(pack((*ENTRIES, EXTRA)), folder)
    huashu("import", folder)
    huashu("build", "--by", "王敏")
    return stocked, live(home)


def test_versions_are_published_and_rolled_back(huashu: Huashu, home: Path, versions: tuple[str, str]) -> None:
    """Back to the one before, forward by name; every act is listed, newest first, the live one marked."""
    first, second = versions
    assert huashu("rollback", "--by", "张伟").out == f"{first} is live again\n"
    assert live(home) == first
    assert huashu("publish", second).out == f"{second} is live\n"
    assert live(home) == second
    lines = [line.split() for line in huashu("versions").out.splitlines()]
    marked = [(line[0] == "*", *[word for word in line if word != "*"]) for line in lines]
    assert [(mark, version, act, who) for mark, version, act, _, who in marked] == [
        (True, second, "publish", "李雷"),
        (False, first, "rollback", "张伟"),
        (False, second, "publish", "王敏"),
        (False, first, "publish", "李雷"),
    ]


def test_a_version_that_is_built_only_is_listed(huashu: Huashu, home: Path, folder: Path) -> None:
    """`build --no-publish` leaves nothing live; `versions` names what `publish` then takes."""
    huashu("import", folder)
    built = huashu("build", "--no-publish")
    assert "built;" in built.out
    assert not (home / "artefacts" / CURRENT).exists()
    version = built.out[:12]
    assert huashu("versions").out == f"  {version}  built, never published\n"
    assert huashu("publish", version).status == 0
    assert live(home) == version


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("publish", "nonsense"), ("'nonsense' is not an artefact version", "`huashu versions`")),
        (("publish", "0123456789ab"), ("0123456789ab", "`huashu build`")),
        (("rollback",), ("no earlier version", "`huashu build`")),
        (("rollback", "0123456789ab"), ("0123456789ab is not on disk",)),
        (("build",), ("no policy", "import a pack first")),
        (("export", "nowhere"), ("no policy", "import a pack first")),
        (("ask", "退款"), ("no artefact has been published", "`huashu build`")),
        (("evaluate",), ("no artefact has been published", "`huashu build`")),
        (("import", "nowhere"), ("nowhere/policy.yaml:1", "is missing")),
        (("lint", "nowhere"), ("nowhere/policy.yaml:1", "is missing")),
        (("evaluate", "--queries", "a.csv"), ("a.csv:1", "'.csv'")),
    ],
)
def test_what_a_person_can_mend_is_said_in_a_sentence(
    huashu: Huashu, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """Exit status 1, what is wrong and the next step, no traceback, whatever verb."""
    fails(huashu(*arguments), *words)


def test_a_setting_that_cannot_be_used_is_named(huashu: Huashu, monkeypatch: pytest.MonkeyPatch) -> None:
    """By every verb that reads the settings."""
    monkeypatch.setenv("HUASHU_PORT", "eighty")
    for verb in (("build",), ("ask", "x"), ("serve",), ("versions",)):
        fails(huashu(*verb), "HUASHU_PORT is 'eighty'", "from 1 to 65535")


def test_a_database_that_is_none_is_named(huashu: Huashu, home: Path, folder: Path) -> None:
    """A file that is no database, or a URL that is no URL."""
    home.mkdir()
    (home / "knowledge.db").write_bytes(b"this is no database, however long it goes on" * 50)
    fails(huashu("import", folder), "knowledge.db")


def test_a_mistyped_command_is_a_usage_error(huashu: Huashu) -> None:
    """Status 2 with the usage, as with any other command."""
    for arguments in (("bild",), ("ask",), ("publish",), ("import", "--colour", "red")):
        done = huashu(*arguments)
        assert done.status == 2
        assert "Usage" in done.err
        assert "Traceback" not in done.err


def test_what_nobody_foresaw_keeps_its_traceback(huashu: Huashu, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug must not look like a mistake of whoever typed."""

    def fail(self: Shelf) -> list[str]:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Shelf, "versions", fail)
    monkeypatch.setattr(sys, "argv", ["huashu", "versions"])
    with pytest.raises(RuntimeError, match="a bug"):
        main()


@pytest.mark.usefixtures("stocked")
def test_ask_draws_the_answer(huashu: Huashu) -> None:
    """Decision, reply with its entry and version, and where it must go: what an agent reads."""
    lines = huashu("ask", "水壶漏电麻手").out.splitlines()
    assert lines[0] == "可直接回复 (answer)"
    assert lines[2] == "1. 水壶漏水漏电  100%  quality.leak v1  命中「水壶漏电麻手」"
    assert lines[3] == "   您好，已为您登记。"
    assert any(line.startswith("▲ 需升级 → 物流专员，") for line in lines)
    assert "   先说：请先断电，我马上请专员联系您。" in lines
    assert huashu("ask", "🙂").out.startswith("暂无话术 (abstain)")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("",), "query: has 0 characters, give at least 1"), (("退款", "--channel", "fax"), "channel: ")],
)
def test_ask_refuses_what_the_service_refuses(huashu: Huashu, arguments: tuple[str, ...], words: str) -> None:
    """The same limits and the same words, with no service there."""
    fails(huashu("ask", *arguments), words)


class _Desk(BaseHTTPRequestHandler):
    """A service that gives one answer and notes what it was asked."""

    status: ClassVar = 200
    answer: ClassVar[Any] = {"decision": "abstain", "suggestions": [], "escalation": {"level": "none"}}
    heard: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        self.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = json.dumps(self.answer).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def desk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Desk]]:
    """A service on HUASHU_PORT."""
    handler = type("Desk", (_Desk,), {"heard": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    monkeypatch.setenv("HUASHU_PORT", str(server.server_port))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_ask_asks_the_service_where_there_is_one(
    huashu: Huashu, desk: type[_Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No encoder is loaded then, and no proxy of the environment hears what a customer said."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    done = huashu("ask", "退款", "--channel", "phone", "--json")
    assert json.loads(done.out) == desk.answer
    assert desk.heard == [{"query": "退款", "channel": "phone"}]


def test_what_the_service_refuses_is_said(huashu: Huashu, desk: type[_Desk]) -> None:
    """Its own words, not those of an index that happens to lie on this disk."""
    desk.status, desk.answer = 422, {"detail": "query: is empty"}
    fails(huashu("ask", "退款"), "query: is empty")


@pytest.mark.usefixtures("stocked")
def test_a_service_that_cannot_answer_is_passed_over(huashu: Huashu, desk: type[_Desk]) -> None:
    """Where it has no index, or is something else altogether, the index on disk answers."""
    for status, answer in ((503, {"detail": "no index"}), (404, "not found"), (200, None)):
        desk.status, desk.answer = status, answer
        assert huashu("ask", "退款几天能到").out.startswith("可直接回复")


@pytest.fixture
def question_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Path) -> tuple[Path, Path]:
    """A knowledge base of three entries and four queries: two found, one of another entry's words, one without any."""
    monkeypatch.setattr(service.measuring, "load_pack", lambda folder: load_pack(shipped))
    knowledge, queries = tmp_path / "kb.jsonl", tmp_path / "test.jsonl"
    rows = [
        {"id": "a", "questions": ["怎么开发票", "发票在哪开", "要开电子发票"], "answer": "在订单页开。"},
        {"id": "b", "questions": ["积分怎么用", "积分能换什么", "会员积分兑换"]},
        {"id": "c", "questions": ["修改收货地址", "地址写错了", "换个地方收货"]},
    ]
    asked = [
        {"question": "怎么开发票", "gold": "a", "kind": "same"},
        {"question": "积分能换什么", "gold": "b", "kind": "same"},
        {"question": "地址写错了", "gold": "a", "kind": "wrong"},
        {"question": "🙂", "gold": None, "kind": "far"},
    ]
    for path, lines in ((knowledge, rows), (queries, asked)):
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return knowledge, queries


def test_evaluate_measures_a_question_set(huashu: Huashu, home: Path, question_set: tuple[Path, Path]) -> None:
    """Without a database or an artefact; figures that can be counted on one hand, and which queries went wrong."""
    knowledge, queries = question_set
    done = huashu("evaluate", "--knowledge", knowledge, "--queries", queries, "--json", "--misses", 5)
    assert done.status == 0
    figures = json.loads(done.out)
    assert (figures["embedder"], figures["queries"], figures["in_scope"], figures["out_of_scope"]) == ("toy", 4, 3, 1)
    assert figures["hit@1"] == round(2 / 3, 4)
    assert figures["kinds"]["same"]["hit@1"] == 1.0
    assert figures["kinds"]["wrong"]["hit@1"] == 0.0
    assert figures["decisions"] == {"answer": 3, "clarify": 0, "abstain": 1}
    assert figures["out_of_scope_not_answered"] == 1.0
    assert figures["latency_ms"]["p50"] > 0
    assert "'地址写错了': want a, got c (1.00)" in done.err
    assert not home.exists()


def test_evaluate_draws_a_table(huashu: Huashu, question_set: tuple[Path, Path]) -> None:
    """Every figure on a line of its own, the kinds below."""
    knowledge, queries = question_set
    done = huashu("evaluate", "--knowledge", knowledge, "--queries", queries, "--queries", queries)
    assert re.search(r"^queries +8$", done.out, re.MULTILINE)
    assert re.search(r"same +│ +4 +│ +1\.0 ", done.out)


@pytest.fixture
def tuning(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Stubs in the place of what takes minutes: what they were given, and ten variants of which five more are found."""
    done: list[tuple[Any, ...]] = []

    def compare(pack: Any, queries: Any, epochs: int, step: Any) -> Comparison:
        done.append(("compare", len(pack.entries), len(queries), epochs))
        step("trial, teaching e5", 1, 2)
        return Comparison(10, before=4, after=9, gained=6, lost=1)

    def write(pack: Any, path: Path, epochs: int, step: Any) -> None:
        done.append(("write", sum(len(found.variants) for found in pack.entries), path, epochs))

    monkeypatch.setattr(service.tuning, "compare", compare)
    monkeypatch.setattr(service.tuning, "write", write)
    return done


def test_tune_writes_what_is_better(huashu: Huashu, home: Path, folder: Path, tuning: list[tuple[Any, ...]]) -> None:
    """Both figures and the next step; all variants are learnt from in the end; into HUASHU_HOME unless told where."""
    done = huashu("tune", "--knowledge", folder)
    assert done.status == 0
    path = home.resolve() / "tuning.npz"
    assert done.out.splitlines() == [
        "10 variants held out: hit@1 0.4000 before, 0.9000 after (6 gained, 1 lost)",
        f"tuning written to {path}",
        f"next: HUASHU_TUNING={path} huashu build, and the same setting for the service",
    ]
    assert "trial, teaching e5: 1 of 2" in done.err
    variants = sum(len(found.variants) for found in ENTRIES)
    assert tuning[0][:2] == ("compare", 8)
    assert tuning[0][3] == 2
    assert tuning[1] == ("write", variants, path, 2)
    elsewhere = home.parent / "our own.npz"
    done = huashu("tune", "--knowledge", folder, "--out", elsewhere, "--epochs", 5)
    assert tuning[-1] == ("write", variants, elsewhere.resolve(), 5)
    assert f"HUASHU_TUNING='{elsewhere.resolve()}' huashu build" in done.out


@pytest.mark.usefixtures("stocked")
def test_tune_learns_what_is_approved(huashu: Huashu, tuning: list[tuple[Any, ...]]) -> None:
    """Where no pack is named, the database's."""
    assert huashu("tune").status == 0
    assert tuning[0][:2] == ("compare", 8)


def test_tune_writes_nothing_that_is_no_better(
    huashu: Huashu, folder: Path, tuning: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so and leaves with 1, so that no script builds with it; --force writes it all the same."""
    same = Comparison(10, before=5, after=5, gained=1, lost=1)
    monkeypatch.setattr(service.tuning, "compare", lambda *_: same)
    done = huashu("tune", "--knowledge", folder)
    assert done.status == 1
    assert "hit@1 0.5000 before, 0.5000 after (1 gained, 1 lost)" in done.out
    assert "no better than the shipped tuning, so nothing was written" in done.out
    assert tuning == []
    assert huashu("tune", "--knowledge", folder, "--force").status == 0
    assert [act for act, *_ in tuning] == ["write"]


def test_tune_needs_something_to_measure_with(
    huashu: Huashu, tmp_path: Path, tuning: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch, shipped: Path
) -> None:
    """Else nothing is taught, unless forced; and another embedder than the bundled cannot be taught at all."""
    monkeypatch.setattr(service.measuring, "load_pack", lambda folder: load_pack(shipped))
    (tmp_path / "kb.jsonl").write_text('{"id": "a", "questions": ["怎么开发票", "发票在哪开"]}\n')
    fails(huashu("tune", "--knowledge", tmp_path / "kb.jsonl"), "no variant can be held out", "--force")
    assert tuning == []
    assert huashu("tune", "--knowledge", tmp_path / "kb.jsonl", "--force").status == 0
    assert [act for act, *_ in tuning] == ["write"]
    monkeypatch.setenv("HUASHU_EMBEDDER", "some/model")
    fails(huashu("tune", "--knowledge", tmp_path / "kb.jsonl"), "HUASHU_EMBEDDER is 'some/model'", "unset it")


def test_the_tuning_of_the_settings_is_loaded(
    huashu: Huashu, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By every verb that loads the encoders; `none` is none."""
    given: list[Path | None] = []

    def load(name: str, tuning: Path | None) -> ToyEmbedder:
        given.append(tuning)
        return ToyEmbedder()

    for module in (index.loading, service.live, service.measuring):
        monkeypatch.setattr(module, "load_embedder", load)
    monkeypatch.setattr(service.server, "run", lambda settings, embedder: None)
    monkeypatch.setattr(service.server, "configure_logging", lambda: None)
    monkeypatch.setattr(service.adapters.mcp, "installed", lambda: True)
    monkeypatch.setattr(service.adapters.mcp, "over_stdio", lambda live: None)
    huashu("import", folder)
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"question": "退款", "gold": null}\n', "utf-8")
    verbs = (("build",), ("ask", "退款"), ("evaluate", "--queries", queries), ("serve",), ("mcp",))
    for setting, expected in (("none", None), (str(tmp_path / "a.npz"), tmp_path / "a.npz"), ("", SHIPPED_TUNING)):
        monkeypatch.setenv("HUASHU_TUNING", setting)
        given.clear()
        for verb in verbs:
            assert huashu(*verb).status == 0
        assert given == [expected] * len(verbs)


def test_serve_keeps_to_this_machine(huashu: Huashu, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that others reach is refused while nobody could sign in there, with both ways out."""
    monkeypatch.setattr(service.server, "run", lambda *_: pytest.fail("it served"))
    for host in ("0.0.0.0", "192.168.1.5", "huashu.example"):
        monkeypatch.setenv("HUASHU_HOST", host)
        fails(huashu("serve"), f"http://{host}:", "HUASHU_HOST=127.0.0.1", "huashu user add NAME --role admin")


@pytest.fixture
def served(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings that were served with, instead of serving."""
    found: list[Settings] = []
    monkeypatch.setattr(service.server, "run", lambda settings, embedder: found.append(settings))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    return found


def test_serve_serves_this_machine_at_once(huashu: Huashu, served: list[Settings]) -> None:
    """Nothing needs to be set up first."""
    assert huashu("serve") == Done(0, "", "")
    assert [settings.host for settings in served] == ["127.0.0.1"]


@pytest.mark.parametrize(
    "first", [("user", "add", "wang", "--role", "admin"), ("key", "add", "console"), "HUASHU_ADAPTER_KEY"]
)
def test_serve_serves_others_once_somebody_can_sign_in(
    huashu: Huashu, served: list[Settings], monkeypatch: pytest.MonkeyPatch, first: str | tuple[str, ...]
) -> None:
    """A person, a key, or the adapters' own; behind a proxy as at an address of its own."""
    if isinstance(first, str):
        monkeypatch.setenv(first, "k")
    else:
        assert huashu(*first).status == 0
    monkeypatch.setenv("HUASHU_HOST", "0.0.0.0")
    assert huashu("serve").status == 0
    monkeypatch.delenv("HUASHU_HOST")
    monkeypatch.setenv("HUASHU_PUBLIC_URL", "https://desk.example")
    assert huashu("serve").status == 0
    assert [settings.host for settings in served] == ["0.0.0.0", "127.0.0.1"]


def test_serve_waits_for_a_database_that_is_away(
    huashu: Huashu, served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart during an outage is no reason to stay down: it says so, and asks everybody to wait."""
    pytest.importorskip("psycopg")
    monkeypatch.setenv("HUASHU_HOST", "0.0.0.0")
    monkeypatch.setenv("HUASHU_DATABASE", "postgresql+psycopg://x@127.0.0.1:9/x")
    done = huashu("serve")
    assert (done.status, len(served)) == (0, 1)
    assert "check that it is reachable" in done.err


def test_setup_takes_a_sign_in_for_no_edit(
    huashu: Huashu,
    home: Path,
    builds: list[int],
    served: list[Settings],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who may sign in is no knowledge: what a newer shipped pack changes still comes in."""
    huashu("serve", "--setup")
    huashu("user", "add", "wang", "--role", "admin")
    dump_pack(pack((*ENTRIES, EXTRA)), folder)
    monkeypatch.setattr(serving, "CONTENT", folder)
    huashu("serve", "--setup")
    with Store.open(Settings(home=home).database_url) as store:
        assert EXTRA.id in {approved.entry.id for approved in store.approved()}


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch, shipped: Path, served: list[Settings]) -> list[int]:
    """The exit status of every build that `serve --setup` runs, in this process instead of one of its own."""
    statuses: list[int] = []

    def run(command: list[str], env: dict[str, str], check: bool) -> subprocess.CompletedProcess[bytes]:
        assert command[:3] == [sys.executable, "-m", "service.cli"]
        assert "OPENBLAS_NUM_THREADS" not in env, "the build may use every core for its linear algebra"
        try:
            app(command[3:], standalone_mode=False)
            statuses.append(0)
        except Exception:
            statuses.append(1)
        return subprocess.CompletedProcess(command, statuses[-1])

    monkeypatch.setattr(serving, "CONTENT", shipped)
    monkeypatch.setattr(subprocess, "run", run)
    return statuses


def test_setup_imports_and_builds_once(huashu: Huashu, home: Path, builds: list[int], served: list[Settings]) -> None:
    """A fresh machine is ready to answer; a second start finds everything there."""
    assert huashu("serve", "--setup").status == 0
    version = live(home)
    assert huashu("serve", "--setup").status == 0
    assert (builds, len(served), live(home)) == ([0], 2, version)
    with Store.open(Settings(home=home).database_url) as store:
        assert {approved.approved_by for approved in store.approved()} == {"Huashu"}


def test_setup_never_undoes_an_edit(huashu: Huashu, home: Path, builds: list[int], folder: Path) -> None:
    """Once somebody has changed the knowledge it is theirs: it is built as it is, without the shipped pack."""
    huashu("serve", "--setup")
    with Store.open(Settings(home=home).database_url) as store:
        store.retire("emotion.calm", "王敏", "not ours", datetime.now(UTC))
    huashu("serve", "--setup")
    with Store.open(Settings(home=home).database_url) as store:
        assert "emotion.calm" not in {approved.entry.id for approved in store.approved()}
    assert builds == [0, 0]


def test_setup_serves_what_was_live_where_the_build_fails(
    huashu: Huashu, home: Path, builds: list[int], served: list[Settings], folder: Path
) -> None:
    """Knowledge the gate refuses takes nobody's service away."""
    huashu("serve", "--setup")
    before = live(home)
    dump_pack(pack((*ENTRIES, EXTRA.model_copy(update={"source": None}))), folder)
    huashu("import", folder)
    done = huashu("serve", "--setup")
    assert done.status == 0
    assert "the build failed; what was live before goes on serving" in done.err
    assert (builds, len(served), live(home)) == ([0, 1], 2, before)


@pytest.mark.parametrize("file", [None, b""])
def test_setup_puts_nothing_in_the_place_of_a_lost_database(
    huashu: Huashu, home: Path, builds: list[int], served: list[Settings], file: bytes | None
) -> None:
    """What is live is served, the shipped pack is not imported over it, and it is said what to do."""
    huashu("serve", "--setup")
    before = live(home)
    for left in home.glob("knowledge.db*"):
        left.unlink()
    if file is not None:
        (home / "knowledge.db").write_bytes(file)
    done = huashu("serve", "--setup")
    assert (done.status, builds, len(served), live(home)) == (0, [0], 2, before)
    assert "restore a backup" in done.err and "nothing was set up" in done.err
    assert (home / "knowledge.db").exists() == (file is not None)


def test_help_and_lint_load_no_encoder(shipped: Path) -> None:
    """The verbs an editor runs all day do not wait for torch."""
    program = (
        "import sys; from service.cli import main; sys.argv = ['huashu', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit: print(sorted({'torch', 'fastapi', 'faiss'} & set(sys.modules)))"
    )
    for arguments in (["--help"], ["lint", str(shipped)]):
        done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]"


def test_mcp_serves_the_live_index_over_standard_input_and_output(
    huashu: Huashu, stocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index of this home, watched while it serves."""
    served: list[str | None] = []
    monkeypatch.setattr(service.server, "configure_logging", lambda: None)
    monkeypatch.setattr(service.adapters.mcp, "installed", lambda: True)
    monkeypatch.setattr(service.adapters.mcp, "over_stdio", lambda live: served.append(live.version))
    assert huashu("mcp").status == 0
    assert served == [stocked]


def test_mcp_without_its_sdk_says_what_to_install(huashu: Huashu, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setattr(service.adapters.mcp, "installed", lambda: False)
    fails(huashu("mcp"), "huashu[mcp]")
