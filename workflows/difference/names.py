"""What a condition depends on, and the smallest conditions that it is made of.

A condition is a formula over *atoms*: comparisons, memberships and bare booleans, joined by `&&`, `||`, `!`
and `? :`. Whoever knows of each atom whether it holds, fails, or cannot be worked out, knows what the
condition says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.difference.source_text import write_tree
from workflows.language.definition import Definition
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.program import Program, compile_program
from workflows.language.expressions.tree import (
    Comprehension,
    Constant,
    FunctionCall,
    TreeNode,
    Variable,
    parts_of,
)
from workflows.language.expressions.unreadable import Unreadable
from workflows.language.forms.values import Formula, Values

_CONNECTIVES = ("_&&_", "_||_", "!_", "_?_:_")
_FIXED = ("now", "site", "ticket.state", "ticket.number", "actor.id", "actor.roles", "actor.departments")
"""What is the same in all situations that are compared with each other."""

FAILS, HOLDS, UNKNOWN = 0, 1, 2  # what an atom comes to


@dataclass(frozen=True, slots=True, eq=False)
class Atom:
    """A part of a condition that holds or not. Two with the same `key` are the same, in whichever version.

    `text` is its expression, by the old names. `names` are what it depends on, computed fields traced back to
    what they are computed from. `side` is the version whose values it is worked out with: 0 the old one, 1
    the new one.
    """

    key: str
    text: str
    names: frozenset[str]
    side: int
    node: TreeNode
    expression: Expression
    program: Program

    def truth(self, values: Values) -> int:
        """Whether it holds; UNKNOWN where it cannot be worked out, such as for an empty field."""
        try:
            answer = self.program(self.expression.frame(values))
        except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
            return UNKNOWN
        return HOLDS if answer is True else FAILS if answer is False else UNKNOWN


def find_atoms(
    expression: Expression, definition: Definition, side: int, former: Mapping[str, str]
) -> tuple[Atom, ...]:
    """The atoms of a condition of one version. `former` maps a name to what it was called before."""
    if isinstance(expression, Unreadable):
        return ()
    return tuple(_build_atom(node, expression, definition, side, former) for node in _leaves(expression.tree))


def depends_on(formula: Formula | None, definition: Definition, former: Mapping[str, str]) -> frozenset[str]:
    """The names that a condition depends on, by what they were called before."""
    if not isinstance(formula, Expression) or isinstance(formula, Unreadable):
        return frozenset()
    return frozenset(_trace(free_names(formula.tree), definition, former))


def free_names(node: TreeNode, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names in a tree; not those of its loops. `visits("done")` counts as the name `visits.done`."""
    match node:
        case Variable(key=key):
            yield from () if key in bound else (key,)
        case FunctionCall(function="visits", arguments=(Constant(value=state),)):
            yield f"visits.{state}"
        case Comprehension():
            inner = bound | {node.item, node.result}
            yield from free_names(node.over, bound)
            for part in (node.start, node.while_, node.step, node.end):
                yield from free_names(part, inner)
        case _:
            for part in parts_of(node):
                yield from free_names(part, bound)


def _build_atom(
    node: TreeNode, expression: Expression, definition: Definition, side: int, former: Mapping[str, str]
) -> Atom:
    named = tuple(free_names(node))
    text = write_tree(node, former) or expression.source
    derived = any(_is_derived(name, definition) for name in named)  # otherwise, perhaps, in the other version
    names = frozenset(_trace(named, definition, former))
    key = f"{side}: {text}" if derived else text
    return Atom(key, text, names, side, node, expression, compile_program(node))


def _leaves(node: TreeNode) -> Iterator[TreeNode]:
    if isinstance(node, FunctionCall) and node.function in _CONNECTIVES:
        for part in node.arguments:
            yield from _leaves(part)
    elif not isinstance(node, Constant):
        yield node


def _is_derived(name: str, definition: Definition) -> bool:
    field = definition.fields.get(name)
    return name.startswith(("missing.", "setting.")) or (field is not None and field.value is not None)


def _trace(names: Iterable[str], definition: Definition, former: Mapping[str, str]) -> Iterator[str]:
    """The names, with computed fields and missing documents traced back to what people fill in."""
    for name in names:
        field = definition.fields.get(name.removeprefix("missing."))
        if name in _FIXED:
            continue
        if name.startswith("record."):
            yield former.get(name.split(".")[1], name.split(".")[1])
        if field is not None and name.startswith("missing."):
            yield former.get(field.name, field.name)
            for option in (*field.options, *field.items):
                yield from depends_on(option.when, definition, former)
        elif field is not None and isinstance(field.value, Expression):
            yield from depends_on(field.value, definition, former)
        else:
            yield former.get(name, name)
