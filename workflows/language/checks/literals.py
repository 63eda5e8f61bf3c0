"""Checks the words that conditions compare with: options of fields, departments, states of the process and of
its children. A condition with a word that nothing has would be accepted, and never hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from workflows.language.checks.relatives import expressions_of, workflows_opened_under
from workflows.language.definition import Category, Definition
from workflows.language.effect import ConvertEffect
from workflows.language.expressions.expression import Expression
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
from workflows.language.findings import Findings, KeyPath, unknown
from workflows.language.forms.field import Field, FieldType
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

_CHILDREN = "children."


class _Comparison(NamedTuple):
    """A part that is compared with a word. `links` are the items of the loops around it, each with the link
    whose children it goes through."""

    part: TreeNode
    word: str
    links: Mapping[str, str]


def check_literals(definition: Definition, definitions: Mapping[str, Definition], findings: Findings) -> None:
    """Report words that nothing has; of children, where all their processes are known."""
    for path, expression in _conditions(definition):
        for comparison in _comparisons(expression.tree, {}):
            fault = _fault(comparison, definition, definitions)
            if fault is not None:
                findings.add(path, fault, key=True)


def _conditions(definition: Definition) -> Iterator[tuple[KeyPath, Expression]]:
    yield from expressions_of(definition)
    for name, paper in definition.prints.items():
        if paper.when is not None:
            yield ("prints", name, "when"), paper.when
    for field in definition.computed_fields:
        if isinstance(field.value, Expression):
            yield ("fields", field.name, "value"), field.value


def _comparisons(node: TreeNode, links: Mapping[str, str]) -> Iterator[_Comparison]:
    match node:
        case Comprehension(item=item, over=over):
            link = _link_of(over)
            links = {**links, item: link} if link else links
        case FunctionCall(function="_==_" | "_!=_", arguments=(left, right)):
            for part, word in ((left, right), (right, left)):
                yield from (_Comparison(part, each, links) for each in _literal_words(word))
        case FunctionCall(function="@in", arguments=(part, ListLiteral(items=items))):
            for item_node in items:
                yield from (_Comparison(part, each, links) for each in _literal_words(item_node))
        case FunctionCall(function="@in", arguments=(word, Variable() as part)):
            yield from (_Comparison(part, each, links) for each in _literal_words(word))
    for each in parts_of(node):
        yield from _comparisons(each, links)


def _link_of(node: TreeNode) -> str:
    """The link whose children a loop goes through; empty for another list."""
    match node:
        case Variable(key=key) if key.startswith(_CHILDREN):
            return key.removeprefix(_CHILDREN)
        case Comprehension(over=over):
            return _link_of(over)
    return ""


def _literal_words(node: TreeNode) -> Iterator[str]:
    match node:
        case Constant(value=str(word)):
            yield word
        case FunctionCall(function="_?_:_", arguments=(_, then, otherwise)):
            yield from _literal_words(then)
            yield from _literal_words(otherwise)


def _fault(
    comparison: _Comparison, definition: Definition, definitions: Mapping[str, Definition]
) -> Sentence | None:
    """That the compared part never is the word; None if it may be."""
    word, links = comparison.word, comparison.links
    match comparison.part:
        case Variable(key="ticket.state") if word not in definition.states:
            return unknown("state", word, definition.states)
        case Variable(key=key) if key in definition.fields:
            return _fault_of_field(definition.fields[key], definition, word)
        case FieldAccess(of=Variable(key=item), name=name) if item in links:
            children = _child_processes(definition, links[item], definitions)
            return _fault_of_child(name, links[item], children, word) if children else None
        case FieldAccess(of=FieldAccess(of=Variable(key=item), name="data"), name=name) if item in links:
            children = _child_processes(definition, links[item], definitions)
            return _fault_of_child_field(name, children, word)
    return None


def _fault_of_field(field: Field, definition: Definition, word: str) -> Sentence | None:
    match field.type:
        case FieldType.CHOICE | FieldType.CHOICES if field.options:
            return _no_option(field.name, frozenset(each.value for each in field.options), word)
        case FieldType.DEPARTMENT if word not in definition.organisation.departments:
            return unknown("department", word, definition.organisation.departments)
    return None


def _no_option(owner: str, options: frozenset[str], word: str) -> Sentence | None:
    if word in options:
        return None
    meant = find_nearest(word, options)
    pattern = "{literal!r} is no option of {owner}"
    return Sentence("unknown-option", pattern, literal=word, owner=owner, meant=meant)


def _fault_of_child(name: str, link: str, children: Sequence[Definition], word: str) -> Sentence | None:
    states = frozenset(state for each in children for state in each.states)
    if name == "state" and word not in states:
        meant = find_nearest(word, states)
        pattern = "no child of {link!r} has a state {name!r}"
        return Sentence("unknown-child-state", pattern, link=link, name=word, meant=meant)
    categories = frozenset(map(str, Category))
    if name == "category" and word not in categories:
        meant = find_nearest(word, categories)
        return Sentence("unknown-child-state", "no state has the category {name!r}", name=word, meant=meant)
    return None


def _fault_of_child_field(name: str, children: Sequence[Definition], word: str) -> Sentence | None:
    fields = [each.fields[name] for each in children if name in each.fields]
    if not fields or any(field.type is not FieldType.CHOICE for field in fields):
        return None
    return _no_option(name, frozenset(option.value for field in fields for option in field.options), word)


def _child_processes(
    definition: Definition, link: str, definitions: Mapping[str, Definition]
) -> tuple[Definition, ...]:
    """The processes of the children of the link, and what they are converted to; none if one is unknown."""
    names, waiting = set[str](), set(workflows_opened_under(definition, link))
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            return ()
        names.add(name)
        effects = (effect for row in definitions[name].transitions for effect in row.effects)
        waiting |= {each.workflow for each in effects if isinstance(each, ConvertEffect)} - names
    return tuple(definitions[name] for name in sorted(names))
