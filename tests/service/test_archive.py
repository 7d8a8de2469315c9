"""A backup's file: what is written comes back, and what nobody of ours wrote is refused before it does harm."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from service.archive import MOST_FILES, ArchiveError, Content, extract, writing

PLENTY = 10**9


def tar_of(*members: tarfile.TarInfo, form: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar of those members, each with zeros for content."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=form) as tar:
        for member in members:
            tar.addfile(member, io.BytesIO(bytes(member.size)) if member.isreg() else None)
    return held.getvalue()


def member(name: str, size: int = 3, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """One member."""
    made = tarfile.TarInfo(name)
    made.size, made.type, made.linkname = size if kind == tarfile.REGTYPE else 0, kind, link
    return made


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """What is said about an archive with that tar in it; nothing may have come out beside the folder."""

    def said(content: bytes, most: int = PLENTY) -> str:
        path, folder = tmp_path / "a.tar.gz", tmp_path / "deep" / "out"
        path.write_bytes(gzip.compress(content))
        folder.mkdir(parents=True)
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(ArchiveError) as told:
            extract(path, folder, most)
        outside = [found for found in tmp_path.rglob("*") if folder not in found.parents]
        assert sorted(outside) == before
        return str(told.value)

    return said


@pytest.mark.parametrize("ending", [".tar.gz", ".tar.zst"])
def test_what_is_written_comes_back(tmp_path: Path, ending: str) -> None:
    """Files in folders, large and empty ones, Chinese names; each with size and hash, for the owner's eyes alone."""
    large = os.urandom(3_000_000)
    source = tmp_path / "large"
    source.write_bytes(large)
    path = tmp_path / f"a{ending}"
    with writing(path) as archive:
        with source.open("rb") as file:
            archive.add("a/b/large", file)
        archive.add_bytes("空.yaml", b"")
        archive.add_bytes("one", b"x" * 512)
        written = archive.written
        assert not path.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    folder = tmp_path / "out"
    folder.mkdir()
    assert extract(path, folder, PLENTY) == written
    assert (folder / "a" / "b" / "large").read_bytes() == large
    assert (folder / "空.yaml").read_bytes() == b""
    assert written["one"] == Content(512, hashlib.sha256(b"x" * 512).hexdigest())
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith(".")] == []


def test_only_a_whole_file_gets_its_name(tmp_path: Path) -> None:
    """What fails midway, as at too long a name, leaves nothing; what is there is left alone; the ending says which."""
    path = tmp_path / "a.tar.gz"
    with pytest.raises(ArchiveError, match="cannot be backed up"), writing(path) as archive:
        archive.add_bytes("x" * 300, b"")
    assert list(tmp_path.iterdir()) == []
    path.write_text("precious")
    with pytest.raises(ArchiveError, match="is there already"), writing(path):
        pass
    assert path.read_text() == "precious"
    with pytest.raises(ArchiveError, match=r"end it with \.tar\.zst or \.tar\.gz"), writing(tmp_path / "a.zip"):
        pass


@pytest.mark.parametrize(
    "name", ["../evil", "/evil", "a/../../evil", "a//b", ".", "a/./b", "a\\..\\evil", "c:evil", "a\nb", "é" * 130, ""]
)
def test_names_that_lead_out_are_refused(refused: Callable[..., str], name: str) -> None:
    """Whatever a system may take for another folder or drive."""
    header = bytearray(tar_of(member("x" * 100))[:512])
    encoded = name.encode()
    if len(encoded) > 100:
        content = tar_of(member(name), form=tarfile.GNU_FORMAT)
    else:
        header[:100] = encoded.ljust(100, b"\0")
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        content = bytes(header) + bytes(512) + bytes(1024)
    assert "archive has" in refused(content)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]
)
def test_only_plain_files_come_out(refused: Callable[..., str], kind: bytes) -> None:
    """No link through which the next file would leave, no device, no pipe."""
    assert "no plain file" in refused(tar_of(member("a", kind=kind, link="/etc/passwd"), member("a/b")))


def test_sparse_files_are_refused(refused: Callable[..., str]) -> None:
    """They may claim any size."""
    assert "no plain file" in refused(tar_of(member("x", kind=tarfile.GNUTYPE_SPARSE)))


def test_an_extended_header_is_not_read(refused: Callable[..., str]) -> None:
    """Which would be read into memory at whatever length it says."""
    assert "no plain file" in refused(tar_of(member("长" * 120), form=tarfile.PAX_FORMAT))


def test_a_name_comes_once(refused: Callable[..., str]) -> None:
    """Or the second would take the place of the first, after it was looked at."""
    assert "twice" in refused(tar_of(member("a"), member("a")))


@pytest.mark.parametrize("names", [("a", "a/b"), ("a/b", "a")])
def test_a_file_is_no_folder_too(refused: Callable[..., str], names: tuple[str, str]) -> None:
    """Whichever comes first."""
    assert "as a file and as a folder" in refused(tar_of(*map(member, names)))


def test_a_bomb_is_refused_before_it_is_written(tmp_path: Path, refused: Callable[..., str]) -> None:
    """A gigabyte of zeros in a megabyte of archive is told by its header; nothing of it reaches the disk."""
    assert "unpacks to more than 1,000,000 bytes" in refused(tar_of(member("zeros", 1_000_001)), most=1_000_000)
    assert list((tmp_path / "deep" / "out").rglob("*")) == []


def test_many_small_files_are_a_bomb_too(monkeypatch: pytest.MonkeyPatch, refused: Callable[..., str]) -> None:
    """They fill the disk's table of files."""
    assert MOST_FILES == 100_000
    monkeypatch.setattr("service.archive.MOST_FILES", 3)
    assert "or 3 files" in refused(tar_of(*(member(f"f{number}") for number in range(4))))


@pytest.mark.parametrize("ending", [".tar.gz", ".tar.zst"])
def test_a_file_that_is_cut_short_or_damaged_is_refused(tmp_path: Path, ending: str) -> None:
    """At any place."""
    path = tmp_path / f"a{ending}"
    with writing(path) as archive:
        for number in range(5):
            archive.add_bytes(f"f{number}", os.urandom(20_000))
    whole = path.read_bytes()
    broken = [whole[: len(whole) * part // 7] for part in range(7)]
    broken += [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in range(100, 90_000, 9_000)]
    for number, content in enumerate(broken):
        path.write_bytes(content)
        folder = tmp_path / f"out{number}"
        folder.mkdir()
        with pytest.raises(ArchiveError):
            extract(path, folder, PLENTY)


def test_what_is_compressed_otherwise_is_named(tmp_path: Path) -> None:
    """A ZIP file, or a text."""
    path = tmp_path / "a.tar.gz"
    path.write_bytes(b"PK\x03\x04....")
    with pytest.raises(ArchiveError, match="neither gzip nor Zstandard"):
        extract(path, tmp_path, PLENTY)


def test_a_frame_that_wants_all_memory_is_refused(tmp_path: Path) -> None:
    """Zstandard's window is claimed at once; a gigabyte of it is none of ours."""
    parameters = zstandard.ZstdCompressionParameters.from_level(19, window_log=30, enable_ldm=True)
    path = tmp_path / "a.tar.zst"
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    path.write_bytes(stream.compress(tar_of(member("a"))) + stream.flush())
    (tmp_path / "out").mkdir()
    with pytest.raises(ArchiveError, match="no whole backup"):
        extract(path, tmp_path / "out", PLENTY)
