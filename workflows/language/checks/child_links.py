"""Finds children that nobody waits for: the parent opens them, and goes on by itself at once."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.language.checks.relatives import effects_of, expressions_of, workflows_opened_under
from workflows.language.definition import CHILD, PARENT, Category, Definition
from workflows.language.effect import AmendChildrenEffect, FireRelativesEffect, OpenChildEffect
from workflows.language.findings import Findings, Severity
from workflows.sentence import Sentence


def check_awaited(definition: Definition, definitions: Mapping[str, Definition], findings: Findings) -> None:
    """Report effects that open children on the way into a state which the ticket leaves by itself, where
    nothing looks at these children or hears of them.

    Children that are opened and left to others are ordinary, as long as a person leads on.
    """
    unseen = definition.known_links - _seen_links(definition)
    for index, row in enumerate(definition.transitions):
        leaving = _ways_on(definition, row.to or "")
        for place, effect in enumerate(row.effects):
            if not isinstance(effect, OpenChildEffect) or effect.link not in unseen or not leaving:
                continue
            if not _tells_parent(definition, effect.link, definitions):
                path = ("transitions", index, "effects", place, "open")
                pattern = (
                    "nobody waits for the children {link!r}: {trigger!r} leads on from {state!r} by itself; "
                    "wait for them: `children.{link}.all(c, c.closed)`"
                )
                facts = {"link": effect.link, "state": row.to, "trigger": leaving[0]}
                message = Sentence("unawaited-link", pattern, **facts)
                findings.add(path, message, key=True, severity=Severity.WARNING)


def _ways_on(definition: Definition, state: str) -> list[str]:
    """The triggers by which a ticket leaves the state by itself; none if people lead on from it."""
    rows = [row for row in definition.transitions_by_source[state] if row.to not in (None, state)]
    by_people = [row for row in rows if not row.auto and row.to]
    if any(definition.states[row.to or ""].category is not Category.CANCELLED for row in by_people):
        return []
    return [row.trigger for row in rows if row.auto]


def _seen_links(definition: Definition) -> frozenset[str]:
    """The links that a condition or a value reads, or that are fired at or amended."""
    keys = {key for _, expression in expressions_of(definition) for key in expression.keys}
    read = {key.removeprefix("children.") for key in keys if key.startswith("children.")}
    for field in definition.computed_fields:
        read |= {key.removeprefix("children.") for key in getattr(field.value, "keys", ())}
    for _, effect in effects_of(definition):
        if isinstance(effect, FireRelativesEffect):
            read.add(effect.on)
        elif isinstance(effect, AmendChildrenEffect):
            read.add(effect.link)
    return frozenset(read)


def _tells_parent(definition: Definition, link: str, definitions: Mapping[str, Definition]) -> bool:
    """Whether a child of the link fires on its parent, or is unknown."""
    if not any(CHILD in row.roles for row in definition.transitions):
        return False
    children = [definitions.get(name) for name in workflows_opened_under(definition, link)]
    return any(
        child is None
        or any(isinstance(each, FireRelativesEffect) and each.on == PARENT for _, each in effects_of(child))
        for child in children
    )
