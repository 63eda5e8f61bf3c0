"""What a map can say of columns, conditions and keys; and what it says of what it cannot use."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter
from import_desks import SITE, bring, written
from test_import_maps import GOOD, HEADER, problems

from service.bootstrap import Desk
from service.imports.case_importer import derive_ticket_id
from workflows.core.ticket import Ticket

ROW = ["1", "2012-02-28", "Ann", "x", "A", "", ""]


def brought(desk: Desk, tmp_path: Path, text: str, *rows: list[str], header: list[str] = HEADER) -> list[str]:
    """The reasons against the rows, brought in by this map."""
    mapped = tmp_path / "map.yaml"
    mapped.write_text(text, encoding="utf-8")
    return list(bring(desk, written(tmp_path / "in.csv", header, rows), mapped).examples)


def ticket(desk: Desk, key: str) -> Ticket:
    """The ticket of a key."""
    loaded = desk.store.load(SITE, derive_ticket_id(SITE, "desk", key))
    assert loaded is not None
    return loaded[0]


def test_several_columns_name_a_ticket_together(helpdesk: Desk, tmp_path: Path) -> None:
    """One of them may be empty, but not all."""
    text = GOOD.replace("key: case_id", "key: [case_id, what]")
    others = [["1", *ROW[1:3], what, *ROW[4:]] for what in ("y", "")]
    found = brought(helpdesk, tmp_path, text, ROW, *others, ["", *ROW[1:3], "", *ROW[4:]])
    assert found == ["line 5: case_id / what: the key is missing"]
    assert ticket(helpdesk, "1 / ").data["customer"] == "Ann / A"
    assert ticket(helpdesk, "1 / x").id != ticket(helpdesk, "1 / y").id


def test_the_first_column_that_is_filled_in(helpdesk: Desk, tmp_path: Path) -> None:
    """And words that mean nothing are as good as blanks: of the whole map, and of a field."""
    text = GOOD.replace(
        'customer: {join: [who, level], separator: " / "}', "customer: {first: [how, who, what]}"
    )
    text = text.replace("value: lift", "column: what, empty: [x], default: none") + 'empty: ["?", N/A]\n'
    assert (
        brought(helpdesk, tmp_path, text, [*ROW[:6], "?"], ["2", ROW[1], "N/A", "door", "?", "", "?"]) == []
    )
    first, second = ticket(helpdesk, "1").data, ticket(helpdesk, "2").data
    assert (first["customer"], first["product"], first["service_level"]) == ("Ann", "none", "value-1")
    assert (second["customer"], second["product"], second["service_level"]) == ("door", "door", "value-3")


def test_a_few_words_are_translated_and_the_others_stay(helpdesk: Desk, tmp_path: Path) -> None:
    """Where the map says so; without it they are refused."""
    text = GOOD.replace("product: {value: lift}", "product: {column: what, map: {x: lift}, unmapped: keep}")
    assert brought(helpdesk, tmp_path, text, ROW, ["2", *ROW[1:3], "door", *ROW[4:]]) == []
    assert [ticket(helpdesk, key).data["product"] for key in ("1", "2")] == ["lift", "door"]


def test_conditions_are_joined_and_turned_round(helpdesk: Desk, tmp_path: Path) -> None:
    """All of them, one of them, or not."""
    text = GOOD.replace(
        "when: {column: how, equals: [true, done]}",
        "when: {all: [done, {any: [{column: how, equals: ok}, {not: how}]},"
        " {not: {column: who, equals: Bob}}]}",
    )
    done = "2012-03-01"
    rows = [
        ["1", *ROW[1:5], done, "ok"],
        ["2", *ROW[1:5], done, ""],
        ["3", *ROW[1:5], done, "no"],
        ["4", ROW[1], "Bob", *ROW[3:5], done, "ok"],
        ["5", *ROW[1:5], "", "ok"],
    ]
    assert brought(helpdesk, tmp_path, text.replace("note: how", ""), *rows) == []
    closed = [key for key in "12345" if ticket(helpdesk, key).state == "closed"]
    assert closed == ["1", "2"]


LOG = """\
name: desk
workflow: helpdesk
case: [system, case_id]
activity: [status, outcome]
zone: Europe/Rome
open: {at: at, as: agent}
fields:
  customer: customer
  product: {value: lift}
  service_level: {value: value-1}
events:
  New / none: take-in-charge
  Closed / complete: close
"""


def test_an_event_is_named_by_two_columns(helpdesk: Desk, tmp_path: Path) -> None:
    """And a case by two."""
    header = ["system", "case_id", "status", "outcome", "at", "customer"]
    rows = [
        ["A", "1", "New", "none", "2012-02-28 09:00", "Ann"],
        ["A", "1", "Closed", "complete", "2012-02-29 09:00", ""],
        ["B", "1", "New", "none", "2012-02-28 09:00", "Bob"],
        ["B", "1", "Closed", "half", "2012-02-29 09:00", ""],
    ]
    found = brought(helpdesk, tmp_path, LOG, *rows, header=header)
    assert found == ["line 5: status / outcome: the map has no event 'Closed / half'"]
    assert (ticket(helpdesk, "A / 1").state, ticket(helpdesk, "B / 1").state) == ("closed", "in-charge")


def test_tickets_come_from_a_sheet_of_a_workbook(helpdesk: Desk, tmp_path: Path) -> None:
    """Sheet and header as the map says, or found."""
    path, mapped = tmp_path / "in.xlsx", tmp_path / "map.yaml"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("cover").write(0, 0, "old desk")
        sheet = book.add_worksheet("tickets")
        for number, row in enumerate([["title"], HEADER, ROW]):
            sheet.write_row(number, 0, row)
    mapped.write_text(GOOD, encoding="utf-8")
    done = bring(helpdesk, path, mapped)
    assert (done.opened, done.described) == (1, "read as sheet 'tickets', header in line 2")
    mapped.write_text(f"{GOOD}sheet: tickets\nheader: 2\n", encoding="utf-8")
    assert bring(helpdesk, path, mapped).skipped == 1


def test_false_nothing_and_naught_are_words_for_the_others(helpdesk: Desk, tmp_path: Path) -> None:
    """`otherwise` may be any of them; what no name can be made of may be left empty."""
    text = GOOD.replace(
        "product: {value: lift}", 'product: {column: what, map: {y: lift}, otherwise: ""}'
    ).replace(
        "service_level: {column: level, map: {A: value-1}, otherwise: value-2, default: value-3}",
        "service_level: {column: level, slug: true, unlisted: empty}",
    )
    found = brought(helpdesk, tmp_path, text, [*ROW[:4], "电梯", "", ""])
    assert len(found) <= 1
    assert "no name can be made" not in "".join(found)


def test_what_a_map_cannot_use_is_told_with_its_place(helpdesk: Desk, tmp_path: Path) -> None:
    """In the new words as in the old ones."""
    text = GOOD.replace("key: case_id", "key: [case_id, caes]").replace(
        "when: {column: how, equals: [true, done]}", "when: {all: [hwo, {nto: who}]}"
    )
    found = problems(tmp_path, helpdesk, text + "header: 0\ndates: day-frist\ndecimal: ';'\n")
    assert any("'nto'" in said or "no condition" in said for said in found), found
    assert any("did you mean 'day-first'" in said for said in found), found
    assert any("the number of a line" in said for said in found), found
    found = problems(tmp_path, helpdesk, text.replace(", {nto: who}", ""))
    assert any(said.startswith("3:") and "no column 'caes'" in said for said in found), found
    assert any("no column 'hwo'; did you mean 'who'?" in said for said in found), found
