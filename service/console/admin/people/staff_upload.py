"""The list of staff that a form brings, as it was sent: held in memory, since it must not lie on the disk in
clear, and therefore small."""

from __future__ import annotations

import codecs
from typing import IO

from service.attachments.file_names import clean_file_name
from service.console.http.console_request import ConsoleRequest
from service.imports.table_file import TableLimits, UploadedTable, is_workbook
from service.refusals import TooLarge, reason
from workflows.errors import Invalid

INPUT = "file"
LARGEST_FILE = 2_000_000  # bytes
MOST_ROWS = 1_000
LIMITS = TableLimits(most_bytes=50_000_000, most_cells=200_000)
_HEAD = 4_096  # bytes that are looked at
_PIECE = 65_536  # bytes that are read at once
_SIGNS = frozenset(b"\t\n\r\f\x1b")  # control characters that a text may have
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)


def read_upload(call: ConsoleRequest) -> UploadedTable:
    """The file of the form. Raises a refusal if there is none, it is too large, or neither a workbook nor a
    text."""
    sent = call.request.files.get(INPUT)
    if sent is None or not sent.filename:
        title = call.text("admin_import", "file")
        raise Invalid(reason("missing-field", "choose a file", field=INPUT, title=title))
    name = clean_file_name(sent.filename)
    content = _read_some(sent.stream)
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


def _read_some(stream: IO[bytes]) -> bytes:
    """The file, or a little more than the largest that is taken: a stream gives at once as much as it
    likes."""
    pieces, size = list[bytes](), 0
    while size <= LARGEST_FILE and (piece := stream.read(_PIECE)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _is_text(head: bytes) -> bool:
    """Whether it may be a text: it has no control characters, or the mark of a text in UTF-16 or UTF-32."""
    if head.startswith(b"%PDF"):
        return False
    return head.startswith(_WIDE) or all(byte >= 32 or byte in _SIGNS for byte in head)
