"""Finds whoever calls: their entries in the registers, the household and its units, and its open tickets.

Only what the searcher may read is looked for: registers and tickets by the roles that may read their personal
values, as for unmasking them. How many rows are read depends on what is found, and not on what there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from workflows.core.access.visibility import Viewer
from workflows.core.ticket import Ticket, TicketKey
from workflows.definitions import Definitions
from workflows.language.forms.field import FieldType
from workflows.language.forms.register import Register
from workflows.natural_order import natural_key
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.registers.results import RegisterEntry
from workflows.storage.search import exact_term
from workflows.storage.search_query import QueryPart, SearchQuery, spell_name, spell_phone
from workflows.storage.tickets.store import Store

MAX_PEOPLE = 20
"""Entries that are found by a number or a name; the households of no more are shown."""
MAX_OF_UNIT = 50
"""Entries of all registers that are shown of one unit."""
MAX_TICKETS = 50
_CANDIDATES = 200  # entries with the longest word of a name, among which the others are looked for

Spellings = Sequence[Collection[str]]
"""Of each word that must be found, any of its spellings."""


class CallerQuestion(NamedTuple):
    """Who is looked for at which site: by the `spellings` of a personal value, or by their unit. `roles` are
    those by which the searcher may read, and `viewer` sees tickets."""

    site: str
    roles: frozenset[str]
    viewer: Viewer
    spellings: Spellings = ()
    unit: str | None = None


class Household(NamedTuple):
    """A unit, what the registers know of it, and its open tickets."""

    unit: str
    entries: Sequence[RegisterEntry]
    tickets: Sequence[Ticket]


class FoundCaller(NamedTuple):
    """Who was found: their entries, their households, and open tickets of theirs that are of none of these.
    `personal` are the tickets that were found by the personal value; `more`, whether anything was cut."""

    people: Sequence[RegisterEntry]
    households: Sequence[Household]
    tickets: Sequence[Ticket]
    personal: frozenset[TicketKey]
    more: bool


def spell_caller(phone: str | None, name: str | None) -> Spellings:
    """The spellings of a telephone number or a name; none if too little of it is said."""
    if phone is not None:
        spelled = spell_phone(phone)
        return (spelled,) if spelled else ()
    return spell_name(name or "")


class Callers:
    """Looks for callers in the registers and tickets of a site."""

    def __init__(self, definitions: Definitions, store: Store, queries: Queries) -> None:
        self._definitions, self._store, self._queries = definitions, store, queries

    def may_search(self, site: str, roles: frozenset[str]) -> bool:
        """Whether these roles may read any personal value there."""
        return bool(self._readable(roles)) or bool(self._store.blind_index.list_places({site: roles}))

    def find(self, question: CallerQuestion) -> FoundCaller:
        """What is found, in natural order; each list up to its limit."""
        registers = self._readable(question.roles)
        people = self._find_people(question, registers)
        units = list(_units_of(people[:MAX_PEOPLE], registers))
        units = sorted({*units, *([question.unit] if question.unit else [])}, key=natural_key)
        terms = {unit: exact_term(unit) for unit in units}
        found = self._store.entries.terms.find(
            question.site, list(dict.fromkeys(terms.values())), MAX_OF_UNIT, registers
        )
        around = self._store.entries.find_many(question.site, found)
        query: SearchQuery = tuple((QueryPart((), (term,)),) for term in dict.fromkeys(terms.values()))
        query += self._hash_tickets(question)
        page = (
            self._queries.search(
                TicketFilter(sites=(question.site,), viewer=question.viewer, category="open"),
                query,
                MAX_TICKETS,
            )
            if query
            else None
        )
        tickets = page.tickets if page else ()
        households, rest = self._group(terms, around, tickets, registers)
        many = len(people) > MAX_PEOPLE or any(len(each.entries) >= MAX_OF_UNIT for each in households)
        return FoundCaller(
            people=people[:MAX_PEOPLE],
            households=households,
            tickets=rest,
            personal=page.personal if page else frozenset(),
            more=many or (page is not None and page.next is not None),
        )

    def _readable(self, roles: frozenset[str]) -> dict[str, Register]:
        registers = self._definitions.company().registers
        return {name: each for name, each in registers.items() if each.readers & roles}

    def _find_people(self, question: CallerQuestion, registers: dict[str, Register]) -> list[RegisterEntry]:
        """The entries that hold every word of what is looked for."""
        if not question.spellings:
            return []
        terms = self._store.entries.terms
        words = [terms.hash_question(question.site, registers, each) for each in question.spellings]
        limit = MAX_PEOPLE + 1 if len(words) == 1 else _CANDIDATES
        found = self._store.entries.find_many(question.site, terms.find(question.site, words[0], limit))
        return [each for each in found if all(not set(word).isdisjoint(terms.build(each)) for word in words)]

    def _hash_tickets(self, question: CallerQuestion) -> SearchQuery:
        """The tickets that hold every word of what is looked for; nothing for whom may read none."""
        index = self._store.blind_index
        places = index.list_places({question.site: question.roles}).get(question.site, [])
        if not places or not question.spellings:
            return ()
        return (
            tuple(
                QueryPart((), tuple(chain.from_iterable(index.hash_question(places, each) for each in word)))
                for word in question.spellings
            ),
        )

    def _group(
        self,
        terms: dict[str, str],
        around: Sequence[RegisterEntry],
        tickets: Sequence[Ticket],
        registers: dict[str, Register],
    ) -> tuple[list[Household], list[Ticket]]:
        """The households by unit, and the tickets of none."""
        households, seen = list[Household](), set[str]()
        for unit, term in terms.items():
            entries = [each for each in around if term in map(exact_term, _units_of([each], registers))]
            own = [each for each in tickets if term in self._units_of_ticket(each)]
            seen |= {each.id for each in own}
            households.append(Household(unit, entries[:MAX_OF_UNIT], own))
        return households, [each for each in tickets if each.id not in seen]

    def _units_of_ticket(self, ticket: Ticket) -> set[str]:
        fields = self._definitions.get(ticket.workflow, ticket.version).fields.values()
        units = (ticket.data.get(each.name) for each in fields if each.type is FieldType.UNIT)
        return {exact_term(unit) for unit in units if isinstance(unit, str)}


def _units_of(entries: Iterable[RegisterEntry], registers: dict[str, Register]) -> Iterable[str]:
    """The units that entries name."""
    for entry in entries:
        for field in registers[entry.register].open_columns.values():
            unit = entry.data.get(field.name)
            if field.type is FieldType.UNIT and isinstance(unit, str) and unit:
                yield unit
