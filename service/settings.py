"""Settings: frozen, read once from the environment (HUASHU_*)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.constants import DEFAULT_EMBEDDER, SHIPPED_TUNING

AS_THEY_COME = "none"  # as HUASHU_TUNING: the bundled encoders without any corrections


class SettingsError(Exception):
    """A setting cannot be used; the message names it, its value and what is allowed."""


ADAPTERS = ("dify", "chatwoot", "azure", "rasa", "anyq", "mcp")


@dataclass(frozen=True)
class Adapters:
    """What other systems' clients may ask, and by which key.

    enabled: the adapters that answer (HUASHU_ADAPTERS, a list with commas; all by default, `none` for none).
    key: what a client of an adapter must show (HUASHU_ADAPTER_KEY; without it nothing is asked for).
    knowledge: Dify's knowledge ids, each with the least confidence it returns, None for the artefact's own
        (HUASHU_DIFY_KNOWLEDGE, such as `huashu=0.6,all`; `huashu` by default).
    chatwoot_url, chatwoot_token, chatwoot_secret: where Chatwoot is, the bot's access token, and what its webhooks
        are signed with (HUASHU_CHATWOOT_URL, _TOKEN, _SECRET). Without all three nothing is sent there.
    chatwoot_auto_reply: send the reply of an `answer` to the customer (HUASHU_CHATWOOT_AUTO_REPLY=1).
    """

    enabled: tuple[str, ...] = ADAPTERS
    key: str = field(default="", repr=False)
    knowledge: tuple[tuple[str, float | None], ...] = (("huashu", None),)
    chatwoot_url: str = ""
    chatwoot_token: str = field(default="", repr=False)
    chatwoot_secret: str = field(default="", repr=False)
    chatwoot_auto_reply: bool = False

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> Adapters:
        """Read what concerns adapters; an empty value is the default. Raises SettingsError."""
        return cls(
            enabled=_enabled(given.get("HUASHU_ADAPTERS")),
            key=given.get("HUASHU_ADAPTER_KEY", "").strip(),
            knowledge=_knowledge(given.get("HUASHU_DIFY_KNOWLEDGE")),
            chatwoot_url=_address(given, "HUASHU_CHATWOOT_URL"),
            chatwoot_token=given.get("HUASHU_CHATWOOT_TOKEN", "").strip(),
            chatwoot_secret=given.get("HUASHU_CHATWOOT_SECRET", "").strip(),
            chatwoot_auto_reply=given.get("HUASHU_CHATWOOT_AUTO_REPLY", "0") == "1",
        )


@dataclass(frozen=True)
class Settings:
    """Everything that may be set from outside.

    home: where database, artefacts and cache lie (HUASHU_HOME, ./data).
    host, port: where the service listens (HUASHU_HOST 127.0.0.1, HUASHU_PORT 8000).
    embedder: `huashu-default` or any sentence-transformers name or folder (HUASHU_EMBEDDER).
    database: SQLAlchemy URL of the knowledge database (HUASHU_DATABASE, SQLite under home).
    poll_seconds: how often the service looks for a newly published artefact (HUASHU_POLL_SECONDS, 1).
    open_network: serve an address other than loopback without any sign-in (HUASHU_OPEN_NETWORK=1).
    adapters: what other systems' clients may ask; see there.
    query_log: keep every answered query, masked (HUASHU_QUERY_LOG, on; 0 for off).
    retention_days: for how long queries, and texts of feedback, are kept (HUASHU_RETENTION_DAYS, 90).
    tuning: corrections of the bundled encoders, None for as they come (HUASHU_TUNING, a path or `none`; the shipped).
    """

    home: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    embedder: str = DEFAULT_EMBEDDER
    database: str = ""
    poll_seconds: float = 1.0
    open_network: bool = False
    adapters: Adapters = Adapters()
    query_log: bool = True
    retention_days: int = 90
    tuning: Path | None = SHIPPED_TUNING

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
            adapters=Adapters.from_environment(given),
            query_log=given.get("HUASHU_QUERY_LOG", "1") != "0",
            retention_days=int(_number(given, "HUASHU_RETENTION_DAYS", cls.retention_days, 1, 3650, whole=True)),
            tuning=_tuning(given.get("HUASHU_TUNING")),
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


def _tuning(given: str | None) -> Path | None:
    if given is None:
        return SHIPPED_TUNING
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


def _enabled(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ADAPTERS
    names = _listed(text.lower())
    if names == ["none"]:
        return ()
    if unknown := [name for name in names if name not in ADAPTERS]:
        raise SettingsError(
            f"HUASHU_ADAPTERS names {', '.join(unknown)}: give some of {', '.join(ADAPTERS)}, or none alone"
        )
    return tuple(name for name in ADAPTERS if name in names)


def _knowledge(text: str | None) -> tuple[tuple[str, float | None], ...]:
    """`huashu=0.6,all` → huashu from 0.6 on, all from the artefact's own threshold on."""
    if text is None:
        return Adapters.knowledge
    found: dict[str, float | None] = {}
    for part in _listed(text):
        name, equals, least = (piece.strip() for piece in part.partition("="))
        if not name:
            raise SettingsError(f"HUASHU_DIFY_KNOWLEDGE is {text!r}: give ids with commas, such as huashu=0.6,all")
        setting = f"HUASHU_DIFY_KNOWLEDGE {name}"
        found[name] = _number({setting: least}, setting, 0, 0, 1) if equals else None
    return tuple(found.items())


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _address(given: Mapping[str, str], name: str) -> str:
    text = given.get(name, "").strip().rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise SettingsError(f"{name} is {text!r}: give an address that begins with https:// or http://")
    return text
