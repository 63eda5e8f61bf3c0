"""Maps: what cannot be used is said with its line, and what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from import_desks import MAPS, bring, written

from service.bootstrap import Desk
from service.imports.map_reader import ImportMapText
from workflows.errors import Invalid

EVENTS = (
    "case_id event_index activity timestamp resource seriousness_2 customer product service_level workgroup"
)
HEADER = ["case_id", "opened", "who", "what", "level", "done", "how"]
GOOD = """\
name: desk
workflow: helpdesk
key: case_id
delimiter: ","
times: ["%d/%m/%Y %H:%M", "%Y-%m-%d"]
zone: Europe/Rome
open: {at: opened, as: agent}
fields:
  customer: {join: [who, level], separator: " / "}
  product: {value: lift}
  service_level: {column: level, map: {A: value-1}, otherwise: value-2, default: value-3}
steps:
  - {trigger: take-in-charge, at: opened}
  - trigger: close
    at: done
    when: {column: how, equals: [true, done]}
    note: how
"""


def problems(tmp_path: Path, desk: Desk, text: str, header: list[str] | None = None) -> list[str]:
    """What is said about a map."""
    mapped = tmp_path / "map.yaml"
    mapped.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid) as refusal:
        bring(desk, written(tmp_path / "in.csv", header or HEADER, []), mapped)
    assert {reason.code for reason in refusal.value.reasons} <= {"map", "file"}
    return [reason.message.removeprefix(f"{mapped}:") for reason in refusal.value.reasons]


def test_columns_become_what_the_fields_hold(helpdesk: Desk, tmp_path: Path) -> None:
    """Joined, constant, translated, dated by either format, and steps only where they were taken."""
    mapped = tmp_path / "map.yaml"
    mapped.write_text(GOOD, encoding="utf-8")
    path = written(
        tmp_path / "in.csv",
        HEADER,
        [
            ["1", "28/02/2012 23:30", "Ann", "x", "A", "2012-03-01", "TRUE"],
            ["2", "2012-02-28", "Bob", "x", "", "2012-03-01", "true"],
            ["3", "2012-02-28", "", "x", "Z", "", "done"],
        ],
    )
    summary = bring(helpdesk, path, mapped)
    assert (summary.opened, summary.steps, summary.rejected) == (2, 3, 1)
    assert summary.examples == ("line 4: done: the time is missing",)
    tickets = helpdesk.queries.tickets(wanted()).tickets
    said = {str(ticket.data["customer"]): ticket.data for ticket in tickets}
    assert said["Ann / A"]["service_level"] == "value-1"
    assert said["Bob"]["service_level"] == "value-3"
    assert {ticket.state for ticket in tickets} == {"in-charge", "closed"}


def wanted() -> object:
    """Everything."""
    from import_desks import SITE

    from workflows.storage.queries.filters import TicketFilter

    return TicketFilter(sites=[SITE])


def test_every_problem_is_told_with_its_place(helpdesk: Desk, tmp_path: Path) -> None:
    """Unknown keys, wrong kinds, bad manners: all at once."""
    text = GOOD.replace("zone: Europe/Rome", "zone: Europe/Room\nencodin: x\nencoding: utf-88")
    text = text.replace('delimiter: ","', 'delimiter: ",,"').replace("value: lift", "valu: lift")
    found = problems(tmp_path, helpdesk, text)
    assert any(said.startswith("7:1: unknown key 'encodin'; did you mean 'encoding'?") for said in found)
    assert any("'utf-88' is no text encoding" in said for said in found)
    assert any("'Europe/Room' is no time zone" in said for said in found)
    assert any("the delimiter is one character" in said for said in found)
    assert any("unknown key 'valu'; did you mean 'value'?" in said for said in found)


def test_names_are_held_against_the_file_and_the_process(helpdesk: Desk, tmp_path: Path) -> None:
    """Columns, triggers, fields, roles."""
    text = GOOD.replace("at: opened, as: agent", "at: opend, as: agnt").replace("customer:", "custmer:")
    text = text.replace("trigger: close", "trigger: clsoe").replace("column: how", "column: howe")
    found = problems(tmp_path, helpdesk, text)
    assert any("no column 'opend'; did you mean 'opened'?" in said for said in found)
    assert any("unknown role 'agnt'; did you mean 'agent'?" in said for said in found)
    assert any("the form has no field 'custmer'; did you mean 'customer'?" in said for said in found)
    assert any("unknown trigger 'clsoe'; did you mean 'close'? [unknown-trigger]" in said for said in found)


def test_the_column_of_a_condition_is_held_against_the_file(helpdesk: Desk, tmp_path: Path) -> None:
    """Also where the rest is well."""
    found = problems(tmp_path, helpdesk, GOOD.replace("column: how", "column: howe"))
    assert [said.partition(": ")[2] for said in found] == [
        "the file has no column 'howe'; did you mean 'how'? [import-map]"
    ]


def test_rows_and_events_are_not_mixed(helpdesk: Desk, tmp_path: Path) -> None:
    """A file has one row a ticket or one row an event."""
    found = problems(tmp_path, helpdesk, GOOD.replace("key: case_id", "case: case_id"))
    assert any("'steps' does not belong" in said for said in found)
    assert any("needs 'activity'" in said for said in found)
    assert any("needs 'events'" in said for said in found)
    found = problems(tmp_path, helpdesk, GOOD.replace("key: case_id\n", "order: level\n"))
    assert any("say which column is the `key`" in said for said in found)
    assert any("'order' does not belong" in said for said in found)


def test_an_unknown_trigger_of_an_event_is_told(helpdesk: Desk, tmp_path: Path) -> None:
    """With the activity it stands beside."""
    text = (MAPS / "helpdesk.yaml").read_text(encoding="utf-8").replace("Closed: close", "Closed: clsoe")
    found = problems(tmp_path, helpdesk, text, EVENTS.split())
    assert [said.partition(": ")[2] for said in found] == [
        "unknown trigger 'clsoe'; did you mean 'close'? [unknown-trigger]"
    ]


def test_text_that_is_no_map_is_refused(tmp_path: Path) -> None:
    """Broken YAML, a list, nothing at all."""
    mapped = tmp_path / "map.yaml"
    for text in ("a: [", "- a", ""):
        mapped.write_text(text, encoding="utf-8")
        with pytest.raises(Invalid):
            ImportMapText(mapped)


def test_a_file_without_a_usable_header_is_refused(helpdesk: Desk, tmp_path: Path) -> None:
    """Empty, or a column named twice."""
    mapped = tmp_path / "map.yaml"
    mapped.write_text(GOOD, encoding="utf-8")
    path = tmp_path / "in.csv"
    for text, said in (("", "no header"), ("a,a,b\n", "twice: 'a'"), ('"a\n', "no header row: no row")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Invalid, match=said):
            bring(helpdesk, path, mapped)
