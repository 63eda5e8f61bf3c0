"""The values that are tried of a term: few, but enough that every outcome of the guards is among them.

Of numbers and instants these are the constants that they are compared with, and points between, below and
above them: as many between two constants as there are terms compared with each other. Of texts these are the
constants and other ones. So what holds for none of them holds for no value at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from workflows.language.checks.examples import fits
from workflows.language.checks.guards.formula import Predicate
from workflows.language.checks.guards.terms import Kind, Term
from workflows.language.forms.field import FieldType
from workflows.language.forms.field_types import TEXT_TYPES

NO_RESULT = ValueError("it has no value")
"""In the place of a value: what could not be worked out."""

_MOST_JOINED = 4  # terms of one kind that are compared with each other; with more, outcomes are left out
_UNITS: Mapping[Kind, Any] = {
    "number": Decimal(1),
    "count": 1,
    "instant": timedelta(hours=1),
    "duration": timedelta(hours=1),
}
_ZEROS: Mapping[Kind, Any] = {
    "number": Decimal(0),
    "count": 0,
    "instant": datetime(2026, 3, 2, 9, tzinfo=UTC),
    "duration": timedelta(0),
}


class Domains:
    """The values of the terms of some predicates.

    empty    terms that are empty
    filled   terms that are not
    allowed  the only values of a term, where they are known
    """

    def __init__(
        self,
        predicates: Iterable[Predicate],
        empty: frozenset[str] = frozenset(),
        filled: frozenset[str] = frozenset(),
        allowed: Mapping[str, tuple[object, ...]] | None = None,
    ) -> None:
        self._empty, self._filled, self._allowed = empty, filled, allowed or {}
        self._constants: dict[str, list[Any]] = {}
        joined: dict[str, int] = {"text": 1, "number": 1, "instant": 1, "duration": 1}
        shared: dict[str, set[str]] = {}
        for predicate in predicates:
            for term in predicate.terms:
                group = _group(term.kind)
                self._constants.setdefault(group, []).extend(predicate.constants)
                if len(predicate.terms) > 1 and term.field is not None:
                    self._constants[group].extend(option.value for option in term.field.options)
                if len(predicate.terms) > 1:
                    shared.setdefault(group, set()).add(term.key)
        self.complete = all(len(keys) <= _MOST_JOINED for keys in shared.values())
        self._joined = joined | {group: min(len(keys), _MOST_JOINED) for group, keys in shared.items()}

    def of(self, term: Term) -> tuple[object, ...]:
        """The values to be tried of the term."""
        if term.key in self._empty:
            return (None,)
        values = tuple(self._values(term))
        known = self._allowed.get(term.key)
        if known is not None:
            values = tuple(each for each in known if each is not None)
        nothing = (None,) if term.nullable and term.key not in self._filled else ()
        return (*values, *nothing, *((NO_RESULT,) if term.fallible else ()))

    def _values(self, term: Term) -> Iterator[object]:
        if term.kind == "boolean":
            yield from (True, False)
        elif term.kind == "text":
            yield from self._texts(term)
        else:
            yield from self._points(term)

    def _texts(self, term: Term) -> Iterator[object]:
        if term.field is not None and term.field.type is FieldType.CHOICE:
            yield from (option.value for option in term.field.options)
            return
        constants = dict.fromkeys(each for each in self._constants.get("text", ()) if isinstance(each, str))
        if term.field is not None and term.field.type is FieldType.DATE:
            constants = {each: None for each in constants if _is_date(each)}
        elif term.field is not None and term.field.type in TEXT_TYPES:
            constants = {each: None for each in constants if fits(term.field, each)}
        if any(map(_is_date, constants)):
            yield from _between(sorted(constants), self._joined["text"])
            return
        yield from constants
        yield from (f"other {letter}" for letter in "abcd"[: self._joined["text"]])

    def _points(self, term: Term) -> Iterator[object]:
        group = _group(term.kind)
        kinds = (int, Decimal) if group == "number" else type(_ZEROS[term.kind])
        found = {
            each
            for each in self._constants.get(group, ())
            if isinstance(each, kinds) and not isinstance(each, bool)
        }
        unit, zero = _UNITS[term.kind], _ZEROS[term.kind]
        constants: list[Any] = sorted({*found} or {zero})
        if term.kind == "count":
            yield from _whole(constants, self._joined["number"])
            return
        number = self._joined[group]
        if group == "number":
            bounds = (term.field.min, term.field.max) if term.field else ()
            constants = sorted({Decimal(each) for each in (*constants, *bounds) if each is not None})
        for point in _grid(constants, unit, number):
            if _is_permitted(term, point):
                yield point


def _grid(constants: list[Any], unit: Any, number: int) -> Iterator[Any]:
    """The constants, and so many points below, between and above them."""
    yield from (constants[0] - unit * step for step in range(number, 0, -1))
    for low, high in pairwise(constants):
        yield low
        yield from (low + (high - low) * step / (number + 1) for step in range(1, number + 1))
    yield constants[-1]
    yield from (constants[-1] + unit * step for step in range(1, number + 1))


def _whole(constants: list[Any], number: int) -> Iterator[int]:
    """Whole numbers, not negative: the constants and so many neighbours."""
    found = {int(each) + step for each in constants for step in range(-number, number + 2)}
    yield from sorted(each for each in {0, *found} if each >= 0)


def _between(constants: list[str], number: int) -> Iterator[str]:
    """Texts in their order: the constants, and so many before, between and after them."""
    yield from ("", *(f" {letter}" for letter in "abcd"[: number - 1]))
    for each in constants:
        yield each
        yield from (f"{each} {letter}" for letter in "abcd"[:number])


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_permitted(term: Term, point: Any) -> bool:
    """Whether the field's form would take the number."""
    field = term.field
    if field is None or field.type not in (FieldType.NUMBER, FieldType.MONEY):
        return True
    return (field.min is None or point >= field.min) and (field.max is None or point <= field.max)


def _group(kind: Kind) -> str:
    return "number" if kind == "count" else kind
