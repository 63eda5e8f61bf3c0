"""Times and days that name no zone are those on the wall at the site that their row goes to."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_desks import written
from test_import_maps import GOOD, HEADER

from service.bootstrap import Desk
from service.imports import ImportSummary, import_file
from service.imports.case_importer import derive_ticket_id
from workflows.storage.people.people import Site
from workflows.timing.instants import rfc3339

BARE = GOOD.replace("zone: Europe/Rome\n", "")
SHANGHAI, CHICAGO = "yunxi", "lakeview"


@pytest.fixture
def abroad(helpdesk: Desk) -> Desk:
    """A desk with sites in two zones, neither of which is the map's."""
    helpdesk.people.store_site(Site(id=SHANGHAI, name="Yunxi", zone="Asia/Shanghai"))
    helpdesk.people.store_site(Site(id=CHICAGO, name="Lakeview", zone="America/Chicago"))
    return helpdesk


def brought(desk: Desk, site: str, text: str, folder: Path, opened: str) -> ImportSummary:
    """A list of one row, brought in to a site."""
    mapped = folder / "map.yaml"
    mapped.write_text(text, encoding="utf-8")
    path = written(folder / "in.csv", HEADER, [["1", opened, "Ann", "x", "A", "", ""]])
    return import_file(desk, path, mapped, site)


def opened_at(desk: Desk, site: str) -> str:
    """When the ticket of the row was opened."""
    loaded = desk.store.load(site, derive_ticket_id(site, "desk", "1"))
    assert loaded is not None
    return rfc3339(loaded[0].opened_at)


@pytest.mark.parametrize(
    ("site", "written_as", "moment"),
    [
        (SHANGHAI, "28/02/2012 23:30", "2012-02-28T15:30:00Z"),
        (SHANGHAI, "2012-02-28", "2012-02-27T16:00:00Z"),
        (CHICAGO, "28/02/2012 23:30", "2012-02-29T05:30:00Z"),
        (CHICAGO, "2012-07-28", "2012-07-28T05:00:00Z"),
    ],
)
def test_a_map_without_a_zone_reads_the_clock_on_the_wall_of_the_site(
    abroad: Desk, tmp_path: Path, site: str, written_as: str, moment: str
) -> None:
    """Moments, and days, which begin at midnight there; summer time included."""
    assert brought(abroad, site, BARE, tmp_path, written_as).rejected == 0
    assert opened_at(abroad, site) == moment


def test_the_zone_of_a_map_goes_before_that_of_the_site(abroad: Desk, tmp_path: Path) -> None:
    """An export of a system that keeps its own time."""
    brought(abroad, SHANGHAI, BARE + "zone: UTC\n", tmp_path, "2012-02-28")
    assert opened_at(abroad, SHANGHAI) == "2012-02-28T00:00:00Z"


def test_a_moment_that_names_its_zone_needs_neither(abroad: Desk, tmp_path: Path) -> None:
    """As ISO 8601 writes it."""
    text = BARE.replace('times: ["%d/%m/%Y %H:%M", "%Y-%m-%d"]\n', "")
    brought(abroad, CHICAGO, text, tmp_path, "2012-02-28T12:00:00+08:00")
    assert opened_at(abroad, CHICAGO) == "2012-02-28T04:00:00Z"


def test_rows_that_were_read_in_another_zone_are_not_passed_by(abroad: Desk, tmp_path: Path) -> None:
    """The site is put into another zone: what the row says now is another moment, and is told."""
    brought(abroad, SHANGHAI, BARE, tmp_path, "28/02/2012 23:30")
    assert brought(abroad, SHANGHAI, BARE, tmp_path, "28/02/2012 23:30").skipped == 1
    abroad.people.store_site(Site(id=SHANGHAI, name="Yunxi", zone="Asia/Tokyo"))
    found = brought(abroad, SHANGHAI, BARE, tmp_path, "28/02/2012 23:30")
    assert "opened at 2012-02-28T15:30:00Z, now it says 2012-02-28T14:30:00Z" in found.examples[0]
