"""The blind index: personal values are found by keyed hashes of their spellings, which tell nothing of them.

A hash is of the place of the value, too: the site, and the roles that may read it, or the register that it is
in. So a search asks only for what the searcher may read, and costs the same whatever else there is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Protocol

import orjson

from workflows.folding import search_fold
from workflows.language.forms.field import Field, FieldType
from workflows.storage.database import Database
from workflows.storage.revisions import READERS, Revision
from workflows.storage.search import FIRST_CJK, RUN, SPELLING

MARK = "#"
"""Before a hash among the terms of a ticket. No text contains it: `#` is cut from texts."""
LAST_DIGITS = 4
"""A telephone number is found by so many of its last digits, or more."""
_NAME_PART = 8  # characters of the longest beginning or ending of a Chinese name, beside the whole
_MOST = 400  # spellings of one ticket or entry
_ADD_GROUP = "INSERT INTO reader_groups (roles) VALUES (:roles) ON CONFLICT DO NOTHING"


def list_spellings(fields: Iterable[Field], values: Mapping[str, object]) -> list[str]:
    """What the personal values of these fields are found by: `phone:0001`, `name:wang`, `mail:…`, `id:…`;
    sorted, so that their order tells nothing."""
    found = {
        spelling for field in fields if field.personal for spelling in _spell(field, values.get(field.name))
    }
    return sorted(found)[:_MOST]


def _spell(field: Field, value: object) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for row in value:
            if isinstance(row, Mapping):
                yield from (each for part in field.parts for each in _spell(part, row.get(part.name)))
    elif isinstance(value, str) and value:
        match field.type:
            case FieldType.PHONE:
                yield from _spell_phone(value)
            case FieldType.PERSON:
                yield from _spell_name(value)
            case FieldType.EMAIL:
                yield f"mail:{search_fold(value)}"
            case FieldType.ID_NUMBER:
                yield f"id:{search_fold(value)}"
            case _:  # free texts are not found by their words
                pass


def _spell_phone(value: str) -> Iterator[str]:
    """Its last four digits and every longer ending; and the whole of it, which an extension is no part of."""
    digits = "".join(filter(str.isdecimal, value.partition(";")[0]))
    yield f"phone={digits}"
    yield from (f"phone:{digits[-length:]}" for length in range(LAST_DIGITS, len(digits) + 1))


def _spell_name(value: str) -> Iterator[str]:
    """Each word; of a run of Chinese characters every beginning and ending, so surname and given name."""
    for run in RUN.findall(search_fold(value)):
        yield f"name:{run}"
        if run >= FIRST_CJK:
            for length in range(1, min(len(run), _NAME_PART + 1)):
                yield from (f"name:{run[:length]}", f"name:{run[-length:]}")


def ticket_place(site: str, readers: Collection[str]) -> str:
    """The place of the personal values of a ticket: a site, and who may read them there."""
    return f"tickets\n{site}\n{_join(readers)}"


def entry_place(site: str, register: str) -> str:
    """The place of the personal columns of a register's entries."""
    return f"entries\n{site}\n{register}"


class SearchedFields(Protocol):
    """What the definition of a process or a register says of how its values are found."""

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields by name."""

    @property
    def readers(self) -> Collection[str]:
        """The roles that may read the personal ones."""


class FieldSource(Protocol):
    """Where the fields are known."""

    def get(self, name: str, version: int, /) -> SearchedFields:
        """Those of a workflow's version."""

    def find_register(self, name: str, /) -> SearchedFields | None:
        """Those of the register in force with this name."""


class BlindIndex:
    """Hashes spellings, and knows which groups of readers there are."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._groups: set[str] = set()
        self._revision = Revision(database, READERS)
        self._known: tuple[int, list[list[str]]] = (-1, [])  # the groups, and at which revision
        self._hash = lru_cache(maxsize=20_000)(database.cipher.blind_hash)
        database.rollback_listeners.append(self._forget)

    def _forget(self) -> None:
        self._groups.clear()
        self._known = (-1, [])

    @property
    def edition(self) -> int:
        """What terms are made by now: the rules of spelling, and the master key behind the hashes."""
        return SPELLING * 256 + self._database.cipher.current

    def hash_spellings(self, place: str, spellings: Iterable[str]) -> list[str]:
        """The terms of the spellings at a place, under the current master key; sorted."""
        return sorted(MARK + self._hash(f"{place}\n{each}") for each in spellings)

    def hash_question(self, places: Iterable[str], spelling: str) -> list[str]:
        """The terms under which any of these places may hold the spelling: by each master key, since what
        another one wraps may not be hashed anew yet."""
        return [
            MARK + self._hash(f"{place}\n{spelling}", number)
            for place in places
            for number in self._database.cipher.numbers
        ]

    def note_readers(self, readers: Collection[str]) -> None:
        """Note a group of readers before the first ticket that only they may read; not in its transaction."""
        roles = _join(readers)
        if roles not in self._groups:
            with self._revision.transaction() as session:
                session.run(_ADD_GROUP, {"roles": roles})
            self._groups.add(roles)

    def list_places(self, roles: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
        """The places whose tickets somebody may read who holds these roles by site; only sites with any."""
        groups = self._list_groups()
        places = {
            site: [ticket_place(site, group) for group in groups if not set(group).isdisjoint(held)]
            for site, held in sorted(roles.items())
        }
        return {site: found for site, found in places.items() if found}

    def _list_groups(self) -> list[list[str]]:
        revision = self._revision.current()
        if self._known[0] != revision:
            rows = self._database.read("SELECT roles FROM reader_groups", {})
            self._known = (revision, [orjson.loads(text) for (text,) in rows])
        return self._known[1]


def _join(readers: Collection[str]) -> str:
    return orjson.dumps(sorted(readers)).decode()
