"""Serial numbers have no gaps: not with many at once, not when a transaction fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from storage_samples import NOW, PATTERN, SITE, desk, moving, opened, opening

from workflows.storage import revisions
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.people.people import People, Site
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.tickets.ticket_numbers import build_number_format

NEW_YEAR_UTC = 1_798_761_600  # 2027-01-01T00:00:00Z, already eight o'clock in Shanghai


def test_many_at_once_and_failures_between_leave_no_gap(database: Database) -> None:
    store = desk(database)
    stale = opened(store)
    store.record([moving(stale)])

    def open_some(_: int) -> None:
        for turn in range(6):
            step = opening()
            if turn % 3 == 2:  # the number is drawn, then the second step fails
                with pytest.raises(Conflict):
                    store.record([step, moving(stale)], {step.after.id: PATTERN})
            else:
                store.record([step], {step.after.id: PATTERN})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(open_some, range(4)))
    found = Queries(database).tickets(TicketFilter(sites=[SITE]), limit=100).tickets
    assert sorted(each.number for each in found) == [f"TS-2026-{n:05}" for n in range(1, 18)]
    assert list(verify(database)) == []


def test_each_site_counts_for_itself(database: Database) -> None:
    store = desk(database, SITE, "binjiang")
    assert opened(store).number == opened(store, site="binjiang").number == "TS-2026-00001"


def test_the_year_is_that_of_the_site_and_starts_at_one(database: Database) -> None:
    store = desk(database)
    assert opened(store).number == "TS-2026-00001"
    assert opened(store, at=NEW_YEAR_UTC - 3_600).number == "TS-2027-00001"


def test_a_zone_that_another_process_changed_counts_a_second_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk(database)
    assert opened(store, at=NEW_YEAR_UTC - 3_600).number == "TS-2027-00001"
    other = Database(database.url, cipher=database.cipher)
    People(other).store_site(Site(id=SITE, name=SITE, zone="Europe/London"))
    other.close()
    later = monotonic() + 1.1
    monkeypatch.setattr(revisions, "monotonic", lambda: later)
    assert opened(store, at=NEW_YEAR_UTC - 3_600).number == "TS-2026-00001"


def test_a_number_may_have_a_month_and_an_end() -> None:
    found = build_number_format("WX{year}{month}-{seq:4}/A", NOW, ZoneInfo("Asia/Shanghai"))
    assert found.counter == "WX202609-#/A"
    assert [found.format(7), found.format(12_345)] == ["WX202609-0007/A", "WX202609-12345/A"]


def test_a_pattern_without_a_serial_is_refused() -> None:
    with pytest.raises(ValueError, match=r"has no \{seq\}"):
        build_number_format("TS-{year}", NOW, ZoneInfo("UTC"))
