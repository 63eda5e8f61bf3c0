"""What a story expects to find, held against what there is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.core.rights import may_fire
from workflows.core.ticket import Ticket
from workflows.errors import Invalid
from workflows.language.building.stories import NOBODY
from workflows.language.forms.form import Form
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.troupe import cast, speaker
from workflows.timing.instants import Instant
from workflows.timing.problems import did_you_mean


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be seen of a ticket: who heard, by kind (escalation, notice), and why its last step was
    refused."""

    stage: Stage
    ticket: Ticket
    now: Instant
    heard: Mapping[str, frozenset[str]]
    codes: frozenset[str]


def unmet(expected: Mapping[str, Any], seen: Seen) -> Iterator[str]:
    """One sentence for each expectation that is not met."""
    for name, wanted in expected.items():
        look = _LOOKS.get(name)
        if look is None:
            yield f"unknown key {name!r}{did_you_mean(name, _LOOKS)}"
        else:
            yield from look(wanted, seen)


def _state(wanted: Any, seen: Seen) -> Iterator[str]:
    yield from _differs("state", wanted, seen.ticket.state)


def _category(wanted: Any, seen: Seen) -> Iterator[str]:
    yield from _differs("category", wanted, seen.ticket.category)


def _overdue(wanted: Any, seen: Seen) -> Iterator[str]:
    due = seen.ticket.due_at
    yield from _differs("overdue", wanted, due is not None and due < seen.now)


def _children(wanted: Any, seen: Seen) -> Iterator[str]:
    yield from _differs("children", wanted, len(seen.stage.children(seen.ticket.id)))


def _visits(wanted: Any, seen: Seen) -> Iterator[str]:
    for state, times in wanted.items():
        yield from _differs(f"visits to {state}", times, seen.ticket.trail.visits.get(state, 0))


def _converted(wanted: Any, seen: Seen) -> Iterator[str]:
    found = [each.workflow for each in seen.stage.goes_on_as(seen.ticket.id)]
    if wanted not in found:
        yield f"converted: {wanted} is expected, found {_listed(found)}"


def _escalated_to(wanted: Any, seen: Seen) -> Iterator[str]:
    """All that are named have heard; an empty list means that nobody has."""
    yield from _among("escalated_to", wanted, seen.heard["escalation"])


def _told(wanted: Any, seen: Seen) -> Iterator[str]:
    """As with escalations, of the notices."""
    yield from _among("told", wanted, seen.heard["notice"])


def _data(wanted: Any, seen: Seen) -> Iterator[str]:
    """Every field named is as it would be kept had it been written so; null where it is empty."""
    ticket, library = seen.ticket, seen.stage.library
    definition = library.get(ticket.workflow, ticket.version)
    found = {**ticket.data, **ticket.personal}
    for name, value in cast(wanted, seen.stage.staff, definition, ticket).items():
        try:
            kept = Form.of(definition.fields, (), (name,)).load({name: value}, definition.organisation)
        except (Invalid, KeyError) as error:
            yield f"data: {name} cannot be {value!r}: {error}"
        else:
            yield from _differs(name, kept.get(name), found.get(name))


def _blocked(wanted: Any, seen: Seen) -> Iterator[str]:
    yield from _among("blocked", wanted, seen.codes)


def _may(wanted: Any, seen: Seen) -> Iterator[str]:
    """By whom each trigger (or `open`) may be fired from here, as far as rights go: these at least."""
    definition = seen.stage.library.get(seen.ticket.workflow, seen.ticket.version)
    for trigger, roles in wanted.items():
        for role in roles:
            actor = speaker(role, seen.stage.staff, definition, seen.ticket, {})
            if not may_fire(definition, seen.ticket, trigger, actor):
                yield f"may: {role} should have the right to {trigger} in {seen.ticket.state}"


def _assignee(wanted: Any, seen: Seen) -> Iterator[str]:
    member = seen.stage.staff.get(seen.ticket.assignee or "")
    yield from _differs("assignee", wanted, member.name if member else NOBODY)


def _roster(wanted: Any, seen: Seen) -> Iterator[str]:
    """A roster as it stands: its round, the turns used, who makes one up, who may not receive."""
    roster, staff = seen.stage.store.rosters.load(seen.stage.site, wanted["name"]), seen.stage.staff
    names = {place.person: staff[place.person].name for place in roster.places if place.person in staff}
    if "round" in wanted:
        yield from _differs("round", wanted["round"], roster.round)
    used = {names.get(place.person): place.used for place in roster.places}
    for person, turns in wanted.get("turns", {}).items():
        yield from _differs(f"turns of {person}", turns, used.get(person))
    for key in ("make_ups", "suspended"):
        if key in wanted:
            listed = roster.make_ups if key == "make_ups" else roster.suspensions
            found = [names.get(each.person, _named(each.person, seen)) for each in listed]
            yield from _differs(key, list(wanted[key]), found)


def _named(person: str, seen: Seen) -> str:
    member = seen.stage.staff.get(person)
    return member.name if member else person


def _registers(wanted: Any, seen: Seen) -> Iterator[str]:
    """Every column named is as it is in the entry; null where no such entry is in force."""
    for register, entries in wanted.items():
        for key, columns in entries.items():
            found = seen.stage.entry(register, str(key))
            if columns is None or found is None:
                yield from _differs(f"{register} {key}", columns, found)
                continue
            for name, value in columns.items():
                yield from _differs(f"{register} {key}: {name}", value, found.get(name))


def _differs(name: str, wanted: object, found: object) -> Iterator[str]:
    if wanted != found:
        yield f"{name}: {wanted} is expected, found {found}"


def _among(name: str, wanted: Collection[str], found: Collection[str]) -> Iterator[str]:
    if not set(wanted) <= set(found) or (not wanted and found):
        yield f"{name}: {_listed(wanted)} is expected, found {_listed(found)}"


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nobody"


_LOOKS: Mapping[str, Callable[[Any, Seen], Iterator[str]]] = {
    "state": _state,
    "category": _category,
    "overdue": _overdue,
    "children": _children,
    "visits": _visits,
    "converted": _converted,
    "escalated_to": _escalated_to,
    "told": _told,
    "data": _data,
    "blocked": _blocked,
    "may": _may,
    "assignee": _assignee,
    "roster": _roster,
    "registers": _registers,
}
