"""Compares what a scenario expects with the tickets, rosters and registers as they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.core.access.permissions import may_fire
from workflows.core.ticket import PRIORITIES, Ticket
from workflows.errors import Invalid
from workflows.language.builder.scenarios import NOBODY
from workflows.language.forms.form import Form
from workflows.rehearsal.staff import fill_staff_fields, find_actor
from workflows.rehearsal.virtual_desk import VirtualDesk
from workflows.suggestions import did_you_mean
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class Observation:
    """What a scenario can observe of a ticket: its recipients by kind of message (escalation, notice), the
    words of its notices in all languages by recipient, and the codes for which its last step was refused."""

    desk: VirtualDesk
    ticket: Ticket
    now: Instant
    heard: Mapping[str, frozenset[str]]
    words: Mapping[str, Collection[str]]
    codes: frozenset[str]


def find_unmet_expectations(expected: Mapping[str, Any], seen: Observation) -> Iterator[str]:
    """A sentence for each expectation that is not met."""
    for name, wanted in expected.items():
        look = _CHECKS.get(name)
        if look is None:
            yield f"unknown key {name!r}{did_you_mean(name, _CHECKS)}"
        else:
            yield from look(wanted, seen)


def _check_state(wanted: Any, seen: Observation) -> Iterator[str]:
    yield from _compare("state", wanted, seen.ticket.state)


def _check_category(wanted: Any, seen: Observation) -> Iterator[str]:
    yield from _compare("category", wanted, seen.ticket.category)


def _check_priority(wanted: Any, seen: Observation) -> Iterator[str]:
    yield from _compare("priority", wanted, PRIORITIES[seen.ticket.priority])


def _check_overdue(wanted: Any, seen: Observation) -> Iterator[str]:
    due = seen.ticket.due_at
    yield from _compare("overdue", wanted, due is not None and due < seen.now)


def _check_children(wanted: Any, seen: Observation) -> Iterator[str]:
    yield from _compare("children", wanted, len(seen.desk.children(seen.ticket.id)))


def _check_visits(wanted: Any, seen: Observation) -> Iterator[str]:
    for state, times in wanted.items():
        yield from _compare(f"visits to {state}", times, seen.ticket.trail.visits.get(state, 0))


def _check_converted(wanted: Any, seen: Observation) -> Iterator[str]:
    found = [each.workflow for each in seen.desk.conversions_of(seen.ticket.id)]
    if wanted not in found:
        yield f"converted: {wanted} is expected, found {_join_names(found)}"


def _check_escalated_to(wanted: Any, seen: Observation) -> Iterator[str]:
    """All named recipients were notified; with an empty list, nobody was."""
    yield from _check_contained("escalated_to", wanted, seen.heard["escalation"])


def _check_recipients(wanted: Any, seen: Observation) -> Iterator[str]:
    """Whether exactly those were told by a notice whom the scenario names."""
    yield from _check_contained("told", wanted, seen.heard["notice"])


def _check_words(wanted: Any, seen: Observation) -> Iterator[str]:
    """Each text is part of what a recipient was told, in one of the languages."""
    for recipient, texts in wanted.items():
        found = seen.words.get(recipient, ())
        for text in (texts,) if isinstance(texts, str) else texts:
            if not any(text in each for each in found):
                others = " | ".join(sorted(found)) or "none"
                yield f"words to {recipient}: {text!r} is expected, found {others}"


def _check_data(wanted: Any, seen: Observation) -> Iterator[str]:
    """Each field named has the value that would be stored if the expected one had been sent; null: it is
    empty."""
    ticket, library = seen.ticket, seen.desk.definitions
    definition = library.get(ticket.workflow, ticket.version)
    found = seen.desk.files.show_names(definition, {**ticket.data, **ticket.personal})
    for name, value in fill_staff_fields(wanted, seen.desk.staff, definition, ticket).items():
        try:
            stored = Form.of(definition.fields, (), (name,)).load({name: value}, definition.organisation)
        except (Invalid, KeyError) as error:
            yield f"data: {name} cannot be {value!r}: {error}"
        else:
            yield from _compare(name, stored.get(name), found.get(name))


def _check_blocked(wanted: Any, seen: Observation) -> Iterator[str]:
    yield from _check_contained("blocked", wanted, seen.codes)


def _check_may(wanted: Any, seen: Observation) -> Iterator[str]:
    """Each role may fire the trigger (or `open`) in this state, as far as rights go; others may too."""
    definition = seen.desk.definitions.get(seen.ticket.workflow, seen.ticket.version)
    for trigger, roles in wanted.items():
        for role in roles:
            actor = find_actor(role, seen.desk.staff, definition, seen.ticket, {})
            if not may_fire(definition, seen.ticket, trigger, actor):
                yield f"may: {role} should have the right to {trigger} in {seen.ticket.state}"


def _check_assignee(wanted: Any, seen: Observation) -> Iterator[str]:
    member = seen.desk.staff.get(seen.ticket.assignee or "")
    yield from _compare("assignee", wanted, member.name if member else NOBODY)


def _check_roster(wanted: Any, seen: Observation) -> Iterator[str]:
    """The roster's round, turns used, make-ups and suspensions."""
    roster, staff = seen.desk.store.rosters.load(seen.desk.site, wanted["name"]), seen.desk.staff
    names = {place.person: staff[place.person].name for place in roster.places if place.person in staff}
    if "round" in wanted:
        yield from _compare("round", wanted["round"], roster.round)
    used = {names.get(place.person): place.used for place in roster.places}
    for person, turns in wanted.get("turns", {}).items():
        yield from _compare(f"turns of {person}", turns, used.get(person))
    for key in ("make_ups", "suspended"):
        if key in wanted:
            listed = roster.make_ups if key == "make_ups" else roster.suspensions
            found = [names.get(each.person, _staff_name(each.person, seen)) for each in listed]
            yield from _compare(key, list(wanted[key]), found)


def _staff_name(person: str, seen: Observation) -> str:
    member = seen.desk.staff.get(person)
    return member.name if member else person


def _check_registers(wanted: Any, seen: Observation) -> Iterator[str]:
    """Each column named has this value in the entry; null: no such entry is in force."""
    for register, entries in wanted.items():
        for key, columns in entries.items():
            found = seen.desk.entry(register, str(key))
            if columns is None or found is None:
                yield from _compare(f"{register} {key}", columns, found)
                continue
            for name, value in columns.items():
                yield from _compare(f"{register} {key}: {name}", value, found.get(name))


def _compare(name: str, wanted: object, found: object) -> Iterator[str]:
    if wanted != found:
        yield f"{name}: {wanted} is expected, found {found}"


def _check_contained(name: str, wanted: Collection[str], found: Collection[str]) -> Iterator[str]:
    if not set(wanted) <= set(found) or (not wanted and found):
        yield f"{name}: {_join_names(wanted)} is expected, found {_join_names(found)}"


def _join_names(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nobody"


_CHECKS: Mapping[str, Callable[[Any, Observation], Iterator[str]]] = {
    "state": _check_state,
    "category": _check_category,
    "priority": _check_priority,
    "overdue": _check_overdue,
    "children": _check_children,
    "visits": _check_visits,
    "converted": _check_converted,
    "escalated_to": _check_escalated_to,
    "told": _check_recipients,
    "words": _check_words,
    "data": _check_data,
    "blocked": _check_blocked,
    "may": _check_may,
    "assignee": _check_assignee,
    "roster": _check_roster,
    "registers": _check_registers,
}
