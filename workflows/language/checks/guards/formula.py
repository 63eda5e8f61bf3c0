"""A guard as a formula over predicates, evaluated while some of its terms have no value yet.

The rules are those of expressions: an error on one side of && or || does not matter if the other decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from workflows.language.checks.guards.terms import Term, TermReader, literal_value, node_key
from workflows.language.expressions.program import MAX_ROUNDS, ROUNDS, ZONE, Program, compile_program
from workflows.language.expressions.tree import Constant, FunctionCall, ListLiteral, TreeNode, Variable


class Truth(Enum):
    """What is known of a formula. ERROR: it has no result, which counts as no; OPEN: a term lacks a value."""

    TRUE = "true"
    FALSE = "false"
    ERROR = "error"
    OPEN = "open"


Assignment = Mapping[str, object]
"""Term key -> its value; an exception stands for none."""
_COMPARISONS = frozenset({"_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"})
_Side = tuple[TreeNode, Term | None, object]
"""The node to be compiled, its term or the value of its constant."""
_TEXT_TESTS = frozenset({"matches", "startsWith", "endsWith", "contains"})  # decided for each option
_NEGATED = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}


@dataclass(frozen=True, slots=True)
class Predicate:
    """A comparison, or a part that is simply yes or no. `constants` are what its terms are compared with;
    `opaque` if it was not looked into."""

    terms: tuple[Term, ...]
    constants: tuple[object, ...]
    program: Program
    opaque: bool = False

    def truth(self, values: Assignment) -> Truth:
        """What is known of it."""
        if any(term.key not in values for term in self.terms):
            return Truth.OPEN
        try:
            answer = self.program({**values, ROUNDS: [MAX_ROUNDS], ZONE: "UTC"})
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
            return Truth.ERROR
        return Truth.TRUE if answer is True else Truth.FALSE if answer is False else Truth.ERROR


@dataclass(frozen=True, slots=True)
class Junction:
    """`&&` (decided by FALSE) or `||` (decided by TRUE) of its parts."""

    parts: tuple[Formula, ...]
    decides: Truth

    def truth(self, values: Assignment) -> Truth:
        """What is known of it."""
        found = set[Truth]()
        for part in self.parts:
            truth = part.truth(values)
            if truth is self.decides:
                return truth
            found.add(truth)
        for each in (Truth.OPEN, Truth.ERROR):
            if each in found:
                return each
        return _NEGATED[self.decides]


@dataclass(frozen=True, slots=True)
class Negation:
    """`!part`."""

    part: Formula

    def truth(self, values: Assignment) -> Truth:
        """What is known of it."""
        found = self.part.truth(values)
        return _NEGATED.get(found, found)


@dataclass(frozen=True, slots=True)
class Alternative:
    """`condition ? then : otherwise`."""

    condition: Formula
    then: Formula
    otherwise: Formula

    def truth(self, values: Assignment) -> Truth:
        """What is known of it."""
        match self.condition.truth(values):
            case Truth.TRUE:
                return self.then.truth(values)
            case Truth.FALSE:
                return self.otherwise.truth(values)
            case found:
                return found


Formula = Predicate | Junction | Negation | Alternative


def predicates_of(formula: Formula) -> tuple[Predicate, ...]:
    """The predicates of a formula, from left to right."""
    match formula:
        case Predicate():
            return (formula,)
        case Junction(parts=parts):
            return tuple(predicate for part in parts for predicate in predicates_of(part))
        case Negation(part=part):
            return predicates_of(part)
        case Alternative():
            inside = (formula.condition, formula.then, formula.otherwise)
            return tuple(predicate for part in inside for predicate in predicates_of(part))


class FormulaReader:
    """Reads formulas from the trees of guards."""

    def __init__(self, terms: TermReader) -> None:
        self._terms = terms

    def read(self, node: TreeNode) -> Formula:
        """The formula that a guard is."""
        match node:
            case FunctionCall(function="_&&_", arguments=arguments):
                return Junction(tuple(map(self.read, arguments)), Truth.FALSE)
            case FunctionCall(function="_||_", arguments=arguments):
                return Junction(tuple(map(self.read, arguments)), Truth.TRUE)
            case FunctionCall(function="!_", arguments=(of,)):
                return Negation(self.read(of))
            case FunctionCall(function="_?_:_", arguments=(condition, then, otherwise)):
                return Alternative(*map(self.read, (condition, then, otherwise)))
            case FunctionCall(function=sign, arguments=(left, right)) if sign in _COMPARISONS:
                return self._comparison(node, sign, left, right)
            case FunctionCall(function="@in", arguments=(value, ListLiteral(items=items))):
                return self._membership(node, value, items)
            case FunctionCall(function=name, arguments=(Variable() as of, Constant())) if name in _TEXT_TESTS:
                asked = self._terms.read(of)
                if asked is not None and asked.field is not None and asked.field.options:
                    return Predicate((asked,), (), compile_program(node))
        term = self._terms.read(node) if isinstance(node, Variable) else None
        if isinstance(node, Constant) or (term and term.kind == "boolean"):
            return Predicate((term,) if term else (), (), compile_program(node))
        return self._opaque(node)

    def _comparison(self, node: FunctionCall, sign: str, left: TreeNode, right: TreeNode) -> Formula:
        if sign in ("_==_", "_!=_"):
            for one, other in ((left, right), (right, left)):
                if isinstance(one, FunctionCall) and one.function == "_?_:_":
                    condition, then, otherwise = one.arguments
                    return Alternative(
                        self.read(condition),
                        self.read(FunctionCall(sign, (other, then), -1)),
                        self.read(FunctionCall(sign, (other, otherwise), -1)),
                    )
        sides = [self._side(each) for each in (left, right)]
        if any(each is None for each in sides):
            return self._opaque(node)
        found = [each for each in sides if each is not None]
        nodes = tuple(each[0] for each in found)
        return _predicate(FunctionCall(sign, nodes, -1), found)

    def _membership(self, node: FunctionCall, value: TreeNode, items: tuple[TreeNode, ...]) -> Formula:
        sides = [self._side(each) for each in (value, *items)]
        if any(each is None for each in sides) or any(
            each is not None and each[1] is not None for each in sides[1:]
        ):
            return self._opaque(node)
        found = [each for each in sides if each is not None]
        return _predicate(FunctionCall("@in", (found[0][0], ListLiteral(items)), -1), found)

    def _side(self, node: TreeNode) -> _Side | None:
        """The node with a term's key in its place, the term if it is one, and the constant if it is one."""
        value = literal_value(node)
        if value is not None or node == Constant(None):
            return node, None, value
        term = self._terms.read(node)
        return None if term is None else (Variable(term.key), term, None)

    def _opaque(self, node: TreeNode) -> Formula:
        term = Term(f"@{node_key(node)}", "boolean", fallible=True)
        return Predicate((term,), (), compile_program(Variable(term.key)), opaque=True)


def _predicate(node: FunctionCall, sides: list[_Side]) -> Formula:
    terms = tuple(term for _, term, _ in sides if term is not None)
    constants = tuple(value for _, term, value in sides if term is None)
    return Predicate(terms, constants, compile_program(node))
