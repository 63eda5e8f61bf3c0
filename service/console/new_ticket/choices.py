"""Which process is meant: those that speak of what was said, or whose earlier tickets do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from service.console.http.console_request import ConsoleRequest
from service.console.new_ticket.process_words import (
    LIKE,
    fold_said,
    fold_vocabulary,
    measure_likeness,
    split_words,
)
from service.texts import localize
from workflows.language.definition import Definition
from workflows.storage.queries.filters import TicketFilter

_MOST_EARLIER = 50  # tickets in which what was said is looked for


@dataclass(frozen=True, slots=True)
class ProcessChoice:
    """A process of which the user may open a ticket; `purpose` says in English what it is for, `earlier` how
    many recent tickets of it speak of the same, `likeness` how well it fits what was said; `wanted`: all of
    that is what people say who want it."""

    name: str
    title: str
    purpose: str
    earlier: int = 0
    likeness: float = 0.0
    wanted: bool = False


def list_choices(call: ConsoleRequest, site: str, words: str) -> list[ProcessChoice]:
    """The processes that the user may open at the site, by title; with `words` those that fit: first those
    whose definition has these words (`said`), then those with the most earlier tickets."""
    roles, pieces = call.roles_at(site), split_words(words)
    known = [each for each in call.desk.definitions.in_force() if not roles.isdisjoint(each.start.roles)]
    earlier = _count_earlier(call, site, words) if words else Counter[str]()
    choices = [
        ProcessChoice(
            each.name,
            localize(each.title, call.language),
            each.purpose,
            earlier.get(each.name, 0),
            measure_likeness(pieces, _fold(each)) if pieces else 0.0,
            bool(pieces) and measure_likeness(pieces, _fold_said(each)) == 1,
        )
        for each in known
    ]
    if words:
        choices = [each for each in choices if each.earlier or each.likeness >= LIKE]
    return sorted(choices, key=lambda each: (not each.wanted, -each.earlier, -each.likeness, each.title))


@lru_cache(maxsize=1_000)
def _fold(definition: Definition) -> str:
    """The vocabulary of a version, which never changes."""
    return fold_vocabulary(definition)


@lru_cache(maxsize=1_000)
def _fold_said(definition: Definition) -> str:
    return fold_said(definition)


def _count_earlier(call: ConsoleRequest, site: str, words: str) -> Counter[str]:
    """How many of the last tickets that speak of it each process has."""
    earlier = TicketFilter(sites=(site,), viewer=call.viewer, q=words)  # of nobody's personal values
    return Counter(each.workflow for each in call.desk.queries.tickets(earlier, None, _MOST_EARLIER).tickets)
