"""The toy `huashu` from a process that has imported everything already, and forks one for each line it is told.

A build that is to be killed many times would else spend its life on imports: python -m tests.fault.forks
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.fault.processes import ROOT, environment


@dataclass(frozen=True)
class Forks:
    """The process that forks."""

    process: subprocess.Popen[str]

    def begin(self, home: Path, *arguments: object, **more: str) -> int:
        """Begin a `huashu` over a home; its process."""
        assert self.process.stdin is not None
        told = {"arguments": list(map(str, arguments)), "environment": environment(home, **more)}
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return int(self._line().removeprefix("begun "))

    def end(self, child: int, kill: bool = True) -> None:
        """Kill it without a word, or wait for it to end."""
        if kill:
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.kill(child, signal.SIGKILL)
        assert self._line().startswith(f"ended {child} ")

    def run(self, home: Path, *arguments: object, **more: str) -> float:
        """Run one to its end; how many seconds that took."""
        child = self.begin(home, *arguments, **more)
        begun = time.monotonic()
        self.end(child, kill=False)
        return time.monotonic() - begun

    def killed_while(self, home: Path, pause: str, *arguments: object) -> None:
        """Run one until it pauses there, then kill it without a word."""
        child = self.begin(home, *arguments, HUASHU_TEST_PAUSE=pause)
        assert self._line() == "paused", f"it never came to {pause}"
        self.end(child)

    def killed_after(self, home: Path, seconds: float, *arguments: object) -> None:
        """Kill one so long after it began, wherever it is then; it may have ended."""
        child = self.begin(home, *arguments)
        time.sleep(seconds)
        self.end(child)

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def forking() -> Iterator[Forks]:
    """The process, for as long as it is needed; its first `huashu` waits for its imports."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fault.forks"],
        env=environment(Path("/nowhere")),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Forks(process)
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Fork for each line, one at a time, and tell when each began and ended."""
    import service.building
    import service.publishing  # noqa: F401
    import tests.fault.runner  # noqa: F401

    for line in sys.stdin:
        told = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(told["arguments"], told["environment"])
        print(f"begun {child}", flush=True)
        _, status = os.waitpid(child, 0)
        print(f"ended {child} {status}", flush=True)


def _become(arguments: list[str], variables: dict[str, str]) -> None:
    """Be that `huashu`, in the child. What it prints is lost, but for the word that it pauses."""
    from tests.fault import runner

    os.environ.clear()
    os.environ.update(variables)
    runner.TOLD = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.argv = ["huashu", *arguments]
    status = 1
    try:
        runner.run()
    except SystemExit as left:
        status = int(left.code or 0)
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
