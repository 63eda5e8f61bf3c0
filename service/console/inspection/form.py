"""The form of an inspection: its points, what else its steps ask for, and the steps that may end it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from service.api.tickets.transitions import trigger_title
from service.console.forms.checklists import find_checklists
from service.console.forms.form_builder import FormContents, build_inputs
from service.console.forms.form_input import FormInput
from service.console.forms.form_reader import write_texts
from service.console.http.console_request import ConsoleRequest
from service.console.inspection.points import InspectionPoint, build_points
from service.console.ticket.step_form import site_zone_of, step_hints, step_schema
from service.console.ticket.ticket_history import HistoryItem
from service.problems import render_reason
from workflows.core.handlers.available import TriggerOption
from workflows.core.ticket import StepContext

NOT_HERE = "not-in-state"  # the reason of a step that leaves other states


class InspectionStep(NamedTuple):
    """A step that takes the checklist; with the reasons for which it cannot be taken now."""

    trigger: str
    title: str
    reasons: tuple[str, ...]


class AskedInput(NamedTuple):
    """A further field; `steps` names those that ask for it, if not all do."""

    input: FormInput
    steps: str


@dataclass(slots=True, kw_only=True)
class InspectionForm:
    """What a page shows. `seen` is the step of the ticket on which the form was opened; `reasons` is what was
    refused of it as a whole, `changes` what others have done since."""

    title: str
    help: str
    points: tuple[InspectionPoint, ...]
    further: tuple[AskedInput, ...]
    steps: tuple[InspectionStep, ...]
    changes: Sequence[HistoryItem] = ()
    reasons: tuple[str, ...] = ()


def list_steps(
    context: StepContext, options: Sequence[TriggerOption], checklist: str
) -> tuple[TriggerOption, ...]:
    """The steps with the checklist on their form: those from the ticket's state, or else all."""
    asking = [each for each in options if checklist in find_checklists(context.definition, each.transitions)]
    here = [each for each in asking if all(reason.code != NOT_HERE for reason in each.reasons)]
    return tuple(here or asking)


def begin_texts(
    call: ConsoleRequest, context: StepContext, steps: Sequence[TriggerOption], checklist: str
) -> dict[str, list[str]]:
    """What stands in the form when it is opened: what the ticket knows already, but no result. Whoever walks
    looks anew."""
    fields = context.definition.fields
    names = dict.fromkeys(
        name for each in steps for name in step_schema(call, context, each)["properties"] if name != checklist
    )
    shown = [fields[name] for name in names if not fields[name].personal]
    return write_texts(shown, context.ticket.data, site_zone_of(context))


def build_form(
    call: ConsoleRequest,
    context: StepContext,
    steps: Sequence[TriggerOption],
    checklist: str,
    contents: FormContents,
    since: int | None = None,
) -> InspectionForm:
    """The form with these contents; with what others have answered since that step, if there is one."""
    inputs = {each.trigger: _build_inputs(call, context, each, contents) for each in steps}
    looked_at = inputs[steps[0].trigger][checklist]
    return InspectionForm(
        title=looked_at.title,
        help=looked_at.help,
        points=build_points(call, context, looked_at, since),
        further=_list_further(call, context, steps, checklist, inputs),
        steps=tuple(_build_step(call, context, each) for each in steps),
        reasons=looked_at.wrong,
    )


def _build_inputs(
    call: ConsoleRequest, context: StepContext, option: TriggerOption, contents: FormContents
) -> Mapping[str, FormInput]:
    schema = step_schema(call, context, option)
    hinted = replace(contents, hints=step_hints(call, context, schema))
    return {each.name: each for each in build_inputs(schema, context.definition.fields, hinted)}


def _list_further(
    call: ConsoleRequest,
    context: StepContext,
    steps: Sequence[TriggerOption],
    checklist: str,
    inputs: Mapping[str, Mapping[str, FormInput]],
) -> tuple[AskedInput, ...]:
    names = dict.fromkeys(name for found in inputs.values() for name in found if name != checklist)
    asked = []
    for name in names:
        asking = [each for each in steps if name in inputs[each.trigger]]
        titles = [trigger_title(each, context, call.language) for each in asking]
        some = call.text("ticket_row", "and").join(titles) if len(asking) < len(steps) else ""
        asked.append(AskedInput(inputs[asking[0].trigger][name], some))
    return tuple(asked)


def _build_step(call: ConsoleRequest, context: StepContext, option: TriggerOption) -> InspectionStep:
    reasons = (
        str(render_reason(each, call.language, context.definition)["message"]) for each in option.reasons
    )
    return InspectionStep(option.trigger, trigger_title(option, context, call.language), tuple(reasons))
