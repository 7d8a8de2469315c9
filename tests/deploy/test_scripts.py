"""scripts/: what is installed is what is pinned; the audit and the bill of materials are made of the same list."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from importlib import import_module, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def check(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run scripts/check-pins."""
    command = [sys.executable, str(ROOT / "scripts" / "check-pins"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_floats_is_named(tmp_path: Path) -> None:
    """Another version, and a name that is missing; each once, in whatever spelling it is pinned."""
    pins = {one.metadata["Name"]: one.version for one in metadata.distributions()}
    path = tmp_path / "constraints.txt"

    def write(**changed: str | None) -> None:
        lines = [f"{name}=={version}" for name, version in (pins | changed).items() if version is not None]
        path.write_text("# everything\n" + "\n".join(lines) + "\n", "utf-8")

    write()
    assert (check(path).returncode, check(path).stderr) == (0, "")
    spelt = next(name for name in pins if "-" in name)
    write(**{spelt: None, spelt.replace("-", "_").upper(): pins[spelt]})
    assert check(path).returncode == 0
    write(pytest="0.1", zstandard=None)
    done = check(path)
    assert done.returncode == 1
    assert f"pytest {pins['pytest']} is installed, constraints.txt says 0.1" in done.stderr
    assert f"zstandard {pins['zstandard']} is installed, constraints.txt does not name it" in done.stderr
    assert done.stderr.count("is installed") == 2


def test_every_script_can_be_run() -> None:
    """It begins with what runs it, may be run, and stands in the list of scripts."""
    listed = (ROOT / "scripts" / "README.md").read_text("utf-8")
    for path in sorted((ROOT / "scripts").iterdir()):
        if path.suffix == "" and path.name != "__pycache__":
            assert path.read_text("utf-8").startswith("#!/usr/bin/env "), path
            assert os.access(path, os.X_OK) or path.name == "environment", path
            assert f"- `{path.name}`:" in listed, f"{path.name} is not in scripts/README.md"


def test_every_benchmark_is_listed() -> None:
    """Its name and what it measures, by a command that loads none of them; what only helps them is no benchmark."""
    command = [sys.executable, str(ROOT / "scripts" / "bench"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    listed = {line.split()[0] for line in done.stdout.splitlines() if re.match(r"[a-z]+ +[A-Z]", line)}
    helping = {"__init__", "queries", "serving", "vectors"}
    assert listed == {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - helping


@pytest.mark.parametrize("verb", ["load", "publish", "page", "querylog", "inbox", "large", "finding"])
def test_a_bench_without_an_index_stops_at_once(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the home that has none and the command that makes one, and starts nothing."""
    home = tmp_path / "home"
    monkeypatch.setenv("HUASHU_HOME", str(home))
    benchmark, parser = import_module(f"benchmarks.{verb}"), argparse.ArgumentParser()
    getattr(benchmark, "arguments", lambda _: None)(parser)
    with pytest.raises(SystemExit) as left:
        benchmark.run(parser.parse_args([]))
    assert str(left.value).startswith(f"HUASHU_HOME={home} has no index")
    assert f"`HUASHU_HOME={home} .venv/bin/huashu serve --setup`" in str(left.value)
    assert not home.exists()


def test_the_command_leaves_with_1_where_a_bench_stops(tmp_path: Path) -> None:
    """What it says goes to standard error."""
    command = [sys.executable, str(ROOT / "scripts" / "bench"), "large"]
    given = os.environ | {"HUASHU_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith(f"HUASHU_HOME={tmp_path / 'home'} has no index")


@pytest.mark.parametrize("name", ["audit", "sbom", "lint"])
def test_shell_scripts_parse(name: str) -> None:
    """As bash reads them."""
    done = subprocess.run(["bash", "-n", str(ROOT / "scripts" / name)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_lint_asks_nobody_outside() -> None:
    """The audit, which needs the network, is a command of its own, over the very versions that are installed."""
    lint = (ROOT / "scripts" / "lint").read_text("utf-8")
    assert "pip-audit" not in lint
    assert "scripts/check-pins" in lint
    audit = (ROOT / "scripts" / "audit").read_text("utf-8")
    assert "pip-audit --requirement constraints.txt --no-deps --disable-pip --strict" in audit


def test_an_audit_that_could_look_nothing_up_is_not_passed(tmp_path: Path) -> None:
    """Where the network is away, the tool passes over every version; the script says so and fails."""
    (tmp_path / "scripts").mkdir()
    tools = tmp_path / ".venv" / "bin"
    tools.mkdir(parents=True)
    script = tmp_path / "scripts" / "audit"
    script.write_text((ROOT / "scripts" / "audit").read_text("utf-8"), "utf-8")
    (tmp_path / "scripts" / "environment").write_text('cd "$(dirname "${BASH_SOURCE[0]}")/.."', "utf-8")
    (tools / "python").symlink_to("/bin/true")
    # As it answers: a version that cannot be looked up is an error where it is strict, and a line to read where not.
    (tools / "pip-audit").write_text('#!/bin/sh\ncase "$*" in *--strict*) exit 1;; esac\n', "utf-8")
    (tools / "pip-audit").chmod(0o755)
    done = subprocess.run(["bash", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "not every version could be" in done.stderr
