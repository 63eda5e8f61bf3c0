"""Reports worked out on both databases: what is counted, for whom, and the figures that a ticket keeps."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engine_desk import HOUR, MONDAY, SITE, Desk, T, folder_of

from workflows.core.access.visibility import DESK, OUTSIDER, Viewer
from workflows.core.commands import Fire
from workflows.core.reports.report_data import Figures, ReportWindow, deserialize_figures
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.errors import NotFound
from workflows.language.findings import errors
from workflows.language.load import Folder
from workflows.reports import Reports
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.queries.report_facts import ReportFacts

DAY = 24 * HOUR
JOB = f"""
workflow: job
title: {{en: Job, zh-Hans: 活, zh-Hant: 活, es: Tarea}}
purpose: Something is done, and somebody asks whether it was done well.
numbering: 'J-{{year}}-{{seq:4}}'
calendar: office
readers: [chief]
visible: {{to: [chief], when: secret == true}}
fields:
  kind: {{type: choice, title: {T}, options: {{roof: {{en: Roof, zh-Hans: 顶, zh-Hant: 頂, es: Techo}}, door: {T}}}}}
  fee: {{type: money, title: {T}}}
  phone: {{type: phone, title: {T}}}
  secret: {{type: boolean, title: {T}}}
  place: {{type: text, title: {T}}}
start: {{state: waiting-its-turn, roles: [clerk], accepts: [kind, fee, phone, secret, place]}}
states:
  waiting-its-turn: {{title: {T}, owner: {{role: clerk}}, due: 2 working hours, escalation: standard}}
  done: {{title: {T}, category: closed}}
transitions:
  - {{trigger: ask, title: {T}, from: open, roles: [clerk, chief], requires: [satisfied]}}
  - {{trigger: finish, title: {T}, from: open, to: done, roles: [clerk]}}
"""
SUMMARY = f"""
workflow: summary
title: {T}
purpose: What was done, for the chief.
numbering: 'S-{{year}}-{{seq:4}}'
calendar: office
fields:
  figures: {{type: figures, title: {T}}}
start: {{state: due, roles: [clerk], effects: [{{figures: jobs, period: day, into: figures}}]}}
states:
  due: {{title: {T}, owner: {{role: clerk}}, due: 1 working day}}
  sent: {{title: {T}, category: closed}}
transitions:
  - {{trigger: compile, title: {T}, from: due, roles: [clerk], effects: [{{figures: jobs, period: day, into: figures}}]}}
  - {{trigger: send, title: {T}, from: due, to: sent, roles: [clerk], guard: figures != null && figures.total.size() > 0, because: {T}}}
"""
REPORTS = f"""
jobs:
  title: {{en: Jobs, zh-Hans: 工作, zh-Hant: 工作, es: Tareas}}
  roles: [clerk]
  counts: tickets
  of: job
  by: kind
  columns:
    all: {{title: {T}, count: true}}
    done: {{title: {T}, share: ticket.category == 'closed'}}
    hours: {{title: {T}, average: double((ticket.closed_at - ticket.opened_at).getMinutes()) / 60.0}}
    fees: {{title: {T}, sum: data.fee}}
    open: {{title: {T}, numbers: ticket.closed_at == null}}
places:
  title: {T}
  roles: [clerk]
  counts: tickets
  of: job
  where: data.place != 'nowhere'
  by: place
  most: 2
  columns:
    all: {{title: {T}, count: true}}
    done: {{title: {T}, share: ticket.category == 'closed'}}
    fees: {{title: {T}, sum: 1.1}}
    which: {{title: {T}, numbers: true}}
