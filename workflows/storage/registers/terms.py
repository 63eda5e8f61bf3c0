"""What an entry is found by: the words of its open columns; and, at once among however many, its units and
the blind index of its personal columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from workflows.folding import search_fold
from workflows.language.forms.field import FieldType
from workflows.storage.blind_index import BlindIndex, FieldSource, entry_place, list_spellings
from workflows.storage.database import Database, Session
from workflows.storage.insert_statements import build_insert
from workflows.storage.registers.results import RegisterEntry
from workflows.storage.search import exact_term
from workflows.storage.sql import bind_list, in_values
from workflows.storage.tables import entry_terms

_DELETE = "DELETE FROM entry_terms WHERE site_id = :site_id AND register = :register AND key = :key"
_FIND = (
    "SELECT register, key FROM entry_terms WHERE site_id = :site AND term = :t{}{}"
    " ORDER BY register, key LIMIT :limit"
)


class EntryTerms:
    """Writes and finds the terms of entries. Without a source of fields there are none."""

    def __init__(self, database: Database, index: BlindIndex, source: FieldSource | None) -> None:
        self._database, self._index, self._source = database, index, source
        self._delete, self._insert = database.sql(_DELETE), database.sql(build_insert(entry_terms))

    @property
    def edition(self) -> int:
        """What terms are made by now."""
        return self._index.edition

    def build(self, entry: RegisterEntry | None) -> list[str]:
        """The terms of an entry in force, sorted; none of one that is struck."""
        register = self._source.find_register(entry.register) if self._source and entry else None
        if register is None or entry is None or entry.struck_at is not None:
            return []
        fields = register.fields.values()
        units = (
            entry.data.get(each.name) for each in fields if each.type is FieldType.UNIT and not each.personal
        )
        place = entry_place(entry.site, entry.register)
        hashes = self._index.hash_spellings(place, list_spellings(fields, entry.personal))
        return sorted({*hashes, *(exact_term(unit) for unit in units if isinstance(unit, str) and unit)})

    def write(self, session: Session, before: RegisterEntry | None, after: RegisterEntry) -> None:
        """Write the terms of a changed entry in the transaction that changes it, if they have changed."""
        terms = self.build(after)
        if before is not None:
            if before.edition == self.edition and terms == self.build(before):
                return
            session.run(self._delete, _key_of(after))
        if terms:
            session.run_many(self._insert, [_key_of(after) | {"term": term} for term in terms])

    def hash_question(self, site: str, registers: Iterable[str], spellings: Iterable[str]) -> list[str]:
        """The terms that entries of these registers have if they hold any of the spellings."""
        places = [entry_place(site, register) for register in registers]
        return [term for each in spellings for term in self._index.hash_question(places, each)]

    def find(
        self, site: str, terms: Sequence[str], limit: int, registers: Collection[str] | None = None
    ) -> list[tuple[str, str]]:
        """(register, key) of entries in force that have any of the terms, up to `limit` for each of these; of
        some `registers` only, which a hash needs not be told."""
        if not terms:
            return []
        among = "" if registers is None else f" AND register {in_values('among', self._database.postgres)}"
        parts = (
            f"SELECT * FROM ({_FIND.format(number, among)}) AS t{number}" for number in range(len(terms))
        )
        values: dict[str, object] = {"site": site, "limit": limit}
        values |= {f"t{number}": term for number, term in enumerate(terms)}
        if registers is not None:
            values["among"] = bind_list(registers, self._database.postgres)
        rows = self._database.read(" UNION ".join(parts), values)
        return sorted((register, key) for register, key in rows)


def _key_of(entry: RegisterEntry) -> dict[str, object]:
    return {"site_id": entry.site, "register": entry.register, "key": entry.key}


def search_words(data: Mapping[str, object]) -> str:
    """The text that an entry is searched in: its open values, folded."""
    return search_fold("\n".join(_texts(data.values())))


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list):
            yield from map(str, value)
        elif not isinstance(value, bool):
            yield str(value)
