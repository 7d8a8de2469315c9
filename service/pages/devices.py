"""A session's device as its owner knows it: the browser and the system, from what the browser says of itself."""

from __future__ import annotations

import re

# The first that is named counts: most browsers also name those they descend from.
BROWSERS = (
    ("WeChat", r"MicroMessenger/|wxwork/"),
    ("DingTalk", r"DingTalk"),
    ("QQ Browser", r"QQBrowser/"),
    ("360", r"QihooBrowser|360SE|360EE"),
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Version/.*Safari/"),
)
SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)


def device_of(agent: str) -> str:
    """`Chrome · Windows`; what is no browser by the first thing it says of itself, empty where it says nothing."""
    found = [_first(BROWSERS, agent), _first(SYSTEMS, agent)]
    return " · ".join(name for name in found if name) or agent.partition(" ")[0]


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, pattern in table if re.search(pattern, agent)), "")
