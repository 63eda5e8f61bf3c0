"""The functions and operators of expressions, as CEL defines them, except that numbers are exact.

Each takes Python values (str, int, Decimal or Fraction, bool, None, datetime in UTC, timedelta, list, dict),
and raises ValueError with a sentence for people if it has no result for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from workflows.language.expressions.decimals import (
    calculate,
    format_amount,
    negate,
    parse_decimal,
    to_decimal,
)
from workflows.language.forms.pattern import finds_pattern
from workflows.timing.instants import parse_rfc3339

Function = Callable[..., Any]

_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?)(h|ms|m|s|us|ns)")
_SECONDS = {"h": Decimal(3600), "m": Decimal(60), "s": Decimal(1)}
_SECONDS |= {"ms": Decimal("1e-3"), "us": Decimal("1e-6"), "ns": Decimal("1e-9")}
_ORDERED = (str, bool, datetime, timedelta)
_MAX_TEXT = 100_000  # characters of a joined text, or items of a joined list


def kind_of_value(value: object) -> str:
    """The kind of a value, as in `Expression.kind`."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | Decimal() | Fraction():
            return "number"
        case str():
            return "text"
        case datetime():
            return "instant"
        case timedelta():
            return "duration"
        case list() | tuple():
            return "list"
    return "map"


def is_number(value: object) -> bool:
    """Whether the value is a number; a boolean is none."""
    return isinstance(value, (Decimal, int, Fraction)) and not isinstance(value, bool)


def equal(left: Any, right: Any) -> bool:
    """Whether two values are equal; values of different kinds never are."""
    if type(left) is type(right) and not isinstance(left, list | dict):
        return bool(left == right)
    if is_number(left) and is_number(right):
        return bool(left == right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equal, left, right))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    return False


def _mismatch(sign: str, *values: object) -> ValueError:
    return ValueError(f"{sign!r} does not go with {' and '.join(map(kind_of_value, values))}")


def _comparison(sign: str, compare: Callable[[Any, Any], bool]) -> Function:
    def function(left: Any, right: Any) -> bool:
        if (type(left) is type(right) and isinstance(left, _ORDERED)) or (
            is_number(left) and is_number(right)
        ):
            return bool(compare(left, right))
        raise _mismatch(sign, left, right)

    return function


def _add(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        return calculate("+", left, right)
    if (isinstance(left, str) and isinstance(right, str)) or (
        isinstance(left, list) and isinstance(right, list)
    ):
        return _concatenate(left, right)
    if isinstance(left, datetime | timedelta) and isinstance(right, timedelta):
        return left + right
    if isinstance(left, timedelta) and isinstance(right, datetime):
        return left + right
    raise _mismatch("+", left, right)


def _concatenate(left: Any, right: Any) -> Any:
    if len(left) + len(right) > _MAX_TEXT:
        raise ValueError("too much is put together")
    return left + right


def _subtract(left: Any, right: Any) -> Any:
    if is_number(left) and is_number(right):
        return calculate("-", left, right)
    if isinstance(left, datetime) and isinstance(right, datetime | timedelta):
        return left - right
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left - right
    raise _mismatch("-", left, right)


def _arithmetic(sign: str) -> Function:
    def function(left: Any, right: Any) -> Any:
        if is_number(left) and is_number(right):
            return calculate(sign, left, right)
        raise _mismatch(sign, left, right)

    return function


def _negate(value: Any) -> Any:
    if is_number(value):
        return negate(value)
    raise _mismatch("-", value)


def _contains(value: Any, items: Any) -> bool:
    if isinstance(items, Mapping):
        return value in items
    if not isinstance(items, list | tuple):
        raise _mismatch("in", value, items)
    if isinstance(value, str):  # a text equals only texts
        return value in items
    return any(equal(value, each) for each in items)


def _get_item(of: Any, index: Any) -> Any:
    if isinstance(of, Mapping) and isinstance(index, str):
        if index not in of:
            raise ValueError(f"there is no {index!r}")
        return of[index]
    if isinstance(of, list | tuple) and is_number(index) and index == int(index):
        if not 0 <= index < len(of):
            raise ValueError("there are not so many items")
        return of[int(index)]
    raise _mismatch("[ ]", of, index)


def _size(value: Any) -> int:
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    raise _mismatch("size", value)


def _text_function(name: str, test: Callable[[str, str], bool]) -> Function:
    def function(text: Any, part: Any) -> bool:
        if isinstance(text, str) and isinstance(part, str):
            return test(text, part)
        raise _mismatch(name, text, part)

    return function


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return format_amount(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, timedelta):
        return f"{format_amount(parse_decimal(value.total_seconds()))}s"
    if isinstance(value, str):
        return value
    raise _mismatch("string", value)


def _to_number(value: Any) -> Decimal:
    if is_number(value):
        return to_decimal(value)
    if isinstance(value, str):
        return parse_decimal(value.strip()[:40])
    raise _mismatch("double", value)


def _to_whole(value: Any) -> int:
    """A whole number: a decimal is cut off, an instant is its epoch second, true is 1."""
    if isinstance(value, bool) or is_number(value):
        return int(value)
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, str) and re.fullmatch("-?[0-9]{1,18}", value):
        return int(value)
    raise _mismatch("int", value)


