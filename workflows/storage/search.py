"""The terms that a ticket is found by in the full-text index.

Chinese has no spaces, so a run of its characters is cut into overlapping pairs: `电梯坏了` becomes
`电梯 梯坏 坏了 了`. Every two-character word is then a term of the index, and the last character alone lets a
single character be found as the beginning of a term. Texts and queries are folded alike: width, case, accents
and traditional characters make no difference. The same terms serve both databases: an FTS5 table on SQLite, a
GIN index on PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from workflows.core.reports.report_data import FORMAT
from workflows.core.ticket import Ticket
from workflows.folding import search_fold
from workflows.timing.instants import Instant

MAX_TERM_LENGTH = 64
MAX_TERMS = 4_000
DOCS_PER_SECOND = 1 << 20
VECTOR = "array_to_tsvector(array_remove(string_to_array(terms || notes || ' @' || site_id, ' '), ''))"
"""The expression of PostgreSQL's index: the terms, and the site as a term that no text can contain."""
SPELLING = 1
"""Which terms are made of a text. Whoever changes that raises it: then the index is made anew (`Indexer`)."""
CACHED_LENGTH = 200
"""Texts up to this many characters are split once and cached: a step leaves most of a ticket as it was."""

RUN = re.compile(
    r"[⺀-鿿豈-﫿가-힣ぁ-ヿ\U00020000-\U0003ffff]+|[^\W_⺀-鿿豈-﫿가-힣ぁ-ヿ\U00020000-\U0003ffff]+"
)
_LAST_FIGURES = re.compile(r"[0-9]+(?=[^0-9]*$)")
_MACHINE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\d{4}-\d\d-\d\d(T[\d:]+Z)?|true|false")
FIRST_CJK = "\u2e80"


def extract_terms(ticket: Ticket) -> str:
    """The terms of the ticket's title and open fields, each once, joined by spaces; at most `MAX_TERMS`."""
    terms: dict[str, None] = {}
    for text in (ticket.title, *_texts(ticket.data)):
        terms.update(dict.fromkeys(_split_cached(text) if len(text) <= CACHED_LENGTH else split_terms(text)))
        if len(terms) > MAX_TERMS:
            break
    return " ".join(list(terms)[:MAX_TERMS])


@lru_cache(maxsize=4_096)
def _split_cached(text: str) -> tuple[str, ...]:
    return tuple(split_terms(text))


def split_terms(text: str) -> Iterator[str]:
    """The terms of a text, in its order: words as they are, runs of Chinese characters as pairs."""
    for run in _runs(text):
        if run >= FIRST_CJK:
            yield from (run[i : i + 2] for i in range(len(run)))
        else:
            yield run[:MAX_TERM_LENGTH]


def exact_term(text: str) -> str:
    """The term by which a whole number or unit is found. No text contains it: `=` is cut from texts."""
    return "=" + "_".join(search_fold(text).split())


def number_terms(number: str) -> str:
    """The terms of a ticket's number, each after a space: the whole of it, and its last figures alone."""
    last = _LAST_FIGURES.search(search_fold(number))
    return "".join(
        f" {term}" for term in dict.fromkeys((exact_term(number), f"={last[0]}" if last else "")) if term
    )


def first_doc(at: Instant) -> int:
    """The number in SQLite's index of the first text of a second: the index is in the order of time."""
    return at * DOCS_PER_SECOND


def _runs(text: str) -> list[str]:
    return RUN.findall(search_fold(text))


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, but for ids, dates and Booleans, which a program wrote."""
    if isinstance(value, str):
        if not _MACHINE.fullmatch(value):
            yield value
    elif isinstance(value, Mapping) and value.get("format") != FORMAT:  # figures are not found by words
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
