"""Over any day, nobody who followed the rules is more than one turn behind."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from turn_book import FOUR, Book

from workflows.core.turns.order import find_hindrance
from workflows.core.turns.roster import Presence
from workflows.errors import Refusal

RULES = ("wang", "li")  # these follow the rules; the others do as they like
LAWFUL = [("leave", {"leave": "official"}), ("return", {})]
LAWLESS = [*LAWFUL, ("leave", {"leave": "private"}), ("step-back", {}), ("sign-out", {}), ("sign-in", {})]
IN_TURN = ("new-client", "not-a-client", "name-forgotten")
READINGS: dict[str, dict[str, str]] = {
    "project": {"door": "missing"},  # read literally, who stands at the door pays for the one beside him
    "shop": {"official": "made-up", "noon": "none"},
}

happenings = st.one_of(
    st.tuples(st.just("comes"), st.sampled_from(IN_TURN)),
    st.tuples(st.just("comes-for"), st.sampled_from(FOUR)),
    st.tuples(st.just("leaves"), st.sampled_from(FOUR), st.booleans()),
    st.tuples(st.just("hand-over"), st.sampled_from(FOUR), st.sampled_from(FOUR)),
    st.tuples(st.just("lawful"), st.sampled_from(FOUR), st.sampled_from(LAWFUL)),
    st.tuples(st.just("lawless"), st.sampled_from(FOUR[2:]), st.sampled_from(LAWLESS)),
)


def chances(book: Book, person: str) -> int:
    """The turns somebody has had in the order, and those that are still owed to him."""
    return book.used(person) + book.owed.count(person)


def happens(book: Book, what: tuple[Any, ...]) -> str | None:
    """One thing of the day; what the rules refuse does not happen. Gives who took a second client, if any."""
    match what:
        case ("comes", occasion) if occasion in book.rules.table:
            before = book.roster
            if book.comes(occasion) is not None:
                _served_in_order(before, book)
            return next((name for name, why in book.why().items() if why == "second-client"), None)
        case ("comes-for", person):
            book.comes("old-client", named=person)
        case ("leaves", person, free):
            for reception in book.roster.by_person[person].receiving[:1]:
                book.does(person, "finish", ticket=reception.ticket, free=free)
        case ("hand-over", person, other):
            for reception in book.roster.by_person[person].receiving[:1]:
                book.does(person, "hand-over", ticket=reception.ticket, other=other)
        case ("lawful" | "lawless", person, (kind, more)):
            try:
                book.does(person, kind, **more)
            except Refusal:
                return None
    return None


def _served_in_order(before: Any, book: Book) -> None:
    """Nobody who was ready was passed over: first who makes up a turn, then who has had the fewest rounds."""
    assert book.last is not None
    if book.last.verdicts[-1].why == "in-turn":
        read, had = book.rules.required_readings, before.by_person[book.last.person].had
        ready = (place for place in before.places if place.presence is Presence.READY)
        assert all(had <= place.had for place in ready if find_hindrance(place, before, read) is None)
    for owed in before.make_ups:
        place = before.place(owed.person)
        if (
            place.presence is Presence.READY
            and find_hindrance(place, before, book.rules.required_readings) is None
        ):
            assert book.last.person == owed.person
            return


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(READINGS)), st.lists(happenings, max_size=60))
def test_nobody_who_followed_the_rules_is_more_than_one_turn_behind(
    rulebook: str, day: list[tuple[Any, ...]]
) -> None:
    """A second client, taken because nobody else was free, was no turn of anybody else's."""
    book, seconds = Book.of(rulebook, **READINGS[rulebook]), Counter[str | None]()
    for what in day:
        seconds[happens(book, what)] += 1
        most = max(chances(book, person) - seconds[person] for person in FOUR)
        for person in RULES:
            assert chances(book, person) >= most - 1, book.why()
            assert book.lost(person) == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(happenings, max_size=40))
def test_what_happened_can_be_added_up(day: list[tuple[Any, ...]]) -> None:
    """Every round that somebody has had was used, lost, or is owed."""
    book = Book.of("project", door="missing")
    for what in day:
        happens(book, what)
        for person in FOUR:
            place = book.roster.by_person[person]
            assert place.had == place.used + place.lost + book.owed.count(person)
