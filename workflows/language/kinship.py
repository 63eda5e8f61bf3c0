"""What a process says of its children and of its parent: whether they have the fields it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.language.definition import Definition, Effect, OpenChild, Start, Transition
from workflows.language.expressions import Expression
from workflows.language.problems import Path, Report
from workflows.timing.problems import did_you_mean


def check_kinship(definition: Definition, known: Mapping[str, Definition], report: Report) -> None:
    """Whether the children, as far as they are `known`, are what is said of them."""
    for path, expression in _expressions(definition):
        for link, field in sorted(expression.below):
            _check_field(definition, link, field, known, path, report)


def steps_of(definition: Definition) -> Iterator[tuple[Path, Start | Transition]]:
    """The start and every row, each with its place."""
    yield ("start",), definition.start
    for index, row in enumerate(definition.transitions):
        yield ("transitions", index), row


def effects_of(definition: Definition) -> Iterator[tuple[Path, Effect]]:
    """Every effect, with its place."""
    for path, step in steps_of(definition):
        for index, effect in enumerate(step.effects):
            yield (*path, "effects", index), effect


def opened_under(definition: Definition, link: str) -> frozenset[str]:
    """The workflows of the children that are opened under the link."""
    effects = (effect for _, effect in effects_of(definition))
    return frozenset(e.workflow for e in effects if isinstance(e, OpenChild) and e.link == link)


def _expressions(definition: Definition) -> Iterator[tuple[Path, Expression]]:
    for path, step in steps_of(definition):
        if step.guard is not None:
            yield (*path, "guard"), step.guard
    for path, effect in effects_of(definition):
        parts = {"when": effect.when, "each": getattr(effect, "each", None)}
        parts["value"] = getattr(effect, "value", None)
        yield from (((*path, key), each) for key, each in parts.items() if each is not None)
        for name, each in getattr(effect, "values", {}).items():
            yield (*path, "with", name), each
        for index, row in enumerate(getattr(effect, "rows", ())):
            if row.when is not None:
                yield (*path, "rows", index, "when"), row.when


def _check_field(
    definition: Definition,
    link: str,
    field: str,
    known: Mapping[str, Definition],
    path: Path,
    report: Report,
) -> None:
    children = opened_under(definition, link)
    if not field or not children or not children <= known.keys():
        return
    fields = {name: each for child in children for name, each in known[child].fields.items()}
    found = fields.get(field)
    if found is None:
        report.add(path, f"no child of {link!r} has a field {field!r}{did_you_mean(field, fields)}")
    elif found.personal:
        report.add(path, f"{field!r} of the children of {link!r} is personal; their parent does not see it")
