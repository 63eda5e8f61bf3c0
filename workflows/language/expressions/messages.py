"""CEL's complaints, put so that the author of a definition knows what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_OVERLOAD = re.compile(r"found no matching overload for '(.+?)' applied to '\((.*?)\)'")
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_KINDS = {"STRING": "text", "DOUBLE": "number", "INT": "number", "UINT": "number", "BOOL": "boolean"}
_KINDS |= {"TIMESTAMP": "instant", "DURATION": "duration", "NULL": "null", "NULL_TYPE": "null", "DYN": "any"}


def kind(type_name: str) -> str:
    """Our word for one of CEL's types: text, number, boolean, instant, duration, list, map, null, any."""
    name = type_name.upper().removeprefix("WRAPPER(").rpartition("PROTOBUF.")[2]
    name = re.split(r"[<()]|_WRAPPER", name)[0]
    return _KINDS.get(name, name.lower())


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'severity'?`, or nothing."""
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def wants_decimal(message: str) -> bool | None:
    """Whether a whole number stands where a decimal is wanted: True = left of the sign, False = right."""
    found = _OVERLOAD.search(message)
    kinds = [each.strip() for each in found[2].split(",")] if found else []
    decimal = {"double", "wrapper(double)"} & set(kinds)
    if not decimal or not {"int", "list(int)"} & set(kinds):
        return None
    return kinds[0] == "int"


def sentence(message: str, names: Iterable[str]) -> str:
    """What CEL says in `message`, in our words."""
    unknown, overload = _UNKNOWN.search(message), _OVERLOAD.search(message)
    if unknown:
        return _unknown(unknown[1], tuple(names))
    if overload:
        return _mismatch(overload[1], overload[2])
    return (
        message.removeprefix("Syntax error: ").partition(" expecting ")[0].removesuffix(" [INVALID_ARGUMENT]")
    )


def _unknown(name: str, names: tuple[str, ...]) -> str:
    root, _, rest = name.partition(".")
    family = [key.partition(".")[2] for key in names if key.startswith(f"{root}.")]
    if not family:
        return f"there is no {root!r} here{did_you_mean(root, [*names, 'visits'])}"
    if not rest:
        return f"{root} needs a part, such as {root}.{family[0]}"
    asked = rest.partition(".")[0]
    return f"{root} has no {asked!r}{did_you_mean(asked, family)}"


def _mismatch(operator: str, types: str) -> str:
    sign = operator.strip("_").replace("_", " ").replace("@", "")
    kinds = [kind(each.strip()) for each in re.split(r",\s*(?![^()]*\))", types)]
    if len(set(kinds)) == 1 and kinds[0] == "number":
        return f"{sign!r} does not mix whole numbers and decimals: write 10.0 for 10, double(x) for size(x)"
    return f"{sign!r} does not go with {' and '.join(kinds)}"
