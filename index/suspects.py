"""nearer-to-another-entry: a variant that, left out, is nearer to another entry than to its own.

The one lint finding that needs vectors: a build notes it in its report from the ranker's leave-one-out scores, and
`huashu lint` reads it from the live artefact. It is a warning, for the variant may be right where it is and the other
entry claim too much: write the distinguishing fact into it, move it, or give its entry more variants of its kind.

PASS:
    ship.intercept: 已经发出了还能改地址吗

FAIL:
    ship.intercept: 地址填错了
"""

from __future__ import annotations

import json
from pathlib import Path

from index.artefact import NAMES, Manifest
from index.errors import ArtefactError
from knowledge.lint.finding import Finding

RULE = "nearer-to-another-entry"


def suspects(folder: Path) -> tuple[Finding, ...]:
    """One warning for each suspicious variant of a built artefact, the clearest first. Raises ArtefactError."""
    Manifest.read(folder)
    try:
        listed = json.loads((folder / NAMES.report).read_bytes())["suspicious"]
    except (OSError, ValueError, KeyError) as error:
        raise ArtefactError(
            f"{folder / NAMES.report} cannot be read ({error}): build again with `huashu build`"
        ) from error
    return tuple(
        Finding(
            RULE,
            "warning",
            item["entry_id"],
            "variants",
            f'variant "{item["variant"]}" is nearer to {item["nearer_to"]} ({item["score"]:.2f}) than to its own entry '
            f"({item['own_score']:.2f}): write the distinguishing fact into it, or move it",
        )
        for item in listed
    )
