"""Turns CEL's error messages into ones that tell the author of a definition what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

_OVERLOAD = re.compile(r"found no matching overload for '(.+?)' applied to '\((.*?)\)'")
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_UNREADABLE = re.compile(
    r"(?:mismatched input|extraneous input|token recognition error at:|no viable alternative at input|"
    r"reserved identifier:) '?(?P<what>.+?)'?(?= expecting |$)"
)
_KINDS = {"STRING": "text", "DOUBLE": "number", "INT": "number", "UINT": "number", "BOOL": "boolean"}
_KINDS |= {"TIMESTAMP": "instant", "DURATION": "duration", "NULL": "null", "NULL_TYPE": "null", "DYN": "any"}


def kind_of_type(type_name: str) -> str:
    """The kind for one of CEL's types: text, number, boolean, instant, duration, list, map, null, any."""
    name = type_name.upper().removeprefix("WRAPPER(").rpartition("PROTOBUF.")[2]
    name = re.split(r"[<()]|_WRAPPER", name)[0]
    return _KINDS.get(name, name.lower())


def wants_decimal(message: str) -> bool | None:
    """Whether the message says that a whole number stands where a decimal is needed: True to the left of the
    sign, False to the right, None for another message."""
    match = _OVERLOAD.search(message)
    kinds = [each.strip() for each in match[2].split(",")] if match else []
    decimal = {"double", "wrapper(double)"} & set(kinds)
    if not decimal or not {"int", "list(int)"} & set(kinds):
        return None
    return kinds[0] == "int"


def explain(message: str, names: Iterable[str]) -> Sentence:
    """The message that an author gets for a `message` of CEL."""
    unknown, overload = _UNKNOWN.search(message), _OVERLOAD.search(message)
    if unknown:
        return _explain_unknown(unknown[1], tuple(names))
    if overload:
        return _explain_mismatch(overload[1], overload[2])
    return _explain_syntax(message.removeprefix("Syntax error: ").removesuffix(" [INVALID_ARGUMENT]"))


def _explain_syntax(message: str) -> Sentence:
    """The parser's own words, as far as they are known, in plain ones."""
    found = _UNREADABLE.match(message)
    if message.startswith("missing ')'"):
        return Sentence("expression", "a bracket is not closed: ')' is missing")
    if found is None:
        return Sentence("expression", "{words}", words=message.partition(" expecting ")[0])
    if found["what"] == "<EOF>":
        return Sentence("expression", "the expression ends too early: something is missing behind it")
    return Sentence(
        "expression",
        "{what} cannot be read here; between two values stands a sign: == != < <= > >= && || in + - * /",
        what=found["what"].strip(),
    )


def _explain_unknown(name: str, names: tuple[str, ...]) -> Sentence:
    root, _, rest = name.partition(".")
    family = [key.partition(".")[2] for key in names if key.startswith(f"{root}.")]
    if not family:
        return Sentence(
            "unknown-name",
            "there is no {root!r} here",
            root=root,
            meant=find_nearest(root, [*names, "visits"]),
        )
    if not rest:
        return Sentence(
            "unknown-name", "{root} needs a part, such as {root}.{family}", root=root, family=family[0]
        )
    part = rest.partition(".")[0]
    return Sentence(
        "unknown-name", "{root} has no {part!r}", root=root, part=part, meant=find_nearest(part, family)
    )


def _explain_mismatch(operator: str, types: str) -> Sentence:
    sign = operator.strip("_").replace("_", " ").replace("@", "")
    kinds = [kind_of_type(each.strip()) for each in re.split(r",\s*(?![^()]*\))", types)]
    if sign == "%" and set(kinds) == {"number"}:
        return Sentence("type", "'%' is between whole numbers only: int(x) % 2 == 0")
    if len(set(kinds)) == 1 and kinds[0] == "number":
        return Sentence(
            "type",
            "{sign!r} does not mix whole numbers and decimals: write 10.0 for 10, double(x) for size(x)",
            sign=sign,
        )
    return Sentence("type", "{sign!r} does not go with {kinds}", sign=sign, kinds=" and ".join(kinds))
