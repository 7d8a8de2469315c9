"""Settings from the environment."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from index.constants import SHIPPED_TUNING
from service.environment import SettingsError
from service.settings import ADAPTERS, Adapters, Settings, SignIn


def test_everything_has_a_default() -> None:
    """An empty environment serves this machine only, keeps its things in ./data, and lets visitors in."""
    settings = Settings.from_environment({})
    assert settings.home == Path("data").resolve()
    assert (settings.host, settings.port, settings.poll_seconds) == ("127.0.0.1", 8000, 1.0)
    assert settings.loopback
    assert settings.private
    assert settings.url == "http://127.0.0.1:8000"
    assert settings.embedder == "huashu-default"
    assert settings.tuning == SHIPPED_TUNING


def test_every_variable_is_read(tmp_path: Path) -> None:
    """Each by its own name; what is not ours is passed over."""
    given = {
        "HUASHU_HOME": str(tmp_path),
        "HUASHU_HOST": "0.0.0.0",
        "HUASHU_PORT": "9001",
        "HUASHU_EMBEDDER": "BAAI/bge-small-zh-v1.5",
        "HUASHU_DATABASE": "postgresql+psycopg://db/huashu",
        "HUASHU_POLL_SECONDS": "0.5",
        "HUASHU_LONGEST_WAIT": "3",
        "HUASHU_WORKERS": "2",
        "HUASHU_QUERY_LOG": "0",
        "HUASHU_RETENTION_DAYS": "30",
        "HUASHU_PUBLIC_URL": "https://desk.example/",
        "HUASHU_TUNING": str(tmp_path / "ours.npz"),
        "HUASHU_COLOUR": "red",
        "PORT": "1",
    }
    assert Settings.from_environment(given) == Settings(
        home=tmp_path,
        host="0.0.0.0",
        port=9001,
        embedder="BAAI/bge-small-zh-v1.5",
        database="postgresql+psycopg://db/huashu",
        poll_seconds=0.5,
        longest_wait=3,
        workers=2,
        query_log=False,
        retention_days=30,
        public_url="https://desk.example",
        tuning=tmp_path / "ours.npz",
    )


def test_every_variable_of_the_adapters_is_read() -> None:
    """Lists have commas; an address loses its last slash."""
    given = {
        "HUASHU_ADAPTERS": "anyq, Dify",
        "HUASHU_ADAPTER_KEY": " k ",
        "HUASHU_DIFY_KNOWLEDGE": "huashu=0.6, all, none=0",
        "HUASHU_CHATWOOT_URL": "https://chat.example/",
        "HUASHU_CHATWOOT_TOKEN": "t",
        "HUASHU_CHATWOOT_SECRET": "s",
        "HUASHU_CHATWOOT_AUTO_REPLY": "1",
    }
    knowledge = (("huashu", 0.6), ("all", None), ("none", 0.0))
    wanted = Adapters(("dify", "anyq"), "k", knowledge, "https://chat.example", "t", "s", True)
    assert Settings.from_environment(given).adapters == wanted


def test_every_adapter_is_on_unless_it_is_said_otherwise() -> None:
    """All by default, none by `none`."""
    assert Settings.from_environment({"HUASHU_ADAPTERS": " "}).adapters == Adapters()
    assert Adapters().enabled == ADAPTERS
    assert Settings.from_environment({"HUASHU_ADAPTERS": "none"}).adapters.enabled == ()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("HUASHU_ADAPTERS", "dify,slack", "names slack: give some of dify, chatwoot"),
        ("HUASHU_ADAPTERS", "none,dify", "names none"),
        ("HUASHU_DIFY_KNOWLEDGE", "huashu=70", "HUASHU_DIFY_KNOWLEDGE huashu is '70': give a number from 0 to 1"),
        ("HUASHU_DIFY_KNOWLEDGE", "=0.5", "give ids with commas"),
        ("HUASHU_CHATWOOT_URL", "chat.example", "an address that begins with https://"),
    ],
)
def test_a_setting_of_adapters_that_cannot_be_used_is_refused(name: str, value: str, told: str) -> None:
    """The message names it and what is allowed."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({name: value})
    assert told in str(refused.value)


