"""Backup and restore of a home: what belongs to it, how it is taken while the service runs, and put in place whole.

    manifest.json    what the rest holds, by size and SHA-256; the last in the archive
    knowledge.db     the knowledge database, a copy of one state
    artefacts/       CURRENT, HISTORY and the versions they name that are on disk
    golden/ builds/ documents/ tuning.npz keys-were-made-*    as they lie in the home

Left out: the cache of vectors, which the next build fills again, and imports, which wait a day for a yes.
Restoring checks everything in a folder beside the home and renames it; what fails leaves nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pydantic import AwareDatetime, ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from index import artefact
from index.artefact import MANIFEST, verify
from index.errors import ArtefactError, NoArtefact
from index.shelf import CURRENT, HISTORY, Shelf, sync
from knowledge.errors import StateError
from knowledge.store import snapshot
from service.archive import ArchiveError, Content, Writer, extract, writing
from service.remembered import KEYS

FORMAT = 1
DATABASE, ARTEFACTS, TUNING, LISTING = "knowledge.db", "artefacts", "tuning.npz", "manifest.json"
FOLDERS = ("golden", "builds", "documents")
PASSING = frozenset({"LOCK"})  # held by a process of now; names that begin with a dot are half written
MOST_GIB = 64.0
READS = 5  # times CURRENT and HISTORY are read until nobody publishes in between


@checked(frozen=True, config=ConfigDict(extra="forbid"))
class Manifest:
    """What a backup says of itself. `revision` is None where the database was left out."""

    format: int
    huashu: str
    made_at: AwareDatetime
    revision: str | None
    live: str | None
    files: dict[str, Content]


@dataclass(frozen=True)
class Restored:
    """What was restored, and where."""

    home: Path
    manifest: Manifest


def back_up(home: Path, database_url: str, target: Path, database: bool = True) -> Manifest:
    """Write everything of `home` to the new file `target` while others may write; what it holds."""
    if not home.is_dir():
        raise StateError(f"there is no home at {home}: set HUASHU_HOME to the one to back up")
    with tempfile.TemporaryDirectory(prefix=".huashu-backup-", dir=target.absolute().parent) as folder:
        copy = Path(folder) / DATABASE
        revision = snapshot.take(database_url, copy) if database else None
        with writing(target) as archive:
            if database:
                with copy.open("rb") as file:
                    archive.add(DATABASE, file)
            live = _add_artefacts(archive, Shelf(home / ARTEFACTS))
            for path in _kept(home):
                _add_file(archive, path, path.relative_to(home).as_posix())
            listing = Manifest(FORMAT, metadata.version("huashu"), datetime.now(UTC), revision, live, archive.written)
            content = TypeAdapter(Manifest).dump_json(listing, indent=1)
            archive.add_bytes(LISTING, content + b"\n")
    return listing


def restore(archive: Path, home: Path, most_gib: float = MOST_GIB) -> Restored:
    """Put a backup in place as `home`, which must not be there or be empty; everything or nothing."""
    home = home.absolute()
    if os.path.ismount(home):
        raise StateError(f"{home} is a mount, which no folder can take the place of: restore into a folder inside it")
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise StateError(f"{home} is not empty: restore into a new folder, and point HUASHU_HOME to it")
    home.parent.mkdir(parents=True, exist_ok=True)
    with _unpacked(archive, home.parent, most_gib) as (folder, manifest):
        sync(folder)
        os.rename(folder, home)  # which takes the place of an empty folder, and of nothing else
        sync(home.parent)
    return Restored(home, manifest)


def examine(archive: Path, most_gib: float = MOST_GIB) -> Manifest:
    """What a backup holds, once it was unpacked beside itself and everything was found whole."""
    with _unpacked(archive, archive.absolute().parent, most_gib) as (_, manifest):
        return manifest


@contextmanager
def _unpacked(archive: Path, beside: Path, most_gib: float) -> Iterator[tuple[Path, Manifest]]:
    """A folder with everything that a backup holds, checked; gone in the end, unless it was moved."""
    folder = Path(tempfile.mkdtemp(prefix=".restoring-", dir=beside))
    try:
        room = min(int(most_gib * 2**30), shutil.disk_usage(folder).free)
        manifest = _checked(folder, extract(archive, folder, room))
        if manifest.revision is not None:
            snapshot.check(folder / DATABASE)
        _check_artefacts(Shelf(folder / ARTEFACTS), manifest.live)
        for name in ("-wal", "-shm"):
            (folder / f"{DATABASE}{name}").unlink(missing_ok=True)
        yield folder, manifest
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _checked(folder: Path, found: dict[str, Content]) -> Manifest:
    """The manifest, once it names every file there is and each holds what it says."""
    if found.pop(LISTING, None) is None:
        raise ArchiveError(f"the archive has no {LISTING}: give a file that `huashu backup` made")
    path = folder / LISTING
    try:
        content = json.loads(path.read_text("utf-8"))
        if (version := content.get("format")) != FORMAT:
            raise ArchiveError(f"the backup has format {version!r}, this program reads {FORMAT}: use a newer program")
        manifest = TypeAdapter(Manifest).validate_python(content)
    except (ValueError, AttributeError, ValidationError) as error:
        raise ArchiveError(f"{LISTING} of the backup cannot be read ({error}): use another") from error
    path.unlink()
    for name in sorted(found.keys() | manifest.files.keys()):
        there, said = found.get(name), manifest.files.get(name)
        if there != said:
            what = "is not in its manifest" if said is None else "is missing" if there is None else "is damaged"
            raise ArchiveError(f"{name} of the backup {what}: use another")
        first = name.split("/")[0]
        if first not in {DATABASE, ARTEFACTS, TUNING, *FOLDERS} and not first.startswith(KEYS):
            raise ArchiveError(f"{name} of the backup is nothing that a home has: it was not made by `huashu backup`")
    if (manifest.revision is not None) != (DATABASE in found):
        raise ArchiveError(f"the backup has a {DATABASE} or not, and says otherwise: use another")
    return manifest


def _check_artefacts(shelf: Shelf, live: str | None) -> None:
    """The live version is there, as said; an older program's must be built anew, which is for `serve` to say."""
    try:
        found: str | None = shelf.current()
    except NoArtefact:
        found = None
    if found != live or (live is not None and live not in shelf.versions()):
        raise ArtefactError(f"the backup's live version is {live or 'none'}, and not what lies in it: use another")


