"""History enters the shipped `repair` by the documents, and ends there."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from import_desks import MAPS, SITE, bring, read, written

from service.bootstrap import Desk
from service.imports.case_importer import derive_ticket_id
from workflows.storage.queries.filters import TicketFilter

HEADER = [
    "service_request_number",
    "work_order_number",
    "opened_at",
    "closed_at",
    "service_request_status",
    "work_order_status",
    "zip_code",
    "description",
]
MAP = "chicago.yaml"


def order(number: str, opened: str, closed: str = "", status: str = "Closed") -> list[str]:
    """A complaint and its work order."""
    return [f"SR-{number}", f"W-{number}", opened, closed, "Completed", status, "60601", "No heat"]


def test_old_repairs_enter_and_end(estate: Desk, tmp_path: Path) -> None:
    """Staff by account, two people, one of them opened and closed at one moment; one is still under way."""
    rows = [
        order("1", "9/15/2020 2:41 PM", "9/25/2020 2:50 PM"),
        order("2", "9/15/2020 2:46 PM", "9/15/2020 2:46 PM"),
        order("3", "9/16/2020 9:00 AM", "9/17/2020 9:00 AM", status=""),
    ]
    summary = bring(estate, written(tmp_path / "in.csv", HEADER, rows), MAP)
    assert (summary.opened, summary.rejected) == (3, 0), summary.examples
    states = [ticket.state for ticket in estate.queries.tickets(TicketFilter(sites=[SITE])).tickets]
    assert Counter(states) == {"closed": 2, "notified": 1}
    history = estate.queries.history(SITE, derive_ticket_id(SITE, "chicago-no-heat", "SR-2 / W-2"))
    assert {entry.at for entry in history} == {history[0].at}
    assert [entry.actor_id for entry in history if entry.trigger in ("finish", "revisit")] == [
        "id-worker",
        "id-office",
    ]
    assert next(entry.data["worker"] for entry in history if entry.trigger == "assign") == "id-worker"


def test_a_later_list_of_repairs_updates_exactly_what_has_changed(estate: Desk, tmp_path: Path) -> None:
    """One is new, one has ended since, one is described otherwise, one is as it was. Brought in again, the
    list adds nothing; what has not changed keeps its history as it stood."""
    mapped = tmp_path / "map.yaml"
    text = (MAPS / MAP).read_text(encoding="utf-8")
    mapped.write_text(f"{text}update: true\n", encoding="utf-8")
    opened = [order(str(n), f"9/1{n}/2020 2:41 PM", status="") for n in range(1, 5)]
    assert bring(estate, written(tmp_path / "in.csv", HEADER, opened[:3]), mapped).opened == 3
    before = history(estate, "3")
    ended = order("1", "9/11/2020 2:41 PM", "9/25/2020 2:50 PM")
    changed = [*opened[1][:-1], "No heat in the bath"]
    later = written(tmp_path / "later.csv", HEADER, [changed, ended, opened[3], opened[2]])
    found = bring(estate, later, mapped)
    assert (found.read, found.opened, found.skipped, found.rejected) == (4, 1, 1, 0), found.examples
    assert [kind for kind, _ in history(estate, "1")] == ["open", *["fire"] * 9]
    assert history(estate, "2")[-1] == ("amend", {"content": "No heat in the bath"})
    assert history(estate, "3") == before
    again = bring(estate, later, mapped)
    assert (again.opened, again.steps, again.skipped, again.rejected) == (0, 0, 4, 0), again.examples


def history(desk: Desk, number: str) -> list[tuple[str, dict[str, object]]]:
    """What was done to a repair, and with what."""
    found = desk.queries.history(SITE, derive_ticket_id(SITE, "chicago-no-heat", f"SR-{number} / W-{number}"))
    return [(entry.kind, dict(entry.data)) for entry in found]


ONE = order("1", "9/15/2020 2:41 PM", "9/25/2020 2:50 PM")


def of_one_person(tmp_path: Path, more: str = "") -> Path:
    """The map in which one person has done everything."""
    text = (MAPS / MAP).read_text(encoding="utf-8").replace("by: {account: worker}", "by: {account: office}")
    path = tmp_path / "map.yaml"
    path.write_text(f"{text}{more}\n", encoding="utf-8")
    return path


def test_separation_of_duties_holds_for_history_too(estate: Desk, tmp_path: Path) -> None:
    """Whoever repaired it has not asked whether it works; the row is refused as a whole."""
    summary = bring(estate, written(tmp_path / "in.csv", HEADER, [ONE]), of_one_person(tmp_path))
    assert (summary.opened, summary.rejected) == (0, 1)
    assert "you have done finish on this ticket" in summary.examples[0]


def test_a_map_may_set_it_aside_with_its_reason(estate: Desk, tmp_path: Path) -> None:
    """Which stands in the history of each step that it is about."""
    mapped = of_one_person(tmp_path, "separation_waived: the old system kept one name")
    summary = bring(estate, written(tmp_path / "in.csv", HEADER, [ONE]), mapped)
    assert (summary.opened, summary.rejected) == (1, 0)
    history = estate.queries.history(SITE, derive_ticket_id(SITE, "chicago-no-heat", "SR-1 / W-1"))
    noted = [entry.trigger for entry in history if "the old system kept one name" in entry.note]
    assert noted == ["finish", "revisit"]


def test_an_account_that_is_none_is_told_with_what_was_meant(estate: Desk, tmp_path: Path) -> None:
    """In the map with its place, in a column with its row."""
    mapped = tmp_path / "map.yaml"
    text = (MAPS / MAP).read_text(encoding="utf-8")
    mapped.write_text(text.replace("by: {account: worker}", "by: {account: wroker}", 1), encoding="utf-8")
    with pytest.raises(Exception, match=r"'wroker' is no account of this site; did you mean 'worker'"):
        bring(estate, written(tmp_path / "in.csv", HEADER, [ONE]), mapped)
    mapped.write_text(text.replace("by: {account: worker}", "by: {column: zip_code}", 1), encoding="utf-8")
    summary = bring(estate, written(tmp_path / "in.csv", HEADER, [ONE]), mapped)
    assert summary.examples == ("line 2: zip_code: '60601' is no account of this site",)


def test_repairs_of_a_city_enter_and_end(estate: Desk, tmp_path: Path, shared: Callable[[str], Path]) -> None:
    """The first hundred complaints about heating of a real list."""
    with gzip.open(shared("chicago_no_heat_2020_sep_dec.csv.gz"), "rt", encoding="utf-8") as stream:
        path = tmp_path / "in.csv"
        path.write_text("".join(line for line, _ in zip(stream, range(101), strict=False)), encoding="utf-8")
    expected = [row for row in read(path) if row["closed_at"]]
    ended = sum(row["work_order_status"] == "Closed" for row in expected)
    summary = bring(estate, path, MAP)
    assert (summary.opened, summary.rejected) == (summary.read, 0), summary.examples
    states: Counter[str] = Counter()
    cursor = None
    while True:
        page = estate.queries.tickets(TicketFilter(sites=[SITE]), cursor)
        states.update(ticket.state for ticket in page.tickets)
        if (cursor := page.next) is None:
            break
    assert states["closed"] == ended
