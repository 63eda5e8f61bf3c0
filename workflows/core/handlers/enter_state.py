"""What every step has in common: field changes, entering a state, clocks, history event and follow-ups."""

from __future__ import annotations

from workflows.core.access import assignment, visibility
from workflows.core.access.candidates import find_candidates
from workflows.core.access.substitution import find_substitution
from workflows.core.attachments import AttachmentUse
from workflows.core.clocks import advance
from workflows.core.commands import CLOCK, Actor, Command, FireAuto
from workflows.core.input import computed_fields, evaluation_context
from workflows.core.input.attachment_references import list_uses
from workflows.core.input.field_values import (
    FormValues,
    TicketChanges,
    compute_field_changes,
    split_personal,
)
from workflows.core.input.similarity import find_similarity
from workflows.core.step import HistoryEvent, Message, Step
from workflows.core.ticket import StepContext, Ticket
from workflows.language.definition import Definition
from workflows.timing.instants import Instant

_NO_WORK = ("urge", "take-over", "link")  # steps of people that restart no clock


def compute_state_changes(
    context: StepContext, ticket: Ticket, data: FormValues, state: str, now: Instant
) -> TicketChanges:
    """The attributes that change on entering `state`: category, times, visits, department and assignee.

    `closed_at` keeps the time of the first end; entering a state that is not an end clears it.
    """
    category = context.definition.states[state].category
    visits = ticket.trail.visits
    department, assignee = assignment.find_department_and_assignee(
        context, state, data, ticket.department, ticket.assignee
    )
    return {
        "state": state,
        "category": str(category),
        "entered_at": now,
        "closed_at": (ticket.closed_at or now) if category.ended else None,
        "trail": ticket.trail._replace(visits={**visits, state: visits.get(state, 0) + 1}),
        "department": department,
        "assignee": assignee,
    }


def finish_step(
    context: StepContext,
    before: Ticket | None,
    after: Ticket,
    *,
    kind: str,
    actor: Actor,
    values: FormValues,
    note: str = "",
    trigger: str | None = None,
    messages: tuple[Message, ...] = (),
    commands: tuple[Command, ...] = (),
    attachments: tuple[AttachmentUse, ...] = (),
) -> Step:
    """Build the whole step from the ticket before and after: clocks, history event, messages, follow-ups.

    `values` are the field values that the step wrote, `attachments` the files that it names elsewhere. Adds
    what every step needs: computed fields, the substitute of an absent assignee, the audience, the
    candidates, and the earliest due.
    """
    now = after.changed_at
    if context.definition.computed_fields:
        after, values = _store_computed_fields(context, after, values, actor)
    if context.directory.absences and (substitution := find_substitution(context, before, after, actor)):
        after, messages = after._replace(assignee=substitution.member.id), substitution.redirect(messages)
        note = "\n".join(filter(None, (note, substitution.note)))
    messages = tuple(_fill_values(each, after) if each.values else each for each in messages)
    if context.definition.duplicates is not None:
        after = after._replace(similarity=find_similarity(context.definition, after.data))
    if context.definition.visible is not None:
        after = after._replace(audience=visibility.compute_audience(context, after))
    candidates = find_candidates(context.definition, after)
    if candidates != after.candidates:
        after = after._replace(candidates=candidates)
    activity = None
    if context.definition.has_restarting_clocks and kind not in _NO_WORK:
        activity = advance.Activity(trigger, actor.id != CLOCK.id)
    clocks = advance.advance_clocks(context, before, after, now, activity)
    due_at = advance.earliest_due(advance.merge_clocks(context.clocks, clocks))
    data, personal = split_personal(context.definition, values)
    spent, target = _measure_state(context, before, after)
    event = HistoryEvent(
        seq=after.seq,
        at=now,
        kind=kind,
        actor=actor,
        trigger=trigger,
        source=before.state if before else None,
        to=after.state,
        data=data,
        personal=personal,
        note=note,
        spent=spent,
        target=target,
    )
    return Step(
        before=before,
        after=after if after.due_at == due_at else after._replace(due_at=due_at),
        event=event,
        clocks=clocks,
        messages=messages,
        follow_ups=(*commands, *list_follow_ups(context.definition, before, after)),
        attachments=(*attachments, *list_uses(context.definition, values)),
    )


def _fill_values(message: Message, ticket: Ticket) -> Message:
    """The message with the fields that its text names, as the step leaves them."""
    return message._replace(values={name: ticket.data.get(name) for name in message.values})


def _store_computed_fields(
    context: StepContext, after: Ticket, values: FormValues, actor: Actor
) -> tuple[Ticket, FormValues]:
    """The ticket with its computed fields up to date, and `values` with those that changed."""
    definition = context.definition
    current = evaluation_context.build_values(context, after, actor, after.changed_at)
    computed = computed_fields.compute_changes(context, current, {**after.data, **after.personal})
    if not computed:
        return after, values
    changed = after._replace(**compute_field_changes(definition, after, computed))
    return assignment.reassign(context, after, changed), {**values, **computed}


def _measure_state(
    context: StepContext, before: Ticket | None, after: Ticket
) -> tuple[int | None, int | None]:
    """The working seconds spent in the state that was left, and its budget; None where no state was left."""
    if before is None or not advance.enters_state(before, after):
        return None, None
    name = advance.STATE_CLOCK + before.state
    target = next((clock.budget for clock in context.clocks if clock.name == name), None)
    return context.calendar.count_open_seconds(before.entered_at, after.changed_at), target


def _child_number(child: Ticket) -> str:
    """The child's number for its parent's history; empty for a restricted ticket."""
    return child.number if child.audience is None else ""


def list_follow_ups(definition: Definition, before: Ticket | None, after: Ticket) -> tuple[Command, ...]:
    """The commands that follow: for the ticket's `auto` transitions, and for the parent of an ended child."""
    commands: list[Command] = []
    if any(transition.auto for transition in definition.transitions_by_source[after.state]):
        commands.append(FireAuto(site=after.site, ticket=after.id, actor=CLOCK))
    if after.parent and after.closed_at is not None and (before is None or before.closed_at is None):
        commands.append(
            FireAuto(
                site=after.site, ticket=after.parent, actor=CLOCK, child=_child_number(after), ended=after.id
            )
        )
    return tuple(commands)
