"""What the expressions of a report may speak of: a ticket and its open fields; a step or a promise of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from workflows.language.expressions.names import (
    BOOLEAN,
    NOW,
    NUMBER,
    SITE,
    TEXT,
    Name,
    Read,
    field_name,
    instant_name,
)
from workflows.language.expressions.scope import Scope
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.values import Row, Values
from workflows.language.report import Subject
from workflows.timing.instants import Instant

_TEXTS = {
    "ticket": ("workflow", "state", "category", "number", "priority", "department", "parent"),
    "step": ("trigger", "from", "to", "kind"),
    "clock": ("name", "verdict"),
}
_NUMBERS = {"step": ("spent", "target"), "clock": ("level", "spent", "budget")}
_INSTANTS = {
    "ticket": ("opened_at", "closed_at", "entered_at", "due_at"),
    "step": ("at",),
    "clock": ("started_at", "stopped_at", "due_at"),
}
_SUBJECTS: Mapping[str, str] = {"tickets": "", "steps": "step", "clocks": "clock"}


class ReportScope(Scope):
    """`ticket.…`, `data.<field>`, `since`, `until`, `now`, `site`; of steps also `step.…` and what was
    `sent.<field>` with it, of promises `clock.…`."""

    def __init__(self, fields: Mapping[str, Field], counts: Subject) -> None:
        super().__init__({})
        kept = ("data", "sent") if counts == "steps" else ("data",)
        data = (field_name(f"{part}.{n}", f, _part(part, n)) for part in kept for n, f in fields.items())
        self._speak_of((*_BUILT_IN, *_names("ticket"), *_names(_SUBJECTS[counts]), *data))


def shared_fields(fields: Iterator[tuple[str, Field]]) -> dict[str, Field]:
    """The open fields of several processes by name: options together, without those that are of two types."""
    found: dict[str, Field] = {}
    unlike: set[str] = set()
    for name, field in fields:
        if field.personal or field.type is FieldType.FIGURES:
            continue
        before = found.setdefault(name, field)
        if before.type is not field.type:
            unlike.add(name)
        elif before is not field and field.options:
            known = {each.value for each in before.options}
            more = tuple(each for each in field.options if each.value not in known)
            found[name] = replace(before, options=before.options + more)
    return {name: field for name, field in found.items() if name not in unlike}


def values_of(parts: Mapping[str, Row], *, site: str, since: Instant, until: Instant, now: Instant) -> Values:
    """What is so of one of the things counted. `parts`: `ticket`, `data`, `step`, `sent`, `clock`."""
    return Values(fields={**parts, "since": since, "until": until}, site=site, now=now)


def _names(part: str) -> Iterator[Name]:
    for name in _TEXTS.get(part, ()):
        yield Name(f"{part}.{name}", TEXT, _part(part, name))
    for name in _NUMBERS.get(part, ()):
        yield Name(f"{part}.{name}", NUMBER, _part(part, name), float)
    for name in _INSTANTS.get(part, ()):
        yield instant_name(f"{part}.{name}", _part(part, name))
    if part == "clock":
        yield Name("clock.late", BOOLEAN, _part(part, "late"))


def _part(part: str, name: str) -> Read:
    def read(values: Values) -> Any:
        return cast("Row", values.fields[part]).get(name)

    return read


_BUILT_IN = (
    instant_name("since", lambda values: values.fields["since"]),
    instant_name("until", lambda values: values.fields["until"]),
    SITE,
    NOW,
)
