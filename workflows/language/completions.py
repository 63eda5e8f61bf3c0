"""The names that an editor may complete in a process: from its text, as far as that can be read, and from its
company. They are examples in the schema: another word is no mistake before `check` says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.language.builder.context import CompanyContext
from workflows.language.definition import TICKET_ROLES

Completions = Mapping[str, tuple[str, ...]]
"""Key of a definition -> the names that may stand there."""


def find_completions(data: object, company: CompanyContext, workflows: Iterable[str]) -> Completions:
    """The names for the process with this data."""
    parts = data if isinstance(data, Mapping) else {}
    states, fields = _names(parts.get("states")), _names(parts.get("fields"))
    roles = tuple(sorted(company.organisation.roles))
    others = tuple(sorted(workflows))
    return {
        "state": states,
        "from": (*states, "open", "any"),
        "to": states,
        "starts": states,
        "stops": states,
        "role": roles,
        "roles": (*roles, *sorted(TICKET_ROLES)),
        "readers": roles,
        "requires": fields,
        "accepts": fields,
        "complete": fields,
        "summary": fields,
        "set": fields,
        "calendar": tuple(sorted(company.calendars)),
        "escalation": tuple(sorted(company.policies)),
        "open": others,
        "convert": others,
    }


def add_examples(schema: dict[str, Any], completions: Completions) -> dict[str, Any]:
    """The schema with the names as examples of every text that stands under such a key."""
    for definition in schema["$defs"].values():
        for key, value in definition.get("properties", {}).items():
            for text in _texts(value) if key in completions else ():
                text["examples"] = list(completions[key])
    return schema


def _names(part: Any) -> tuple[str, ...]:
    return tuple(map(str, part)) if isinstance(part, Mapping) else ()


def _texts(schema: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The places in a schema at which one text is wanted, with an alternative or the items of a list."""
    if schema.get("type") == "string":
        yield schema
    for each in schema.get("anyOf", ()):
        yield from _texts(each)
    if isinstance(schema.get("items"), dict):
        yield from _texts(schema["items"])
