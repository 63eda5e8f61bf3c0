"""Which slots of which schedules were opened already, so that each is opened once by whoever comes first."""

from __future__ import annotations

from workflows.storage.database import Database
from workflows.timing.instants import Instant

_VALUES = "VALUES (:site, :schedule, :slot) ON CONFLICT DO NOTHING"
_CLAIM = f"INSERT INTO schedules_run (site_id, schedule, slot) {_VALUES}"
_LAST = "SELECT max(slot) FROM schedules_run WHERE site_id = :site AND schedule = :schedule"


class Slots:
    """The slots of schedules."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._claim, self._last = database.sql(_CLAIM), database.sql(_LAST)

    def claim(self, site: str, schedule: str, slot: Instant) -> bool:
        """Take a slot; False if somebody has it."""
        with self._database.transaction() as session:
            return session.run(self._claim, {"site": site, "schedule": schedule, "slot": slot}).rowcount == 1

    def last(self, site: str, schedule: str) -> Instant | None:
        """The newest slot that was taken."""
        last: Instant | None = self._database.read(self._last, {"site": site, "schedule": schedule})[0][0]
        return last
