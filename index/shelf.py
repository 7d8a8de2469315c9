"""The shelf of published artefacts: written whole, published, rolled back and pruned.

    <home>/artefacts/<version>/   manifest.json and the files it lists with their hashes; never changed
    <home>/artefacts/CURRENT      one line: the live version
    <home>/artefacts/HISTORY      one JSON line for each publish and rollback, oldest first; held while one is under way

Writers build in a temporary folder, sync it and rename; readers see a whole artefact or none.
What is in a file it does not know.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from index.artefact import FORMAT, MANIFEST, NEXT_STEP, VERSION, Manifest, canonical, digest, verify
from index.errors import ArtefactError, NoArtefact, Superseded
from index.locks import holding

CURRENT, HISTORY = "CURRENT", "HISTORY"
ACT = frozenset({"act", "version", "at", "by"})  # what each line of the history has
ANY = "any"  # whichever version is live
TURN_SECONDS = 30.0  # to wait for another's publish, which takes a fraction of one


class Shelf:
    """All artefacts of one home folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, version: str) -> Path:
        if not VERSION.fullmatch(version):
            raise ArtefactError(f"{version!r} is not an artefact version: `huashu versions` lists them")
        return self.folder / version

    def versions(self) -> list[str]:
        """Versions on disk, in no order of time."""
        if not self.folder.is_dir():
            return []
        return sorted(
            path.name for path in self.folder.iterdir() if VERSION.fullmatch(path.name) and (path / MANIFEST).is_file()
        )

    def current(self) -> str:
        """The live version; NoArtefact where nothing was published."""
        try:
            version = (self.folder / CURRENT).read_text("utf-8", "replace").strip()
        except FileNotFoundError:
            raise NoArtefact(f"no artefact has been published in {self.folder}; {NEXT_STEP}") from None
        self.path(version)
        return version

    def history(self) -> list[dict[str, Any]]:
        """Every publish and rollback, oldest first; a line cut short by a crash, or damaged, is left out."""
        try:
            lines = (self.folder / HISTORY).read_bytes().splitlines()
        except FileNotFoundError:
            return []
        acts = []
        for line in lines:
            try:
                act = json.loads(line)
                datetime.fromisoformat(act["at"])
            except (ValueError, TypeError, KeyError):
                continue
            if act.keys() >= ACT and all(isinstance(act[name], str) for name in ACT):
                acts.append(act)
        return acts

    def published_at(self, version: str) -> datetime | None:
        """When a version last became the live one; None where that was not written down."""
        for act in reversed(self.history()):
            if act["version"] == version:
                at = datetime.fromisoformat(act["at"])
                return at if at.tzinfo is not None else None
        return None

    def write(self, version: str, fill: Callable[[Path], None], manifest: Mapping[str, Any]) -> Path:
        """Make the artefact of that version: `fill` writes its files, then all become visible at once.

        Where the version exists and is whole, nothing is written.
        """
        target = self.path(version)
        if target.exists():
            try:
                verify(target)
                return target
            except ArtefactError:
                shutil.rmtree(target)
        self.folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=self.folder))
        try:
            fill(work)
            files = {path.name: digest(path.read_bytes()) for path in sorted(work.iterdir())}
            (work / MANIFEST).write_bytes(canonical({"format": FORMAT, "version": version, "files": files, **manifest}))
            for path in work.iterdir():
                sync(path)
            work.chmod(0o755)
            sync(work)
            os.replace(work, target)
            sync(self.folder)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        return target

    def live(self) -> str | None:
        """The live version, None where nothing was published or CURRENT cannot be read."""
        try:
            return self.current()
        except ArtefactError:
            return None

    def publish(
        self,
        version: str,
        at: datetime,
        by: str,
        act: str = "publish",
        *,
        reason: str = "",
        instead_of: str | None = ANY,
    ) -> None:
        """Make a whole artefact the live one. Atomic: readers see the old name or the new.

        `instead_of` is the version (None: nothing) that must be live until then, or Superseded is raised. `reason` is
        kept in the history.
        """
        Manifest.read(self.path(version))  # the lock's file is not made where there is no artefact at all
        with holding(self.folder / HISTORY, TURN_SECONDS):
            verify(self.path(version))  # where nobody can prune it any more
            self.expect(instead_of)
            line = {"act": act, "version": version, "at": at.isoformat(), "by": by}
            with self._pointer(version) as point:
                self._note(line | ({"reason": reason} if reason else {}))
                point()

    def expect(self, version: str | None) -> None:
        """Superseded unless that version (None: nothing) is live."""
        live = self.live()
        if version not in (ANY, live):
            raise Superseded(f"{live or 'nothing'} is live, not {version or 'nothing'} any more: look at that first")

    def _note(self, line: Mapping[str, str]) -> None:
        """Add a line, whole or not at all: where the disk takes none, what it took of it is cut off again."""
        with (self.folder / HISTORY).open("ab", buffering=0) as log:
            before = log.tell()
            try:
                # A line cut short by a crash is closed first, or this one would be glued to it and lost.
                content = b"\n" * self._cut_short() + canonical(line)
                if log.write(content) != len(content):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.folder / HISTORY))
                os.fsync(log.fileno())
            except OSError:
                log.truncate(before)
                raise

    @contextmanager
    def _pointer(self, version: str) -> Iterator[Callable[[], None]]:
        """What makes CURRENT name that version. It lies on the disk before the history says so: a full disk stops
        a publish before anything says that it was made.
        """
        handle, name = tempfile.mkstemp(prefix=".current-", dir=self.folder)

        def point() -> None:
            os.replace(name, self.folder / CURRENT)
            sync(self.folder)

        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(version + "\n")
                file.flush()
                os.fsync(file.fileno())
            yield point
        finally:
            Path(name).unlink(missing_ok=True)

    def _cut_short(self) -> bool:
        content = (self.folder / HISTORY).read_bytes()
        return bool(content) and not content.endswith(b"\n")

    def previous(self) -> str | None:
        """The version that was live before the current one and is still on disk, or None.

        Rollbacks undo publishes: after publishing a, b, c and rolling back once (to b), it is a.
        """
        stack: list[str] = []
        for act in self.history():
            version = act["version"]
            if act["act"] == "rollback" and version in stack:
                del stack[stack.index(version) + 1 :]
            elif not stack or stack[-1] != version:
                stack = [kept for kept in stack if kept != version] + [version]
        current = self.live()
        on_disk = set(self.versions())
        earlier = stack[: stack.index(current)] if current in stack else stack
        return next((version for version in reversed(earlier) if version in on_disk and version != current), None)

    def roll_back(
        self,
        at: datetime,
        by: str,
        version: str | None = None,
        *,
        reason: str = "",
        instead_of: str | None = ANY,
    ) -> str:
        """Make `version`, or the one live before the current, live again; returns it. The rest is `publish`'s."""
        target = version or self.previous()
        if target is None:
            raise ArtefactError("there is no earlier version to roll back to: publish another with `huashu build`")
        if target not in self.versions():
            raise ArtefactError(f"version {target} is not on disk; there are: {', '.join(self.versions()) or 'none'}")
        self.publish(target, at, by, "rollback", reason=reason, instead_of=instead_of)
        return target

    def prune(self, keep: int, besides: Collection[str] = ()) -> list[str]:
        """Delete versions but the `keep` that were published last, the live one among them whenever that was, and those
        `besides`; returns the deleted. What was never published goes as well: the next build takes its place.
        """
        self.current()  # the lock's file is not made where nothing was published
        with holding(self.folder / HISTORY, TURN_SECONDS):  # or what somebody publishes meanwhile would be deleted
            kept = {self.current()}
            for act in reversed(self.history()):
                if len(kept) >= keep:
                    break
                kept.add(act["version"])
            gone = [version for version in self.versions() if version not in kept | set(besides)]
            for version in gone:
                shutil.rmtree(self.path(version))
        return gone

    def sweep(self) -> None:
        """Remove what builds killed midway left behind. Only call where no other build runs."""
        if self.folder.is_dir():
            for path in self.folder.glob(".building-*"):
                shutil.rmtree(path, ignore_errors=True)
            for path in self.folder.glob(".current-*"):
                path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have what was written of a file, or the names in a folder, reach the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
