"""What a process says of its children and asks of its relatives: whether it is so, and whether they do it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from workflows.language.building.fitting import fits
from workflows.language.definition import CHILD, PARENT, Definition, Start, Transition
from workflows.language.effect import AmendChildren, Effect, FireOn, OpenChild
from workflows.language.expressions.expression import Expression
from workflows.language.problems import Path, Report
from workflows.timing.problems import did_you_mean


def check_kinship(
    definition: Definition, known: Mapping[str, Definition], names: Collection[str], report: Report
) -> None:
    """Whether the relatives are what is said of them. Of those that are only among `names`, because they have
    problems of their own, nothing is said."""
    for path, expression in _expressions(definition):
        for link, field in sorted(expression.below):
            _check_field(definition, link, field, known, path, report)
    for name, paper in definition.prints.items():
        for link, columns in paper.children.items():
            for index, field in enumerate(columns):
                place = ("prints", name, "children", link, index)
                _check_field(definition, link, field, known, place, report)
    for path, effect in effects_of(definition):
        if isinstance(effect, AmendChildren):
            _check_amended(effect, _children(definition, effect.link, known), path, report)
        elif isinstance(effect, FireOn) and effect.on == PARENT:
            if known.keys() >= set(names):
                _check_fired(effect, _parents(definition, known), CHILD, path, report)
        elif isinstance(effect, FireOn):
            _check_fired(effect, _children(definition, effect.on, known), PARENT, path, report)


def _children(
    definition: Definition, link: str, known: Mapping[str, Definition]
) -> tuple[Definition, ...] | None:
    """The processes of the children under the link; None if they are not all to be seen."""
    names = opened_under(definition, link)
    return tuple(known[name] for name in sorted(names)) if names and names <= known.keys() else None


def _parents(definition: Definition, known: Mapping[str, Definition]) -> tuple[Definition, ...]:
    return tuple(
        each
        for each in known.values()
        if any(isinstance(e, OpenChild) and e.workflow == definition.name for _, e in effects_of(each))
    )


def _check_fired(
    effect: FireOn, targets: tuple[Definition, ...] | None, role: str, path: Path, report: Report
) -> None:
    """Whether a relative has the trigger, lets `role` fire it, and takes what its form is given."""
    if targets is None:
        return
    if not targets:
        report.add((*path, "on"), "no process opens this one as a child, so it has no parent")
        return
    rows = [row for each in targets for row in each.transitions if row.trigger == effect.trigger]
    whose = " or ".join(repr(each.name) for each in targets)
    if not rows:
        triggers = {trigger for each in targets for trigger in each.triggers}
        meant = did_you_mean(effect.trigger, triggers)
        report.add((*path, "fire"), f"{whose} has no trigger {effect.trigger!r}{meant}")
    elif not (willing := [row for row in rows if role in row.roles]):
        report.add((*path, "fire"), f"{effect.trigger!r} of {whose} does not name `{role}` in its roles")
    else:
        _check_form(effect, willing, targets, path, report)


def _check_form(
    effect: FireOn, rows: list[Transition], targets: tuple[Definition, ...], path: Path, report: Report
) -> None:
    asked = {name for row in rows for name in row.fields}
    for name, value in effect.values.items():
        if name not in asked:
            meant = did_you_mean(name, asked)
            report.add(
                (*path, "with", name), f"{effect.trigger!r} does not ask for {name!r} there{meant}", key=True
            )
        else:
            _check_fits(name, value, targets, (*path, "with", name), report)
    lacking = [[name for name in row.requires if name not in effect.values] for row in rows]
    if all(lacking):
        report.add(
            (*path, "fire"), f"{effect.trigger!r} needs {', '.join(lacking[0])} there; give it in `with`"
        )


def _check_amended(
    effect: AmendChildren, targets: tuple[Definition, ...] | None, path: Path, report: Report
) -> None:
    for name, value in effect.values.items() if targets else ():
        fields = {field for each in targets or () for field in each.asked}
        if name not in fields:
            meant = did_you_mean(name, fields)
            report.add(
                (*path, "with", name), f"no child of {effect.link!r} has a field {name!r}{meant}", key=True
            )
        else:
            _check_fits(name, value, targets or (), (*path, "with", name), report)


def _check_fits(
    name: str, value: Expression, targets: tuple[Definition, ...], path: Path, report: Report
) -> None:
    for each in targets:
        field = each.fields.get(name)
        if field is not None and not fits(value, field):
            report.add(path, f"{name!r} of {each.name!r} is a {field.type} field; this is a {value.kind}")
            return


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
