"""The terms by which a ticket is found: of its title, open fields and notes, its number and its units; and
the blind index of its personal values."""

from __future__ import annotations

from workflows.core.ticket import Ticket
from workflows.language.forms.field import FieldType
from workflows.storage.blind_index import BlindIndex, FieldSource, list_spellings, ticket_place
from workflows.storage.search import exact_term, extract_terms, number_terms, split_terms


def note_terms(note: str) -> str:
    """The terms of a note, each after a blank: they are put behind those of earlier notes."""
    return "".join(f" {term}" for term in dict.fromkeys(split_terms(note)))


class TicketTerms:
    """Makes terms. Without a source of fields, as in a rehearsal, neither units nor personal values are
    found."""

    def __init__(self, index: BlindIndex, source: FieldSource | None = None) -> None:
        self._index, self._source = index, source

    def build(self, ticket: Ticket) -> str:
        """The terms of a ticket, joined by blanks; of its notes there are none among them. The number comes
        last, as it does with a ticket that gets its number when it is stored."""
        exact = number_terms(ticket.number) if ticket.number else ""
        return f"{extract_terms(ticket)}{self._build_more(ticket)}{exact}"

    def _build_more(self, ticket: Ticket) -> str:
        if self._source is None:
            return ""
        definition = self._source.get(ticket.workflow, ticket.version)
        units = (each.name for each in definition.fields.values() if each.type is FieldType.UNIT)
        found = [
            exact_term(unit) for name in units if isinstance(unit := ticket.data.get(name), str) and unit
        ]
        if ticket.personal and definition.readers:
            spellings = list_spellings(definition.fields.values(), ticket.personal)
            if spellings:
                self._index.note_readers(definition.readers)
                found += self._index.hash_spellings(ticket_place(ticket.site, definition.readers), spellings)
        return "".join(f" {term}" for term in dict.fromkeys(found))
