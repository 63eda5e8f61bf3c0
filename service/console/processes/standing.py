"""The states of a process with the open tickets that stand there, for the table and for the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.console.http.console_request import ConsoleRequest
from service.console.my_desk.desk_filter import filter_address
from service.console.processes.duration_texts import write_length
from service.problems import role_title
from service.texts import localize
from workflows.language.definition import Definition, Owner
from workflows.language.promise import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRow:
    """A state: who has the ticket there, how long, and how many are there now, of any version. `path` lists
    them, `late_path` the overdue ones, and `standing` says how many, for who hears the link alone."""

    name: str
    title: str
    category: str
    owner: str
    due: str
    open: int
    overdue: int
    path: str
    late_path: str
    standing: str


def list_states(call: ConsoleRequest, definition: Definition) -> list[StateRow]:
    """The states in the order of the definition; then those that only earlier versions have."""
    counts, name = call.desk.counts, definition.name
    opened: dict[str, int] = {}
    for (_, state), count in counts.count_by_version_and_state(name, call.viewer, call.sites).items():
        opened[state] = opened.get(state, 0) + count
    late = counts.count_overdue(call.viewer, call.sites, call.now, name)
    rows = [
        _build_row(
            call,
            (name, state.name, str(state.category)),
            title=localize(state.title, call.language) or state.name,
            owner=_describe_owner(call, definition, state.owner),
            due=_describe_due(call, definition, state.due),
            counts=(opened.get(state.name, 0), late.get((name, state.name), 0)),
        )
        for state in definition.states.values()
    ]
    former = sorted(opened.keys() - definition.states.keys())
    earlier = call.text("processes", "earlier-version")
    rows += [
        _build_row(
            call,
            (name, state, "open"),
            title=state,
            owner=earlier,
            due="",
            counts=(opened[state], late.get((name, state), 0)),
        )
        for state in former
    ]
    return rows


def _build_row(
    call: ConsoleRequest,
    which: tuple[str, str, str],
    *,
    title: str,
    owner: str,
    due: str,
    counts: tuple[int, int],
) -> StateRow:
    (workflow, state, category), (opened, overdue) = which, counts
    asked = {"workflow": workflow, "state": state}
    said = _count_in_words(call, opened, overdue)
    return StateRow(
        name=state,
        title=title,
        category=category,
        owner=owner,
        due=due,
        open=opened,
        overdue=overdue,
        path=filter_address(call, {**asked, "which": "open"}),
        late_path=filter_address(call, {**asked, "which": "overdue"}),
        standing=call.text("processes", "standing", state=title, count=said),
    )


def _count_in_words(call: ConsoleRequest, opened: int, overdue: int) -> str:
    return call.text("processes", "box-late" if overdue else "box", open=opened, late=overdue)


def write_notes(call: ConsoleRequest, rows: Sequence[StateRow]) -> dict[str, str]:
    """What is written in the boxes of the picture: how many are there, and how many of them overdue."""
    return {each.name: _count_in_words(call, each.open, each.overdue) for each in rows if each.open}


def _describe_owner(call: ConsoleRequest, definition: Definition, owner: Owner | None) -> str:
    if owner is None:
        return ""
    if owner.role:
        return role_title(owner.role, call.language, definition)
    field = definition.fields.get(owner.department or owner.staff or "")
    return localize(field.title, call.language) if field else ""


def _describe_due(call: ConsoleRequest, definition: Definition, due: Due | None) -> str:
    """The deadline of a state in words; one that depends on a field names the field."""
    if due is None:
        return ""
    if due.within:
        return write_length(call.language, due.within)
    field = definition.fields.get(due.at or due.by or "")
    named = localize(field.title, call.language) if field else (due.at or due.by or "")
    lengths = [each for each in (due.choices or {}).values() if each]
    text = " / ".join(dict.fromkeys(write_length(call.language, each) for each in lengths))
    return call.text("processes", "due-by", field=named, lengths=text).strip()
