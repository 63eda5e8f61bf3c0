"""Checks references to other processes: the children it opens, what it is converted to, the numbering it
shares."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from workflows.language.builder.child_rows import find_misfits
from workflows.language.builder.rosters import check_rosters
from workflows.language.builder.type_compat import is_compatible
from workflows.language.checks.child_links import check_awaited
from workflows.language.checks.fillable import find_unfilled_fields
from workflows.language.checks.personal import check_leaks
from workflows.language.checks.relatives import check_relatives, effects_of
from workflows.language.definition import Definition
from workflows.language.effect import AssignByRosterEffect, ConvertEffect, OpenChildEffect, RosterMarkEffect
from workflows.language.expressions.expression import Expression
from workflows.language.findings import Findings, KeyPath, unknown
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest


def check_references(
    definition: Definition, definitions: Mapping[str, Definition], names: Collection[str], findings: Findings
) -> None:
    """Check that the processes named exist (in `names`) and take the values they are given (those in
    `known`)."""
    check_relatives(definition, definitions, names, findings)
    check_leaks(definition, definitions, findings)
    check_awaited(definition, definitions, findings)
    _check_expected_fields(definition, definitions, findings)
    for path, effect in effects_of(definition):
        if isinstance(effect, OpenChildEffect | ConvertEffect):
            _check_target(effect, path, definitions, names, findings)
        elif isinstance(effect, AssignByRosterEffect | RosterMarkEffect):
            check_rosters(definition, effect, path, definitions, findings)
    for index, scenario in enumerate(definition.scenarios):
        for place, step in enumerate(scenario.steps):
            expected = step.get("expect")
            name = expected.get("converted") if isinstance(expected, Mapping) else None
            if name and name not in names:
                path = ("scenarios", index, "steps", place, "expect", "converted")
                findings.add(
                    path,
                    unknown("workflow", name, names),
                )


def _check_expected_fields(
    definition: Definition, definitions: Mapping[str, Definition], findings: Findings
) -> None:
    """Report fields that other processes give when they open this one, and that no step here asks for; or not
    the opening, if several give them: it is this process that has changed."""
    unfilled = {str(path[-1]) for path, _ in find_unfilled_fields(definition)}
    asked = set(definition.start.fields)
    for name, givers in sorted(_find_given_fields(definition, definitions).items()):
        if name in unfilled:
            pattern = "{other!r} gives {field!r} at the opening, and no step asks for it"
            message = Sentence("unused", pattern, field=name, other=givers[0])
            findings.add(("start", "accepts"), message, key=True)
        elif len(givers) > 1 and name in definition.fields and name not in asked:
            pattern = "{others} give {field!r} at the opening, which does not ask for it"
            message = Sentence("unknown-value", pattern, field=name, others=", ".join(givers))
            findings.add(("start", "accepts"), message, key=True)


def _find_given_fields(target: Definition, definitions: Mapping[str, Definition]) -> dict[str, list[str]]:
    """Field -> the processes that give it when they open the target, or become it."""
    found: dict[str, list[str]] = {}
    for other in definitions.values():
        for _, effect in effects_of(other):
            if isinstance(effect, OpenChildEffect | ConvertEffect) and effect.workflow == target.name:
                for name in effect.values:
                    if other.name not in found.setdefault(name, []):
                        found[name].append(other.name)
    return found


def _is_said_there(name: str, target: Definition, definitions: Mapping[str, Definition]) -> bool:
    """Whether `_check_expected_fields` says at the target that it does not ask for the field."""
    givers = _find_given_fields(target, definitions).get(name, ())
    return len(givers) > 1 or any(path[-1] == name for path, _ in find_unfilled_fields(target))


def _check_target(
    effect: OpenChildEffect | ConvertEffect,
    path: KeyPath,
    definitions: Mapping[str, Definition],
    names: Collection[str],
    findings: Findings,
) -> None:
    key = "open" if isinstance(effect, OpenChildEffect) else "convert"
    if effect.workflow not in names:
        findings.add(
            (*path, key),
            unknown("workflow", effect.workflow, names),
        )
        return
    target = definitions.get(effect.workflow)
    if target is None:  # it is there, but has problems of its own
        return
    if isinstance(effect, OpenChildEffect) and effect.rows:
        for name, value in effect.values.items():
            _check_value(name, value, target, definitions, (*path, "with", name), findings)
        for place, message, about_key in find_misfits(effect, target):
            findings.add((*path, *place), message, key=about_key)
        return
    check_values(target, effect.values, path, key, findings, definitions)


def check_values(
    target: Definition,
    values: Mapping[str, Expression],
    path: KeyPath,
    key: str,
    findings: Findings,
    definitions: Mapping[str, Definition] = MappingProxyType({}),
) -> None:
    """Check that the `with` at `path` fills the required fields of `target`'s start; `key` is the key that
    names the target. `definitions` are those that may give the same."""
    for name, value in values.items():
        _check_value(name, value, target, definitions, (*path, "with", name), findings)
    missing = [name for name in target.start.requires if name not in values]
    if missing:
        findings.add(
            (*path, key),
            Sentence(
                "missing-value",
                "{target!r} cannot begin without {missing}; give it in `with`",
                target=target.name,
                missing=", ".join(missing),
            ),
        )


def _check_value(
    name: str,
    value: Expression,
    target: Definition,
    definitions: Mapping[str, Definition],
    path: KeyPath,
    findings: Findings,
) -> None:
    form_fields = target.start.fields
    if name not in target.fields:
        findings.add(
            path,
            Sentence(
                "unknown-value",
                "{target!r} has no field {name!r}",
                target=target.name,
                name=name,
                meant=find_nearest(name, form_fields),
            ),
            key=True,
        )
    elif name not in form_fields and _is_said_there(name, target, definitions):
        return
    elif name not in form_fields:
        findings.add(
            path,
            Sentence(
                "unknown-value",
                "{target!r} does not ask for {name!r} when it is opened",
                target=target.name,
                name=name,
            ),
            key=True,
        )
    elif not is_compatible(value, target.fields[name]):
        wanted = target.fields[name].type
        findings.add(
            path,
            Sentence(
                "type",
                "{name!r} of {target!r} is a {wanted} field; this is a {kind}",
                name=name,
                target=target.name,
                wanted=wanted,
                kind=value.kind,
            ),
        )
