"""Checks what is kept apart (`separate`): that somebody else may take the second step, and that no other
trigger leads around it."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.definition import Definition, SeparationInvariant, Transition
from workflows.language.findings import Problem
from workflows.sentence import Sentence

_NOBODY = frozenset({"clock", "parent", "child"})


def find_broken_separations(definition: Definition) -> Iterator[Problem]:
    """Separations that one post alone cannot keep, or that a row of another trigger avoids."""
    rows = [(index, row) for index, row in enumerate(definition.transitions) if not row.auto]
    for rule in definition.invariants:
        if isinstance(rule, SeparationInvariant):
            yield from _single_posts(definition, rule, rows)
            yield from _ways_around(rule, rows)


def _single_posts(
    definition: Definition, rule: SeparationInvariant, rows: list[tuple[int, Transition]]
) -> Iterator[Problem]:
    """Rows open to one post only, whose holder may have taken the other step too: alone, he stops.

    A post that stands above others is taken to have one holder.
    """
    single = {role.superior for role in definition.organisation.roles.values()} | {"assignee", "opener"}
    for index, row in rows:
        if row.trigger not in rule.triggers or len(row.roles) != 1:
            continue
        role = row.roles[0]
        for other in rule.triggers:
            if other == row.trigger or role not in single:
                continue
            if all(role in each.roles for _, each in rows if each.trigger == other):
                pattern = (
                    "only {role!r} may take {trigger!r}, and may take {other!r} too, which must be somebody "
                    "else: one person alone could not go on"
                )
                message = Sentence("separation", pattern, role=role, trigger=row.trigger, other=other)
                yield Problem(("transitions", index, "roles"), message)


def _ways_around(rule: SeparationInvariant, rows: list[tuple[int, Transition]]) -> Iterator[Problem]:
    """Unconditional rows of another trigger from and to the same states, open to who took the other step."""
    for index, row in rows:
        if row.trigger in rule.triggers or row.guard is not None:
            continue
        for _, kept in rows:
            if kept.trigger not in rule.triggers or kept.to is None or kept.to != row.to:
                continue
            others = {
                r
                for _, each in rows
                if each.trigger in set(rule.triggers) - {kept.trigger}
                for r in each.roles
            }
            shared = set(row.sources) & set(kept.sources)
            if shared and (others & set(row.roles)) - _NOBODY:
                pattern = (
                    "{trigger!r} leads around {other!r} from {state!r} to {to!r}, and whoever is kept apart "
                    "from that may take it; add it to `separate`"
                )
                facts = {"trigger": row.trigger, "other": kept.trigger, "state": min(shared), "to": row.to}
                yield Problem(("transitions", index), Sentence("separation", pattern, **facts))
                break
