"""What stands in a ticket's fields, as it is shown: texts, tables, and files with their addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

from service.console.http.console_request import ConsoleRequest
from service.console.ticket.ticket_address import ticket_address
from service.texts import localize
from workflows.core.ticket import StepContext
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.mask import mask
from workflows.storage.attachments.file_contents import StoredAttachment
from workflows.value_texts import SentenceWriter


class FileLink(NamedTuple):
    """A file: its address, what it is called, and the address of a small picture of it, if it is one."""

    path: str
    title: str
    picture: str = ""


class TicketCell(NamedTuple):
    """A cell of a table: a text, or files."""

    text: str
    files: tuple[FileLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFact:
    """A field with a value: a text, or rows under heads, or files."""

    title: str
    text: str = ""
    personal: bool = False
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[TicketCell, ...], ...] = ()
    files: tuple[FileLink, ...] = ()


def build_facts(call: ConsoleRequest, context: StepContext, writer: SentenceWriter) -> list[TicketFact]:
    """The fields that have a value, in the order of the process. Personal values are masked."""
    values = {**context.ticket.data, **context.ticket.personal}
    links = _FileLinks(call, context)
    shown = (
        _build_fact(field, values.get(name), writer, links)
        for name, field in context.definition.fields.items()
    )
    return [fact for fact in shown if fact.text or fact.rows or fact.files]


def _build_fact(field: Field, value: Any, writer: SentenceWriter, links: _FileLinks) -> TicketFact:
    title = localize(field.title, writer.language) or field.name
    if field.personal:
        text = str(mask(field, value)) if value is not None else ""
        return TicketFact(title=title, text=text, personal=True)
    if field.type is FieldType.ATTACHMENT and isinstance(value, list):
        return TicketFact(title=title, files=links.build(value))
    if field.parts and isinstance(value, list):
        heads = tuple(localize(part.title, writer.language) for part in field.parts)
        rows = tuple(
            tuple(_write_cell(field, part, row, writer, links) for part in field.parts) for row in value
        )
        return TicketFact(title=title, heads=heads, rows=rows)
    return TicketFact(title=title, text=writer.write(field, value))


def _write_cell(
    field: Field, part: Field, row: Mapping[str, Any], writer: SentenceWriter, links: _FileLinks
) -> TicketCell:
    value = row.get(part.name)
    if value is None:
        return TicketCell("")
    if part.personal:
        return TicketCell(str(mask(part, value)))
    if part.name in field.attachment_parts:
        return TicketCell("", links.build(value if isinstance(value, list) else [value]))
    return TicketCell(writer.write(part, value))


class _FileLinks:
    """Links to the files of a ticket; what is known of them is read when the first one is asked for."""

    def __init__(self, call: ConsoleRequest, context: StepContext) -> None:
        self._call, self._context = call, context
        self._stored: Mapping[str, StoredAttachment] | None = None

    def build(self, ids: Sequence[str]) -> tuple[FileLink, ...]:
        """A link for each file, with a small picture of those that are pictures."""
        return tuple(self._link(each, number) for number, each in enumerate(ids, 1) if each)

    def _link(self, id: str, number: int) -> FileLink:
        if self._stored is None:
            ticket = self._context.ticket
            found = self._call.desk.attachments.of_ticket(ticket.site, ticket.id, self._call.staff.id)
            self._stored = {each.id: each for each in found}
        stored = self._stored.get(id)
        contents = stored.contents if stored is not None and not stored.personal else None
        title = contents.name if contents else self._call.text("ticket", "file", number=number)
        part = f"/files/{quote(id)}"
        shown = contents is not None and contents.thumbnail > 0
        picture = ticket_address(self._context, f"{part}/thumbnail") if shown else ""
        return FileLink(ticket_address(self._context, part), title, picture)
