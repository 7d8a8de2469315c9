"""Plain data as YAML a person likes to edit: block style, text as it is, `|-` for several lines.

Whatever any YAML 1.1 reader would take for a number, date, truth value or null is quoted, so the files mean the same
to other tools as to `nodes`.
"""

from __future__ import annotations

from datetime import time
from typing import Any

import yaml

# Line breaks that YAML 1.1 parsers fold or turn into "\n" unless they are escaped.
UNUSUAL_BREAKS = frozenset("\x85\u2028\u2029")
NO_FOLDING = 1_000_000_000


class _Dumper(yaml.SafeDumper):
    """SafeDumper with lists indented below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def render(data: Any) -> str:
    """The YAML text of mappings, lists, text, numbers, truth values, dates and times."""
    return yaml.dump(
        data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=False, width=NO_FOLDING
    )


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if UNUSUAL_BREAKS & set(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _time(dumper: yaml.SafeDumper, value: time) -> yaml.ScalarNode:
    return _text(dumper, value.isoformat())


_Dumper.add_representer(str, _text)
_Dumper.add_representer(time, _time)
