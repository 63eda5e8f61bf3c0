"""Numbers as people write them: `1,234.50`, `1.234,50`, `1 234,50`, `1’234.50`.

The decimal mark is given, or follows from the number itself; a number with two possible values is refused.
Source of the forms: Unicode CLDR, number patterns of en, de, es, fr, sv, zh, de-CH.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from service.imports.cells.cell import CellKind, UnreadableCell, describe_unknown_character, kind_of
from workflows.folding import canonical

DECIMAL_MARKS = (".", ",")
_MONEY = re.compile(r"^[¥]\s*|\s*[元¥]$")  # `canonical` makes ￥ a ¥
_KNOWN = re.compile(r"[-+0-9.,' ¥元’‘´]?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*")
_MAX_EXACT = 10**15  # a double keeps fifteen digits whatever they are
_PLAIN = re.compile(r"[0-9]+")
_LOOKALIKES = str.maketrans({"’": "'", "‘": "'", "´": "'"})


@dataclass(frozen=True, slots=True)
class NumberReader:
    """Reads numbers. `decimal` is the decimal mark, `.` or `,`; None if it is not known."""

    decimal: str | None = None

    def read_decimal(self, cell: str) -> Decimal:
        """The number with all its digits. UnreadableCell if it is no number, or ambiguous."""
        text = _MONEY.sub("", canonical(cell).translate(_LOOKALIKES))
        sign, body = (text[0], text[1:].lstrip()) if text[:1] in ("-", "+") else ("", text)
        if _PLAIN.fullmatch(body):
            return Decimal(sign + body)
        decimals = (
            (".",) if kind_of(cell) is CellKind.NUMBER else (self.decimal,) if self.decimal else DECIMAL_MARKS
        )
        found = {value for mark in decimals if (value := _parse_decimal(body, mark)) is not None}
        if not found:
            raise UnreadableCell(f"{cell.strip()!r} is no number{self._explain(cell.strip())}")
        if len(found) > 1:
            low, high = sorted(found)
            raise UnreadableCell(
                f"{cell.strip()!r} may be {low} or {high}; say which mark is the decimal one"
            )
        return Decimal(sign + str(found.pop()))

    def read_number(self, cell: str) -> int | float:
        """The number as a field stores it. UnreadableCell also if a double cannot hold all its digits."""
        exact = self.read_decimal(cell)
        if exact == exact.to_integral_value() and abs(exact) < _MAX_EXACT:
            return int(exact)
        held = float(exact)
        if abs(exact) >= _MAX_EXACT or Decimal(repr(held)) != exact:
            raise UnreadableCell(f"{cell.strip()!r} has more digits than a number keeps")
        return held

    def _explain(self, text: str) -> str:
        return describe_unknown_character(text, _KNOWN) or (
            f" with {self.decimal!r} as its decimal mark" if self.decimal else ""
        )


def _parse_decimal(body: str, decimal: str) -> Decimal | None:
    """The number with this decimal mark; None if it is no number with it."""
    whole, mark, tail = body.partition(decimal)
    if (mark and not _PLAIN.fullmatch(tail)) or not (whole or mark):
        return None
    if whole and not _PLAIN.fullmatch(whole):
        if not _GROUPED.fullmatch(whole):
            return None
        whole = re.sub(r"[.,' ]", "", whole)
    return Decimal(f"{whole or 0}{'.' if mark else ''}{tail}")
