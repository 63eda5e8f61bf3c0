"""Checks what a process expects of its children and of its parent: fields, triggers, rights and types."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from workflows.language.builder.type_compat import is_compatible
from workflows.language.definition import CHILD, PARENT, Definition, Start, Transition
from workflows.language.effect import AmendChildrenEffect, Effect, FireRelativesEffect, OpenChildEffect
from workflows.language.expressions.expression import Expression
from workflows.language.findings import Findings, KeyPath
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest


def check_relatives(
    definition: Definition, definitions: Mapping[str, Definition], names: Collection[str], findings: Findings
) -> None:
    """Check that the relatives have what is expected of them. Those only in `names`, which have errors of
    their own, are not checked."""
    for path, expression in expressions_of(definition):
        for link, field in sorted(expression.child_fields):
            _check_field(definition, link, field, definitions, path, findings)
    for name, paper in definition.prints.items():
        for link, columns in paper.children.items():
            for index, field in enumerate(columns):
                place = ("prints", name, "children", link, index)
                _check_field(definition, link, field, definitions, place, findings)
    for path, effect in effects_of(definition):
        if isinstance(effect, AmendChildrenEffect):
            _check_amend(effect, _child_definitions(definition, effect.link, definitions), path, findings)
        elif isinstance(effect, FireRelativesEffect) and effect.on == PARENT:
            if definitions.keys() >= set(names):
                _check_fire_on(effect, parent_definitions(definition, definitions), CHILD, path, findings)
        elif isinstance(effect, FireRelativesEffect):
            _check_fire_on(
                effect, _child_definitions(definition, effect.on, definitions), PARENT, path, findings
            )


def _child_definitions(
    definition: Definition, link: str, definitions: Mapping[str, Definition]
) -> tuple[Definition, ...] | None:
    """The processes of the children under the link; None if not all of them are known."""
    names = workflows_opened_under(definition, link)
    return (
        tuple(definitions[name] for name in sorted(names)) if names and names <= definitions.keys() else None
    )


def parent_definitions(
    definition: Definition, definitions: Mapping[str, Definition]
) -> tuple[Definition, ...]:
    """The processes that open this one as a child."""
    return tuple(
        each
        for each in definitions.values()
        if any(isinstance(e, OpenChildEffect) and e.workflow == definition.name for _, e in effects_of(each))
    )


def _check_fire_on(
    effect: FireRelativesEffect,
    targets: tuple[Definition, ...] | None,
    role: str,
    path: KeyPath,
    findings: Findings,
) -> None:
    """Check that a relative has the trigger, that `role` may fire it, and that its form takes the given
    values."""
    if targets is None:
        return
    if not targets:
        findings.add(
            (*path, "on"),
            Sentence("unknown-link", "no process opens this one as a child, so it has no parent"),
        )
        return
    rows = [row for each in targets for row in each.transitions if row.trigger == effect.trigger]
    owners = " or ".join(repr(each.name) for each in targets)
    if not rows:
        triggers = {trigger for each in targets for trigger in each.triggers}
        meant = find_nearest(effect.trigger, triggers)
        findings.add(
            (*path, "fire"),
            Sentence(
                "unknown-trigger",
                "{owners} has no trigger {trigger!r}",
                owners=owners,
                trigger=effect.trigger,
                meant=meant,
            ),
        )
    elif not (willing := [row for row in rows if role in row.roles]):
        findings.add(
            (*path, "fire"),
            Sentence(
                "no-right",
                "{trigger!r} of {owners} does not name `{role}` in its roles",
                trigger=effect.trigger,
                owners=owners,
                role=role,
            ),
        )
    else:
        _check_form(effect, willing, targets, path, findings)


def _check_form(
    effect: FireRelativesEffect,
    rows: list[Transition],
    targets: tuple[Definition, ...],
    path: KeyPath,
    findings: Findings,
) -> None:
    form_fields = {name for row in rows for name in row.fields}
    for name, value in effect.values.items():
        if name not in form_fields:
            meant = find_nearest(name, form_fields)
            findings.add(
                (*path, "with", name),
                Sentence(
                    "unknown-value",
                    "{trigger!r} does not ask for {name!r} there",
                    trigger=effect.trigger,
                    name=name,
                    meant=meant,
                ),
                key=True,
            )
        else:
            _check_types(name, value, targets, (*path, "with", name), findings)
    lacking = [[name for name in row.requires if name not in effect.values] for row in rows]
    if all(lacking):
        findings.add(
            (*path, "fire"),
            Sentence(
                "missing-value",
                "{trigger!r} needs {lacking} there; give it in `with`",
                trigger=effect.trigger,
                lacking=", ".join(lacking[0]),
            ),
        )


def _check_amend(
    effect: AmendChildrenEffect, targets: tuple[Definition, ...] | None, path: KeyPath, findings: Findings
) -> None:
    for name, value in effect.values.items() if targets else ():
        fields = {field for each in targets or () for field in each.input_fields}
        if name not in fields:
            meant = find_nearest(name, fields)
            findings.add(
                (*path, "with", name),
                Sentence(
                    "unknown-field",
                    "no child of {link!r} has a field {name!r}",
                    link=effect.link,
                    name=name,
                    meant=meant,
                ),
                key=True,
            )
        else:
            _check_types(name, value, targets or (), (*path, "with", name), findings)


def _check_types(
    name: str, value: Expression, targets: tuple[Definition, ...], path: KeyPath, findings: Findings
) -> None:
    for each in targets:
        field = each.fields.get(name)
        if field is not None and not is_compatible(value, field):
            findings.add(
                path,
                Sentence(
                    "type",
                    "{name!r} of {each!r} is a {type} field; this is a {kind}",
                    name=name,
                    each=each.name,
                    type=field.type,
                    kind=value.kind,
                ),
            )
            return


def steps_of(definition: Definition) -> Iterator[tuple[KeyPath, Start | Transition]]:
    """The start and every transition, each with its path."""
    yield ("start",), definition.start
    for index, row in enumerate(definition.transitions):
        yield ("transitions", index), row


def effects_of(definition: Definition) -> Iterator[tuple[KeyPath, Effect]]:
    """Every effect, with its path."""
    for path, step in steps_of(definition):
        for index, effect in enumerate(step.effects):
            yield (*path, "effects", index), effect


def workflows_opened_under(definition: Definition, link: str) -> frozenset[str]:
    """Names of the processes whose tickets are opened as children under the link."""
    effects = (effect for _, effect in effects_of(definition))
    return frozenset(e.workflow for e in effects if isinstance(e, OpenChildEffect) and e.link == link)


def expressions_of(definition: Definition) -> Iterator[tuple[KeyPath, Expression]]:
    """Every expression of the steps and their effects, with its path."""
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
    definitions: Mapping[str, Definition],
    path: KeyPath,
    findings: Findings,
) -> None:
    children = workflows_opened_under(definition, link)
    if not field or not children or not children <= definitions.keys():
        return
    fields = {name: each for child in children for name, each in definitions[child].fields.items()}
    target = fields.get(field)
    if target is None:
        findings.add(
            path,
            Sentence(
                "unknown-field",
                "no child of {link!r} has a field {name!r}",
                link=link,
                name=field,
                meant=find_nearest(field, fields),
            ),
        )
    elif target.personal:
        findings.add(
            path,
            Sentence(
                "personal-leak",
                "{field!r} of the children of {link!r} is personal; their parent does not see it",
                field=field,
                link=link,
            ),
        )
