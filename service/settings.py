"""Settings: frozen, read once from the environment (HUASHU_*)."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.constants import DEFAULT_EMBEDDER, SHIPPED_TUNING
from service.environment import SettingsError, address, flag, listed, number

AS_THEY_COME = "none"  # as HUASHU_TUNING: the bundled encoders without any corrections
ROLES = ("console", "agent", "editor", "approver", "admin")  # a test holds them to service/identity/people.py
RATE = re.compile(r"[1-9]\d{0,8}/(second|minute|hour)")
RATES = {
    "key": "HUASHU_RATE_KEY",
    "person": "HUASHU_RATE_PERSON",
    "address": "HUASHU_RATE_ADDRESS",
    "sign-in": "HUASHU_RATE_SIGN_IN",
}
ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?")
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
    chatwoot_auto_reply: send the reply of an `answer` to the customer (HUASHU_CHATWOOT_AUTO_REPLY, off).
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
            chatwoot_url=address(given, "HUASHU_CHATWOOT_URL"),
            chatwoot_token=given.get("HUASHU_CHATWOOT_TOKEN", "").strip(),
            chatwoot_secret=given.get("HUASHU_CHATWOOT_SECRET", "").strip(),
            chatwoot_auto_reply=flag(given, "HUASHU_CHATWOOT_AUTO_REPLY", cls.chatwoot_auto_reply),
        )


@dataclass(frozen=True)
class SignIn:
    """How people and programs show who they are, and how often they may ask.

    session_hours, session_days: how long a session lasts unused, and in all (HUASHU_SESSION_HOURS 12, _DAYS 7).
    issuer, client_id, client_secret: an OpenID Connect provider (HUASHU_OIDC_ISSUER, _CLIENT_ID, _CLIENT_SECRET).
    roles_claim, roles: where its tokens have roles, and which are which of ours (HUASHU_OIDC_ROLES_CLAIM `roles`,
        HUASHU_OIDC_ROLES such as `desk=agent,leads=approver`; without it those of the same name).
    rates: `600/minute` by what is counted (HUASHU_RATE_KEY, _PERSON, _ADDRESS, _SIGN_IN).
    """

    session_hours: float = 12
    session_days: float = 7
    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    roles_claim: str = "roles"
    roles: tuple[tuple[str, str], ...] = ()
    rates: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> SignIn:
        """Read what concerns sign-in. Raises SettingsError."""
        names = ("HUASHU_OIDC_ISSUER", "HUASHU_OIDC_CLIENT_ID", "HUASHU_OIDC_CLIENT_SECRET")
        missing = [name for name in names if not given.get(name)]
        if missing and len(missing) < len(names):
            raise SettingsError(f"{' and '.join(missing)} must be set too: a provider needs {', '.join(names)}")
        address(given, names[0])
        return cls(
            session_hours=number(given, "HUASHU_SESSION_HOURS", cls.session_hours, 0.1, 24 * 30),
            session_days=number(given, "HUASHU_SESSION_DAYS", cls.session_days, 0.1, 365),
            issuer=given.get(names[0], "").strip(),
            client_id=given.get(names[1], "").strip(),
            client_secret=given.get(names[2], "").strip(),
            roles_claim=given.get("HUASHU_OIDC_ROLES_CLAIM", cls.roles_claim).strip(),
            roles=_roles(given.get("HUASHU_OIDC_ROLES", "")),
            rates=tuple((kind, _rate(given, name)) for kind, name in RATES.items() if given.get(name)),
        )


@dataclass(frozen=True)
class Settings:
    """Everything that may be set from outside.

    home: where database, artefacts and cache lie (HUASHU_HOME, ./data).
    host, port: where the service listens (HUASHU_HOST 127.0.0.1, HUASHU_PORT 8000).
    embedder: `huashu-default` or any sentence-transformers name or folder (HUASHU_EMBEDDER).
    database: SQLAlchemy URL of the knowledge database (HUASHU_DATABASE, SQLite under home).
    poll_seconds: how often the service looks for a newly published artefact (HUASHU_POLL_SECONDS, 1).
    longest_wait: seconds a query may wait for its turn; who would wait longer gets 503 (HUASHU_LONGEST_WAIT, 2).
    workers: processes that answer, sharing one loaded index (HUASHU_WORKERS, 1; not on Windows).
    public_url: the address people open, where a proxy stands in front (HUASHU_PUBLIC_URL, such as https://desk.example).
    query_log: keep every answered query, masked (HUASHU_QUERY_LOG, on).
    retention_days: for how long queries, and texts of feedback, are kept (HUASHU_RETENTION_DAYS, 90).
    adapters: what other systems' clients may ask; see there.
    sign_in: how people and programs show who they are; see there.
    frame_ancestors: who may show the agents' page in a frame (HUASHU_FRAME_ANCESTORS, addresses with blanks between,
        `'self'` by default; see docs/agents-page.md).
    tuning: corrections of the bundled encoders, None for as they come (HUASHU_TUNING, a path or `none`; the shipped).
    """

    home: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    embedder: str = DEFAULT_EMBEDDER
    database: str = ""
    poll_seconds: float = 1.0
    longest_wait: float = 2.0
    workers: int = 1
    public_url: str = ""
    query_log: bool = True
    retention_days: int = 90
    adapters: Adapters = Adapters()
    sign_in: SignIn = SignIn()
    tuning: Path | None = SHIPPED_TUNING
    frame_ancestors: tuple[str, ...] = ("'self'",)

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
            port=int(number(given, "HUASHU_PORT", cls.port, 1, 65535, whole=True)),
            embedder=given.get("HUASHU_EMBEDDER", cls.embedder),
            database=given.get("HUASHU_DATABASE", cls.database),
            poll_seconds=number(given, "HUASHU_POLL_SECONDS", cls.poll_seconds, 0.01, 3600),
            longest_wait=number(given, "HUASHU_LONGEST_WAIT", cls.longest_wait, 0, 600),
            workers=int(number(given, "HUASHU_WORKERS", cls.workers, 1, 64, whole=True)),
            public_url=address(given, "HUASHU_PUBLIC_URL"),
            query_log=flag(given, "HUASHU_QUERY_LOG", cls.query_log),
            retention_days=int(number(given, "HUASHU_RETENTION_DAYS", cls.retention_days, 1, 3650, whole=True)),
            adapters=Adapters.from_environment(given),
            sign_in=SignIn.from_environment(given),
            tuning=_tuning(given.get("HUASHU_TUNING")),
            frame_ancestors=_frame_ancestors(given.get("HUASHU_FRAME_ANCESTORS")),
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
    def private(self) -> bool:
        """Whether whoever asks is on this machine: it is loopback, and no proxy is said to stand in front."""
        return self.loopback and not self.public_url

    @property
    def artefacts(self) -> Path:
        return self.home / "artefacts"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'knowledge.db'}"

    @property
    def url(self) -> str:
        """The address people open."""
        if self.public_url:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def _tuning(given: str | None) -> Path | None:
    if given is None:
        return SHIPPED_TUNING
    return None if given.strip() == AS_THEY_COME else Path(given).expanduser().resolve()


def _frame_ancestors(text: str | None) -> tuple[str, ...]:
    """Exact origins only: the page also hears the conversation from them, so a pattern would let in too many."""
    if text is None:
        return Settings.frame_ancestors
    sources = text.replace(",", " ").split()
    for source in sources:
        if not ORIGIN.fullmatch(source) and source not in ("'self'", "'none'"):
            raise SettingsError(
                f"HUASHU_FRAME_ANCESTORS names {source!r}: give origins such as https://chat.example.com, "
                "without path or *, 'self', or 'none' alone"
            )
    if "'none'" in sources and len(sources) > 1:
        raise SettingsError(f"HUASHU_FRAME_ANCESTORS is {text!r}: 'none' stands alone, leave it out or the others")
    return tuple(dict.fromkeys(_origin(source) for source in sources))


def _origin(source: str) -> str:
    """As a browser writes it: in small letters, without a scheme's own port."""
    origin = source.rstrip("/").lower()
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


