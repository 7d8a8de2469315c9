"""Suspicious variants are read from a build's report as lint findings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.artefact import FORMAT, MANIFEST, NAMES
from index.errors import ArtefactError
from index.suspects import RULE, suspects


def artefact(folder: Path, report: object) -> Path:
    """A folder with a manifest and a report."""
    manifest = {"format": FORMAT, "version": "0" * 12, "embedder": "toy", "dimensions": {}, "recipe": "-"}
    (folder / MANIFEST).write_text(json.dumps(manifest | {"counts": {}, "files": {}, "metrics": {}}))
    (folder / NAMES.report).write_text(json.dumps(report))
    return folder


def test_a_suspicious_variant_is_a_warning_that_names_both_entries_and_scores(tmp_path: Path) -> None:
    """An editor reads which variant, which other entry, both scores and what to do."""
    item = {"entry_id": "ship.intercept", "variant": "地址填错了", "nearer_to": "order.change-address"}
    (found,) = suspects(artefact(tmp_path, {"suspicious": [item | {"score": 0.52, "own_score": 0.15}]}))
    assert (found.rule, found.severity, found.entry_id) == (RULE, "warning", "ship.intercept")
    for part in ("地址填错了", "order.change-address", "0.52", "0.15", "move it"):
        assert part in found.message


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    """What cannot be read is said with the next step, never taken for a clean result."""
    with pytest.raises(ArtefactError, match="huashu build"):
        suspects(tmp_path)
    artefact(tmp_path, {})
    with pytest.raises(ArtefactError, match="huashu build"):
        suspects(tmp_path)
