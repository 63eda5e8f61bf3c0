"""What a box of cells says, as conditions on single names: price more than 500, the unit is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from workflows.difference.boxes import Axis
from workflows.difference.cells import Cells
from workflows.difference.dimensions import Dimension, Given
from workflows.difference.names import FAILS, HOLDS, UNKNOWN, Atom
from workflows.language.expressions.tree import Constant, FunctionCall, Variable
from workflows.language.forms.field import FieldType

Test = Literal[
    "empty",
    "given",  # it is not empty
    "sent",  # the form says something of it
    "unsent",
    "one-of",
    "none-of",
    "range",  # values: lowest (None: no bound), whether it is inside, highest, whether it is inside
    "compare",  # values: sign, other name
    "like",  # values: examples
    "includes",  # values: an option
    "lacks",
    "complete",  # no document is lacking
    "incomplete",
    "holds",  # values: an expression
    "fails",
    "unknown",
    "either",  # values: conditions, one of which holds
]
_ORDERED = (FieldType.NUMBER, FieldType.MONEY, FieldType.DATE, FieldType.DATETIME)
_MOMENTS = ("ticket.opened_at", "ticket.entered_at", "ticket.closed_at")
_LISTED = (FieldType.BOOLEAN, FieldType.CHOICE, FieldType.STAFF, FieldType.DEPARTMENT)
_SIGNS = {"_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "_==_": "==", "_!=_": "!="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """One condition on one name. `how` tells a value of the form from one that the ticket has; None:
    either."""

    name: str
    test: Test
    values: tuple[Any, ...] = ()
    how: Literal["sent", "kept"] | None = None


def describe_box(cells: Cells, box: int) -> tuple[ConditionWords, ...]:
    """The conditions that all situations in the box fulfil; empty: all do."""
    return tuple(_describe(cells, box))


def _describe(cells: Cells, box: int) -> Iterator[ConditionWords]:
    for dimension, axis in zip(cells.dimensions, cells.axes, strict=False):
        classes = axis.classes(box)
        if len(classes) < axis.size:
            yield _describe_dimension(cells, dimension, classes)
    for atom, axis in zip(cells.joint_atoms, cells.axes[len(cells.dimensions) :], strict=True):
        if said := _describe_atom(atom, axis, box, cells):
            yield said


def _describe_dimension(cells: Cells, dimension: Dimension, classes: frozenset[int]) -> ConditionWords:
    allowed, refused = list[Given](), list[Given]()
    for given, each in zip(dimension.given, dimension.classes, strict=True):
        (allowed if each in classes else refused).append(given)
    asked = dimension.name in cells.step.asked
    sent = [value for how, value in allowed if how == "sent"]
    kept = [value for how, value in allowed if how != "sent"]
    not_sent = [value for how, value in refused if how == "sent"]
    not_kept = [value for how, value in refused if how != "sent"]
    name = dimension.name
    if not asked or not (sent or not_sent):
        return _describe_values(cells, dimension, kept, not_kept, None)
    if not kept and not not_sent:
        return ConditionWords(name, "sent")
    if not sent and not not_kept:
        return ConditionWords(name, "unsent")
    if not kept:
        return _describe_values(cells, dimension, sent, not_sent, None)
    if not sent and all(map(_is_empty, kept)):
        return ConditionWords(name, "empty")
    if not sent:
        return _describe_values(cells, dimension, kept, not_kept, "kept")
    if not not_sent and not not_kept:
        return ConditionWords(name, "given")
    if _keys(sent) == _keys(each for each in kept if each is not None) or _keys(kept) == {repr(None)}:
        return _describe_values(
            cells, dimension, _distinct(kept + sent), _distinct(not_kept + not_sent), None
        )
    parts = (
        ConditionWords(name, "sent")
        if not not_sent
        else _describe_values(cells, dimension, sent, not_sent, "sent"),
        ConditionWords(name, "unsent")
        if not not_kept
        else _describe_values(cells, dimension, kept, not_kept, "kept"),
    )
    return ConditionWords(name, "either", parts)


def _describe_values(
    cells: Cells, dimension: Dimension, allowed: Sequence[Any], refused: Sequence[Any], how: Any
) -> ConditionWords:
    name = dimension.name
    some = [each for each in allowed if not _is_empty(each)]
    others = [each for each in refused if not _is_empty(each)]
    empty = len(some) < len(allowed)
    if not some:
        return ConditionWords(name, "empty", (), how)
    if not others and not empty:
        return ConditionWords(name, "given", (), how)
    kind = _kind(cells, name)
    if kind in _ORDERED or name.startswith("visits.") or name in _MOMENTS:
        return _describe_ranges(dimension, some, others, empty, how)
    if name in cells.step.complete and (test := _judge_documents(cells, name, some, others)):
        return ConditionWords(name, test, (), how)
    if (said := _find_atom(cells, dimension, {repr(each) for each in some}, empty)) is not None:
        return ConditionWords(name, said.test, said.values, how)
    listed = kind in _LISTED or not cells.step.specs(name)
    if listed and _is_plain([*some, *others]):
        word: Test = "none-of" if empty else "one-of"
        return ConditionWords(name, word, tuple(others if empty else some), how)
    if kind not in (FieldType.CHOICES, FieldType.TABLE, FieldType.CHECKLIST, FieldType.ATTACHMENT):
        named = [each for each in others if each in dimension.cuts]
        if len(named) == len(others):
            return ConditionWords(name, "none-of", tuple(named), how)
        if all(each in dimension.cuts for each in some) and not empty:
            return ConditionWords(name, "one-of", tuple(some), how)
    return ConditionWords(name, "like", tuple(allowed[:2]), how)


def _judge_documents(cells: Cells, name: str, some: Sequence[Any], others: Sequence[Any]) -> Test | None:
    """Whether the values are just those to which a document is lacking, or just the others."""
    options = {option.value for spec in cells.step.specs(name) for option in spec.options}
    whole = [options <= set(each) if isinstance(each, list) else False for each in some]
    rest = [options <= set(each) if isinstance(each, list) else False for each in others]
    if not any(whole) and all(rest):
        return "incomplete"
    return "complete" if all(whole) and not any(rest) else None


def _describe_ranges(
    dimension: Dimension, some: Sequence[Any], others: Sequence[Any], empty: bool, how: Any
) -> ConditionWords:
    """Runs of neighbouring values, as ranges between the values at which conditions change."""
    order = sorted(_distinct([*some, *others]), key=_sort_key)
    inside, runs = _keys(some), list[list[Any]]()
    before: Any = None
    bounds: list[tuple[Any, Any]] = []
    for each in order:
        if repr(each) in inside:
            if runs and runs[-1][-1] is before and before is not None:
                runs[-1].append(each)
            else:
                runs.append([each])
                bounds.append((before, None))
        elif runs and runs[-1][-1] is before:
            bounds[-1] = (bounds[-1][0], each)
        before = each
    parts = [ConditionWords(dimension.name, "empty", (), how)] if empty else []
    parts += [
        ConditionWords(dimension.name, "range", _range(run, bound, dimension.cuts), how)
        for run, bound in zip(runs, bounds, strict=True)
    ]
    return parts[0] if len(parts) == 1 else ConditionWords(dimension.name, "either", tuple(parts), how)


def _range(run: Sequence[Any], bound: tuple[Any, Any], cuts: frozenset[Any]) -> tuple[Any, ...]:
    below, above = bound
    low = (None, False) if below is None else (run[0], True) if below not in cuts else (below, False)
    high = (None, False) if above is None else (run[-1], True) if above not in cuts else (above, False)
    return (*low, *high)


def _find_atom(cells: Cells, dimension: Dimension, some: set[str], empty: bool) -> ConditionWords | None:
    """The one condition that tells these values from all others."""
    if not cells.step.specs(dimension.name) and not dimension.name.startswith("children."):
        return None
    if _kind(cells, dimension.name) in (FieldType.BOOLEAN, FieldType.CHOICE):
        return None
    for atom in cells.step.atoms:
        if atom.names != {dimension.name}:
            continue
        truths: dict[int, set[str]] = {HOLDS: set(), FAILS: set(), UNKNOWN: set()}
        for given in dimension.given:
            values = cells.step.sides[atom.side].see(cells.step.situation({dimension.name: given}, {}))
            truths[atom.truth(values)].add(repr(given[1]))
        wanted = some | {repr(v) for _, v in dimension.given if _is_empty(v)} if empty else some
        if truths[HOLDS] == wanted:
            return _words_of(atom, holds=True)
        if truths[FAILS] == wanted or truths[FAILS] | truths[UNKNOWN] == wanted:
            return _words_of(atom, holds=False)
    return None


def _describe_atom(atom: Atom, axis: Axis, box: int, cells: Cells) -> ConditionWords | None:
    seen = {place for code in cells.decided for place in axis.classes(code)}
    allowed = axis.classes(box) & seen
    if allowed == seen:
        return None
    if allowed == {UNKNOWN}:
        return ConditionWords("", "unknown", (atom.text,))
    said = _words_of(atom, holds=HOLDS in allowed)
    if said.test == "compare" and UNKNOWN in allowed and UNKNOWN in seen:
        empty = ConditionWords("", "unknown", (atom.text,))
        return (
            ConditionWords(said.name, "either", (empty, said)) if allowed != {HOLDS, UNKNOWN, FAILS} else None
        )
    return said


def _words_of(atom: Atom, *, holds: bool) -> ConditionWords:
    match atom.node:
        case FunctionCall(function=sign, arguments=(Variable(), Variable())) if sign in _SIGNS:
            left, _, right = atom.text.partition(f" {_SIGNS[sign]} ")
            shown = _SIGNS[sign] if holds else _OPPOSITE[_SIGNS[sign]]
            return ConditionWords(left, "compare", (shown, right))
        case FunctionCall(function="@in", arguments=(Constant(value=value), Variable())):
            name = atom.text.partition(" in ")[2]
            return ConditionWords(name, "includes" if holds else "lacks", (value,))
    return ConditionWords("", "holds" if holds else "fails", (atom.text,))


def _kind(cells: Cells, name: str) -> FieldType | None:
    specs = cells.step.specs(name)
    return specs[-1].type if specs else None


def _is_empty(value: Any) -> bool:
    return value in (None, "", [])


def _is_plain(values: Iterable[Any]) -> bool:
    return all(isinstance(each, str | bool | int) for each in values)


def _keys(values: Iterable[Any]) -> set[str]:
    return {repr(each) for each in values}


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list({repr(each): each for each in values}.values())


def _sort_key(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return Decimal(value), ""
        except ArithmeticError:
            return Decimal(0), value
    return Decimal(str(value)), ""
