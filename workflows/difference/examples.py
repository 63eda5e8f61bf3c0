"""Values with which every condition of two versions is tried: below, at and above each number, every option,
empty and filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

from workflows.difference.field_values import ACTOR, OTHER
from workflows.difference.situation import NOW
from workflows.language.definition import Definition
from workflows.language.expressions.functions import to_duration
from workflows.language.expressions.tree import Constant, FunctionCall, TreeNode, parts_of
from workflows.language.forms.field import Field, FieldType
from workflows.timing.instants import from_datetime, rfc3339

_MOST = 12  # values of a list
_PLAIN: Mapping[FieldType, object] = {
    FieldType.TEXT: "A",
    FieldType.PHONE: "13800000000",
    FieldType.EMAIL: "li.example@example.com",
    FieldType.ID_NUMBER: "11010519491231002X",
    FieldType.UNIT: "1-101",
    FieldType.PERSON: "李明",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass
class Constants:
    """What conditions compare a name with. `crowded`: with other names, so that it needs some values more."""

    numbers: set[Decimal] = field(default_factory=set)
    texts: dict[str, None] = field(default_factory=dict)
    seconds: set[int] = field(default_factory=set)
    instants: set[int] = field(default_factory=set)
    crowded: bool = False

    def add(self, node: TreeNode) -> None:
        """Take over the constants of a tree."""
        match node:
            case Constant(value=bool() | None):
                pass
            case Constant(value=int() | Decimal() as value):
                self.numbers.add(Decimal(value))
            case Constant(value=str() as value):
                self.texts[value] = None
            case FunctionCall(function="duration", arguments=(Constant(value=text),)):
                self.seconds.add(int(to_duration(text).total_seconds()))
            case FunctionCall(function="timestamp", arguments=(Constant(value=str() as text),)):
                self.instants.add(from_datetime(datetime.fromisoformat(text)))
            case _:
                for part in parts_of(node):
                    self.add(part)


def list_points(constants: Iterable[Decimal], bounds: Iterable[Decimal], step: Decimal) -> list[Decimal]:
    """Numbers at, below and above the given ones, and between them at last."""
    points = sorted({*constants, *bounds})
    if not points:
        return []
    between = [(one + other) / 2 for one, other in pairwise(points)]
    return list(dict.fromkeys((*points, points[-1] + step, points[0] - step, *between)))


def find_values(specs: Sequence[Field], constants: Constants, definition: Definition) -> list[Any]:
    """Values of a field as both versions declare it, the simplest first."""
    kind = specs[-1].type
    finder = _FINDERS.get(kind)
    if finder is not None:
        return finder(specs, constants)
    if kind is FieldType.STAFF:
        return [OTHER, ACTOR]
    if kind is FieldType.DEPARTMENT:
        known = tuple(definition.organisation.departments)
        named = [each for each in constants.texts if each in known]
        return list(dict.fromkeys((*known[:1], *named, *known[1:2])))
    return _texts(specs, constants)


def _numbers(specs: Sequence[Field], constants: Constants) -> list[Any]:
    bounds = {Decimal(b) for spec in specs for b in (spec.min, spec.max) if b is not None}
    more = {Decimal(n) for n in (1, 2, 3)} if constants.crowded or not constants.numbers else set[Decimal]()
    if constants.crowded:  # where sums and differences of two fields change
        more |= {
            abs(one + sign * other) for one, other in combinations(constants.numbers, 2) for sign in (1, -1)
        }
    points = list_points({*constants.numbers, *more}, bounds, Decimal(1))
    if specs[-1].type is FieldType.MONEY:
        return [format(each, ".2f") for each in points]
    return [int(each) if each == each.to_integral() else float(each) for each in points]


def _instants(_: Sequence[Field], constants: Constants) -> list[Any]:
    return [rfc3339(each) for each in list_instants(constants)]


def list_instants(constants: Constants) -> list[int]:
    """Instants at, before and after those that conditions speak of; the present is one of them."""
    cuts = {NOW, *constants.instants}
    cuts |= {NOW + sign * each for each in constants.seconds for sign in (1, -1)}
    more = {NOW + hours * 3_600 for hours in (1, 2, 3)} if constants.crowded else set[int]()
    points = list_points(map(Decimal, cuts | more), (), Decimal(3_600))
    return [int(each) for each in points]


def _days(_: Sequence[Field], constants: Constants) -> list[Any]:
    today = datetime.fromtimestamp(NOW, UTC).date()
    days = {date.fromisoformat(each) for each in constants.texts if _DAY.fullmatch(each)}
    days |= {today}
    apart = {0, 1, -1, *((2, 3) if constants.crowded else ())}
    found = {each + timedelta(days=count) for each in days for count in apart}
    return [each.isoformat() for each in sorted(found)]


def _options(specs: Sequence[Field], _: Constants) -> list[Any]:
    return list(dict.fromkeys(option.value for spec in specs for option in spec.options))


def _option_lists(specs: Sequence[Field], constants: Constants) -> list[Any]:
    options = _options(specs, constants)
    but_one = [[each for each in options if each != left] for left in options]
    found = [[each] for each in options] + [options, *but_one]
    return list({tuple(each): each for each in found if each}.values())[: 3 * _MOST]


def _texts(specs: Sequence[Field], constants: Constants) -> list[Any]:
    kind = specs[-1].type
    plain = str(_PLAIN.get(kind, "A"))
    found = [plain, *constants.texts]
    if kind is FieldType.TEXT:
        lengths = {int(each) for each in constants.numbers}
        lengths |= (
            {b for spec in specs for b in (spec.min, spec.max) if b} if _bounds_differ(specs) else set()
        )
        lengths |= {spec.min for spec in specs if spec.min}
        found += [
            "A" * each for length in sorted(lengths) for each in (length - 1, length, length + 1) if each > 0
        ]
        found += ["1", "A1", "123456"] if any(spec.pattern for spec in specs) else []
    return list(dict.fromkeys(each for each in found if each))


def _bounds_differ(specs: Sequence[Field]) -> bool:
    return len({(spec.min, spec.max) for spec in specs}) > 1


def _files(_: Sequence[Field], constants: Constants) -> list[Any]:
    lengths = {1} | {int(each) + more for each in constants.numbers for more in (0, 1) if 0 < each < 20}
    return [[f"file-{n}" for n in range(length)] for length in sorted(lengths) if length]


def _rows(specs: Sequence[Field], constants: Constants) -> list[Any]:
    columns = {column.name: column for spec in specs for column in spec.columns}
    values = {name: _cell_values(column, constants) for name, column in columns.items()}
    first = {name: found[0] for name, found in values.items() if found}
    others = [{**first, name: each} for name, found in values.items() for each in found[1:]][:_MOST]
    single = [[first], *([row] for row in others)]
    return [*single, *([first, row] for row in others[:_MOST]), [first, first]]


def _cell_values(column: Field, constants: Constants) -> list[Any]:
    finder = _FINDERS.get(column.type, _texts)
    if column.type in (FieldType.STAFF, FieldType.DEPARTMENT):
        return []
    return finder((column,), constants)


def _checklists(specs: Sequence[Field], _: Constants) -> list[Any]:
    items = list(dict.fromkeys(item.value for spec in specs for item in spec.items)) or ["A"]
    passed = [{"item": each, "result": "pass"} for each in items]
    failed = [{**row, "result": "fail", "note": "A"} for row in passed]
    but_one = [passed[:at] + passed[at + 1 :] for at in range(len(passed))]
    one_failed = [[*passed[:at], failed[at], *passed[at + 1 :]] for at in range(len(passed))]
    found = [passed, *one_failed[:_MOST], *but_one[:_MOST], failed]
    return [each for each in found if each]


def _booleans(_specs: Sequence[Field], _constants: Constants) -> list[Any]:
    return [True, False]


def _nothing(_specs: Sequence[Field], _constants: Constants) -> list[Any]:
    return []


_FINDERS: Mapping[FieldType, Callable[[Sequence[Field], Constants], list[Any]]] = {
    FieldType.NUMBER: _numbers,
    FieldType.MONEY: _numbers,
    FieldType.DATETIME: _instants,
    FieldType.DATE: _days,
    FieldType.CHOICE: _options,
    FieldType.CHOICES: _option_lists,
    FieldType.BOOLEAN: _booleans,
    FieldType.ATTACHMENT: _files,
    FieldType.TABLE: _rows,
    FieldType.CHECKLIST: _checklists,
    FieldType.FIGURES: _nothing,
}


def find_surroundings(name: str, constants: Constants, definitions: Sequence[Definition]) -> list[Any]:
    """Values of a name that is no field: of the ticket, its visits, its children, a setting, a register."""
    head, _, rest = name.partition(".")
    match head, rest:
        case "ticket", "priority":
            return ["normal", "low", "high", "urgent"]
        case "ticket", "assignee":
            return [None, OTHER, ACTOR]
        case "ticket", "department":
            return [
                None,
                *dict.fromkeys((*constants.texts, *tuple(definitions[0].organisation.departments)[:2])),
            ]
        case "ticket", "parent":
            return [None, "parent"]
        case "ticket", _:
            return [each for each in list_instants(constants) if each <= NOW + 3_600]
        case "visits", _:
            points = list_points(constants.numbers | {Decimal(1)}, (), Decimal(1))
            return [int(each) for each in points if each >= 0 and each == each.to_integral()]
        case "children", _:
            return list(_child_lists(constants, definitions, rest))
        case "setting", _:
            return [None, *constants.texts, *map(int, sorted(constants.numbers)), True, False]
        case "record", _:
            return _record_values(rest, constants, definitions)
    return [None]


def _child_lists(constants: Constants, definitions: Sequence[Definition], _link: str) -> Iterator[Any]:
    """No child, an open one, an ended one, and one of each, with the data that conditions name."""
    base = {"state": "open", "category": "open", "data": {}}
    done = {**base, "state": "closed", "category": "closed"}
    yield from ([], [base], [done], [base, done], [{**done, "category": "cancelled", "state": "cancelled"}])
    names = {pair[1] for each in definitions for pair in _child_fields(each)}
    values: list[object] = [True, False, *constants.texts]
    values += list_points(constants.numbers, (), Decimal(1))
    for state in tuple(constants.texts)[:_MOST]:
        yield [{**base, "state": state}]
        yield [{**done, "state": state}]
    for name in sorted(names):
        yield from ([{**done, "data": {name: value}}] for value in values[:_MOST])


def _child_fields(definition: Definition) -> Iterator[tuple[str, str]]:
    for row in definition.transitions:
        if row.guard is not None:
            yield from getattr(row.guard, "child_fields", ())


def _record_values(rest: str, constants: Constants, definitions: Sequence[Definition]) -> list[Any]:
    field, _, column = rest.partition(".")
    for definition in definitions:
        spec = definition.fields.get(field)
        register = definition.registers.get(spec.register or "") if spec else None
        if register is not None and column in register.open_columns:
            found = find_values((register.open_columns[column],), constants, definition)
            return [None, *found]
    return [None, *constants.texts]


def find_scenario_values(definitions: Iterable[Definition]) -> Mapping[str, list[Any]]:
    """Field -> values that scenarios fill in: those that fit patterns which no general example would."""
    found: dict[str, list[Any]] = {}
    for definition in definitions:
        for scenario in definition.scenarios:
            _collect(scenario.steps, definition, found)
    return found


def _collect(steps: Any, definition: Definition, found: dict[str, list[Any]]) -> None:
    for step in steps:
        for form in step.values():
            if isinstance(form, Mapping):
                for name, value in form.items():
                    known = found.setdefault(name, []) if name in definition.fields else [value]
                    if value not in known and len(known) < 3:
                        known.append(value)