def test_every_variable_of_sign_in_is_read() -> None:
    """Hours and days, the provider with its roles, and the limits that are set."""
    given = {
        "HUASHU_SESSION_HOURS": "8",
        "HUASHU_SESSION_DAYS": "1.5",
        "HUASHU_OIDC_ISSUER": "https://idp.example/realms/desk/",
        "HUASHU_OIDC_CLIENT_ID": "huashu",
        "HUASHU_OIDC_CLIENT_SECRET": "s",
        "HUASHU_OIDC_ROLES": "desk=agent, leads=approver",
        "HUASHU_OIDC_ROLES_CLAIM": "realm_access.roles",
        "HUASHU_RATE_KEY": "100/second",
        "HUASHU_RATE_SIGN_IN": "5/minute",
    }
    roles, rates = (("desk", "agent"), ("leads", "approver")), (("key", "100/second"), ("sign-in", "5/minute"))
    issuer = "https://idp.example/realms/desk/"  # as the provider says it, slash and all
    assert Settings.from_environment(given).sign_in == SignIn(
        8, 1.5, issuer, "huashu", "s", "realm_access.roles", roles, rates
    )
    assert Settings.from_environment({}).sign_in == SignIn()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"HUASHU_OIDC_ISSUER": "https://idp"}, "HUASHU_OIDC_CLIENT_ID and HUASHU_OIDC_CLIENT_SECRET must be set too"),
        ({"HUASHU_OIDC_ROLES": "desk"}, "give pairs such as desk=agent"),
        ({"HUASHU_OIDC_ROLES": "desk=emperor"}, "gives desk the role 'emperor': give one of console"),
        ({"HUASHU_RATE_KEY": "many"}, "HUASHU_RATE_KEY is 'many': give a number a second, minute or hour"),
        ({"HUASHU_RATE_PERSON": "0/minute"}, "HUASHU_RATE_PERSON is '0/minute'"),
        ({"HUASHU_PUBLIC_URL": "desk.example"}, "an address that begins with https://"),
        ({"HUASHU_SESSION_HOURS": "0"}, "HUASHU_SESSION_HOURS is '0': give a number from 0.1"),
    ],
)
def test_a_setting_of_sign_in_that_cannot_be_used_is_refused(given: dict[str, str], told: str) -> None:
    """The message names it and what is allowed."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(given)
    assert told in str(refused.value)


def test_switches_are_read_as_people_write_them() -> None:
    """Queries are kept, and customers get no answer by themselves, unless it is said otherwise."""
    for given, wanted in ((" ", (True, False)), (" ON", (True, True)), ("false", (False, False))):
        settings = Settings.from_environment({"HUASHU_QUERY_LOG": given, "HUASHU_CHATWOOT_AUTO_REPLY": given})
        assert (settings.query_log, settings.adapters.chatwoot_auto_reply) == wanted


def test_behind_a_proxy_it_is_no_longer_private() -> None:
    """Loopback is this machine's own only while no other address is named; that one is printed."""
    assert Settings().private and not Settings(host="0.0.0.0").private
    behind = Settings(public_url="https://desk.example")
    assert behind.loopback and not behind.private
    assert behind.url == "https://desk.example"


def test_secrets_are_not_printed() -> None:
    """Settings may end in a log; keys and tokens may not."""
    adapters = Adapters(key="k-secret", chatwoot_token="t-secret", chatwoot_secret="s-secret")
    assert "hidden" not in repr(SignIn(client_secret="hidden"))
    assert "secret=" not in repr(Settings(adapters=adapters)) and "-secret" not in repr(Settings(adapters=adapters))


