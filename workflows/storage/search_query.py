"""What somebody types into the search field, and the same as a query of either database.

A query has several readings, one of which must hold: the whole of it as a number or a unit; its words one by
one; figures with blanks or dashes between them as one telephone number. Of a reading, every part must be
found: by words of the title, the open fields and the notes, or as a personal value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from workflows.folding import search_fold
from workflows.storage.blind_index import LAST_DIGITS
from workflows.storage.search import FIRST_CJK, MAX_TERM_LENGTH, RUN, exact_term

Word = tuple[str, bool]
"""A term that must be found; True if it need only be the beginning of one."""
MAX_PERSONAL = 8
"""Of more parts than this, none is looked for among personal values."""
_NAME = 10  # characters of the longest run that may be a Chinese name
_ID = 6  # of the shortest that may be an identity number
_ABROAD = 3  # digits of the longest code of a country
_EMAIL = r"[^\s@]+@[^\s@]+"
_PHONE = r"(?:\+|(?<![0-9a-z]))\d[\d\s()/.-]*\d(?:\s*(?:;ext=|转|分机|ext\.?)\s*\d{1,6})?"
_SEPARATE = re.compile(f"(?P<email>{_EMAIL})|{RUN.pattern}")
_TOGETHER = re.compile(f"(?P<email>{_EMAIL})|(?P<phone>{_PHONE})|{RUN.pattern}")
_PERSON = re.compile(r"phone:\d{7}|id:\w{15}")
_EXTENSION = re.compile(r"(?:;ext=|转|分机|ext).*$")


class QueryPart(NamedTuple):
    """A part of a query: found by all of its `words`, or by any of its `hashes`: whole terms, of which the
    index is asked at once. As it is typed, these are the `=` of a number or a unit, and spellings yet to be
    hashed (see `blind_index`)."""

    words: tuple[Word, ...]
    hashes: tuple[str, ...] = ()


SearchQuery = tuple[tuple[QueryPart, ...], ...]
"""Readings, of which one must hold; of each, all parts."""


def parse_query(query: str) -> SearchQuery:
    """The readings of a query; none if it has no word."""
    folded = search_fold(query)
    separate = tuple(_parts(folded, _SEPARATE))
    if not separate:
        return ()
    together = tuple(_parts(folded, _TOGETHER))
    whole = (QueryPart((), (exact_term(query),)),)
    return tuple(dict.fromkeys((whole, separate, together)))


def spell_phone(text: str) -> tuple[str, ...]:
    """The spellings of a telephone number that is searched; none of fewer than four digits."""
    folded = search_fold(text)
    digits = "".join(filter(str.isdecimal, _EXTENSION.sub("", folded)))
    return tuple(_spell_number(folded, digits)) if len(digits) >= LAST_DIGITS else ()


def spell_name(text: str) -> tuple[tuple[str, ...], ...]:
    """The spellings of a name that is searched, for each of its words; the longest first."""
    runs = sorted(dict.fromkeys(RUN.findall(search_fold(text))), key=len, reverse=True)
    return tuple((f"name:{run}",) for run in runs[:MAX_PERSONAL])


def spell_person(text: str) -> frozenset[str]:
    """The spellings of a text that is as a whole a number, an address, or a name of one word."""
    readings = (reading for reading in parse_query(text) if len(reading) == 1)
    spellings = (spelling for reading in readings for spelling in reading[0].hashes)
    return frozenset(each for each in spellings if not each.startswith("="))


def hash_query(query: SearchQuery, hash_spelling: Callable[[str], Iterable[str]] | None) -> SearchQuery:
    """The query with hashes for spellings; without any for whom may read nothing personal. Readings that then
    cannot be found are left out."""

    def hash_part(part: QueryPart, few: bool) -> QueryPart:
        known = (
            [each] if each.startswith("=") else hash_spelling(each) if hash_spelling and few else ()
            for each in part.hashes
        )
        return part._replace(hashes=tuple(term for terms in known for term in terms))

    return _leave_out_empty(
        tuple(hash_part(part, len(reading) <= MAX_PERSONAL) for part in reading) for reading in query
    )


def keep_words(query: SearchQuery) -> SearchQuery:
    """The query without what is asked of the index at once."""
    return _leave_out_empty(tuple(part._replace(hashes=()) for part in reading) for reading in query)


def _leave_out_empty(readings: Iterable[tuple[QueryPart, ...]]) -> SearchQuery:
    return tuple(reading for reading in readings if all(part.words or part.hashes for part in reading))


def list_kinds(query: SearchQuery, *, certain: bool = False) -> frozenset[str]:
    """What may be looked for of somebody, before it is hashed: `phone`, `name`, `mail`, `id`.

    With `certain`, only where it can hardly be anything else: figures with dashes between them may be a unit,
    or the number of a ticket, and a word is seldom a name.
    """
    spellings = ((part, spelling) for reading in query for part in reading for spelling in part.hashes)
    return frozenset(
        re.split("[:=]", spelling)[0]
        for part, spelling in spellings
        if not spelling.startswith("=")
        and (
            not certain
            or spelling.startswith(("mail:", "phone="))
            or (part.words and _PERSON.match(spelling))
        )
    )


def fits(query: SearchQuery, held: Collection[str]) -> bool:
    """Whether terms are what is searched, as both databases decide it."""

    def found(part: QueryPart) -> bool:
        words = (
            any(term.startswith(word) if beginning else term == word for term in held)
            for word, beginning in part.words
        )
        return (bool(part.words) and all(words)) or any(each in held for each in part.hashes)

    return any(all(map(found, reading)) for reading in query)


def list_hashes(query: SearchQuery) -> list[str]:
    """All hashes of a query, each once."""
    return list(dict.fromkeys(each for reading in query for part in reading for each in part.hashes))


def build_terms(
    query: SearchQuery, postgres: bool, sites: Iterable[str] = (), also: Iterable[str] = ()
) -> str:
    """The query for SQLite's FTS5, or as a tsquery of PostgreSQL; of these sites only, if any are given, and
    of texts that have one of the terms `also`, if any are."""
    and_, or_ = (" & ", " | ") if postgres else (" AND ", " OR ")
    write = _write_lexeme if postgres else _write_phrase
    parts = [[write(f"@{site}", False) for site in sites], [write(each, False) for each in also]]
    return and_.join([*(f"({or_.join(part)})" for part in parts if part), _combine(query, write, and_, or_)])


def _write_phrase(term: str, beginning: bool) -> str:
    return '"{}"{}'.format(term.replace('"', '""'), "*" if beginning else "")


def _write_lexeme(term: str, beginning: bool) -> str:
    return f"'{_quote(term)}'{':*' if beginning else ''}"


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "''")


def _combine(query: SearchQuery, write: Callable[[str, bool], str], and_: str, or_: str) -> str:
    def write_part(part: QueryPart) -> str:
        words = and_.join(write(term, beginning) for term, beginning in part.words)
        hashes = [write(each, False) for each in part.hashes]
        return f"({or_.join([*([f'({words})'] if words else []), *hashes])})"

    return f"({or_.join(f'({and_.join(map(write_part, reading))})' for reading in query)})"


def build_condition(query: SearchQuery, text: str, postgres: bool) -> tuple[str, dict[str, object]]:
    """The query as a condition on `text`, an SQL expression of terms between blanks, and its values."""
    values: dict[str, object] = {}

    def bind(pattern: str) -> str:
        name = f"w{len(values)}"
        values[name] = pattern
        return f"instr({text}, :{name}) > 0"

    def write_part(part: QueryPart) -> str:
        words = " AND ".join(bind(f" {term}" if beginning else f" {term} ") for term, beginning in part.words)
        found = [f"({words})"] if words else []
        if part.hashes:
            name = f"w{len(values)}"
            values[name] = " ".join(part.hashes)
            found.append(_holds_any(text, name, postgres))
        return f"({' OR '.join(found)})"

    readings = (" AND ".join(map(write_part, reading)) for reading in query)
    return " OR ".join(f"({each})" for each in readings), values


def _holds_any(text: str, name: str, postgres: bool) -> str:
    """That `text` has one of the terms of the value `name`, which are put together by blanks."""
    if postgres:
        return f"string_to_array({text}, ' ') && string_to_array(:{name}, ' ')"
    each = (
        f"SELECT ' ' || value || ' ' AS term FROM json_each('[\"' || replace(:{name}, ' ', '\",\"') || '\"]')"
    )
    return f"EXISTS (SELECT 1 FROM ({each}) AS h WHERE instr({text}, h.term) > 0)"


def _parts(folded: str, pattern: re.Pattern[str]) -> Iterator[QueryPart]:
    """The parts of a query, each once."""
    parts: dict[QueryPart, None] = {}
    for found in pattern.finditer(folded):
        kinds, text = found.groupdict(), found[0]
        digits = "".join(filter(str.isdecimal, _EXTENSION.sub("", text)))
        if kinds.get("phone") and text != digits and len(digits) >= LAST_DIGITS:
            parts[QueryPart((), tuple(_spell_number(text, digits)))] = None
        elif kinds["email"]:
            parts[QueryPart(tuple(_words(text)), (f"mail:{text}",))] = None
        else:
            parts.update(
                {QueryPart(tuple(_words(run)), tuple(_spell_run(run))): None for run in RUN.findall(text)}
            )
    return iter(parts)


def _words(text: str) -> Iterator[Word]:
    for run in RUN.findall(text):
        if run < FIRST_CJK:
            yield run[:MAX_TERM_LENGTH], True
        elif len(run) == 1:
            yield run, True
        else:
            yield from ((run[i : i + 2], False) for i in range(len(run) - 1))


def _spell_number(text: str, digits: str) -> Iterator[str]:
    """A telephone number as it may be kept: with the code of its country, or without."""
    yield f"phone:{digits}"
    if text.startswith("+"):
        yield from (f"phone={digits[code:]}" for code in range(1, _ABROAD + 1) if len(digits) > code + _ID)


def _spell_run(run: str) -> Iterator[str]:
    if run.isdecimal() and len(run) >= LAST_DIGITS:
        yield f"phone:{run}"
    if run < FIRST_CJK and len(run) >= _ID and any(map(str.isdecimal, run)):
        yield f"id:{run}"
    if not run.isdecimal() and (run < FIRST_CJK or len(run) <= _NAME):
        yield f"name:{run}"
