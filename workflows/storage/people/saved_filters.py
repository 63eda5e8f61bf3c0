"""The filters of tickets that people have saved, sealed: what is looked for may be a person's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.storage.database import Database

MAX_SAVED = 20  # of one person
_LIST = "SELECT id, sealed FROM saved_filters WHERE staff_id = :staff ORDER BY id"
_SAVE = "INSERT INTO saved_filters (staff_id, id, sealed) VALUES (:staff, :id, :sealed)"
_REMOVE = "DELETE FROM saved_filters WHERE staff_id = :staff AND id = :id"


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A filter under the name that its owner gave it. `conditions` are those of its form."""

    id: str
    name: str
    conditions: Mapping[str, str]


class SavedFilters:
    """The filters of all staff, each for its owner only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._list, self._save, self._remove = (database.sql(each) for each in (_LIST, _SAVE, _REMOVE))

    def list_of(self, staff_id: str) -> tuple[SavedFilter, ...]:
        """Those of a member of staff, the oldest first."""
        rows = self._database.read(self._list, {"staff": staff_id})
        return tuple(self._open(staff_id, id, sealed) for id, sealed in rows)

    def _open(self, staff_id: str, id: str, sealed: bytes) -> SavedFilter:
        values = self._database.cipher.open_with_master_key(_owner(staff_id, id), bytes(sealed))
        name = str(values.pop("name"))
        return SavedFilter(id, name, {key: str(value) for key, value in values.items()})

    def save(self, staff_id: str, saved: SavedFilter) -> bool:
        """Keep a filter; it takes the place of one with the same name. False if there are too many."""
        earlier = self.list_of(staff_id)
        same = [each for each in earlier if each.name == saved.name]
        if len(earlier) - len(same) >= MAX_SAVED:
            return False
        values = {**saved.conditions, "name": saved.name}
        sealed = self._database.cipher.seal_with_master_key(_owner(staff_id, saved.id), values)
        with self._database.transaction() as session:
            for each in same:
                session.run(self._remove, {"staff": staff_id, "id": each.id})
            session.run(self._save, {"staff": staff_id, "id": saved.id, "sealed": sealed})
        return True

    def remove(self, staff_id: str, id: str) -> None:
        """Keep a filter no longer; nothing happens if there is none of this id."""
        with self._database.transaction() as session:
            session.run(self._remove, {"staff": staff_id, "id": id})


def _owner(staff_id: str, id: str) -> str:
    """The cipher's name for a filter."""
    return f"saved-filter/{staff_id}/{id}"
