"""A list of staff as somebody sends it: held in memory, since it must not lie on the disk in clear, and
therefore small."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from service.attachments.file_names import clean_file_name
from service.imports.table_file import TableLimits, UploadedTable, is_workbook
from service.refusals import TooLarge, reason
from workflows.errors import Invalid

INPUT = "file"
LARGEST_FILE = 2_000_000  # bytes
MOST_ROWS = 1_000
LIMITS = TableLimits(most_bytes=50_000_000, most_cells=200_000)
_HEAD = 4_096  # bytes that are looked at
_SIGNS = frozenset(b"\t\n\r\f\x1b")  # control characters that a text may have
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)


def read_staff_file(sent_name: str, pieces: Iterable[bytes]) -> UploadedTable:
    """The file of this name. Raises a refusal if it is too large, or neither a workbook nor a text."""
    name, content = clean_file_name(sent_name), _read_some(pieces)
    if len(content) > LARGEST_FILE:
        message = f"a file may have at most {LARGEST_FILE:,} bytes"
        raise TooLarge(reason("file-too-large", message, field=INPUT, largest=LARGEST_FILE))
    if not content:
        raise Invalid(reason("empty-file", f"{name} is empty", field=INPUT, name=name))
    found = UploadedTable(name, content)
    if not is_workbook(found) and not _is_text(content[:_HEAD]):
        message = f"{name} is no workbook that can be read, and no text"
        raise Invalid(reason("table-unreadable", message, field=INPUT, name=name))
    return found


def _read_some(pieces: Iterable[bytes]) -> bytes:
    """The file, or a little more than the largest that is taken."""
    read, size = list[bytes](), 0
    for piece in pieces:
        read.append(piece)
        size += len(piece)
        if size > LARGEST_FILE:
            break
    return b"".join(read)


def _is_text(head: bytes) -> bool:
    """Whether it may be a text: it has no control characters, or the mark of a text in UTF-16 or UTF-32."""
    if head.startswith(b"%PDF"):
        return False
    return head.startswith(_WIDE) or all(byte >= 32 or byte in _SIGNS for byte in head)
