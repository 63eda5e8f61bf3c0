"""Validation of the values submitted for a step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workflows.core.commands import Actor
from workflows.core.input.attachment_references import check_attachments
from workflows.core.input.entry_references import check_entry_references
from workflows.core.input.staff_values import resolve_staff
from workflows.core.ticket import StepContext
from workflows.errors import Invalid, Reason
from workflows.language.definition import Definition, Transition
from workflows.language.forms.form import Form, prepare_value


@lru_cache(maxsize=8192)
def _build_lenient_form(definition: Definition, names: tuple[str, ...]) -> Form:
    """A form that accepts `names` and requires none: what is required depends on the transition taken."""
    return Form.of(definition.fields, requires=(), accepts=names)


def list_accepted_fields(transitions: tuple[Transition, ...]) -> tuple[str, ...]:
    """The fields that some of the transitions accept, in the order of the file."""
    return tuple(dict.fromkeys(name for transition in transitions for name in transition.fields))


def clean_submission(
    context: StepContext, names: tuple[str, ...], data: Mapping[str, object], actor: Actor | None
) -> tuple[dict[str, object], list[Reason]]:
    """The submitted values, validated and normalised, and every reason against them.

    Rejected values are left out. `actor` is who submits them; None if they are taken from another ticket,
    whose files may then be named.
    """
    if not data:
        return {}, []
    form, organisation = _build_lenient_form(context.definition, names), context.definition.organisation
    reasons: list[Reason] = []
    try:
        values = form.load(data, organisation)
    except Invalid as invalid:
        reasons = list(invalid.reasons)
        rejected = list_rejected_fields(reasons)
        valid = {name: value for name, value in data.items() if name in names and name not in rejected}
        values = form.load(valid, organisation)
    values, unknown = resolve_staff(context, values)
    if context.definition.registers:
        unknown += check_entry_references(context, values)
    if actor is not None and context.definition.attachment_parts:
        unknown += check_attachments(context, values, actor)
    if unknown:
        rejected = list_rejected_fields(unknown)
        values = {name: value for name, value in values.items() if name not in rejected}
    return values, reasons + unknown


def prepare_values(context: StepContext, data: Mapping[str, object]) -> dict[str, object]:
    """Values computed by another ticket's step, in the form in which a person would submit them."""
    fields, zone = context.definition.fields, context.calendar.zone
    return {
        name: prepare_value(fields[name], value, zone) if name in fields else value
        for name, value in data.items()
    }


def list_rejected_fields(reasons: list[Reason]) -> frozenset[str]:
    """The fields named by the reasons; for a cell, the field of its table."""
    return frozenset(str(reason.field).partition("[")[0] for reason in reasons)
