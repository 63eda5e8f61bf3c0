"""Reads a number that is written as a text.

The rule is that of amounts: digits, with a minus sign before them, and a point and digits after them. A
comma, a blank or an exponent has different meanings to different people, so nothing is guessed.
"""

from __future__ import annotations

import re
from decimal import Decimal

_NUMERAL = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,15})?")


def number_of(text: str) -> int | float | None:
    """The exact value of the digits (in half width); None if they are not a number, or exceed a double."""
    if _NUMERAL.fullmatch(text) is None:
        return None
    number = float(text) if "." in text else int(text)
    return number if Decimal(repr(number)) == Decimal(text) else None
