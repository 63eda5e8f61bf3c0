"""States and steps that are new, gone or called otherwise, and who has the next move."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.difference.change import Topic, VersionChange
from workflows.difference.parts import VersionPair
from workflows.language.definition import Owner, State


def list_state_changes(versions: VersionPair) -> Iterator[VersionChange]:
    """The changes of states, in the order of the file."""
    sides = versions.sides
    for name, old, new in versions.pairs(versions.old.states, versions.new.states, sides[1].former_states):
        if old is None and new is not None:
            into = sorted({row.trigger for row in versions.new.transitions if row.to == new.name})
            yield _change("state-added", name, triggers=tuple(into))
        elif new is None:
            out = dict.fromkeys(row.trigger for row in versions.old.transitions_by_source[name])
            yield _change("state-removed", name, triggers=tuple(out))
        elif old is not None:
            yield from _compare(versions, old, new)


def _compare(versions: VersionPair, old: State, new: State) -> Iterator[VersionChange]:
    name = old.name
    if new.name != name:
        yield _change("state-renamed", name, now=new.name)
    if old.category is not new.category:
        yield _change("state-category", name, before=str(old.category), after=str(new.category))
    if old.owner != _former_owner(versions, new.owner):
        yield _change(
            "state-owner", name, before=_owner(old.owner), after=_owner(_former_owner(versions, new.owner))
        )


def _former_owner(versions: VersionPair, owner: Owner | None) -> Owner | None:
    if owner is None:
        return None
    former = versions.sides[1].former
    department = former.get(owner.department, owner.department) if owner.department else None
    staff = former.get(owner.staff, owner.staff) if owner.staff else None
    return Owner(role=owner.role, department=department, staff=staff)


def _owner(owner: Owner | None) -> dict[str, str]:
    """The owner as data: role, department (a field), staff (a field)."""
    if owner is None:
        return {}
    named = {"role": owner.role, "department": owner.department, "staff": owner.staff}
    return {key: value for key, value in named.items() if value}


def _change(code: str, state: str, **facts: object) -> VersionChange:
    return VersionChange(topic=Topic.STATES, code=code, states=(state,), facts=facts)
