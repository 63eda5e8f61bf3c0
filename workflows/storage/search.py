"""Words to find a ticket by. Chinese has no spaces, so a run of its characters is cut into overlapping pairs.

`电梯坏了` becomes `电梯 梯坏 坏了 了`: every two-character word in it is then a term of the index, and the
last character alone lets a single character be found as the beginning of a term. The same terms serve both
databases: an FTS5 table on SQLite, a GIN index on PostgreSQL.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

from workflows.core.figures import FORMAT
from workflows.core.ticket import Ticket

LONGEST_TERM = 64
MOST_TERMS = 4_000
SHORT = 200
"""Texts up to this many characters are cut once and remembered: a step leaves most of a ticket as it was."""

_RUN = re.compile(
    r"[⺀-鿿豈-﫿가-힣ぁ-ヿ\U00020000-\U0003ffff]+|[^\W_⺀-鿿豈-﫿가-힣ぁ-ヿ\U00020000-\U0003ffff]+"
)
_MACHINE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\d{4}-\d\d-\d\d(T[\d:]+Z)?|true|false")
_FIRST_CJK = "\u2e80"


def terms(ticket: Ticket) -> str:
    """The terms of the ticket's title and of the words in its open fields, each once, joined by spaces."""
    found: dict[str, None] = {}
    for piece in (ticket.title, *_words(ticket.data)):
        found.update(dict.fromkeys(_kept(piece) if len(piece) <= SHORT else cut(piece)))
        if len(found) > MOST_TERMS:
            break
    return " ".join(list(found)[:MOST_TERMS])


@lru_cache(maxsize=4_096)
def _kept(piece: str) -> tuple[str, ...]:
    return tuple(cut(piece))


def cut(text: str) -> Iterator[str]:
    """The terms of a text."""
    for run in _runs(text):
        if run >= _FIRST_CJK:
            yield from (run[i : i + 2] for i in range(len(run)))
        else:
            yield run[:LONGEST_TERM]


def wanted(query: str) -> list[tuple[str, bool]]:
    """The terms a query asks for, all of them; True marks one that need only be the beginning of a term."""
    asked: dict[tuple[str, bool], None] = {}
    for run in _runs(query):
        if run < _FIRST_CJK:
            asked[(run[:LONGEST_TERM], True)] = None
        elif len(run) == 1:
            asked[(run, True)] = None
        else:
            asked.update({(run[i : i + 2], False): None for i in range(len(run) - 1)})
    return list(asked)


def fts5(asked: list[tuple[str, bool]]) -> str:
    """The query in the language of SQLite's FTS5."""
    return " AND ".join(f'"{term}"{"*" if beginning else ""}' for term, beginning in asked)


def tsquery(asked: list[tuple[str, bool]]) -> str:
    """The query in the language of PostgreSQL's tsquery."""
    return " & ".join(f"'{term}'{':*' if beginning else ''}" for term, beginning in asked)


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def _words(value: object) -> Iterator[str]:
    """Every text in a value that was written by a person, not by a program."""
    if isinstance(value, str):
        if not _MACHINE.fullmatch(value):
            yield value
    elif isinstance(value, Mapping) and value.get("format") != FORMAT:  # figures are not found by words
        for each in value.values():
            yield from _words(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _words(each)
