"""Compiles the tree of an expression into one function of the values of its names.

CEL parses and type-checks; the evaluation is here, because CEL calculates in doubles. The rules are CEL's: an
error on one side of && or || does not matter if the other side decides. All loops of an expression, nested
ones included, run at most ten thousand rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflows.language.expressions.functions import FUNCTIONS, WALL_CLOCK_FUNCTIONS, kind_of_value
from workflows.language.expressions.tree import (
    Comprehension,
    Constant,
    FieldAccess,
    FunctionCall,
    ListLiteral,
    MapLiteral,
    TreeNode,
    UnsupportedNode,
    Variable,
    parts_of,
)
from workflows.language.forms.pattern import check_pattern, is_matchable
from workflows.sentence import Sentence, sentence_of

Frame = dict[str, Any]
"""Name -> value, items of loops included. ROUNDS: the rounds that loops have left; ZONE: the zone of local
times; OPENING: a function that gives whether the office is open at an instant."""
Program = Callable[[Frame], Any]

ROUNDS, ZONE, OPENING = "", " zone", " opening"  # keys that cannot be names
MAX_ROUNDS = 10_000
_LITERAL_ARGUMENTS = {  # functions whose literal text is checked with the expression
    "matches": 1,
    "timestamp": 0,
    "duration": 0,
}


class ProgramError(ValueError):
    """An expression that uses something the language does not have. `at` is its offset, from 0; -1 if
    unknown."""

    def __init__(self, message: str, at: int = -1) -> None:
        super().__init__(message)
        self.at = at


def compile_program(node: TreeNode) -> Program:
    """The function that evaluates the tree; it raises ValueError where there is no result."""
    match node:
        case Constant(value=value):
            return lambda _: value
        case Variable(key=key):
            return _variable(key)
        case FieldAccess(of=of, name=name):
            return _part(compile_program(of), name)
        case ListLiteral(items=items):
            programs = tuple(map(compile_program, items))
            return lambda frame: [program(frame) for program in programs]
        case MapLiteral(pairs=pairs):
            made = tuple((compile_program(key), compile_program(value)) for key, value in pairs)
            return lambda frame: {_key(key(frame)): value(frame) for key, value in made}
        case Comprehension():
            return _loop(node)
        case UnsupportedNode(what=what):
            raise ProgramError(Sentence("expression", "{what} is not used here", what=what))
        case FunctionCall():
            return _invocation(node)
    raise AssertionError(node)


def _key(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"a key is a text, and this is {kind_of_value(value)}")
    return value


def _variable(key: str) -> Program:
    if not key.startswith("@"):
        return lambda frame: frame[key]

    def carried(frame: Frame) -> Any:
        value = frame[key]
        if isinstance(value, ValueError):
            raise value
        return value

    return carried


def _part(of: Program, name: str) -> Program:
    def part(frame: Frame) -> Any:
        row = of(frame)
        if not isinstance(row, dict | Mapping):
            raise ValueError(f"{kind_of_value(row)} has no {name!r}")
        if name not in row:
            raise ValueError(f"there is no {name!r}")
        return row[name]

    return part


def _invocation(node: FunctionCall) -> Program:
    arguments = tuple(map(compile_program, node.arguments))
    if node.function in _SPECIAL_FUNCTIONS:
        return _SPECIAL_FUNCTIONS[node.function](*arguments)
    if node.function not in FUNCTIONS:
        raise ProgramError(
            Sentence("expression", "the function {function!r} is not used here", function=node.function),
            node.at,
        )
    function = FUNCTIONS[node.function]
    _check_pattern(node)
    if len(arguments) == 2:
        left, right = arguments
        return lambda frame: function(left(frame), right(frame))
    if len(arguments) == 1 and node.function in WALL_CLOCK_FUNCTIONS:
        (moment,) = arguments
        return lambda frame: function(moment(frame), frame[ZONE])
    if len(arguments) == 1:
        (only,) = arguments
        return lambda frame: function(only(frame))
    return lambda frame: function(*[argument(frame) for argument in arguments])


def _check_pattern(node: FunctionCall) -> None:
    """Refuse a literal pattern that RE2 cannot match."""
    argument = node.arguments[-1] if node.function == "matches" else None
    if isinstance(argument, Constant) and not is_matchable(str(argument.value)):
        raise ProgramError(
            Sentence("pattern", "the pattern of matches cannot be matched in bounded time"), node.at
        )


def judge_texts(node: TreeNode) -> None:
    """Raises ProgramError for the first literal text in the tree that is invalid as an argument of its
    function."""
    for each in parts_of(node):
        judge_texts(each)
    if isinstance(node, FunctionCall) and node.function in FUNCTIONS:
        _check_literal_argument(node)


def _check_literal_argument(node: FunctionCall) -> None:
    """Check a literal argument: patterns must be literal, and a pattern, instant or duration must be
    valid."""
    place = _LITERAL_ARGUMENTS.get(node.function)
    argument = node.arguments[place] if place is not None and place < len(node.arguments) else None
    if argument is None or not isinstance(argument, Constant):
        if node.function == "matches":
            raise ProgramError(Sentence("pattern", "matches needs its pattern in quotation marks"), node.at)
        return
    try:
        if node.function == "matches":
            check_pattern(str(argument.value))
        else:
            FUNCTIONS[node.function](argument.value)
    except (ValueError, OverflowError) as error:
        raise ProgramError(sentence_of(error, "expression"), node.at) from None


def _and(left: Program, right: Program) -> Program:
    return _either(left, right, decides=False, sign="&&")


def _or(left: Program, right: Program) -> Program:
    return _either(left, right, decides=True, sign="||")


def _either(left: Program, right: Program, *, decides: bool, sign: str) -> Program:
    """`decides` on one side is the result, whatever error the other side has."""

    def either(frame: Frame) -> Any:
        try:
            first = left(frame)
        except ValueError as error:
            first = error
        if first is decides:
            return decides
        second = right(frame)
        if second is decides:
            return decides
        if isinstance(first, ValueError):
            raise first
        _require_boolean(sign, first)
        _require_boolean(sign, second)
        return not decides

    return either


def _require_boolean(sign: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{sign!r} does not go with {kind_of_value(value)}")
    return value


def _not(of: Program) -> Program:
    return lambda frame: not _require_boolean("!", of(frame))


def _not_false(of: Program) -> Program:
    """The condition by which a loop continues: an error does not end it, since a later item may decide."""

    def not_false(frame: Frame) -> bool:
        try:
            return of(frame) is not False
        except ValueError:
            return True

    return not_false


def _choice(condition: Program, then: Program, otherwise: Program) -> Program:
    return lambda frame: then(frame) if _require_boolean("?", condition(frame)) else otherwise(frame)


def _visits(state: Program) -> Program:
    return lambda frame: frame["visits"].get(state(frame), 0)


def _is_open(at: Program) -> Program:
    def is_open(frame: Frame) -> bool:
        moment = at(frame)
        if not isinstance(moment, datetime):
            raise ValueError(f"{kind_of_value(moment)} is no instant at which an office is open")
        return bool(frame[OPENING](int(moment.timestamp())))

    return is_open


_SPECIAL_FUNCTIONS: dict[str, Callable[..., Program]] = {
    "_&&_": _and,
    "_||_": _or,
    "!_": _not,
    "_?_:_": _choice,
    "@not_strictly_false": _not_false,
    "visits": _visits,
    "is_open": _is_open,
}


def _loop(node: Comprehension) -> Program:
    over, start, while_, step, end = map(
        compile_program, (node.over, node.start, node.while_, node.step, node.end)
    )
    item, result = node.item, node.result

    def loop(frame: Frame) -> Any:
        items = over(frame)
        if not isinstance(items, list | tuple):
            raise ValueError(f"nothing can be gone through in {kind_of_value(items)}")
        inner = dict(frame)
        inner[result] = start(frame)
        left = frame[ROUNDS]
        for each in items:
            if not while_(inner):
                break
            left[0] -= 1
            if left[0] < 0:
                raise ValueError("Iteration budget exceeded")
            inner[item] = each
            try:
                inner[result] = step(inner)
            except ValueError as error:
                inner[result] = error
        return end(inner)

    return loop
