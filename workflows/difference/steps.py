"""Every step of both versions, compared: by state, trigger and role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflows.core.access import permissions
from workflows.difference.cells import LEAST, LIMIT, TOTAL, Cells, Region
from workflows.difference.dimensions import ComparedStep, find_step_atoms
from workflows.difference.field_values import describe_domain
from workflows.difference.names import free_names
from workflows.difference.situation import (
    AUTO,
    OPENING,
    Situation,
    VersionSide,
    build_actor,
    list_people,
)
from workflows.difference.source_text import write_tree
from workflows.language.definition import TICKET_ROLES, StepSpec, Transition
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.unreadable import Unreadable
from workflows.language.forms.values import Formula

StepKey = tuple[str | None, str, str]
"""State (None: an opening), trigger and role."""


@dataclass
class StepComparisons:
    """The cells of each step about which the versions do not say the same."""

    cells: dict[StepKey, Cells] = field(default_factory=dict)

    @property
    def tried(self) -> int:
        """How many situations were decided."""
        return sum(each.tried for each in self._distinct())

    @property
    def sampled(self) -> tuple[str, ...]:
        """The triggers of which only a sample was decided."""
        return tuple(dict.fromkeys(each.step.trigger for each in self._distinct() if each.sampled))

    @property
    def regions(self) -> Iterator[tuple[StepKey, Cells, Region]]:
        """Where the versions differ, by step."""
        for key, cells in self.cells.items():
            for region in cells.regions:
                yield key, cells, region

    def covers(self, situation: Situation) -> bool:
        """Whether the versions are said to decide this otherwise."""
        found = self.cells.get((situation.state, situation.trigger, situation.role))
        return found is not None and found.covers(situation)

    def _distinct(self) -> list[Cells]:
        return list({id(each): each for each in self.cells.values()}.values())


def compare_steps(
    old: VersionSide, new: VersionSide, scenario_values: Mapping[str, Sequence[Any]], limit: int = LIMIT
) -> StepComparisons:
    """Decide every step that may have changed by both versions."""
    found, done, left = StepComparisons(), dict[object, Cells](), TOTAL
    for state in (None, *old.definition.states):
        for trigger in _list_triggers(old, new, state):
            people = (*list_people(old, state, trigger), *list_people(new, state, trigger))
            for role in dict.fromkeys(people):
                step = _build_step((old, new), state, trigger, role)
                if step is None:
                    continue
                key = _identify(step)
                if key not in done:
                    done[key] = Cells(step, scenario_values, min(limit, max(left, LEAST)))
                    left -= done[key].tried
                found.cells[state, trigger, role] = done[key]
    return found


def _list_triggers(old: VersionSide, new: VersionSide, state: str | None) -> tuple[str, ...]:
    if state is None:
        return (OPENING,)
    rows = (*_leaving(old, state), *_leaving(new, state))
    return tuple(dict.fromkeys(AUTO if row.auto else row.trigger for row in rows))


def _leaving(side: VersionSide, state: str) -> tuple[Transition, ...]:
    own = side.state(state)
    return side.definition.transitions_by_source[own] if own else ()


def _build_step(
    sides: tuple[VersionSide, VersionSide], state: str | None, trigger: str, role: str
) -> ComparedStep | None:
    """The step; None where both versions say the same of it."""
    every = tuple(side.rows(state, trigger, role) for side in sides)
    rows = tuple(
        _filter_permitted(side, own, state, role, trigger) for side, own in zip(sides, every, strict=True)
    )
    if [_describe(side, own) for side, own in zip(sides[:1], rows[:1], strict=True)] == [
        _describe(side, own) for side, own in zip(sides[1:], rows[1:], strict=True)
    ]:
        return None
    formed = (rows[0] or every[0], rows[1] or every[1])
    step = ComparedStep(sides, state, trigger, role, (rows[0], rows[1]), formed)
    return ComparedStep(sides, state, trigger, role, (rows[0], rows[1]), formed, find_step_atoms(step))


def _filter_permitted(
    side: VersionSide, rows: tuple[StepSpec, ...], state: str | None, role: str, trigger: str
) -> tuple[StepSpec, ...]:
    if trigger == AUTO:
        return rows
    actor = build_actor(role, side, state)
    known = side.state(state) is not None
    ticket = side.context(Situation(state=state, trigger=trigger, role=role)).ticket if known else None
    return tuple(row for row in rows if permissions.has_any_role(row.roles, actor, side.definition, ticket))


def _describe(side: VersionSide, rows: tuple[StepSpec, ...]) -> tuple[object, ...]:
    """All that decides what the rows take, by old names; equal for rows that do the same."""
    return tuple(_describe_row(side, row) for row in rows)


def _describe_row(side: VersionSide, row: StepSpec) -> tuple[object, ...]:
    former = side.former
    names = {former.get(name, name) for name in row.fields}
    fixed = side.definition.start.guest if row is side.definition.guest_start else {}
    formulas: list[Formula | None] = [row.guard]
    for name in (*row.complete, *row.requires):
        spec = side.definition.fields[name]
        formulas += [option.when for option in (*spec.options, *spec.items)]
    for formula in formulas:
        names |= set(_names_below(formula, side))
    to = (
        side.former_state(row.to)
        if isinstance(row, Transition)
        else side.former_state(side.definition.start.state)
    )
    domains = []
    for name in sorted(names):
        declared = side.definition.fields.get(side.name(name))
        domains.append((name, describe_domain(declared) if declared else None))
    return (
        *(to, side.requires(row), frozenset(former.get(n, n) for n in row.fields)),
        *(frozenset(former.get(n, n) for n in row.complete), _write(row.guard, former), tuple(domains)),
        sorted((former.get(name, name), repr(value)) for name, value in fixed.items()),
    )


def _write(formula: Formula | None, former: Mapping[str, str]) -> str:
    if isinstance(formula, Unreadable):
        return formula.why
    return write_tree(formula.tree, former) if isinstance(formula, Expression) else ""


def _names_below(formula: Formula | None, side: VersionSide) -> Iterator[str]:
    """The names that a condition reads, and those that its computed fields do."""
    if not isinstance(formula, Expression) or isinstance(formula, Unreadable):
        return
    for name in free_names(formula.tree):
        spec = side.definition.fields.get(name)
        yield side.former.get(name, name)
        if spec is not None and spec.value is not None:
            yield from _names_below(spec.value, side)


def _identify(step: ComparedStep) -> object:
    """Steps with the same key are decided alike, whichever state and role they are for."""
    read = {name for row in step.all_rows for name in _raw_names(row.guard)}
    role = step.role if step.role in TICKET_ROLES or any(n.startswith("actor.") for n in read) else ""
    state = step.state if "ticket.state" in read or step.role in TICKET_ROLES else step.state is None
    rows = tuple(tuple(map(id, rows)) for rows in (*step.rows, *step.formed))
    return rows, step.trigger, role, state


def _raw_names(formula: Formula | None) -> frozenset[str]:
    return formula.keys if isinstance(formula, Expression) else frozenset()
