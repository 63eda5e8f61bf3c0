"""A step as a form of a page sends it."""

from __future__ import annotations

from service.console.forms.form_builder import ADD
from service.console.forms.sent_form import SentForm
from service.console.http.console_request import ConsoleRequest
from service.console.ticket.commands import carry_out, read_note, seen_step
from service.console.ticket.step_form import site_zone_of
from service.refusals import reason
from workflows.core.access.permissions import takes_part
from workflows.core.commands import Fire
from workflows.core.handlers.available import TriggerOption, list_trigger_options
from workflows.core.ticket import StepContext
from workflows.errors import NotFound


def find_option(call: ConsoleRequest, context: StepContext, trigger: str) -> TriggerOption:
    """The step of this name. Raises NotFound if the ticket has none."""
    options = list_trigger_options(context, call.actor_at(context.ticket.site), call.now)
    option = next((each for each in options if each.trigger == trigger), None)
    if option is None:
        raise NotFound(reason("unknown-trigger", f"there is no step {trigger[:80]}", trigger=trigger[:80]))
    return option


def take_sent_step(
    call: ConsoleRequest, context: StepContext, option: TriggerOption, sent: SentForm
) -> StepContext | None:
    """The ticket after the step; None if the form only asked for another row of a table. The files that came
    are stored in either case. Raises the refusals of the engine."""
    if takes_part(context, call.actor_at(context.ticket.site)):
        sent.store_files(call, context.ticket.site, context.ticket.id)
    if ADD in call.request.form:
        return None
    return carry_out(call, _build_step(call, context, option, sent))


def _build_step(call: ConsoleRequest, context: StepContext, option: TriggerOption, sent: SentForm) -> Fire:
    shown = {name: value for name, value in context.ticket.data.items() if name in sent.schema["properties"]}
    return Fire(
        site=context.ticket.site,
        ticket=context.ticket.id,
        actor=call.actor_at(context.ticket.site),
        expected=seen_step(call),
        note=read_note(call),
        trigger=option.trigger,
        data=sent.read(shown, site_zone_of(context)),
    )
