"""The files in deploy/, checked without an engine: they parse, keep their own rules, and name what there is."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.api.operations import router
from service.metrics import Metrics, Now
from service.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
NOW = Now(version="a", entries=1, age=1.0, refused=False, waiting=0, database=True, free=1)
# What Prometheus adds to a scrape by itself, and to every figure of it.
SCRAPE = {"up": frozenset[str]()}
ADDED = frozenset({"job", "instance"})
FUNCTIONS = frozenset({"rate", "increase", "sum", "min", "max", "histogram_quantile", "label_values", "unless", "and"})


def parsed(name: str) -> Any:
    """A file as data."""
    text = (DEPLOY / name).read_text("utf-8")
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


@cache
def figures() -> dict[str, frozenset[str]]:
    """Every name that /metrics gives, with its labels."""
    found: dict[str, frozenset[str]] = dict(SCRAPE)
    metrics = Metrics()
    for metric in vars(metrics).values():
        for described in metric.describe() if hasattr(metric, "describe") else ():
            labels = frozenset(metric._labelnames)
            kinds = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}[described.type]
            found |= {described.name + end: labels | ({"le"} if end == "_bucket" else set()) for end in kinds}
    for line in metrics.text(NOW).decode().splitlines():
        if match := re.match(r"(\w+)(?:\{(.*)\})? ", line if not line.startswith("#") else ""):
            found.setdefault(match[1], frozenset(re.findall(r"(\w+)=", match[2] or "")))
    return found


def rules() -> list[dict[str, Any]]:
    """Every alert."""
    return [rule for group in parsed("prometheus-alerts.yaml")["groups"] for rule in group["rules"]]


def expressions() -> list[tuple[str, str]]:
    """Every question to Prometheus, with where it stands."""
    found = [(rule["alert"], rule["expr"]) for rule in rules()]
    dashboard = parsed("grafana-dashboard.json")
    found += [(panel["title"], target["expr"]) for panel in dashboard["panels"] for target in panel["targets"]]
    found += [
        (variable["name"], variable["query"]["query"])
        for variable in dashboard["templating"]["list"]
        if isinstance(variable["query"], dict)
    ]
    return found


@pytest.mark.parametrize(("place", "expression"), expressions(), ids=[place for place, _ in expressions()])
def test_alerts_and_panels_ask_for_what_there_is(place: str, expression: str) -> None:
    """Every figure is one of /metrics, every label in its braces is one of its own, and brackets close."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    selectors = re.findall(r"(?<![\w$])([a-z_]\w*)\s*\{([^}]*)\}", bare)
    for name, labels in selectors:
        assert name in figures(), f"{place} asks for {name}, which nobody counts"
        asked = set(re.findall(r"(\w+)\s*[=!]", labels))
        assert asked <= figures()[name] | ADDED, f"{place}: {name} has no label {asked - figures()[name] - ADDED}"
    grouped = {label for found in re.findall(r"(?:by|on)\s*\(([^)]*)\)", bare) for label in re.findall(r"\w+", found)}
    rest = re.sub(r"(?:by|on)\s*\([^)]*\)|\{[^}]*\}|\[[^\]]*\]|\"\"|\$\w+", " ", bare)
    named = set(re.findall(r"(?<![\w.])[a-z_]\w*", rest)) - FUNCTIONS - ADDED
    assert named, f"{place} asks for nothing"
    assert named <= figures().keys(), f"{place} asks for {named - figures().keys()}, which nobody counts"
    known = frozenset[str]().union(*(figures()[name] for name in named)) | ADDED
    assert grouped <= known, f"{place} groups by {grouped - known}, which its figures do not have"
    for opened, closed in ("()", "{}", "[]"):
        assert bare.count(opened) == bare.count(closed)


def test_the_check_of_figures_finds_what_is_wrong() -> None:
    """Else the test above holds nothing."""
    for wrong in (
        "rate(huashu_nothing_total[5m])",
        'huashu_requests_total{code="500"}',
        "sum by (tenant) (rate(huashu_requests_total[5m]))",
        "rate(huashu_waiting[5m]",
    ):
        with pytest.raises(AssertionError):
            test_alerts_and_panels_ask_for_what_there_is("wrong", wrong)


def test_every_alert_says_what_it_is_and_the_runbook_what_to_do() -> None:
    """A severity, a sentence, and a line in docs/operations.md of every one and of none that is gone."""
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) > 8
    for rule in rules():
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert rule["annotations"]["summary"]
    runbook = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert set(re.findall(r"`(Huashu[A-Z]\w+)`", runbook)) == set(names)


