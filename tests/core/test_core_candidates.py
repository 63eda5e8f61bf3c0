"""The candidates of a ticket are exactly the names of those who have the right to a step of it."""

from __future__ import annotations

from itertools import cycle

from workflows.core.access.candidates import collect_candidate_names, find_candidates
from workflows.core.access.permissions import has_any_role
from workflows.core.commands import Actor
from workflows.core.ticket import Ticket
from workflows.language.definition import Definition
from workflows.language.load import Folder

ASSIGNEES, DEPARTMENTS = (None, "li", "wang"), (None, "engineering", "security")


def tickets_of(definition: Definition, state: str) -> list[Ticket]:
    """Tickets in a state: with and without an assignee and a department, of two openers."""
    owner = definition.states[state].owner
    people, openers = cycle(("wang", "li", None)), cycle(("li", "zhou"))
    return [
        Ticket(
            site="s",
            id="t",
            number="1",
            workflow=definition.name,
            version=1,
            title="",
            state=state,
            category=str(definition.states[state].category),
            seq=1,
            opener=next(openers),
            opened_at=0,
            changed_at=0,
            entered_at=0,
            assignee=assignee,
            department=department,
            data={owner.staff: next(people)} if owner and owner.staff else {},
        )
        for assignee in ASSIGNEES
        for department in DEPARTMENTS
    ]


def actors(definition: Definition) -> list[Actor]:
    """People of each role, in a department and in none; and one who acts in the place of another."""
    return [
        Actor(
            id=("li", "wang", "zhou")[index % 3],
            name="",
            roles=frozenset({role}),
            departments=departments,
            on_behalf="li" if index % 4 == 3 else None,
        )
        for index, role in enumerate(sorted(definition.organisation.roles))
        for departments in (frozenset[str](), frozenset({"engineering"}))
    ]


def may_step(definition: Definition, ticket: Ticket, actor: Actor) -> bool:
    """Whether the actor has the role for some transition that people fire from the state."""
    return ticket.category in ("open", "waiting") and any(
        not row.auto and not row.barred and has_any_role(row.roles, actor, definition, ticket)
        for row in definition.transitions_by_source[ticket.state]
    )


def test_in_every_state_of_every_process_a_name_means_a_right_and_a_right_a_name(ours: Folder) -> None:
    states = 0
    for definition in ours.definitions.values():
        everybody = [(actor, collect_candidate_names(actor)) for actor in actors(definition)]
        for state in definition.states:
            states += 1
            for ticket in tickets_of(definition, state):
                candidates = set(find_candidates(definition, ticket))
                for actor, names in everybody:
                    named, right = bool(names & candidates), may_step(definition, ticket, actor)
                    assert named == right, (definition.name, state, actor, ticket, candidates)
    assert states > 500
