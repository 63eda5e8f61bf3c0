"""What a version of a process expects of the tickets below it, and whether another version of those still
meets it: states, fields, options and triggers that its expressions and effects name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workflows.language.checks.relatives import effects_of, expressions_of, workflows_opened_under
from workflows.language.definition import CHILD, PARENT, Definition
from workflows.language.effect import FireRelativesEffect
from workflows.language.expressions.tree import (
    Comprehension,
    Constant,
    FieldAccess,
    FunctionCall,
    ListLiteral,
    TreeNode,
    Variable,
    parts_of,
)
from workflows.language.forms.field import Field, FieldType

_CHILDREN = "children."
_COMPARISONS = ("_==_", "_!=_", "@in", "_in_")


class Expected(NamedTuple):
    """One thing that is expected of a relative. `kind` is state, field, option or trigger; `name` is that of
    it, and of an option `field`'s."""

    kind: str
    name: str
    field: str = ""


def find_unmet(parent: Definition, link: str, child: Definition) -> frozenset[Expected]:
    """What `parent` expects of its children under `link` that `child` has not. Where children of several
    processes stand under the link, what one of them has not may be meant for another: see `is_ambiguous`."""
    expected = (*_expected_of_children(parent, link), *_expected_by_fire(parent, link, PARENT))
    return frozenset(each for each in expected if not meets(child, each))


def find_unmet_above(child: Definition, parent: Definition) -> frozenset[Expected]:
    """What `child` expects of its parent that `parent` has not."""
    return frozenset(each for each in _expected_by_fire(child, PARENT, CHILD) if not meets(parent, each))


def find_unrecognised(
    former: Definition, new: Definition, link: str, state: str, data: Mapping[str, object]
) -> frozenset[Expected]:
    """What `former` recognises in a child under `link` that ended in this state with these open fields, where
    `new` names only others: it would wait for them in vain, since what has ended changes no more."""
    named = set(_expected_of_children(new, link))
    return frozenset(
        each
        for each in set(_expected_of_children(former, link)) - named
        if _is_seen(each, state, data)
        and any((other.kind, other.field) == (each.kind, each.field) for other in named)
    )


def _is_seen(expected: Expected, state: str, data: Mapping[str, object]) -> bool:
    match expected.kind:
        case "state":
            return expected.name == state
        case "option":
            return expected.name == data.get(expected.field)
    return False


def is_ambiguous(parent: Definition, link: str) -> bool:
    """Whether children of several processes stand under the link."""
    return len(workflows_opened_under(parent, link)) > 1


def _expected_by_fire(definition: Definition, on: str, role: str) -> Iterator[Expected]:
    for _, effect in effects_of(definition):
        if isinstance(effect, FireRelativesEffect) and effect.on == on:
            yield Expected("trigger", effect.trigger, role)


def _expected_of_children(parent: Definition, link: str) -> Iterator[Expected]:
    for _, expression in expressions_of(parent):
        yield from (Expected("field", name) for of, name in expression.child_fields if of == link and name)
        if f"{_CHILDREN}{link}" in expression.keys:
            yield from _find_literals(expression.tree, link, frozenset())


def _find_literals(node: TreeNode, link: str, items: frozenset[str]) -> Iterator[Expected]:
    """The literals that `item.state` and `item.data.field` are compared with, where `item` is one of the
    children."""
    if isinstance(node, Comprehension) and _is_over(node.over, link):
        items |= {node.item}
    if isinstance(node, FunctionCall) and node.function in _COMPARISONS and len(node.arguments) == 2:
        for one, other in (node.arguments, node.arguments[::-1]):
            yield from _read_comparison(one, other, items)
    for part in parts_of(node):
        yield from _find_literals(part, link, items)


def _is_over(node: TreeNode, link: str) -> bool:
    """Whether a loop is over the children under the link, or over some of them."""
    if isinstance(node, Variable):
        return node.key == f"{_CHILDREN}{link}"
    return any(_is_over(part, link) for part in parts_of(node))


def _read_comparison(one: TreeNode, other: TreeNode, items: frozenset[str]) -> Iterator[Expected]:
    match one:
        case FieldAccess(of=Variable(key=item), name="state") if item in items:
            yield from (Expected("state", text) for text in _texts(other))
        case FieldAccess(of=FieldAccess(of=Variable(key=item), name="data"), name=name) if item in items:
            yield from (Expected("option", text, name) for text in _texts(other))


def _texts(node: TreeNode) -> Iterator[str]:
    if isinstance(node, Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ListLiteral):
        for each in node.items:
            yield from _texts(each)


def meets(definition: Definition, expected: Expected) -> bool:
    """Whether a definition has what is expected of it."""
    match expected.kind:
        case "state":
            return expected.name in definition.states
        case "field":
            return _is_open(definition.fields.get(expected.name))
        case "option":
            field = definition.fields.get(expected.field)
            return field is not None and (
                field.type is not FieldType.CHOICE or expected.name in {each.value for each in field.options}
            )
    return any(row.trigger == expected.name and expected.field in row.roles for row in definition.transitions)


def _is_open(field: Field | None) -> bool:
    return field is not None and not field.personal
