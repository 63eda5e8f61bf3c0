"""Processes as the API shows them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from service.texts import titled
from workflows.language.definition import Definition, Owner, Transition, Visibility
from workflows.language.promise import ClockSpec, Due

Json = dict[str, Any]


def workflow_line(definition: Definition, roles: Collection[str], language: str) -> Json:
    """A process as a line of a list; `may_open` for somebody who holds `roles`."""
    return {
        "name": definition.name,
        "title": titled(definition.title, language),
        "purpose": definition.purpose,
        "version": definition.version,
        "may_open": any(role in roles for role in definition.start.roles),
        "start": {"roles": list(definition.start.roles)},
    }


def workflow_whole(definition: Definition, form: Json, language: str) -> Json:
    """A process whole."""
    return {
        "name": definition.name,
        "title": titled(definition.title, language),
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
            "form": form,
        },
        "states": [
            {
                "name": state.name,
                "title": titled(state.title, language),
                "category": str(state.category),
                "owner": _owner(state.owner),
                "due": _due(state.due),
                "escalation": state.escalation,
            }
            for state in definition.states.values()
        ],
        "transitions": [_transition(row, definition, language) for row in definition.transitions],
        "clocks": [_clock(each, language) for each in definition.clocks.values()],
        "readers": sorted(definition.readers),
        "personal": sorted(definition.personal),
        "computed": [each.name for each in definition.computed],
        "visible": _visible(definition.visible),
        "retention": str(definition.retention) if definition.retention else None,
    }


def _transition(row: Transition, definition: Definition, language: str) -> Json:
    named = row.title or next((r.title for r in definition.transitions if r.trigger == row.trigger), {})
    return {
        "trigger": row.trigger,
        "title": titled(named, language) or row.trigger,
        "from": list(row.sources),
        "to": row.to,
        "roles": list(row.roles),
        "requires": list(row.requires),
        "accepts": list(row.accepts),
        "complete": list(row.complete),
        "guard": row.guard.source if row.guard else None,
        "auto": row.auto,
    }


def _visible(rule: Visibility | None) -> Json | None:
    if rule is None:
        return None
    return {"to": list(rule.to), "when": rule.when.source if rule.when else None}


def _clock(spec: ClockSpec, language: str) -> Json:
    return {
        "name": spec.name,
        "title": titled(spec.title, language),
        "starts": list(spec.starts),
        "stops": list(spec.stops),
        "due": _due(spec.due),
        "escalation": spec.escalation,
        "pauses": spec.pauses,
        "on_reopen": spec.on_reopen,
    }


def _owner(owner: Owner | None) -> Json | None:
    if owner is None:
        return None
    return {"role": owner.role, "department": owner.department, "staff": owner.staff}


def _due(due: Due | None) -> Json | None:
    """The promise as the definition says it, its durations spelled."""
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