def _to_instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return datetime.fromtimestamp(parse_rfc3339(value), UTC)
    if isinstance(value, int) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    raise _mismatch("timestamp", value)


def to_duration(value: Any) -> timedelta:
    """A duration in CEL's notation: 720h, 1h30m, -5s. Raises ValueError."""
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise _mismatch("duration", value)
    sign, rest = (-1, value[1:]) if value.startswith("-") else (1, value)
    parts = _DURATION.findall(rest)
    if not parts or "".join(number + unit for number, unit in parts) != rest or len(rest) > 40:
        raise ValueError(f"{value[:40]!r} is no duration; write 720h, 30m or 1h30m")
    seconds = sum((Decimal(number) * _SECONDS[unit] for number, unit in parts), Decimal(0))
    return sign * timedelta(seconds=float(seconds))


def _to_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return bool(value == "true")
    raise _mismatch("bool", value)


def _date_part(read: Callable[[datetime], int]) -> Function:
    def function(moment: Any, zone: Any = "UTC") -> int:
        if not isinstance(moment, datetime) or not isinstance(zone, str):
            raise _mismatch("a part of an instant", moment)
        try:
            return read(moment.astimezone(ZoneInfo(zone)))
        except (KeyError, OSError):
            raise ValueError(f"there is no time zone {zone[:40]!r}") from None

    return function


def _time_part(seconds: int, read: Callable[[datetime], int]) -> Function:
    """A part of an instant, or a whole duration in units of so many seconds."""
    of_instant = _date_part(read)

    def function(value: Any, *zone: Any) -> int:
        if isinstance(value, timedelta):
            return int(value.total_seconds() / seconds)
        return int(of_instant(value, *zone))

    return function


FUNCTIONS: Mapping[str, Function] = {
    "_==_": equal,
    "_!=_": lambda left, right: not equal(left, right),
    "_<_": _comparison("<", lambda left, right: left < right),
    "_<=_": _comparison("<=", lambda left, right: left <= right),
    "_>_": _comparison(">", lambda left, right: left > right),
    "_>=_": _comparison(">=", lambda left, right: left >= right),
    "_+_": _add,
    "_-_": _subtract,
    "_*_": _arithmetic("*"),
    "_/_": _arithmetic("/"),
    "_%_": _arithmetic("%"),
    "-_": _negate,
    "@in": _contains,
    "_[_]": _get_item,
    "size": _size,
    "contains": _text_function("contains", lambda text, part: part in text),
    "startsWith": _text_function("startsWith", str.startswith),
    "endsWith": _text_function("endsWith", str.endswith),
    "matches": _text_function("matches", lambda text, pattern: finds_pattern(pattern, text)),
    "string": _to_text,
    "double": _to_number,
    "int": _to_whole,
    "bool": _to_boolean,
    "timestamp": _to_instant,
    "duration": to_duration,
    "dyn": lambda value: value,
    "getFullYear": _date_part(lambda moment: moment.year),
    "getMonth": _date_part(lambda moment: moment.month - 1),
    "getDate": _date_part(lambda moment: moment.day),
    "getDayOfMonth": _date_part(lambda moment: moment.day - 1),
    "getDayOfWeek": _date_part(lambda moment: moment.isoweekday() % 7),
    "getDayOfYear": _date_part(lambda moment: moment.timetuple().tm_yday - 1),
    "getHours": _time_part(3600, lambda moment: moment.hour),
    "getMinutes": _time_part(60, lambda moment: moment.minute),
    "getSeconds": _time_part(1, lambda moment: moment.second),
}
"""CEL's name -> function. `&&`, `||`, `!`, `?:` and loops are in `program`: they skip arguments."""

WALL_CLOCK_FUNCTIONS = frozenset(name for name in FUNCTIONS if name.startswith("get"))
"""Functions of a local time: without a zone argument, in the zone of the site."""
