"""Effects of a transition, as descriptions; nothing is written or sent here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from workflows.core.access import assignment, visibility
from workflows.core.commands import Actor, Command, Open
from workflows.core.effects import children, relatives
from workflows.core.effects.assign_by_roster import EffectContext, assign_by_roster, mark_roster
from workflows.core.effects.children import derive_child_id
from workflows.core.effects.register_writes import build_entry_writes
from workflows.core.input.evaluation_context import build_values
from workflows.core.input.field_values import compute_field_changes
from workflows.core.input.mapping import build_compute_error, list_items, map_fields
from workflows.core.records import EntryWrite
from workflows.core.reports.report_data import ReportWindow, serialize_figures
from workflows.core.step import Message, Step
from workflows.core.ticket import EMPTY, PRIORITIES, StepContext, Ticket
from workflows.core.turns.selection_context import RosterChange
from workflows.language.builder.rosters import ASSIGNMENT
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
from workflows.language.forms.form import store_value
from workflows.timing.instants import Instant


@dataclass(slots=True)
class EffectsResult:
    """The ticket after the effects, the values they wrote, and their messages, commands and writes."""

    ticket: Ticket
    values: dict[str, object] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    commands: tuple[Command, ...] = ()
    roster_changes: tuple[RosterChange, ...] = ()
    entry_writes: tuple[EntryWrite, ...] = ()
    notes: tuple[str, ...] = ()

    def add_note(self, sentence: str) -> None:
        """Add a sentence to the note of the history event."""
        if sentence:
            self.notes += (sentence,)

    def add_writes(self, step: Step) -> Step:
        """The step with the roster changes and register writes."""
        if not (self.roster_changes or self.entry_writes):
            return step
        return step._replace(roster_changes=self.roster_changes, entry_writes=self.entry_writes)

    def render_note(self, note: str) -> str:
        """The note of the history event: the actor's `note`, then the sentences of the effects."""
        return "\n".join(filter(None, (note, *self.notes))) if self.notes else note


def apply_effects(
    effects: tuple[Effect, ...], context: StepContext, ticket: Ticket, actor: Actor, now: Instant
) -> EffectsResult:
    """Apply the effects in order; each sees what those before it wrote."""
    result = EffectsResult(ticket)
    for effect in effects:
        if effect.when is None or _condition_holds(effect.when, context, result, actor, now):
            _apply(effect, context, result, actor, now)
    return result


def _condition_holds(
    when: Expression, context: StepContext, result: EffectsResult, actor: Actor, now: Instant
) -> bool:
    return when.holds(build_values(context, result.ticket, actor, now)).holds


def _apply(effect: Effect, context: StepContext, result: EffectsResult, actor: Actor, now: Instant) -> None:
    ticket = result.ticket
    match effect:
        case AssignEffect(to=to):
            result.ticket = ticket._replace(assignee=_find_assignee(to, context, ticket, actor))
        case AssignByRosterEffect():
            chosen = assign_by_roster(
                effect, EffectContext(context, ticket, result.roster_changes, actor, now)
            )
            _write_fields(result, context, chosen.fields)
            result.ticket = result.ticket._replace(assignee=chosen.person)
            result.values[ASSIGNMENT] = chosen.why
            result.roster_changes += (chosen.roster_change,)
        case RosterMarkEffect():
            roster_change, fields = mark_roster(
                effect, EffectContext(context, ticket, result.roster_changes, actor, now)
            )
            _write_fields(result, context, fields)
            result.roster_changes += (roster_change,) if roster_change else ()
        case RaisePriorityEffect():
            result.ticket = raise_priority(ticket)
        case LowerPriorityEffect():
            result.ticket = _lower_priority(ticket)
        case SetFieldEffect():
            _write_fields(
                result, context, {effect.field: _compute_value(effect, context, ticket, actor, now)}
            )
        case NotifyEffect():
            result.messages += assignment.build_messages(effect.to, context, ticket, _build_notice(effect))
        case OpenChildEffect():
            first_index = len(result.commands)
            opens, result.ticket = children.open_children(effect, context, ticket, actor, now, first_index)
            result.commands += opens
        case FireRelativesEffect(trigger=trigger, on=on):
            targets = relatives.find_relatives(on, context, ticket, result.commands)
            data = (
                map_fields(effect.values, build_values(context, ticket, actor, now), context)
                if targets
                else {}
            )
            result.commands += relatives.build_fires(
                trigger, data, on, targets, _set_audience(ticket, context), actor
            )
            result.add_note(relatives.render_note(f"asks for {trigger}", on, targets))
        case AmendChildrenEffect(link=link):
            targets = relatives.find_relatives(link, context, ticket, result.commands)
            data = (
                map_fields(effect.values, build_values(context, ticket, actor, now), context)
                if targets
                else {}
            )
            result.commands += relatives.build_amends(
                data, link, targets, _set_audience(ticket, context), actor
            )
            result.add_note(relatives.render_note(f"amends {', '.join(data)}", link, targets))
        case StoreReportEffect():
            _store_report(effect, context, result, now)
        case WriteEntryEffect() | StrikeEntryEffect():
            values = build_values(context, ticket, actor, now)
            items = list_items(effect.each, values, context)
            result.entry_writes += tuple(build_entry_writes(effect, items, values, context))
        case ConvertEffect():
            result.commands += (_build_conversion(effect, context, result, actor, now),)
        case _ as forgotten:
            assert_never(forgotten)


