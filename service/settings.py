"""Settings: frozen, read once from the environment (HUASHU_*)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from index.constants import DEFAULT_EMBEDDER, SHIPPED_ADAPTER

AS_THEY_COME = "none"  # as HUASHU_ADAPTER: the bundled encoders without any corrections


class SettingsError(Exception):
    """A setting cannot be used; the message names it, its value and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """Everything that may be set from outside.

    home: where database, artefacts and cache lie (HUASHU_HOME, ./data).
    host, port: where the service listens (HUASHU_HOST 127.0.0.1, HUASHU_PORT 8000).
    embedder: `huashu-default` or any sentence-transformers name or folder (HUASHU_EMBEDDER).
    database: SQLAlchemy URL of the knowledge database (HUASHU_DATABASE, SQLite under home).
    poll_seconds: how often the service looks for a newly published artefact (HUASHU_POLL_SECONDS, 1).
    open_network: serve an address other than loopback without any sign-in (HUASHU_OPEN_NETWORK=1).
    adapter: corrections of the bundled encoders, None for as they come (HUASHU_ADAPTER, a path or `none`; the shipped).
    """

    home: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    embedder: str = DEFAULT_EMBEDDER
    database: str = ""
    poll_seconds: float = 1.0
    open_network: bool = False
    adapter: Path | None = SHIPPED_ADAPTER

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read HUASHU_*; an empty value is the default. Raises SettingsError."""
        given = {
            name: value for name, value in (os.environ if environment is None else environment).items() if value.strip()
        }
        home = Path(given.get("HUASHU_HOME", "data")).expanduser().resolve()
        return cls(
            home=home,
            host=given.get("HUASHU_HOST", cls.host),
            port=int(_number(given, "HUASHU_PORT", cls.port, 1, 65535, whole=True)),
            embedder=given.get("HUASHU_EMBEDDER", cls.embedder),
            database=given.get("HUASHU_DATABASE", cls.database),
            poll_seconds=_number(given, "HUASHU_POLL_SECONDS", cls.poll_seconds, 0.01, 3600),
            open_network=given.get("HUASHU_OPEN_NETWORK", "0") == "1",
            adapter=_adapter(given.get("HUASHU_ADAPTER")),
        )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def artefacts(self) -> Path:
        return self.home / "artefacts"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'knowledge.db'}"

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def _adapter(given: str | None) -> Path | None:
    if given is None:
        return SHIPPED_ADAPTER
    return None if given.strip() == AS_THEY_COME else Path(given).expanduser().resolve()


def _number(
    given: Mapping[str, str], name: str, default: float, least: float, most: float, whole: bool = False
) -> float:
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