def test_the_dashboard_can_be_imported() -> None:
    """It brings no data source of its own; its panels have numbers of their own and lie beside one another."""
    dashboard = parsed("grafana-dashboard.json")
    assert {dashboard["title"], dashboard["uid"]} == {"Huashu", "huashu"}
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in dashboard["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, f"{panel['title']} lies on another"
        taken |= cells


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's, with lines that go on joined and comments left out."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines()]


def test_the_image_keeps_the_rules() -> None:
    """Two stages of a named version; no root, no shell in between, a volume, a health check, nothing added or piped."""
    found = instructions()
    stages = [place for place, (verb, _) in enumerate(found) if verb == "FROM"]
    assert len(stages) == 2
    versions = dict(rest.split("=", 1) for verb, rest in found if verb == "ARG")
    for place in stages:
        image = found[place][1].split()[0].replace("${PYTHON}", versions["PYTHON"])
        assert re.fullmatch(r"python:3\.\d+-slim-\w+", image)
    last = found[stages[-1] :]
    verbs = [verb for verb, _ in last]
    by_verb = dict(last)
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", by_verb["USER"])
    assert "RUN" not in verbs[verbs.index("USER") :]
    assert {"VOLUME", "HEALTHCHECK", "ENTRYPOINT", "CMD", "STOPSIGNAL"} <= set(verbs)
    for verb in ("ENTRYPOINT", "CMD"):
        assert isinstance(json.loads(by_verb[verb]), list)
    assert all(rest.startswith("--from=build ") for verb, rest in last if verb == "COPY")
    everything = [verb for verb, _ in found]
    assert "ADD" not in everything
    for verb, rest in found:
        assert not re.search(r"curl|wget|sudo|\| *(ba)?sh|apt-get|--index-url|https?://(?!127)", rest), f"{verb} {rest}"
        if verb == "RUN" and "pip install" in rest:
            assert "--constraint constraints.txt" in rest


def test_the_image_is_made_of_what_there_is() -> None:
    """What is copied is there and let through; the settings are settings; the health check asks for what answers."""
    passed = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    for verb, rest in instructions():
        if verb == "COPY" and not rest.startswith("--from"):
            for name in rest.split()[:-1]:
                assert (ROOT / name).exists()
                assert f"!{name}" in passed
    environment = dict(re.findall(r"(HUASHU_\w+)=(\S+)", dict(instructions()[-20:])["ENV"]))
    settings = Settings.from_environment(environment)
    assert (settings.host, settings.port) == ("0.0.0.0", 8000)
    volume = Path(dict(instructions())["VOLUME"])
    assert settings.home.parent == volume
    asked = re.search(r"/healthz", dict(instructions())["HEALTHCHECK"])
    assert asked
    assert asked[0] in {route.path for route in router.routes}  # type: ignore[attr-defined]


def test_the_composition_is_hardened() -> None:
    """Read-only roots, no capabilities, this machine's port alone, a database that nobody outside reaches."""
    composed = parsed("compose.yaml")
    service, database = composed["services"]["huashu"], composed["services"]["postgresql"]
    assert service["read_only"] is database["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["user"] == dict(instructions())["USER"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert "ports" not in database
    assert database["profiles"]
    assert composed["networks"]["database"]["internal"] is True
    assert database["networks"] == ["database"]
    mounts = dict(mount.split(":") for mount in service["volumes"])
    assert mounts == {"home": dict(instructions())["VOLUME"]}
    assert set(composed["volumes"]) == {"home", "database"}
    (pool,) = composed["networks"]["front"]["ipam"]["config"]
    assert service["environment"]["FORWARDED_ALLOW_IPS"] == pool["gateway"]
    given = {name: "" for name in service["environment"] if name.startswith("HUASHU_")}
    assert Settings.from_environment(given) == Settings.from_environment({})
    assert (DEPLOY / composed["services"]["huashu"]["build"]["context"]).resolve() == ROOT
    for one in composed["services"].values():
        tag = one["image"].partition(":")[2]
        assert tag != "latest" and (tag or "build" in one)


@pytest.mark.parametrize("name", ["huashu.service", "huashu-backup.service", "huashu-backup.timer"])
def test_the_units_parse(name: str) -> None:
    """Every line is a comment, a section or a setting; no root; the home lies inside the state directory."""
    unit = configparser.RawConfigParser(strict=False, comment_prefixes=("#",), inline_comment_prefixes=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string((DEPLOY / name).read_text("utf-8"))
    if name.endswith(".timer"):
        assert unit["Timer"]["OnCalendar"]
        return
    service = unit["Service"]
    assert service["User"] == "huashu"
    assert service["NoNewPrivileges"] == service["ProtectHome"] == service["PrivateTmp"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    text = (DEPLOY / name).read_text("utf-8")
    (home,) = re.findall(r"HUASHU_HOME=(\S+)", text)
    assert Path(home).parent == Path("/var/lib/huashu")
    for executable in re.findall(r"/opt/huashu/\S+/(\w+)", service["ExecStart"]):
        assert executable == "huashu"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """Every section and key is known and every value is one, as systemd itself reads them; a wrong key is named."""

    def verified(more: str = "") -> str:
        paths = []
        for unit in sorted(DEPLOY.glob("huashu*.service")) + sorted(DEPLOY.glob("huashu*.timer")):
            paths.append(tmp_path / unit.name)
            # What it runs is not installed here.
            text = unit.read_text("utf-8").replace("/opt/huashu/.venv/bin/huashu", "/bin/true")
            paths[-1].write_text(text + more, "utf-8")
        done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
        return "\n".join(line for line in (done.stdout + done.stderr).splitlines() if "huashu" in line)

    assert verified() == ""
    assert "NoSuchKey" in verified("\nNoSuchKey=1\n")


def test_the_proxy_keeps_what_customers_said_out_of_its_log() -> None:
    """No query string in its lines; addresses are its own word; braces close; it takes the largest file there is."""
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert text.count("{") == text.count("}")
    (line,) = re.findall(r"log_format huashu '([^']*)'", text)
    assert "$uri" in line
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer)\b", line)
    assert "X-Forwarded-For $remote_addr" in text
    assert "client_max_body_size 33m" in text
    assert text.index("log_format") < text.index("access_log")
    statements = [one.strip() for one in re.split(r"[;{}]\s*", text) if one.strip()]
    assert all(re.match(r"[a-z_0-9]+(\s|$)", one) for one in statements)
