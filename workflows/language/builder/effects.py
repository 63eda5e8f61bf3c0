"""Builds the effects of a step from `effects`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from workflows.language.builder.child_rows import read_child_rows
from workflows.language.builder.draft import WorkflowDraft, link_of
from workflows.language.builder.notices import read_notice_fields
from workflows.language.builder.register_writes import read_record, read_strike
from workflows.language.builder.rosters import read_assign_by_roster, read_mark
from workflows.language.builder.type_compat import is_compatible
from workflows.language.definition import PARENT
from workflows.language.effect import (
    AmendChildrenEffect,
    AssignEffect,
    ConvertEffect,
    Effect,
    FireRelativesEffect,
    LowerPriorityEffect,
    NotifyEffect,
    OpenChildEffect,
    RaisePriorityEffect,
    SetFieldEffect,
    StoreReportEffect,
)
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.findings import KeyPath
from workflows.language.forms.field import FieldType
from workflows.language.schemas.effects import EFFECTS
from workflows.language.schemas.fields import StrictSchema
from workflows.language.schemas.schema_values import pick_given
from workflows.registry import complete
from workflows.sentence import Sentence, sentence_of

_ASSIGNEES = ("actor", "nobody")


def read_effects(draft: WorkflowDraft, rows: Any, path: KeyPath) -> tuple[Effect, ...]:
    """The effects that have no errors; the others have been reported."""
    effects = (_read_conditional(draft, raw, place) for place, raw in draft.list_rows(path, rows))
    return tuple(effect for effect in effects if effect is not None)


def _read_conditional(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Effect | None:
    """The effect, with its `when`."""
    effect, source = _read_effect(draft, raw, path), raw.get("when")
    if not source:
        return effect
    when = draft.parse_expression(source, (*path, "when"), "bool")
    return replace(effect, when=when) if effect and when else None


def _read_effect(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Effect | None:
    for key, attribute in _LEADS.items():
        if attribute in raw:
            return _READERS[key](draft, raw, path)
    return None


def _assign(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Effect | None:
    to = raw["assign"]
    if isinstance(to, Mapping):
        return read_assign_by_roster(draft, to, (*path, "assign"))
    if to not in _ASSIGNEES:
        draft.find_open_field(to, (*path, "assign"), FieldType.STAFF)
    return AssignEffect(to=to)


def _open(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> OpenChildEffect:
    if link_of(raw) == PARENT:
        draft.report_error(
            path, Sentence("reserved-name", "no link is called 'parent'; say `as: <another name>`")
        )
    each, scope = _read_each(draft, raw, path)
    values = _read_values(draft, raw, path, scope)
    rows = read_child_rows(draft, raw, path)
    return OpenChildEffect(
        workflow=raw["open"],
        link=link_of(raw),
        each=each,
        rows=rows,
        sequence=_read_sequence(draft, raw, path),
        values=values,
    )


def _record(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Effect | None:
    return read_record(draft, raw, _read_each(draft, raw, path), path)


def _strike(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Effect | None:
    return read_strike(draft, raw, _read_each(draft, raw, path), path)


def _convert(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> ConvertEffect:
    return ConvertEffect(workflow=raw["convert"], values=_read_values(draft, raw, path, None))


def _amend(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> AmendChildrenEffect:
    draft.check_known("link", raw["amend"], draft.links, (*path, "amend"))
    return AmendChildrenEffect(link=raw["amend"], values=_read_values(draft, raw, path, None))


def _raise(_draft: WorkflowDraft, _raw: Mapping[str, Any], _path: KeyPath) -> RaisePriorityEffect:
    return RaisePriorityEffect()


def _lower(_draft: WorkflowDraft, _raw: Mapping[str, Any], _path: KeyPath) -> LowerPriorityEffect:
    return LowerPriorityEffect()


def _read_sequence(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> bool:
    if "order" in raw and not ({"each", "rows"} & raw.keys()):
        draft.report_error(
            (*path, "in"), Sentence("choose-one", "one child is no sequence; say `each` or `rows`"), key=True
        )
    return raw.get("order") == "sequence"


def _fire(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> FireRelativesEffect:
    on = raw.get("on") or ""
    if on:
        draft.check_known("link", on, draft.links | {PARENT}, (*path, "on"))
    return FireRelativesEffect(trigger=raw["fire"], on=on, values=_read_values(draft, raw, path, None))


def _read_notify(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> NotifyEffect:
    to: tuple[str | None, ...] = raw["notify"]
    for index, one in enumerate(to):
        place = (*path, "notify", index)
        if one and one in draft.fields and one not in draft.context.recipients:
            draft.find_open_field(one, place, FieldType.STAFF)
        elif one and draft.check_known("recipient", one, draft.context.recipients, place):
            check_client(draft, one, place)
    names = tuple(one for one in to if one)
    fields = read_notice_fields(draft, raw.get("text") or {}, (*path, "text"))
    return NotifyEffect(to=names, fields=fields, **pick_given(raw, "text", "urgent"))


def check_client(draft: WorkflowDraft, recipient: str, path: KeyPath) -> None:
    """Report the recipient `client` if the file does not say who the client is."""
    if recipient == "client" and not draft.data.get("client"):
        draft.report_error(
            path, Sentence("missing-key", "who is the client? Say `client: {{name: field, contact: field}}`")
        )


def _read_each(
    draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath
) -> tuple[Expression | None, Scope | None]:
    """The expression of the list for whose items children are opened, and the scope with its `item`."""
    if not raw.get("each"):
        return None, None
    each = draft.parse_expression(raw["each"], (*path, "each"), "list")
    if each is None:
        return None, None
    try:
        return each, draft.scope.with_item(each)
    except ExpressionError as error:
        draft.lose((*path, "each"), sentence_of(error, "expression"))
        return None, None


def _read_values(
    draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath, scope: Scope | None
) -> dict[str, Expression]:
    values = {
        name: draft.parse_expression(source, (*path, "with", name), "any", scope)
        for name, source in (raw.get("values") or {}).items()
        if source is not None
    }
    return {name: each for name, each in values.items() if each is not None}


def _read_figures(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> StoreReportEffect | None:
    """The effect that stores the figures of a report; whether the report exists is checked when reports.yaml
    is known."""
    into, period = raw.get("into"), raw.get("period")
    if into:
        draft.find_open_field(into, (*path, "into"), FieldType.FIGURES)
    if into is None or period is None:
        return None
    return StoreReportEffect(report=raw["figures"], into=into, period=period)


def _read_set(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> SetFieldEffect | None:
    if "value" not in raw:
        return None
    name, source = raw["field"], raw["value"]
    field = draft.find_writable_field(name, (*path, "set"))
    value = draft.parse_expression(source, (*path, "value"), "any")
    if field and value and not is_compatible(value, field):
        draft.report_error(
            (*path, "value"),
            Sentence(
                "type",
                "{name!r} is a {type} field; this is a {kind}",
                name=name,
                type=field.type,
                kind=value.kind,
            ),
        )
    elif field and value and not field.personal:
        _check_open(draft, name, value, (*path, "value"))
    return None if value is None else SetFieldEffect(field=name, value=value)


def _check_open(draft: WorkflowDraft, name: str, value: Expression, path: KeyPath) -> None:
    """Report a personal value that would be written into an open field. Whether there is one, or how many, is
    no personal value."""
    private = sorted(each for each in value.names if each in draft.fields and draft.fields[each].personal)
    if private and value.kind not in ("boolean", "number"):
        pattern = (
            "{private!r} is personal, and {name!r} is for everybody to see: "
            "write something else, or make {name!r} `personal: true`"
        )
        draft.report_error(path, Sentence("personal-leak", pattern, private=private[0], name=name))


_READERS: Mapping[str, Callable[[WorkflowDraft, Mapping[str, Any], KeyPath], Effect | None]] = complete(
    EFFECTS,
    {
        "assign": _assign,
        "notify": _read_notify,
        "open": _open,
        "convert": _convert,
        "set": _read_set,
        "fire": _fire,
        "amend": _amend,
        "raise": _raise,
        "lower": _lower,
        "roster": read_mark,
        "figures": _read_figures,
        "record": _record,
        "strike": _strike,
    },
    "building.effects._READERS",
)


def find_leads(shapes: Mapping[str, Callable[[], StrictSchema]]) -> Mapping[str, str]:
    """The key that tells an effect, and the attribute that its shape loads it into.

    Raises TypeError at import if a shape has another's attribute: it would be read as that other effect.
    """
    fields = {key: shape().fields for key, shape in shapes.items()}
    leads = {
        key: next(name for name, each in found.items() if (each.data_key or name) == key)
        for key, found in fields.items()
    }
    for key, lead in leads.items():
        if shared := sorted(other for other, found in fields.items() if other != key and lead in found):
            raise TypeError(f"the shape of {key!r} loads into {lead!r}, and so does that of {shared[0]!r}")
    return leads


_LEADS = find_leads(EFFECTS)