def _store_report(
    effect: StoreReportEffect, context: StepContext, result: EffectsResult, now: Instant
) -> None:
    """Store the report as of now in a field; the future part of its period is left out."""
    ticket, zone = result.ticket, context.calendar.zone
    since, until = effect.period.bounds_at(ticket.opened_at, zone)
    span = ReportWindow(since=since, until=max(since, min(until, now)), now=now, zone=zone)
    figures = context.make_report(effect.report, ticket.site, span) if context.make_report else None
    if figures is None:
        result.add_note(f"there is no report {effect.report} any more: no figures were taken")
    _write_fields(result, context, {effect.into: serialize_figures(figures) if figures else None})


def _set_audience(ticket: Ticket, context: StepContext) -> Ticket:
    """The ticket with the audience it has after this step; its relatives do not name it to others."""
    if context.definition.visible is None:
        return ticket
    return ticket._replace(audience=visibility.compute_audience(context, ticket))


def _write_fields(result: EffectsResult, context: StepContext, values: Mapping[str, object]) -> None:
    """Write an effect's values to the ticket, and reassign it if they name another owner."""
    ticket = result.ticket
    changed = ticket._replace(**compute_field_changes(context.definition, ticket, values))
    result.ticket = assignment.reassign(context, ticket, changed)
    result.values |= values


def raise_priority(ticket: Ticket) -> Ticket:
    """The ticket with the next higher priority, if there is one."""
    return ticket._replace(priority=min(ticket.priority + 1, len(PRIORITIES) - 1))


def _lower_priority(ticket: Ticket) -> Ticket:
    """The ticket one priority lower, if there is one."""
    return ticket._replace(priority=max(ticket.priority - 1, 0))


def _find_assignee(to: str, context: StepContext, ticket: Ticket, actor: Actor) -> str | None:
    """The staff id to assign to; None for the clock, an outsider, or somebody who has left."""
    named = actor.id if to == "actor" else ticket.data.get(to)
    return named if isinstance(named, str) and named in context.directory.staff else None


def _build_notice(effect: NotifyEffect) -> Message:
    values = dict.fromkeys(effect.fields) if effect.fields else EMPTY  # filled in when the step is finished
    return Message(
        kind="notice", recipient="", role="", text=effect.text, urgent=effect.urgent, values=values
    )


def _compute_value(
    effect: SetFieldEffect, context: StepContext, ticket: Ticket, actor: Actor, now: Instant
) -> object:
    name, values = effect.field, build_values(context, ticket, actor, now)
    try:
        zone = context.calendar.zone
        return store_value(context.definition.fields[name], effect.value.value(values), zone)
    except ValueError as error:
        raise build_compute_error(effect.value, context, error, name) from error


def _build_conversion(
    effect: ConvertEffect, context: StepContext, result: EffectsResult, actor: Actor, now: Instant
) -> Open:
    """The command that opens the successor, with the ticket's parent, opener and priority."""
    ticket = result.ticket
    return Open(
        site=ticket.site,
        id=derive_child_id(ticket, now, len(result.commands)),
        workflow=effect.workflow,
        actor=actor,
        data=map_fields(effect.values, build_values(context, ticket, actor, now), context),
        parent=ticket.parent,
        link=ticket.link,
        round=ticket.round,
        origin=ticket.id,
        derived=True,
        opener=ticket.opener,
        priority=ticket.priority,
    )
