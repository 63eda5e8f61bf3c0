"""A QR code as a drawing for a page that takes no markup but its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple


class CodePicture(NamedTuple):
    """A QR code: how many squares it is wide and high, and the SVG path of its dark squares."""

    size: int
    path: str


def draw_code(text: str) -> CodePicture:
    """The QR code of a text, without the quiet margin around it."""
    import segno  # only loaded by who prints

    rows = list(segno.make_qr(text, error="m").matrix_iter(border=0))
    return CodePicture(len(rows), "".join(part for y, row in enumerate(rows) for part in _draw_row(y, row)))


def _draw_row(y: int, row: Iterable[int]) -> Iterator[str]:
    """Dark squares side by side are one rectangle."""
    x = 0
    for dark, squares in groupby(row, bool):
        width = len(list(squares))
        if dark:
            yield f"M{x} {y}h{width}v1h-{width}z"
        x += width
