"""The form of a step on a ticket's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from service.api.tickets.forms import build_step_form
from service.api.tickets.transitions import trigger_title
from service.console.forms.appointments import hint_appointments
from service.console.forms.form_builder import FormContents, build_inputs
from service.console.forms.form_input import FormInput
from service.console.forms.form_reader import write_texts
from service.console.forms.open_work import show_open_work
from service.console.forms.opening_hours import hint_opening_hours
from service.console.http.console_request import ConsoleRequest
from service.console.ticket.ticket_history import HistoryItem
from workflows.core.handlers.available import TriggerOption
from workflows.core.ticket import StepContext


@dataclass(slots=True, kw_only=True)
class OpenForm:
    """The form of a step that is open on the page. `general` is what is wrong with it as a whole; `changes`
    what others have done since it was opened."""

    trigger: str
    title: str
    inputs: tuple[FormInput, ...]
    note: str = ""
    on_behalf: str = ""
    reasons: tuple[str, ...] = ()
    general: list[str] = field(default_factory=list)
    changes: Sequence[HistoryItem] = ()


def site_zone_of(context: StepContext) -> ZoneInfo:
    """The time zone of the ticket's site."""
    return ZoneInfo(context.directory.zone) if context.directory.zone else context.calendar.zone


def step_schema(call: ConsoleRequest, context: StepContext, option: TriggerOption) -> Mapping[str, Any]:
    """The form of a step, as the API gives it, with the open work of the people in it."""
    actor = call.actor_at(context.ticket.site)
    schema = build_step_form(context, option, actor, call.now, call.language)
    return show_open_work(call, context.directory, schema, context.definition.fields)


def step_hints(call: ConsoleRequest, context: StepContext, schema: Mapping[str, Any]) -> Mapping[str, str]:
    """What is said beside the inputs of the form."""
    names = schema["properties"]
    hours = hint_opening_hours(call, context.definition, context.calendar, names)
    agreed = hint_appointments(call, context, names)
    hints = {name: [each[name] for each in (hours, agreed) if name in each] for name in names}
    return {name: " · ".join(said) for name, said in hints.items() if said}


def begin_form(call: ConsoleRequest, context: StepContext, option: TriggerOption) -> OpenForm:
    """The form of a step as it is opened: what the ticket has already stands in it, if it is not personal."""
    schema, fields = step_schema(call, context, option), context.definition.fields
    shown = [fields[name] for name in schema["properties"] if not fields[name].personal]
    texts = write_texts(shown, context.ticket.data, site_zone_of(context))
    contents = FormContents(texts=texts, wrong={}, hints=step_hints(call, context, schema))
    return form_of(call, context, option, build_inputs(schema, fields, contents))


def form_of(
    call: ConsoleRequest, context: StepContext, option: TriggerOption, inputs: tuple[FormInput, ...]
) -> OpenForm:
    """The open form of a step with these inputs."""
    absentee = context.directory.staff.get(option.on_behalf or "")
    title = trigger_title(option, context, call.language)
    return OpenForm(
        trigger=option.trigger, title=title, inputs=inputs, on_behalf=absentee.name if absentee else ""
    )
