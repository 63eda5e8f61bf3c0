"""A help desk's log, many rows a ticket: each event becomes a step at its own time."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from import_desks import SITE, bring, read, written

from service.bootstrap import Desk
from service.imports.case_importer import derive_ticket_id
from workflows.timing.instants import parse_rfc3339

FILE = "helpdesk_events.csv.gz"
MAP = "helpdesk.yaml"
HEADER = (
    "case_id event_index activity timestamp resource seriousness_2 customer product service_level workgroup"
)

Shared = Callable[[str], Path]


@pytest.mark.timeout(600)
def test_the_whole_log_goes_in(sqlite_desk: Callable[[str, str], Desk], shared: Shared) -> None:
    """4,580 tickets, and as many steps as events but for the 118 that only registered one."""
    desk = sqlite_desk("helpdesk", "Europe/Rome")
    summary = bring(desk, shared(FILE), MAP)
    assert (summary.read, summary.opened, summary.steps) == (21_348, 4_580, 21_348 - 118)
    assert (summary.skipped, summary.rejected) == (0, 0)
    states = desk.counts.count_by_state([SITE])
    assert sum(count for (_, state), count in states.items() if state == "closed") == 4_557
    check_walk(desk, shared(FILE), "Case 1")


def check_walk(desk: Desk, path: Path, case: str) -> None:
    """The history of a case is the log's."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        events = [row for row in csv.DictReader(stream) if row["case_id"] == case]
    entries = desk.queries.history(SITE, derive_ticket_id(SITE, "helpdesk-2014", case))
    assert [entry.at for entry in entries[1:]] == [parse_rfc3339(row["timestamp"]) for row in events]
    assert [entry.actor_name for entry in entries[1:]] == [row["resource"] for row in events]


def event(case: str, index: int, activity: str, at: str) -> list[str]:
    """One row."""
    return [case, str(index), activity, at, "R1", "Value 1", "C1", "P1", "Value 1", "W1"]


def log(tmp_path: Path, *rows: list[str]) -> Path:
    """A log of these rows."""
    return written(tmp_path / "log.csv", HEADER.split(), rows)


def test_rows_of_a_case_need_not_stand_together(helpdesk: Desk, tmp_path: Path) -> None:
    """They are put in their order."""
    path = log(
        tmp_path,
        event("a", 2, "Closed", "2012-01-03T10:00:00Z"),
        event("b", 0, "Insert ticket", "2012-01-01T10:00:00Z"),
        event("a", 0, "Take in charge ticket", "2012-01-01T10:00:00Z"),
        event("a", 1, "Resolve ticket", "2012-01-02T10:00:00Z"),
    )
    summary = bring(helpdesk, path, MAP)
    assert (summary.opened, summary.steps, summary.rejected) == (2, 3, 0)
    assert [entry.trigger for entry in history(helpdesk, "a")] == [None, "take-in-charge", "resolve", "close"]


def history(desk: Desk, case: str) -> list[object]:
    """The entries of a case."""
    return list(desk.queries.history(SITE, derive_ticket_id(SITE, "helpdesk-2014", case)))


def test_a_bad_event_stops_its_case_and_no_other(helpdesk: Desk, tmp_path: Path) -> None:
    """What came before it stands; it and what comes after are refused; mended, the rest goes in."""
    bad = [
        event("a", 0, "Insert ticket", "2012-01-01T10:00:00Z"),
        event("a", 1, "Dance", "2012-01-02T10:00:00Z"),
        event("a", 2, "Closed", "2012-01-03T10:00:00Z"),
        event("b", 0, "Closed", "2012-01-01T10:00:00Z"),
        event("c", 0, "Closed", "no time"),
        event("c", 1, "Closed", "2012-01-01T10:00:00Z"),
        event("", 0, "Closed", "2012-01-01T10:00:00Z"),
    ]
    rejects = tmp_path / "rejects.csv"
    summary = bring(helpdesk, log(tmp_path, *bad), MAP, rejects)
    assert (summary.read, summary.opened, summary.steps, summary.rejected) == (7, 2, 1, 5)
    reasons = {row["line"]: row["reason"] for row in read(rejects)}
    assert reasons["3"] == "activity: the map has no event 'Dance'"
    assert reasons["4"] == "the case was refused in line 3"
    assert "is no time" in reasons["6"]
    assert reasons["7"] == "the case was refused in line 6"
    assert reasons["8"] == "case_id: the key is missing"
    bad[1][2] = "Resolve ticket"
    again = bring(helpdesk, log(tmp_path, *bad), MAP, rejects)
    assert (again.opened, again.steps, again.skipped, again.rejected) == (0, 2, 1, 3)
    assert bring(helpdesk, log(tmp_path, *bad), MAP).skipped == 4


def test_a_case_that_runs_backwards_is_refused(helpdesk: Desk, tmp_path: Path) -> None:
    """The order says one thing, the times another."""
    path = log(
        tmp_path,
        event("a", 0, "Insert ticket", "2012-01-02T10:00:00Z"),
        event("a", 1, "Closed", "2012-01-01T10:00:00Z"),
    )
    summary = bring(helpdesk, path, MAP)
    assert (summary.opened, summary.steps, summary.rejected) == (1, 0, 1)
    assert "lies before" in summary.examples[0]


def test_without_an_order_the_times_decide(helpdesk: Desk, tmp_path: Path) -> None:
    """Events at the same time stay as they stand."""
    mapped = tmp_path / "map.yaml"
    text = (Path(__file__).parent / "maps" / MAP).read_text(encoding="utf-8")
    mapped.write_text(text.replace("order: event_index\n", ""), encoding="utf-8")
    path = log(
        tmp_path,
        event("a", 9, "Closed", "2012-01-03T10:00:00Z"),
        event("a", 9, "Resolve ticket", "2012-01-02T10:00:00Z"),
        event("a", 9, "Wait", "2012-01-01T10:00:00Z"),
    )
    assert bring(helpdesk, path, mapped).steps == 3
    assert [entry.trigger for entry in history(helpdesk, "a")] == [None, "hold", "resolve", "close"]
