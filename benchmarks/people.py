"""Callers and residents of a desk that grows, to be found by their telephone numbers and names.

Every ticket has a caller, one of fifty thousand at most; every size has the same three tickets and one
resident of a rare one, whose number ends as no other does. The values of tickets are not made, since nobody
reads them here: only their hashes.
"""

from __future__ import annotations

import orjson

from benchmarks.bulk import insert_rows
from benchmarks.walked import SITES
from service.bootstrap import Desk
from workflows.language.forms.field import Field, FieldType
from workflows.natural_order import natural_key
from workflows.storage.blind_index import list_spellings, ticket_place
from workflows.storage.registers.results import RegisterEntry
from workflows.storage.registers.terms import search_words
from workflows.timing.instants import Instant

RARE_PHONE, RARE_NAME, RARE_UNIT = "13877004321", "欧阳测试", "3-2-1001"
COMMON_SURNAME = "王"
EACH_COMMON = 2  # more than a search takes from the index, at every size that is compared
RESIDENTS = 50_000
_BATCH = 2_000
_FIELDS = (
    Field(name="phone", type=FieldType.PHONE, title={}, personal=True),
    Field(name="name", type=FieldType.PERSON, title={}, personal=True),
)


class SearchedPeople:
    """What people are found by at a desk with so many residents of one site."""

    def __init__(self, desk: Desk, residents: int, site: str = SITES[0]) -> None:
        self._desk, self._residents, self._site = desk, min(RESIDENTS, residents), site

    def build_terms(self, site: str, workflow: str, version: int, number: int, rare: bool) -> str:
        """The terms of the caller of a ticket, each after a blank."""
        readers = self._desk.definitions.get(workflow, version).readers
        index = self._desk.store.blind_index
        index.note_readers(readers)
        hashes = index.hash_spellings(
            ticket_place(site, readers), list_spellings(_FIELDS, _person(number, rare))
        )
        return "".join(f" {each}" for each in hashes)

    def add_residents(self, at: Instant) -> None:
        """Write the residents of the site, without histories; each tenth unit has a household of
        three."""
        database, terms = self._desk.database, self._desk.store.entries.terms
        numbers = range(max(self._residents, 3))
        for first in range(0, len(numbers), _BATCH):
            entries = [self._build_resident(number, at) for number in numbers[first : first + _BATCH]]
            rows = [self._build_row(each) for each in entries]
            found_by = [
                {"site_id": each.site, "register": each.register, "key": each.key, "term": term}
                for each in entries
                for term in terms.build(each)
            ]
            with database.transaction() as session:
                insert_rows(database, session, "register_entries", rows)
                insert_rows(database, session, "entry_terms", found_by)

    def _build_resident(self, number: int, at: Instant) -> RegisterEntry:
        key = f"R-{number:06d}"
        unit = RARE_UNIT if number == 0 else f"{number // 3 % 40 + 1}-{number // 120 + 2}"
        return RegisterEntry(
            site=self._site,
            register="residents",
            key=key,
            seq=1,
            data={"resident": key, "unit": unit},
            personal=_person(number, number == 0),
            data_key=self._desk.database.cipher.new_key(f"{self._site}/residents/{key}"),
            changed_at=at,
            struck_at=None,
        )

    def _build_row(self, entry: RegisterEntry) -> dict[str, object]:
        cipher, key = self._desk.database.cipher, entry.data_key
        assert key is not None
        return {
            "site_id": entry.site,
            "register": entry.register,
            "key": entry.key,
            "seq": entry.seq,
            "data": orjson.dumps(entry.data).decode(),
            "personal": cipher.seal(key, entry.key_owner, "entry", entry.personal),
            "data_key": key,
            "words": search_words(entry.data),
            "changed_at": entry.changed_at,
            "natural_key": natural_key(entry.key),
            "edition": self._desk.store.entries.terms.edition,
        }


def _person(number: int, rare: bool) -> dict[str, object]:
    if rare:
        return {"phone": RARE_PHONE, "name": RARE_NAME}
    surname = COMMON_SURNAME if number % EACH_COMMON == 0 else chr(0x5F00 + number % 500)
    phone = 2 * (number % RESIDENTS)  # an even one, which the rare one is not
    return {"phone": f"139{phone:08d}", "name": f"{surname}{chr(0x4E00 + number % 3_000)}"}
