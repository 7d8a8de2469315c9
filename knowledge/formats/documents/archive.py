"""Whether a zip archive may be opened at all: no bombs, no XML that declares entities, no names that lead elsewhere."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from knowledge.errors import DocumentError
from knowledge.formats.documents import limits

MARK = b"PK\x03\x04"
XML = (".xml", ".rels")
SMALL = 1024 * 1024  # parts below this may be packed as tightly as they like


def checked(data: bytes) -> frozenset[str]:
    """The names in the archive; DocumentError where it is broken or would unpack to more than it should."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            limits.at_most(len(parts), limits.PARTS, "files inside")
            limits.at_most(sum(part.file_size for part in parts), limits.UNPACKED_BYTES, "bytes once unpacked")
            for part in parts:
                _tight(part)
            for part in parts:
                if part.filename.lower().endswith(XML):
                    _plain(archive, part)
            return frozenset(part.filename for part in parts)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, zlib.error) as error:
        raise DocumentError(f"the archive is broken ({error}): save the document again") from error


def _tight(part: zipfile.ZipInfo) -> None:
    if part.file_size > SMALL and part.file_size > limits.RATIO * max(part.compress_size, 1):
        raise DocumentError(
            f"{part.filename} unpacks to {part.file_size} bytes from {part.compress_size}: such archives are refused; "
            "save the document again"
        )


def _plain(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Its size is bounded by now; what is looked for are declarations, which office programs never write."""
    try:
        with archive.open(part) as file:
            for _, element in iterparse(file, forbid_dtd=True):
                element.clear()
    except DefusedXmlException as error:
        raise DocumentError(
            f"{part.filename} declares a document type: such XML is refused; save the document again"
        ) from error
    except ParseError as error:
        raise DocumentError(f"{part.filename} is not well-formed ({error}): save the document again") from error