def test_none_is_no_tuning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The encoders as they come; anything else is a path, from where the command was run."""
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment({"HUASHU_TUNING": "none"}).tuning is None
    assert Settings.from_environment({"HUASHU_TUNING": "./none"}).tuning == tmp_path / "none"


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an argument the variables of the process count."""
    monkeypatch.setenv("HUASHU_PORT", "8123")
    assert Settings.from_environment().port == 8123


def test_an_empty_value_is_the_default() -> None:
    """`HUASHU_PORT= huashu serve` is as if it were not there."""
    empty = dict.fromkeys(("HUASHU_HOME", "HUASHU_HOST", "HUASHU_PORT", "HUASHU_POLL_SECONDS", "HUASHU_TUNING"), " ")
    assert Settings.from_environment(empty) == Settings.from_environment({})


@pytest.mark.parametrize(
    ("name", "value", "limits"),
    [
        ("HUASHU_PORT", "http", "from 1 to 65535"),
        ("HUASHU_PORT", "0", "from 1 to 65535"),
        ("HUASHU_PORT", "65536", "from 1 to 65535"),
        ("HUASHU_PORT", "80.5", "from 1 to 65535"),
        ("HUASHU_PORT", "-1", "from 1 to 65535"),
        ("HUASHU_POLL_SECONDS", "soon", "from 0.01 to 3600"),
        ("HUASHU_POLL_SECONDS", "0", "from 0.01 to 3600"),
        ("HUASHU_POLL_SECONDS", "3601", "from 0.01 to 3600"),
        ("HUASHU_POLL_SECONDS", "nan", "from 0.01 to 3600"),
        ("HUASHU_POLL_SECONDS", "inf", "from 0.01 to 3600"),
    ],
)
def test_a_number_that_cannot_be_used_is_refused(name: str, value: str, limits: str) -> None:
    """The message names the variable, its value and what is allowed."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({name: value})
    assert str(refused.value) == f"{name} is {value!r}: give a number {limits}"


@pytest.mark.parametrize(("name", "value"), [("HUASHU_PORT", "1"), ("HUASHU_PORT", "65535")])
def test_the_limits_themselves_are_allowed(name: str, value: str) -> None:
    """Both ends belong to the range."""
    assert Settings.from_environment({name: value}).port == int(value)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("example.com", False),
        ("localhost.example.com", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, loopback: bool) -> None:
    """A name is not trusted to be this machine, whatever it begins with."""
    assert Settings(host=host).loopback is loopback


def test_the_database_lies_under_home_unless_it_is_named(tmp_path: Path) -> None:
    """SQLite beside the artefacts; a URL stands as it is."""
    assert Settings(home=tmp_path).database_url == f"sqlite:///{tmp_path / 'knowledge.db'}"
    assert Settings(home=tmp_path, database="postgresql://x").database_url == "postgresql://x"
    assert Settings(home=tmp_path).artefacts == tmp_path / "artefacts"


def test_an_ipv6_address_stands_in_brackets() -> None:
    """So that the link that is printed can be opened."""
    assert Settings(host="::1", port=81).url == "http://[::1]:81"


def test_settings_do_not_change() -> None:
    """Read once, then frozen."""
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


def test_consoles_that_may_frame_the_page_are_origins() -> None:
    """As browsers write them; by default only the service itself."""
    assert Settings.from_environment({}).frame_ancestors == ("'self'",)
    given = "'self' https://Chat.example.com:443/, http://127.0.0.1:3000"
    found = Settings.from_environment({"HUASHU_FRAME_ANCESTORS": given}).frame_ancestors
    assert found == ("'self'", "https://chat.example.com", "http://127.0.0.1:3000")


@pytest.mark.parametrize(
    "given", ["*", "https://*.example.com", "chat.example.com", "https://a/b", "'none' https://a", "'self'; x"]
)
def test_a_pattern_is_no_console(given: str) -> None:
    """Whoever is heard must be named exactly."""
    with pytest.raises(SettingsError, match="HUASHU_FRAME_ANCESTORS"):
        Settings.from_environment({"HUASHU_FRAME_ANCESTORS": given})
