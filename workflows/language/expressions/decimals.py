"""Exact arithmetic: numbers and amounts are decimals; a division that does not come out even gives a
fraction.

So `a / 3 * 3 == a` holds, and no cent depends on binary floating point.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from typing import Any

Amount = int | Decimal | Fraction

DIGITS = 100  # of an intermediate decimal; beyond that it becomes a fraction
_MAX_DIGITS = 4_000  # bits of a fraction's parts: more than any real amount has, and bounded work
_EXACT = Context(prec=DIGITS, traps=[Inexact, InvalidOperation, DivisionByZero, Overflow])
_ROUNDING = Context(prec=DIGITS)
PLACES = 6  # decimal places of a number that is stored or shown

_FAST: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
    "/": _EXACT.divide,
}


def parse_decimal(value: Any) -> Decimal:
    """The exact value of a stored number or amount ("12.30"). Raises ValueError for anything else."""
    if isinstance(value, bool):
        raise ValueError("this is no number")
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except (InvalidOperation, TypeError):
        raise ValueError("this is no number") from None
    if not number.is_finite():
        raise ValueError("this is no number")
    return number


def calculate(sign: str, left: Amount, right: Amount) -> Amount:
    """`left` `sign` `right` for + - * / and %. Between whole numbers, / and % cut off towards zero, as CEL
    defines them.

    Raises ValueError for a division by zero and for numbers that are too large.
    """
    if isinstance(left, int) and isinstance(right, int):
        return _integer_result(sign, left, right)
    if sign in ("/", "%") and right == 0:
        raise ValueError("divide by zero")
    if sign == "%":
        return _remainder(left, right)
    if not isinstance(left, Fraction) and not isinstance(right, Fraction):
        try:
            return _check_length(_FAST[sign](Decimal(left), Decimal(right)))
        except Inexact:
            pass
    return _fraction_result(sign, Fraction(left), Fraction(right))


def negate(amount: Amount) -> Amount:
    """The amount with the opposite sign, not rounded."""
    return amount.copy_negate() if isinstance(amount, Decimal) else -amount


def to_decimal(amount: Amount) -> Decimal:
    """The amount as a decimal, rounded to a hundred digits if it is a fraction that does not come out
    even."""
    if isinstance(amount, Fraction):
        return _ROUNDING.divide(Decimal(amount.numerator), Decimal(amount.denominator))
    return Decimal(amount)


def format_amount(amount: Amount) -> str:
    """The amount as text with all its decimal places, or six if it does not come out even; without trailing
    zeros."""
    number = round(to_decimal(amount), PLACES) if isinstance(amount, Fraction) else to_decimal(amount)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check_length(number: Decimal) -> Decimal:
    if number and abs(number.adjusted()) > _MAX_DIGITS // 4:
        raise ValueError("the number has too many digits")
    return number


def _integer_result(sign: str, left: int, right: int) -> int:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            if left.bit_length() + right.bit_length() > _MAX_DIGITS:
                raise ValueError("the number has too many digits")
            return left * right
    if right == 0:
        raise ValueError("divide by zero" if sign == "/" else "modulus by zero")
    quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
    return quotient if sign == "/" else left - right * quotient


def _remainder(left: Amount, right: Amount) -> Amount:
    """The remainder, with the sign of the dividend."""
    whole, part = Fraction(left), Fraction(right)
    return to_decimal(whole - part * int(whole / part))


def _fraction_result(sign: str, left: Fraction, right: Fraction) -> Fraction:
    match sign:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case _:
            result = left / right
    if max(result.numerator.bit_length(), result.denominator.bit_length()) > _MAX_DIGITS:
        raise ValueError("the number has too many digits")
    return result
