"""Variables of the environment as values: switches, numbers, lists, addresses; one that cannot be used is refused.

`given` holds the variables that are set to something; what each of them means is the settings'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FLAGS: Final = {"1": True, "true": True, "on": True, "yes": True, "0": False, "false": False, "off": False, "no": False}


class SettingsError(Exception):
    """A setting cannot be used; the message names it, its value and what is allowed."""


def flag(given: Mapping[str, str], name: str, default: bool) -> bool:
    """A switch, in any of the words that people write for it."""
    text = given.get(name)
    if text is None:
        return default
    value = FLAGS.get(text.strip().lower())
    if value is None:
        raise SettingsError(f"{name} is {text!r}: give 1, true, on or yes, or 0, false, off or no")
    return value


def number(
    given: Mapping[str, str], name: str, default: float, least: float, most: float, whole: bool = False
) -> float:
    """A number from `least` to `most`, both of which are allowed."""
    text = given.get(name)
    if text is None:
        return default
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        raise SettingsError(f"{name} is {text!r}: give a number from {least:g} to {most:g}") from None
    if not least <= value <= most:
        raise SettingsError(f"{name} is {text!r}: give a number from {least:g} to {most:g}")
    return value


def listed(text: str) -> list[str]:
    """What stands between commas, without blanks and without what is empty."""
    return [part.strip() for part in text.split(",") if part.strip()]


def address(given: Mapping[str, str], name: str) -> str:
    """An address without its last slash; empty where none is set."""
    text = given.get(name, "").strip().rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise SettingsError(f"{name} is {text!r}: give an address that begins with https:// or http://")
    return text
