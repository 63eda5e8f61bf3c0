"""What steps bring about besides: assignments, children, values, registers, priorities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import assert_never

from workflows.difference.change import Topic, VersionChange
from workflows.difference.parts import StepPair, VersionPair
from workflows.language.effect import (
    AmendChildrenEffect,
    AssignByRosterEffect,
    AssignEffect,
    ConvertEffect,
    Effect,
    FireRelativesEffect,
    LowerPriorityEffect,
    NotifyEffect,
    OpenChildEffect,
    RaisePriorityEffect,
    RosterMarkEffect,
    SetFieldEffect,
    StoreReportEffect,
    StrikeEntryEffect,
    WriteEntryEffect,
)
from workflows.language.expressions.expression import Expression

_Key = tuple[str, str]
"""The kind of an effect, and what it is done to."""


def list_effect_changes(versions: VersionPair) -> Iterator[VersionChange]:
    """The effects that steps have gained, lost or have otherwise; not the notices."""
    for pair in versions.step_pairs():
        before, after = _index(versions, pair, 0), _index(versions, pair, 1)
        for key in dict.fromkeys((*before, *after)):
            one, other = before.get(key), after.get(key)
            facts: dict[str, object] = {"effect": key[0], "what": key[1]}
            if one == other:
                continue
            code = "effect-added" if one is None else "effect-removed" if other is None else "effect-changed"
            if one is not None and other is not None:
                facts |= _tell_apart(one, other)
            yield VersionChange(
                topic=Topic.EFFECTS, code=code, states=pair.states, trigger=pair.trigger, facts=facts
            )


def _index(versions: VersionPair, pair: StepPair, side: int) -> dict[_Key, dict[str, str]]:
    """The effects of a row -> their parts as texts; several of one kind are counted."""
    found: dict[_Key, dict[str, str]] = {}
    row = pair.new if side else pair.old
    for effect in row.effects:
        if isinstance(effect, NotifyEffect):
            continue
        kind, what = _identify(effect, versions.sides[side].former)
        count = (
            sum(1 for known, _ in found if known == kind and _.startswith(what))
            if (kind, what) in found
            else 0
        )
        key = (kind, f"{what} #{count + 1}" if count else what)
        found[key] = _write_parts(versions, effect, side)
    return found


def _identify(effect: Effect, former: Mapping[str, str]) -> _Key:
    match effect:
        case AssignEffect(to=to):
            return "assign", former.get(to, to)
        case AssignByRosterEffect(role=role):
            return "assign-by-turn", role
        case RosterMarkEffect(kind=kind, roster=roster):
            return "mark", f"{roster}: {kind}"
        case NotifyEffect(to=to):
            return "notify", ", ".join(to)
        case OpenChildEffect(workflow=workflow):
            return "open-child", workflow
        case ConvertEffect(workflow=workflow):
            return "convert", workflow
        case SetFieldEffect(field=field):
            return "set", former.get(field, field)
        case FireRelativesEffect(trigger=trigger, on=on):
            return (
                "fire-parent" if on == "parent" else "fire-children",
                trigger if on == "parent" else f"{on}: {trigger}",
            )
        case AmendChildrenEffect(link=link):
            return "amend-children", link
        case RaisePriorityEffect():
            return "raise", ""
        case LowerPriorityEffect():
            return "lower", ""
        case StoreReportEffect(report=report):
            return "store-report", report
        case WriteEntryEffect(register=register):
            return "write-entry", register
        case StrikeEntryEffect(register=register):
            return "strike-entry", register
        case _ as forgotten:
            assert_never(forgotten)


def _write_parts(versions: VersionPair, effect: Effect, side: int) -> dict[str, str]:
    """The parts of an effect as texts, by old names."""

    def write(value: object) -> str:
        if isinstance(value, Expression):
            return versions.write(value, side)
        if isinstance(value, Mapping):
            return "; ".join(f"{key}: {write(each)}" for key, each in value.items())
        if isinstance(value, tuple):
            return "; ".join(map(write, value))
        return "" if value is None else repr(value)

    return {each.name: write(getattr(effect, each.name)) for each in fields(effect)}


def _tell_apart(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, object]:
    """Which parts of an effect differ; the condition by itself."""
    apart = tuple(name for name in other if one.get(name) != other[name])
    if apart == ("when",):
        return {"part": "when", "before": one.get("when", ""), "after": other["when"]}
    name = next(each for each in apart if each != "when")
    return {"part": name, "before": one.get(name, ""), "after": other[name]}
