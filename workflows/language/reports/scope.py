"""The scope of the expressions in reports: a ticket and its fields that are not personal; a step or a clock
of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

from workflows.language.expressions.decimals import parse_decimal
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.names import (
    BOOLEAN,
    NOW,
    NUMBER,
    SITE,
    TEXT,
    ExpressionName,
    Read,
    field_name,
    instant_name,
)
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.values import Row, Values
from workflows.language.report_spec import Subject
from workflows.sentence import Sentence, sentence_of
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
    """The names `ticket.…`, `data.<field>`, `since`, `until`, `now`, `site`; for steps also `step.…` and
    `sent.<field>` (what its form sent), for clocks `clock.…`. Nothing depends on a calendar: the tickets of a
    report may have several."""

    has_calendar = False

    def __init__(
        self, fields: Mapping[str, Field], counts: Subject, personal: Collection[str] = frozenset()
    ) -> None:
        super().__init__({})
        self._personal = personal
        parts = ("data", "sent") if counts == "steps" else ("data",)
        data = (
            field_name(f"{part}.{n}", f, _part_name(part, n)) for part in parts for n, f in fields.items()
        )
        self._set_names((*_BUILT_IN, *_names("ticket"), *_names(_SUBJECTS[counts]), *data))

    def check(
        self, source: str, expect: Literal["bool", "any", "list"] = "any", *, stored: bool = False
    ) -> Expression:
        """The checked expression. Raises ExpressionError, also for a personal field and for one that the
        processes of the report no longer have."""
        try:
            return super().check(source, expect, stored=stored)
        except ExpressionError as error:
            said = sentence_of(error, "expression")
            part = said.facts.get("part")
            if said.code != "unknown-name" or part is None or said.facts.get("root") not in ("data", "sent"):
                raise
            raise ExpressionError(self._without_field(part, said), error.line, error.column) from None

    def _without_field(self, name: str, said: Sentence) -> Sentence:
        if name in self._personal:
            return Sentence("personal-leak", "{name!r} is personal; reports do not see it", name=name)
        pattern = "no process of the report has a field {name!r}"
        return Sentence("report-broken", pattern, name=name, meant=said.facts.get("meant"))


def shared_fields(fields: Iterator[tuple[str, Field]]) -> dict[str, Field]:
    """The open fields of several processes by name: options are united, fields of two types left out."""
    shared: dict[str, Field] = {}
    unlike: set[str] = set()
    for name, field in fields:
        if field.personal or field.type is FieldType.FIGURES:
            continue
        before = shared.setdefault(name, field)
        if before.type is not field.type:
            unlike.add(name)
        elif before is not field and field.options:
            known = {each.value for each in before.options}
            more = tuple(each for each in field.options if each.value not in known)
            shared[name] = replace(before, options=before.options + more)
    return {name: field for name, field in shared.items() if name not in unlike}


def build_report_values(
    parts: Mapping[str, Row], *, site: str, since: Instant, until: Instant, now: Instant, zone: str
) -> Values:
    """The values of one counted item. `parts`: `ticket`, `data`, `step`, `sent`, `clock`. `zone` is the
    report's, by which local times are read."""
    return Values(fields={**parts, "since": since, "until": until}, site=site, now=now, zone=zone)


def _names(part: str) -> Iterator[ExpressionName]:
    for name in _TEXTS.get(part, ()):
        yield ExpressionName(f"{part}.{name}", TEXT, _part_name(part, name))
    for name in _NUMBERS.get(part, ()):
        yield ExpressionName(f"{part}.{name}", NUMBER, _part_name(part, name), parse_decimal)
    for name in _INSTANTS.get(part, ()):
        yield instant_name(f"{part}.{name}", _part_name(part, name))
    if part == "clock":
        yield ExpressionName("clock.late", BOOLEAN, _part_name(part, "late"))


def _part_name(part: str, name: str) -> Read:
    def read(values: Values) -> Any:
        return cast("Row", values.fields[part]).get(name)

    return read


_BUILT_IN = (
    instant_name("since", lambda values: values.fields["since"]),
    instant_name("until", lambda values: values.fields["until"]),
    SITE,
    NOW,
)