def _add_artefacts(archive: Writer, shelf: Shelf) -> str | None:
    """CURRENT, HISTORY and the versions they name; the live one."""
    names, history = _publications(shelf)
    if names is None:
        return None
    live = names.decode("utf-8", "replace").strip()
    wanted = [live, *(str(act.get("version")) for act in shelf.history())]
    verify(shelf.path(live))
    on_disk = set(shelf.versions())
    for version in dict.fromkeys(name for name in wanted if name in on_disk):
        _add_artefact(archive, shelf, version)
    if f"{ARTEFACTS}/{live}/{MANIFEST}" not in archive.written:
        raise ArtefactError(f"version {live} is live and was deleted meanwhile: back up again")
    archive.add_bytes(f"{ARTEFACTS}/{HISTORY}", history)
    archive.add_bytes(f"{ARTEFACTS}/{CURRENT}", names)
    return live


def _publications(shelf: Shelf) -> tuple[bytes | None, bytes]:
    """CURRENT and HISTORY of one moment, as neither changed while the other was read."""
    for _ in range(READS):
        before, history = _read(shelf.folder / CURRENT), _read(shelf.folder / HISTORY)
        if before == _read(shelf.folder / CURRENT):
            return before, history or b""
    raise StateError("others publish without a pause: back up again when they are done")


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _add_artefact(archive: Writer, shelf: Shelf, version: str) -> None:
    """One version, or nothing of one that a build is deleting: a file that is open stays readable meanwhile."""
    folder = shelf.path(version)
    with ExitStack() as opened:
        try:
            names = [MANIFEST, *sorted(artefact.Manifest.read(folder).files)]
            files = [(name, opened.enter_context((folder / name).open("rb"))) for name in names]
        except (ArtefactError, FileNotFoundError):
            return
        for name, file in files:
            archive.add(f"{ARTEFACTS}/{version}/{name}", file)


def _kept(home: Path) -> Iterator[Path]:
    """The other files that belong to a home."""
    if (home / TUNING).is_file():
        yield home / TUNING
    yield from sorted(home.glob(f"{KEYS}*"))  # so that a restored home whose database is away is as closed as before
    for name in FOLDERS:
        for path in sorted((home / name).rglob("*")):
            passing = any(part.startswith(".") or part in PASSING for part in path.relative_to(home).parts)
            if path.is_file() and not path.is_symlink() and not passing:
                yield path


def _add_file(archive: Writer, path: Path, name: str) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # forgotten meanwhile, as old documents and builds are
    with file:
        archive.add(name, file)
