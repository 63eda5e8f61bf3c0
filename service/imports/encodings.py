"""Detects the encoding of a text file: by BOM, by valid UTF-8, by the column names, or by the frequency of
letters. If two remain, the import is refused and asks for it."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from service.imports.layout import ColumnNames, detect_delimiter, find_header_row, parse_first_rows
from service.refusals import reason
from workflows.errors import Invalid

SAMPLE_SIZE = 256 * 1024  # bytes that are looked at
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LEGACY = ("gb18030", "big5", "cp1252")


def detect_encoding(sample: bytes, names: ColumnNames) -> str:
    """The encoding of the text that begins with `sample`. Raises Invalid if two are possible."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if wide := _detect_utf16(sample):
        return wide
    sample = sample[: sample.rfind(b"\n") + 1] or sample
    if _is_utf8(sample):
        return "utf-8-sig"
    readable = [encoding for encoding in _LEGACY if _can_decode(sample, encoding)]
    if by_names := _detect_by_names(sample, readable, names):
        return by_names
    if {"gb18030", "big5"} <= set(readable) and _guess_encoding(sample, readable) != "cp1252":
        message = "the file is no UTF-8; is it gb18030 or big5? Say its encoding"
        raise Invalid(reason("table-encoding", message))
    return _guess_encoding(sample, readable)


def _detect_utf16(sample: bytes) -> str | None:
    """UTF-16 without a BOM: every second byte of the beginning is 0."""
    head = sample[:64]
    if len(head) < 8 or b"\0" not in head:
        return None
    low, high = head[1::2].count(0), head[::2].count(0)
    return "utf-16-le" if low > 2 * high else "utf-16-be" if high > 2 * low else None


def _is_utf8(sample: bytes) -> bool:
    """Whether it is UTF-8; a few invalid bytes are allowed, which cost only their rows."""
    text = sample.decode("utf-8", "surrogateescape")
    broken = sum("\udc80" <= letter <= "\udcff" for letter in text)
    return not broken or sum(letter > "\x7f" for letter in text) - broken > broken


def _can_decode(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeError:
        return False
    return True


def _detect_by_names(sample: bytes, encodings: list[str], names: ColumnNames) -> str | None:
    """The encoding in which more column names are found than in any other; None if there is no such."""

    def count_names(encoding: str) -> int:
        text = sample.decode(encoding)
        return find_header_row(parse_first_rows(text, detect_delimiter(text, names)), names)[1]

    scores = {encoding: count_names(encoding) for encoding in encodings}
    best = [encoding for encoding, merit in scores.items() if merit == max(scores.values())]
    return best[0] if len(best) == 1 else None


def _guess_encoding(sample: bytes, encodings: list[str]) -> str:
    """The encoding that fits the frequency of letters best."""
    best = from_bytes(sample, cp_isolation=encodings).best() if encodings else None
    found = codecs.lookup(best.encoding).name if best else "utf-8"
    return "utf-8-sig" if found == "utf-8" else found
