"""The content of a print: its sheets, lines and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from service.prints.page import PrintLine, PrintSheet, PrintTable
from service.prints.values import ValueFormatter
from service.texts import localize
from workflows.core.ticket import Child, Ticket
from workflows.language.definition import Definition
from workflows.language.forms.field import Field
from workflows.language.print_spec import Print
from workflows.timing.instants import Instant, rfc3339

_ITEM = "item."


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """The print, the ticket and its context.

    `children` are the visible children by link, with their fields; `processes` are the definitions of these.
    """

    paper: Print
    ticket: Ticket
    definition: Definition
    site: str  # what it is called
    base: str  # the address of the desk; empty if it has none
    printed_by: str
    now: Instant
    children: Mapping[str, Sequence[Child]]
    processes: Mapping[str, Definition]


def personal_fields_on(job: PrintJob) -> tuple[str, ...]:
    """The personal fields on the print for which the ticket has a value."""
    named = (job.paper.each or "", *job.paper.fields)
    return tuple(name for name in dict.fromkeys(named) if name in job.ticket.personal)


def build_sheets(job: PrintJob, formatter: ValueFormatter) -> Iterator[PrintSheet]:
    """The sheets: one, or with `each` one for each row of that table."""
    rows = _field_values(job).get(job.paper.each or "")
    if job.paper.each is None or not isinstance(rows, list) or not rows:
        yield _build_sheet(job, formatter, {})
        return
    for row in rows:
        yield _build_sheet(job, formatter, row)


def _field_values(job: PrintJob) -> dict[str, Any]:
    return {**job.ticket.data, **job.ticket.personal}


def _build_sheet(job: PrintJob, formatter: ValueFormatter, row: Mapping[str, Any]) -> PrintSheet:
    paper, ticket, language = job.paper, job.ticket, formatter.language
    grids = [
        *_build_tables(job, formatter),
        *(
            _build_children_table(job, formatter, *each)
            for each in paper.children.items()
            if job.children.get(each[0])
        ),
    ]
    begun = f"{formatter.fixed_text('opened')} {formatter.format_minute(rfc3339(ticket.opened_at))}"
    printed = f"{formatter.fixed_text('printed')} {formatter.format_minute(rfc3339(job.now))}"
    return PrintSheet(
        title=localize(paper.title, language),
        under=" · ".join((job.site, localize(job.definition.title, language), begun)),
        number=ticket.number,
        code=code_of(job),
        lines=tuple(_build_lines(job, formatter, row)),
        grids=tuple(grids),
        signatures=tuple(localize(each, language) for each in paper.signatures),
        date=formatter.fixed_text("date"),
        note=localize(paper.note, language),
        foot=(printed, job.printed_by),
    )


def _build_lines(job: PrintJob, formatter: ValueFormatter, row: Mapping[str, Any]) -> Iterator[PrintLine]:
    """The single fields of the sheet. Empty ones are included: they are filled in by hand."""
    values, fields = _field_values(job), job.definition.fields
    table = fields.get(job.paper.each or "")
    columns: Mapping[str, Field] = {each.name: each for each in table.parts} if table else {}
    for name in job.paper.fields:
        inside = name.startswith(_ITEM)
        field = columns[name.removeprefix(_ITEM)] if inside else fields[name]
        if field.parts:
            continue
        value = row.get(field.name) if inside else values.get(name)
        text = formatter.format_value(field, value, secret=inside and table is not None and table.personal)
        title = localize(field.title, formatter.language)
        yield PrintLine(title=title, value=text or formatter.tick_boxes(field), free=field.multiline)


def _build_tables(job: PrintJob, formatter: ValueFormatter) -> Iterator[PrintTable]:
    """The tables of the sheet. Consecutive checklists with the same items become one table."""
    values = _field_values(job)
    named = [job.definition.fields[name] for name in job.paper.fields if not name.startswith(_ITEM)]
    for _, found in groupby((each for each in named if each.parts), key=_item_names):
        first, *more = found
        title = localize(first.title, formatter.language)
        if more:
            yield formatter.merge_checklists(
                first.items, [(each, values.get(each.name)) for each in (first, *more)]
            )
        else:
            yield PrintTable(title=title, rows=formatter.table_rows(first, values.get(first.name)))


def _item_names(field: Field) -> tuple[str, ...]:
    return tuple(each.value for each in field.items) or (field.name,)


def _build_children_table(
    job: PrintJob, formatter: ValueFormatter, link: str, names: Sequence[str]
) -> PrintTable:
    """The children of a link as a table: number, these fields, and state."""
    children = job.children[link]
    known = [job.processes[each.workflow] for each in children]
    title = localize(known[0].title, formatter.language)
    heads = [_column_title(name, known, formatter.language) for name in names]
    rows = [[formatter.fixed_text("number"), *heads, formatter.fixed_text("state")]]
    for child in children:
        definition = job.processes[child.workflow]
        fields, state = definition.fields, definition.states.get(child.state)
        cells = [formatter.format_value(fields[n], child.data.get(n)) if n in fields else "" for n in names]
        standing = localize(state.title, formatter.language) if state else child.state
        rows.append([child.number, *cells, standing])
    return PrintTable(title=title, rows=rows, kind="children")


def _column_title(name: str, known: Sequence[Definition], language: str) -> str:
    return next((localize(each.fields[name].title, language) for each in known if name in each.fields), name)


def code_of(job: PrintJob) -> str:
    """The content of the QR code: the URL of the ticket; without a public address, its number."""
    number = job.ticket.number
    if not job.base:
        return number
    return f"{job.base.rstrip('/')}/?{urlencode({'ticket': number, 'site': job.ticket.site})}"