both: {{title: {T}, roles: [clerk], counts: tickets, of: job, by: [kind, place], most: 1, columns: {{all: {{title: {T}, count: true}}}}}}
ended: {{title: {T}, roles: [clerk], counts: tickets, which: ended, of: job, by: day, columns: {{all: {{title: {T}, count: true}}}}}}
alive: {{title: {T}, roles: [clerk], counts: tickets, which: alive, of: job, columns: {{all: {{title: {T}, count: true}}, begun: {{title: {T}, count: ticket.opened_at >= since}}}}}}
asked: {{title: {T}, roles: [clerk], counts: steps, of: job, where: sent.satisfied != null, by: [trigger, workflow], columns: {{all: {{title: {T}, count: true}}, glad: {{title: {T}, share: sent.satisfied}}}}}}
late: {{title: {T}, roles: [clerk], counts: clocks, by: [level, verdict], columns: {{all: {{title: {T}, count: true}}, late: {{title: {T}, count: clock.late}}}}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    texts = tmp_path / "reporting"
    texts.mkdir()
    (texts / "reports.yaml").write_text(REPORTS, encoding="utf-8")
    found = folder_of(texts, job=JOB, summary=SUMMARY)
    assert found.findings == (), [str(each) for each in found.findings]
    return found


@pytest.fixture
def office(database: Database, folder: Folder) -> Desk:
    return Desk.on(database, folder)


def figures(
    office: Desk,
    name: str,
    since: int = MONDAY,
    until: int = MONDAY + DAY,
    viewer: Viewer = OUTSIDER,
    now: int = MONDAY + DAY,
) -> Figures:
    """The report over a day, unless another time is said."""
    reporting = Reports(office.library, ReportFacts(office.database))
    zone = office.library.latest("job").calendar.zone
    return reporting.figures(
        reporting.spec(name), (SITE,), ReportWindow(since=since, until=until, now=now, zone=zone), viewer
    )


def test_tickets_are_counted_by_what_their_forms_say(office: Desk) -> None:
    """Shares, averages, sums of exact amounts, numbers; what is empty has a row at the end; and a total."""
    first = office.open("job", kind="door", fee="10.10").ticket
    office.open("job", MONDAY + HOUR, kind="roof", fee="0.20")
    office.open("job", MONDAY + HOUR, kind="roof")
    office.open("job", MONDAY + HOUR)
    office.open("job", MONDAY - DAY, kind="roof")
    office.open("job", MONDAY + DAY, kind="roof")
    assert first is not None
    office.fire(first, "finish", MONDAY + 3 * HOUR)
    found = figures(office, "jobs")
    assert found.rows == (
        ("roof", 2, 0.0, None, 0.2, ["J-2026-0002", "J-2026-0003"]),
        ("door", 1, 100.0, 3, 10.1, []),
        (None, 1, 0.0, None, 0, ["J-2026-0004"]),
    )
    assert found.total == (None, 4, 25.0, 3, 10.3, ["J-2026-0002", "J-2026-0003", "J-2026-0004"])
    assert list(found.columns[0].labels) == ["roof", "door"]
    assert found.columns[0].labels["roof"]["zh-Hans"] == "顶"


def test_the_most_frequent_texts_have_rows_and_the_others_one_together(office: Desk) -> None:
    """The most frequent first; what looks alike is one; what is empty is apart; nothing is lost to the total."""
    told = ["West", "East", "West ", "Ｗest", "WEST", "east", "North", "South", None, "nowhere"]
    jobs = [office.open("job", place=place).ticket for place in told]
    assert jobs[6] is not None
    office.fire(jobs[6], "finish", MONDAY + HOUR)
    found = figures(office, "places")
    assert found.rows == (
        ("West", 4, 0.0, 4.4, ["J-2026-0001", "J-2026-0003", "J-2026-0004", "J-2026-0005"]),
        ("East", 2, 0.0, 2.2, ["J-2026-0002", "J-2026-0006"]),
        ("", 2, 50.0, 2.2, ["J-2026-0007", "J-2026-0008"]),
        (None, 1, 0.0, 1.1, ["J-2026-0009"]),
    )
    assert found.total[1:4] == (9, 11.1, 9.9)
    assert {**found.columns[0].labels[""]} == {
        "en": "all others",
        "zh-Hans": "其他",
        "zh-Hant": "其他",
        "es": "los demás",
    }


def test_texts_are_ranked_over_all_rows_beside_other_groups(office: Desk) -> None:
    """Each kind has a row for the texts that are frequent altogether, and one for the others."""
    for kind, place in (
        ("roof", "B"),
        ("roof", "A"),
        ("door", "B"),
        ("door", "C"),
        ("door", "A"),
        ("door", "B"),
    ):
        office.open("job", kind=kind, place=place)
    assert figures(office, "both").rows == (
        ("roof", "B", 1),
        ("roof", "", 1),
        ("door", "B", 2),
        ("door", "", 2),
    )


def test_where_no_more_texts_are_met_than_have_rows_there_are_no_others(office: Desk) -> None:
    for place in ("A", "B", "A"):
        office.open("job", place=place)
    found = figures(office, "places")
    assert [row[:2] for row in found.rows] == [("A", 2), ("B", 1)]
    assert found.columns[0].labels == {}


def test_what_ended_is_counted_on_its_day_and_a_day_without_anything_has_a_row(office: Desk) -> None:
    """The days of the span in order."""
    job = office.open("job").ticket
    assert job is not None
    office.fire(job, "finish", MONDAY + 2 * DAY)
    found = figures(office, "ended", until=MONDAY + 3 * DAY)
    assert found.rows == (("2026-03-02", 0), ("2026-03-03", 0), ("2026-03-04", 1), ("2026-03-05", 0))


def test_what_was_alive_at_some_time_is_counted(office: Desk) -> None:
    """Begun before and ended in it, begun in it, still open; not what had ended, nor what came later."""
    over, ended = office.open("job", MONDAY - 2 * DAY).ticket, office.open("job", MONDAY - 2 * DAY).ticket
    office.open("job", MONDAY - DAY), office.open("job"), office.open("job", MONDAY + DAY)
    assert over is not None
    assert ended is not None
    office.fire(over, "finish", MONDAY - DAY)
    office.fire(ended, "finish", MONDAY + HOUR)
    found = figures(office, "alive")
    assert (found.rows, found.total) == ((), (3, 1))


def test_steps_are_counted_with_what_was_sent_with_each(office: Desk) -> None:
    """Two answers of one client are two; the last word on the ticket does not overwrite the first."""
    job = office.open("job", kind="roof").ticket
    assert job is not None
    office.fire(job, "ask", MONDAY + HOUR, satisfied=False)
    office.fire(job, "ask", MONDAY + 2 * HOUR, satisfied=True)
    office.fire(job, "ask", MONDAY + DAY, satisfied=True)
    found = figures(office, "asked")
    assert found.rows == (("ask", "job", 2, 50.0),)
    assert found.columns[1].labels["job"]["es"] == "Tarea"


def test_promises_are_counted_by_the_level_they_reached(office: Desk) -> None:
    """And how they came out, as it stands now."""
    job = office.open("job").ticket
    office.open("job", MONDAY + 8 * HOUR)
    assert job is not None
    assert [office.engine.sweep(MONDAY + 4 * HOUR) for _ in range(3)] == [1, 1, 0]
    office.fire(job, "finish", MONDAY + 5 * HOUR)
    found = figures(office, "late", now=MONDAY + 8 * HOUR)
    assert found.rows == (("0", "running", 1, 0), ("2", "missed", 1, 1))


def test_what_does_not_exist_for_the_viewer_is_not_counted(office: Desk) -> None:
    """Neither as a ticket, nor in steps and promises."""
    secret = office.open("job", secret=True).ticket
    assert secret is not None
    office.fire(secret, "ask", MONDAY + HOUR, satisfied=True)
    chief = Viewer({SITE: frozenset({"chief"})})
    for name, seen in (("jobs", 1), ("asked", 1), ("late", 1)):
        assert not figures(office, name).rows, name
        assert (
            len(figures(office, name, viewer=chief).rows)
            == len(figures(office, name, viewer=DESK).rows)
            == seen
        )


def test_facts_come_page_after_page(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of a page, each is counted once."""
    for hour in range(7):
        office.open("job", MONDAY + hour * HOUR)
    monkeypatch.setattr("workflows.storage.queries.report_facts.PAGE_SIZE", 3)
    assert figures(office, "jobs").total[1] == figures(office, "late").total[2] == 7


def test_a_ticket_keeps_the_figures_as_they_were(office: Desk) -> None:
    """Taken when it is opened, taken anew by a step, and then left alone; its history has each of them."""
    office.open("job", MONDAY - HOUR, kind="roof"), office.open("job", MONDAY - HOUR, secret=True)
    summary = office.open("summary").ticket
    assert summary is not None
    assert _total(summary.data) == 1
    office.open("job", MONDAY + HOUR)
    taken = office.fire(summary, "compile", MONDAY + 2 * HOUR).ticket
    office.open("job", MONDAY + 3 * HOUR)
    sent = office.fire(summary, "send", MONDAY + 4 * HOUR).ticket
    assert taken is not None
    assert sent is not None
    assert _total(taken.data) == _total(sent.data) == 2
    kept = deserialize_figures(sent.data["figures"])  # type: ignore[arg-type]
    assert (kept.until, kept.made_at, kept.sites) == (MONDAY + 2 * HOUR, MONDAY + 2 * HOUR, (SITE,))
    told = [past.data.get("figures") for past in office.queries.history(SITE, summary.id)]
    assert [_total({"figures": each}) if each else None for each in told] == [1, 2, None]


def _total(data: Any) -> int:
    return int(data["figures"]["total"][1])


def test_a_report_that_is_taken_away_leaves_the_field_empty_and_says_so(office: Desk) -> None:
    """The step is not refused for it."""
    summary = office.open("summary").ticket
    assert summary is not None
    with office.database.transaction() as session:
        session.run(office.database.sql("UPDATE definitions SET text = '' WHERE kind = 'reports'"), {})
    reporting = Reports(Definitions(DefinitionStore(office.database)), ReportFacts(office.database))
    engine = Engine(office.store, office.library, office.people, reporting)
    command = Fire(site=SITE, ticket=summary.id, actor=office.actor(), trigger="compile")
    after = engine.do(command, MONDAY + HOUR).ticket
    assert after is not None
    assert "figures" not in after.data
    said = "there is no report jobs any more: no figures were taken"
    assert office.queries.history(SITE, summary.id)[-1].note == said


def test_a_report_that_there_is_not_is_not_found(office: Desk) -> None:
    """With what was probably meant."""
    with pytest.raises(NotFound, match="did you mean 'jobs'"):
        Reports(office.library, ReportFacts(office.database)).spec("job")


def test_a_text_is_read_against_the_reports_in_force(office: Desk) -> None:
    """A process that would keep the figures of no report is refused: one finding, which names each place."""
    mistaken = office.library.load_text(SUMMARY.replace("figures: jobs", "figures: job"), "summary.yaml")
    assert [(each.message, each.lines) for each in errors(mistaken.findings)] == [
        ("unknown report 'job'; did you mean 'jobs'?", (14,))
    ]
    assert errors(office.library.load_text(SUMMARY, "summary.yaml").findings) == ()


def test_a_process_that_a_report_cannot_be_counted_with_breaks_it_visibly(office: Desk) -> None:
    """The others go on."""
    without = JOB.replace("  fee: {type: money, title: " + T + "}\n", "").replace(" fee,", "")
    office.library.publish_text(without, "job.yaml", MONDAY, "lead")
    catalogue = office.library.reports()
    assert list(catalogue.broken) == ["jobs"]
    assert "no process of the report has a field 'fee'" in catalogue.broken["jobs"]
    assert "ended" in catalogue.reports
