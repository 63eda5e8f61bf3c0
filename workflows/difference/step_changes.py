"""What is taken, refused and routed otherwise: one change for what is said alike of several states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from workflows.difference.cells import Cells, Decided, Region
from workflows.difference.change import Topic, VersionChange
from workflows.difference.condition_words import ConditionWords, describe_box
from workflows.difference.dimensions import ComparedStep
from workflows.difference.situation import AUTO, OPENING, Situation, VersionSide, list_people
from workflows.difference.steps import StepComparisons, StepKey

_Where = tuple[tuple[ConditionWords, ...], ...]


_WHOLE = ("role-may", "role-may-not")  # whatever the form says


class _Said(NamedTuple):
    code: str
    trigger: str
    decided: Decided
    where: _Where
    still: tuple[str, ...]


def list_step_changes(
    steps: StepComparisons, sides: tuple[VersionSide, VersionSide]
) -> Iterator[VersionChange]:
    """A change for each thing that can be said of steps."""
    groups: dict[str, tuple[_Said, list[tuple[StepKey, Region, Cells]]]] = {}
    for key, cells, region in steps.regions:
        state = key[0]
        if state is not None and sides[1].state(state) is None:
            continue  # that the state is gone says it
        said = _say(key, cells, region, sides)
        groups.setdefault(repr(said), (said, []))[1].append((key, region, cells))
    for said, found in groups.values():
        yield _build_change(said, found)


def _say(key: StepKey, cells: Cells, region: Region, sides: tuple[VersionSide, VersionSide]) -> _Said:
    code = _choose_code(key, cells.step, region, sides)
    boxes = () if code in _WHOLE or code.endswith(("-added", "-removed")) else region.told
    where = tuple(words for box in boxes if (words := describe_box(cells, box)))
    still = _find_still_able(key, region, sides[1]) if region.decided.after is None else ()
    return _Said(code, key[1], region.decided, where, still)


def _choose_code(
    key: StepKey, step: ComparedStep, region: Region, sides: tuple[VersionSide, VersionSide]
) -> str:
    state, trigger, _ = key
    before, after = region.decided
    kind = "opening" if trigger == OPENING and state is None else "auto" if trigger == AUTO else "step"
    if before is not None and after is not None:
        return f"{kind}-routed" if before.to != after.to else f"{kind}-other-effects"
    if after is None:
        if region.whole and not step.rows[1]:
            return "role-may-not" if sides[1].rows(state, trigger) else f"{kind}-removed"
        return f"{kind}-refused"
    if region.whole and not step.rows[0]:
        return "role-may" if sides[0].rows(state, trigger) else f"{kind}-added"
    return f"{kind}-taken"


def _find_still_able(key: StepKey, region: Region, side: VersionSide) -> tuple[str, ...]:
    """Who else may do now what this role may not."""
    state, trigger, role = key
    return tuple(
        each
        for each in list_people(side, state, trigger)
        if each != role and side.take(replace(region.example, state=state, role=each)) is not None
    )


def _build_change(said: _Said, found: list[tuple[StepKey, Region, Cells]]) -> VersionChange:
    states = dict.fromkeys(key[0] for key, _, _ in found if key[0] is not None)
    roles = dict.fromkeys(key[2] for key, _, _ in found)
    facts: dict[str, object] = {"still": said.still}
    facts |= {
        name: outcome.to
        for name, outcome in zip(("from_to", "to"), said.decided, strict=True)
        if outcome is not None
    }
    facts["sampled"] = sum(cells.tried for _, _, cells in found if cells.sampled)
    return VersionChange(
        topic=Topic.STEPS,
        code=said.code,
        states=tuple(states),
        trigger=said.trigger,
        roles=tuple(roles),
        where=said.where,
        facts=facts,
        example=_simplest(found),
    )


def _simplest(found: list[tuple[StepKey, Region, Cells]]) -> Situation:
    key, region, _ = found[0]
    return replace(region.example, state=key[0], role=key[2])
