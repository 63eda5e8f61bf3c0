"""For each harmful change of our own processes a plan is proposed that leaves no ticket stuck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from workflows.language.definition import Definition, Transition
from workflows.language.forms.field import FieldType
from workflows.language.load import Folder
from workflows.language.migrations.families import OlderTickets
from workflows.language.migrations.load import KnownVersions, read_plan
from workflows.language.migrations.propose import find_leading_on, propose_plan

Change = Callable[[Definition], Definition | None]


def middle_state(definition: Definition) -> str | None:
    """An open state that is not where tickets begin."""
    found = (
        name
        for name, each in definition.states.items()
        if not each.category.ended and name != definition.start.state
    )
    return next(found, None)


def rename_state(definition: Definition) -> Definition | None:
    old = middle_state(definition)
    return old and _with_state(definition, old, f"{old}-anew", keep=True)  # type: ignore[return-value]


def remove_state(definition: Definition) -> Definition | None:
    """What led into it leads to where it led first."""
    old = middle_state(definition)
    if old is None:
        return None
    leading_on = (row.to for row in definition.transitions_by_source[old] if row.to not in (None, old))
    successor = next(leading_on, None)
    return successor and _with_state(definition, old, successor, keep=False)  # type: ignore[return-value]


def _with_state(definition: Definition, old: str, new: str, *, keep: bool) -> Definition:
    def move(row: Transition) -> Transition | None:
        kept = [new if each == old and keep else each for each in row.sources if keep or each != old]
        return replace(row, sources=tuple(kept), to=new if row.to == old else row.to) if kept else None

    states = {name: each for name, each in definition.states.items() if name != old}
    states |= {new: replace(definition.states[old], name=new)} if keep else {}
    rows = tuple(row for row in map(move, definition.transitions) if row is not None)
    return replace(definition, states=states, transitions=rows)


def lose_the_way_on(definition: Definition) -> Definition | None:
    old = middle_state(definition)
    if old is None:
        return None
    rows = [replace(row, sources=tuple(s for s in row.sources if s != old)) for row in definition.transitions]
    return replace(definition, transitions=tuple(row for row in rows if row.sources))


def remove_option(definition: Definition) -> Definition | None:
    field = next(
        (
            each
            for each in definition.fields.values()
            if each.type is FieldType.CHOICE and len(each.options) > 2
        ),
        None,
    )
    return field and _with_field(definition, field.name, options=field.options[1:])  # type: ignore[return-value]


def rename_field(definition: Definition) -> Definition | None:
    """One that names no uploaded files: those know it by its name."""
    name = next((each for each in definition.input_fields if each not in definition.attachment_parts), None)
    if name is None:
        return None
    fields = {f"{n}_anew" if n == name else n: each for n, each in definition.fields.items()}
    fields[f"{name}_anew"] = replace(definition.fields[name], name=f"{name}_anew")
    return replace(definition, fields=fields)


def change_type(definition: Definition) -> Definition | None:
    name = next((n for n in definition.input_fields if definition.fields[n].type is FieldType.NUMBER), None)
    return name and _with_field(definition, name, type=FieldType.TEXT, min=None, max=None)  # type: ignore[return-value]


def _with_field(definition: Definition, name: str, **changes: object) -> Definition:
    changed = replace(definition.fields[name], **changes)  # type: ignore[arg-type]
    return replace(definition, fields={**definition.fields, name: changed})


CHANGES: tuple[Change, ...] = (
    rename_state,
    remove_state,
    lose_the_way_on,
    remove_option,
    rename_field,
    change_type,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_proposed_plan_leaves_no_ticket_stuck(ours: Folder, change: Change) -> None:
    """From each place an end can be reached, every field that is asked for there can be given, and the plan
    itself has no findings."""
    tried = 0
    for name, definition in ours.definitions.items():
        new = change(definition)
        if new is None:
            continue
        tried += 1
        first, second = replace(definition, version=1), replace(new, version=2)
        standing = {each: 1 for each, state in first.states.items() if not state.category.ended}
        text = propose_plan([OlderTickets([first], second, frozenset(standing))])
        known = KnownVersions(
            versions={name: (1, 2)},
            definition=lambda _, version, first=first, second=second: first if version == 1 else second,  # type: ignore[misc]
            standing=lambda *_, standing=standing: standing,  # type: ignore[misc]
        )
        plan, findings = read_plan(text, "proposed.yaml", known)
        assert plan is not None, (name, [str(each) for each in findings], text)
        places = {plan.moves[0].state_of(each) for each in standing}
        assert places <= find_leading_on(second), (name, text)
        asked = {field for row in second.transitions for field in row.requires if field in second.fields}
        assert all(second.fields[field].is_input for field in asked), name
        lost = [old for old, move in plan.moves[0].fields.items() if move.to is None]
        assert change is change_type or lost == [], (name, text)
    assert tried >= 7


def test_a_renamed_state_is_recognised(ours: Folder) -> None:
    first = replace(ours.definitions["complaint"], version=1)
    old = middle_state(first)
    second = replace(rename_state(first) or first, version=2)
    assert f"{old}: {old}-anew  #" in propose_plan([OlderTickets([first], second, frozenset([old or ""]))])
