"""Running under uvicorn: the links are printed once it listens, logs are lines of JSON."""

from __future__ import annotations

import json
import signal
import socket
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import uvicorn

from service import observing, server
from service.settings import Settings
from tests.service.test_live import within
from tests.toy import ToyEmbedder


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> list[uvicorn.Server]:
    """Every server that `run` makes."""
    made: list[uvicorn.Server] = []
    original = server._Server.__init__

    def noted(self: server._Server, config: uvicorn.Config, settings: Settings) -> None:
        original(self, config, settings)
        made.append(self)

    monkeypatch.setattr(server._Server, "__init__", noted)
    return made


def test_it_prints_the_links_and_serves_until_it_is_told_to_stop(
    home: Path,
    servers: list[uvicorn.Server],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The links are there once they can be opened; nothing of a request is logged, and the server hides its name."""
    monkeypatch.setattr(observing, "SLOW", 60.0)  # on a busy machine a request may be, which is logged
    settings = Settings(home=home, port=free_port())
    thread = threading.Thread(target=server.run, args=(settings, ToyEmbedder()))
    thread.start()
    try:
        assert within(10, lambda: bool(servers) and servers[0].started)
        with urllib.request.urlopen(f"{settings.url}/readyz") as response:
            assert response.status == 200
            assert response.headers["server"] is None
    finally:
        servers[0].should_exit = True
        thread.join(10)
    assert not thread.is_alive()
    captured = capsys.readouterr()
    assert f"page      {settings.url}/\n" in captured.out
    assert f"API docs  {settings.url}/docs\n" in captured.out
    assert "readyz" not in captured.out + captured.err


def test_where_the_port_is_taken_no_link_is_printed(
    home: Path, servers: list[uvicorn.Server], capsys: pytest.CaptureFixture[str]
) -> None:
    """It leaves with an error instead of pointing at somebody else's service."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit) as left:
            server.run(Settings(home=home, port=taken.getsockname()[1]), ToyEmbedder())
    assert left.value.code not in (0, None)
    assert "API docs" not in capsys.readouterr().out
    assert handlers == {number: signal.getsignal(number) for number in handlers}


def test_a_log_line_is_json_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """With level and time; an error brings its traceback along in the same line, and debugging stays out."""
    server.configure_logging()
    log = structlog.get_logger("test")
    log.debug("nothing")
    log.info("索引", entries=3)
    try:
        raise RuntimeError("a bug")
    except RuntimeError:
        log.exception("failed")
    captured = capsys.readouterr()
    assert captured.out == ""
    first, second = (json.loads(line) for line in captured.err.splitlines())
    assert (first["event"], first["level"], first["entries"]) == ("索引", "info", 3)
    assert first["timestamp"].endswith("Z")
    assert "索引" in captured.err
    assert "RuntimeError: a bug" in second["exception"]
