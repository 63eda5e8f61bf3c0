"""A paper of a ticket: which sheets, with what on them, for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from service.prints.page import Grid, Line, Sheet
from service.prints.values import Speaker
from service.texts import titled
from workflows.core.ticket import Child, Ticket
from workflows.language.definition import Definition, Print
from workflows.language.forms.field import Field
from workflows.timing.instants import Instant, rfc3339

_ITEM = "item."


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be printed, and what is known around it.

    `children` are those of each link that exist for the reader, with their open fields, `processes` theirs.
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


def secrets_of(order: Order) -> tuple[str, ...]:
    """The personal fields on the paper that the ticket has a value for."""
    named = (order.paper.each or "", *order.paper.fields)
    return tuple(name for name in dict.fromkeys(named) if name in order.ticket.personal)


def sheets(order: Order, speaker: Speaker) -> Iterator[Sheet]:
    """The sheets: one, or one for each row of the table that the paper is `each` of."""
    rows = _values(order).get(order.paper.each or "")
    if order.paper.each is None or not isinstance(rows, list) or not rows:
        yield _sheet(order, speaker, {})
        return
    for row in rows:
        yield _sheet(order, speaker, row)


def _values(order: Order) -> dict[str, Any]:
    return {**order.ticket.data, **order.ticket.personal}


def _sheet(order: Order, speaker: Speaker, row: Mapping[str, Any]) -> Sheet:
    paper, ticket, language = order.paper, order.ticket, speaker.language
    grids = [
        *_tables(order, speaker),
        *(_kin(order, speaker, *each) for each in paper.children.items() if order.children.get(each[0])),
    ]
    begun = f"{speaker.word('opened')} {speaker.minute(rfc3339(ticket.opened_at))}"
    printed = f"{speaker.word('printed')} {speaker.minute(rfc3339(order.now))}"
    return Sheet(
        title=titled(paper.title, language),
        under=" · ".join((order.site, titled(order.definition.title, language), begun)),
        number=ticket.number,
        code=code_of(order),
        lines=tuple(_lines(order, speaker, row)),
        grids=tuple(grids),
        signatures=tuple(titled(each, language) for each in paper.signatures),
        date=speaker.word("date"),
        note=titled(paper.note, language),
        foot=(printed, order.printed_by),
    )


def _lines(order: Order, speaker: Speaker, row: Mapping[str, Any]) -> Iterator[Line]:
    """The single answers of the sheet. Empty ones stay: they are filled in by hand."""
    values, fields = _values(order), order.definition.fields
    table = fields.get(order.paper.each or "")
    columns: Mapping[str, Field] = {each.name: each for each in table.parts} if table else {}
    for name in order.paper.fields:
        inside = name.startswith(_ITEM)
        field = columns[name.removeprefix(_ITEM)] if inside else fields[name]
        if field.parts:
            continue
        value = row.get(field.name) if inside else values.get(name)
        said = speaker.cell(field, value, secret=inside and table is not None and table.personal)
        title = titled(field.title, speaker.language)
        yield Line(title=title, said=said or speaker.choices(field), free=field.multiline)


def _tables(order: Order, speaker: Speaker) -> Iterator[Grid]:
    """The tables of the sheet. Checklists of the same items that follow one another are one table."""
    values = _values(order)
    named = [order.definition.fields[name] for name in order.paper.fields if not name.startswith(_ITEM)]
    for _, found in groupby((each for each in named if each.parts), key=_alike):
        first, *more = found
        title = titled(first.title, speaker.language)
        if more:
            yield speaker.beside(first.items, [(each, values.get(each.name)) for each in (first, *more)])
        else:
            yield Grid(title=title, rows=speaker.rows(first, values.get(first.name)))


def _alike(field: Field) -> tuple[str, ...]:
    return tuple(each.value for each in field.items) or (field.name,)


def _kin(order: Order, speaker: Speaker, link: str, names: Sequence[str]) -> Grid:
    """The children of a link as a table: their numbers, these fields, and how they stand."""
    children = order.children[link]
    known = [order.processes[each.workflow] for each in children]
    title = titled(known[0].title, speaker.language)
    heads = [_head(name, known, speaker.language) for name in names]
    rows = [[speaker.word("number"), *heads, speaker.word("state")]]
    for child in children:
        definition = order.processes[child.workflow]
        fields, state = definition.fields, definition.states.get(child.state)
        cells = [speaker.cell(fields[n], child.data.get(n)) if n in fields else "" for n in names]
        standing = titled(state.title, speaker.language) if state else child.state
        rows.append([child.number, *cells, standing])
    return Grid(title=title, rows=rows, kind="children")


def _head(name: str, known: Sequence[Definition], language: str) -> str:
    return next((titled(each.fields[name].title, language) for each in known if name in each.fields), name)


def code_of(order: Order) -> str:
    """What finds the ticket again: its number, with the desk's address before it if it has one."""
    number = order.ticket.number
    if not order.base:
        return number
    return f"{order.base.rstrip('/')}/?{urlencode({'ticket': number, 'site': order.ticket.site})}"
