"""The steps of a ticket as buttons: what can be done now, and what cannot, why, and who could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.api.tickets.transitions import trigger_title
from service.console.forms.checklists import find_checklists, inspection_path
from service.console.http.console_request import ConsoleRequest
from service.problems import render_reason, role_title
from service.texts import localize
from workflows.core.handlers.available import TriggerOption
from workflows.core.ticket import StepContext

_NAMED = 3  # people of a role
_ELSEWHERE = "not-in-state"  # the reason of a step that leaves other states


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStep:
    """A step. `reasons` is empty if it can be taken; `who` are the roles that may take it, with the people
    who hold them, `to` the titles of the states where it leads."""

    trigger: str
    title: str
    to: str
    reasons: tuple[str, ...] = ()
    who: str = ""
    on_behalf: str = ""


def build_steps(
    call: ConsoleRequest, context: StepContext, options: Sequence[TriggerOption]
) -> tuple[list[TicketStep], list[TicketStep]]:
    """(possible, blocked): the steps from the ticket's state. What leaves other states only is left out."""
    here = [each for each in options if all(reason.code != _ELSEWHERE for reason in each.reasons)]
    steps = [_build_step(call, context, each) for each in here]
    return [each for each in steps if not each.reasons], [each for each in steps if each.reasons]


def list_inspections(
    call: ConsoleRequest, context: StepContext, options: Sequence[TriggerOption]
) -> list[tuple[str, str]]:
    """(title, address) of the checklists that possible steps ask for."""
    definition = context.definition
    possible = (row for option in options if not option.reasons for row in option.transitions)
    return [
        (localize(definition.fields[name].title, call.language), inspection_path(context.ticket, name))
        for name in find_checklists(definition, possible)
    ]


def _build_step(call: ConsoleRequest, context: StepContext, option: TriggerOption) -> TicketStep:
    definition, language = context.definition, call.language
    targets = dict.fromkeys(row.to for row in option.transitions if row.to is not None)
    absentee = context.directory.staff.get(option.on_behalf or "")
    return TicketStep(
        trigger=option.trigger,
        title=trigger_title(option, context, language),
        to=" / ".join(localize(definition.states[name].title, language) for name in targets),
        reasons=tuple(str(render_reason(each, language, definition)["message"]) for each in option.reasons),
        who=call.text("ticket_row", "and").join(_name_role(call, context, name) for name in option.who),
        on_behalf=absentee.name if absentee else "",
    )


def _name_role(call: ConsoleRequest, context: StepContext, role: str) -> str:
    """The title of a role, with the names of the first few who hold it."""
    title = role_title(role, call.language, context.definition)
    names = [each.name for each in context.directory.holders(role)]
    if not names:
        return title
    listed = call.text("ticket_row", "and").join(names[:_NAMED])
    key = "role-of-more" if len(names) > _NAMED else "role-of"
    return call.text("ticket", key, role=title, names=listed)
