"""The order in which people count: unit 2 before 10, `3-2-1001` after `3-2-901`, the basement first.

`natural_key` turns a name into bytes that sort so in any database, whatever its collation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflows.folding import search_fold

_BELOW, _NUMBER, _TEXT = b"\x01", b"\x02", b"\x03"  # what comes first
_MOST_DIGITS = 200
# 地下 and 负 stand before a floor below the ground, as B does before a figure, and a minus where no letter or
# figure precedes. Search folding has simplified the characters.
_PART = re.compile(
    r"(?P<below>(?:地下|负|(?<![a-z])b(?=[0-9])|(?<!\w)-(?=[0-9]))"
    r"(?P<floor>[0-9]+|[零〇一二两三四五六七八九十百]+)?)"
    r"|(?P<number>[0-9]+)|(?P<chinese>[零〇一二两三四五六七八九十百]+)|(?P<stem>[甲乙丙丁戊己庚辛壬癸])"
    r"|(?P<text>[^\W_0-9零〇一二两三四五六七八九十百甲乙丙丁戊己庚辛壬癸]+)"
)
_FIGURES = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_STEMS = "甲乙丙丁戊己庚辛壬癸"


def natural_key(name: str) -> bytes:
    """Bytes that sort as people count. Names that differ only in width, case or dashes have the same."""
    return b"".join(_encode_parts(search_fold(name)))


def _encode_parts(name: str) -> Iterator[bytes]:
    for found in _PART.finditer(name):
        if found["below"]:  # the deepest floor first; a basement without a floor is the first one
            number = _encode_number(_read_number(found["floor"] or "1"))
            yield _BELOW + bytes(255 - each for each in number)
        elif found["text"]:
            yield _TEXT + found["text"].encode() + b"\0"
        else:
            yield _NUMBER + _encode_number(_read_number(found[0]))


def _encode_number(number: int) -> bytes:
    """The count of the digits, then the digits: the longer number is the greater one."""
    digits = str(number)[:_MOST_DIGITS]
    return bytes([len(digits)]) + digits.encode()


def _read_number(text: str) -> int:
    """A number in figures, or in Chinese characters below a thousand (十二, 一百零三), or digit by digit
    (二〇一). A stem is its place in the row."""
    if text.isdecimal():
        return int(text[:_MOST_DIGITS])
    if text in _STEMS:
        return _STEMS.index(text) + 1
    if not set(text) & {"十", "百"}:
        return int("".join(str(_FIGURES[each]) for each in text))
    hundreds, hundred, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * _last_figure(hundreds, 1) if hundred else 0
    value += 10 * _last_figure(tens, 1) if ten else 0
    return value + _last_figure(ones, 0)


def _last_figure(text: str, none: int) -> int:
    figures = [_FIGURES[each] for each in text if each in _FIGURES]
    return figures[-1] if figures else none
