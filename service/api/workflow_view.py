"""Definitions of processes as JSON."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from service.texts import localize
from workflows.language.definition import Definition, Owner, Transition, Visibility
from workflows.language.promise import ClockSpec, Due

Json = dict[str, Any]


def render_workflow_line(definition: Definition, roles: Collection[str], language: str) -> Json:
    """A process as an item of a list; `may_open`: whether a holder of `roles` may open a ticket."""
    return {
        "name": definition.name,
        "title": localize(definition.title, language),
        "purpose": definition.purpose,
        "version": definition.version,
        "may_open": any(role in roles for role in definition.start.roles),
        "start": {"roles": list(definition.start.roles)},
    }


def render_workflow(definition: Definition, form: Json, language: str) -> Json:
    """The complete process, with the form that opens a ticket."""
    return {
        "name": definition.name,
        "title": localize(definition.title, language),
        "purpose": definition.purpose,
        "version": definition.version,
        "digest": definition.digest,
        "covers": list(definition.covers),
        "start": {
            "state": definition.start.state,
            "roles": list(definition.start.roles),
            "requires": list(definition.start.requires),
            "accepts": list(definition.start.accepts),
            "complete": list(definition.start.complete),
            "guest": dict(definition.start.guest),
            "form": form,
        },
        "states": [
            {
                "name": state.name,
                "title": localize(state.title, language),
                "category": str(state.category),
                "owner": _render_owner(state.owner),
                "due": _render_due(state.due),
                "escalation": state.escalation,
            }
            for state in definition.states.values()
        ],
        "transitions": [_render_transition(row, definition, language) for row in definition.transitions],
        "clocks": [_render_clock(each, language) for each in definition.clocks.values()],
        "readers": sorted(definition.readers),
        "personal": sorted(definition.personal_fields),
        "computed": [each.name for each in definition.computed_fields],
        "visible": _render_visibility(definition.visible),
        "retention": str(definition.retention) if definition.retention else None,
    }


def _render_transition(transition: Transition, definition: Definition, language: str) -> Json:
    named = transition.title or next(
        (r.title for r in definition.transitions if r.trigger == transition.trigger), {}
    )
    return {
        "trigger": transition.trigger,
        "title": localize(named, language) or transition.trigger,
        "from": list(transition.sources),
        "to": transition.to,
        "roles": list(transition.roles),
        "requires": list(transition.requires),
        "accepts": list(transition.accepts),
        "complete": list(transition.complete),
        "guard": transition.guard.source if transition.guard else None,
        "auto": transition.auto,
    }


def _render_visibility(rule: Visibility | None) -> Json | None:
    if rule is None:
        return None
    return {"to": list(rule.to), "when": rule.when.source if rule.when else None}


def _render_clock(spec: ClockSpec, language: str) -> Json:
    return {
        "name": spec.name,
        "title": localize(spec.title, language),
        "starts": list(spec.starts),
        "stops": list(spec.stops),
        "due": _render_due(spec.due),
        "escalation": spec.escalation,
        "pauses": spec.pauses,
        "on_reopen": spec.on_reopen,
    }


def _render_owner(owner: Owner | None) -> Json | None:
    if owner is None:
        return None
    return {"role": owner.role, "department": owner.department, "staff": owner.staff}


def _render_due(due: Due | None) -> Json | None:
    """The due time as the definition says it, durations as text; None without one."""
    if due is None:
        return None
    spelled = {
        "within": str(due.within) if due.within else None,
        "choices": {value: str(each or "none") for value, each in due.choices.items()}
        if due.choices
        else None,
        "by": due.by,
        "otherwise": str(due.otherwise) if due.otherwise else None,
        "at": due.at,
        "before": str(due.before) if due.before else None,
        "grace": str(due.grace) if due.grace else None,
        "ahead": due.ahead or None,
    }
    return {name: value for name, value in spelled.items() if value is not None}