def _enabled(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ADAPTERS
    names = listed(text.lower())
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
    for part in listed(text):
        name, equals, least = (piece.strip() for piece in part.partition("="))
        if not name:
            raise SettingsError(f"HUASHU_DIFY_KNOWLEDGE is {text!r}: give ids with commas, such as huashu=0.6,all")
        setting = f"HUASHU_DIFY_KNOWLEDGE {name}"
        found[name] = number({setting: least}, setting, 0, 0, 1) if equals else None
    return tuple(found.items())


def _roles(text: str) -> tuple[tuple[str, str], ...]:
    """`desk=agent,leads=approver`: the provider's word, and ours."""
    found = []
    for part in listed(text):
        theirs, equals, ours = (piece.strip() for piece in part.partition("="))
        if not (theirs and equals and ours):
            raise SettingsError(f"HUASHU_OIDC_ROLES is {text!r}: give pairs such as desk=agent,leads=approver")
        if ours not in ROLES:
            raise SettingsError(f"HUASHU_OIDC_ROLES gives {theirs} the role {ours!r}: give one of {', '.join(ROLES)}")
        found.append((theirs, ours))
    return tuple(found)


def _rate(given: Mapping[str, str], name: str) -> str:
    text = given[name].strip()
    if not RATE.fullmatch(text):
        raise SettingsError(f"{name} is {text!r}: give a number a second, minute or hour, such as 600/minute")
    return text
