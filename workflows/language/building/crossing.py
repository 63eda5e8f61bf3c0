"""What one process says of another: the children it opens, what it is converted to, the numbers it shares."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from workflows.language.building.childrows import unfit
from workflows.language.building.fitting import fits
from workflows.language.building.kinship import check_kinship, effects_of
from workflows.language.building.turns import check_rosters
from workflows.language.definition import Definition
from workflows.language.effect import Allot, Convert, Mark, OpenChild
from workflows.language.expressions.expression import Expression
from workflows.language.problems import Path, Report
from workflows.timing.problems import did_you_mean


def check_crossings(
    definition: Definition, known: Mapping[str, Definition], names: Collection[str], report: Report
) -> None:
    """Whether the processes spoken of exist (among `names`) and take what they are given (where `known`)."""
    check_kinship(definition, known, names, report)
    for path, effect in effects_of(definition):
        if isinstance(effect, OpenChild | Convert):
            _check_target(effect, path, known, names, report)
        elif isinstance(effect, Allot | Mark):
            check_rosters(definition, effect, path, known, report)
    for index, scenario in enumerate(definition.scenarios):
        for place, step in enumerate(scenario.steps):
            expected = step.get("expect")
            name = expected.get("converted") if isinstance(expected, Mapping) else None
            if name and name not in names:
                path = ("scenarios", index, "steps", place, "expect", "converted")
                report.add(path, f"unknown workflow {name!r}{did_you_mean(name, names)}")


def _check_target(
    effect: OpenChild | Convert,
    path: Path,
    known: Mapping[str, Definition],
    names: Collection[str],
    report: Report,
) -> None:
    key = "open" if isinstance(effect, OpenChild) else "convert"
    if effect.workflow not in names:
        report.add(
            (*path, key), f"unknown workflow {effect.workflow!r}{did_you_mean(effect.workflow, names)}"
        )
        return
    target = known.get(effect.workflow)
    if target is None:  # it is there, but has problems of its own
        return
    if isinstance(effect, OpenChild) and effect.rows:
        for name, value in effect.values.items():
            _check_value(name, value, target, (*path, "with", name), report)
        for place, message, about_key in unfit(effect, target):
            report.add((*path, *place), message, key=about_key)
        return
    check_values(target, effect.values, path, key, report)


def check_values(
    target: Definition, values: Mapping[str, Expression], path: Path, key: str, report: Report
) -> None:
    """Whether the `with` at `path` fills what `target` asks for at its start; `key` names the target."""
    for name, value in values.items():
        _check_value(name, value, target, (*path, "with", name), report)
    missing = [name for name in target.start.requires if name not in values]
    if missing:
        report.add(
            (*path, key), f"{target.name!r} cannot begin without {', '.join(missing)}; give it in `with`"
        )


def _check_value(name: str, value: Expression, target: Definition, path: Path, report: Report) -> None:
    asked = target.start.fields
    if name not in target.fields:
        report.add(path, f"{target.name!r} has no field {name!r}{did_you_mean(name, asked)}", key=True)
    elif name not in asked:
        report.add(path, f"{target.name!r} does not ask for {name!r} when it is opened", key=True)
    elif not fits(value, target.fields[name]):
        wanted = target.fields[name].type
        report.add(path, f"{name!r} of {target.name!r} is a {wanted} field; this is a {value.kind}")


def check_numbers(definitions: Mapping[str, Definition], reports: Mapping[str, Report]) -> None:
    """Two processes cannot count with one numbering: their tickets would have the same numbers."""
    first: dict[str, str] = {}
    for name, definition in definitions.items():
        other = first.setdefault(definition.numbering, name)
        if other != name:
            reports[name].add(("numbering",), f"{other!r} has the numbering {definition.numbering!r} already")
