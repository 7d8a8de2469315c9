"""A backup's file: a tar of plain files, compressed by gzip or Zstandard, written in one go, read with distrust.

The tar is plain USTAR: a header of 512 bytes, then the content. Reading takes nothing else, so no link, device, sparse
file or endless long name can be in it; names stay inside; and what would not fit is refused before it is written.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, cast

import zstandard

from knowledge.errors import KnowledgeError

GZIP, ZSTANDARD = ".tar.gz", ".tar.zst"
MAGIC = {b"\x1f\x8b": GZIP, b"\x28\xb5\x2f\xfd": ZSTANDARD}
BLOCK = tarfile.BLOCKSIZE
CHUNK = 1024 * 1024
WINDOW = 128 * 1024 * 1024  # memory that a compressed file may claim for reading it
MOST_FILES = 100_000
LONGEST_PART = 200
# A name as it may stand in an archive: no control characters, nothing that another system takes for a folder or drive.
PART = re.compile(r"[^\x00-\x1f\x7f/\\:]+")


class ArchiveError(KnowledgeError):
    """A file cannot be written or read as a backup."""


@dataclass(frozen=True)
class Content:
    """What a file in an archive holds."""

    size: int
    sha256: str


class Writer:
    """Adds files and remembers what was written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.written: dict[str, Content] = {}

    def add(self, name: str, file: BinaryIO) -> None:
        """The file as it is now; what others append meanwhile stays out."""
        state = os.fstat(file.fileno())
        self._add(name, file, state.st_size, int(state.st_mtime))

    def add_bytes(self, name: str, content: bytes) -> None:
        """A file with that content."""
        self._add(name, io.BytesIO(content), len(content), 0)

    def _add(self, name: str, file: IO[bytes], size: int, modified: int) -> None:
        header = tarfile.TarInfo(name)
        header.size, header.mtime, header.mode = size, modified, 0o600
        hashing = _Hashing(file)
        try:
            self._tar.addfile(header, hashing)
        except ValueError as error:  # a name or a size that the format has no room for
            raise ArchiveError(
                f"{name} cannot be backed up ({error}): rename it, or move it out of the home"
            ) from error
        self.written[name] = Content(size, hashing.digest())


class _Hashing:
    """Reads a file and hashes what is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._hash.update(content)
        return content

    def digest(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write `path`, by its ending; it is there once it is whole, readable by its owner alone, and never before."""
    kind = next((ending for ending in (GZIP, ZSTANDARD) if path.name.endswith(ending)), None)
    if kind is None:
        raise ArchiveError(f"{path} is no name for a backup: end it with {ZSTANDARD} or {GZIP}")
    if path.exists():
        raise ArchiveError(f"{path} is there already: give another name")
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with (
                _compressing(raw, kind) as stream,
                tarfile.open(fileobj=stream, mode="w|", format=tarfile.USTAR_FORMAT) as tar,
            ):
                yield Writer(tar)
            raw.flush()
            os.fsync(raw.fileno())
        os.link(partial, path)  # which, unlike a rename, never takes the place of what is there
    except FileExistsError as error:
        raise ArchiveError(f"{path} is there already: give another name") from error
    finally:
        partial.unlink(missing_ok=True)


def _compressing(raw: BinaryIO, kind: str) -> IO[bytes]:
    if kind == GZIP:
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6, mtime=0))
    return zstandard.ZstdCompressor(level=10, write_checksum=True).stream_writer(raw, closefd=False)


def extract(path: Path, folder: Path, most_bytes: int) -> dict[str, Content]:
    """Write every file of an archive under the empty `folder`; what each holds by its name.

    ArchiveError at the first thing that is not a plain file inside, or where all would be over `most_bytes`.
    """
    try:
        with path.open("rb") as raw, _expanding(raw, path) as stream:
            return _files(stream, folder, most_bytes)
    except (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError, tarfile.TarError) as error:
        raise ArchiveError(f"{path} is no whole backup ({error}): use another") from error


def _expanding(raw: BinaryIO, path: Path) -> IO[bytes]:
    magic = raw.read(4)
    raw.seek(0)
    kind = next((found for start, found in MAGIC.items() if magic.startswith(start)), None)
    if kind is None:
        raise ArchiveError(f"{path} is neither gzip nor Zstandard: give a file that `huashu backup` made")
    if kind == GZIP:
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw, mode="rb"))
    expander = zstandard.ZstdDecompressor(max_window_size=WINDOW)
    return io.BufferedReader(expander.stream_reader(raw, closefd=False))


def _files(stream: IO[bytes], folder: Path, most_bytes: int) -> dict[str, Content]:
    found: dict[str, Content] = {}
    left = most_bytes
    while (header := _exactly(stream, BLOCK)) != bytes(BLOCK):
        info = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
        target = folder / _inside(info)
        if info.name in found:
            raise ArchiveError(f"the archive has {info.name} twice: it was not made by `huashu backup`")
        left -= info.size
        if left < 0 or len(found) >= MOST_FILES:
            raise ArchiveError(
                f"the archive unpacks to more than {most_bytes:,} bytes or {MOST_FILES:,} files: make room, or allow "
                "more with --most-gib"
            )
        found[info.name] = _unpack(stream, target, info.size)
    # To the very end, where the checksum of it all stands; a tar is filled up with zeros to a whole record.
    if any(rest := stream.read(tarfile.RECORDSIZE + 1)) or len(rest) > tarfile.RECORDSIZE:
        raise EOFError("something follows its end")
    return found


def _inside(info: tarfile.TarInfo) -> Path:
    """The name of a plain file, as a path that stays where it is put."""
    parts = info.name.split("/")
    good = all(PART.fullmatch(part) and part not in (".", "..") and len(part) <= LONGEST_PART for part in parts)
    if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE):
        raise ArchiveError(f"the archive has {info.name!r}, which is no plain file: it was not made by `huashu backup`")
    if not good or info.size < 0:
        raise ArchiveError(f"the archive has {info.name!r}, which leads out of it: it was not made by `huashu backup`")
    return Path(*parts)


def _unpack(stream: IO[bytes], target: Path, size: int) -> Content:
    hashed, left = hashlib.sha256(), size
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while left:
                content = _exactly(stream, min(left, CHUNK))
                left -= len(content)
                hashed.update(content)
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise ArchiveError(f"the archive has {target.name} as a file and as a folder: use another") from error
    _exactly(stream, -size % BLOCK)
    return Content(size, hashed.hexdigest())


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) != size:
        raise EOFError("it is cut short")
    return content
