"""reports.yaml: what is counted, and everything that is wrong with it at once; figures that a process keeps."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.language.language_desk import CONTEXT, changed, complaints, definition, titles, write_folder
from workflows.language.editor_schema import reports_schema
from workflows.language.effect import StoreReportEffect
from workflows.language.files.source import SourceFile
from workflows.language.load import read_folder
from workflows.language.report_spec import ReportCatalogue
from workflows.language.reports.load import read_reports
from workflows.timing.periods import Period

T = titles("X")
REPORT = f"""\
causes:
  title: {T}
  roles: [supervisor]
  counts: tickets
  which: ended
  of: complaint
  where: ticket.category != 'cancelled'
  by: [severity, department]
  period: previous month
  chart: pie
  columns:
    all: {{title: {T}, count: true}}
    high: {{title: {T}, share: data.severity == 'high', among: data.severity != null}}
    tries: {{title: {T}, average: data.attempts}}
    which: {{title: {T}, numbers: data.severity == 'high'}}
"""
FIELD = f"  figures: {{type: figures, title: {titles('Figures')}}}\n"
TAKING = changed("  attempts:", f"{FIELD}  attempts:").replace(
    "      - raise: priority\n", "      - {figures: causes, period: month, into: figures}\n"
)


def read(text: str) -> tuple[ReportCatalogue, list[str]]:
    """The catalogue of a file, and what is wrong with it."""
    found, problems = read_reports(text, "reports.yaml", CONTEXT, {"complaint": definition()})
    return found, [str(each) for each in problems]


def test_a_report_is_read_with_all_it_says() -> None:
    """And what it does not say has a default."""
    catalogue, problems = read(REPORT)
    assert problems == []
    spec = catalogue.reports["causes"]
    assert (spec.which, spec.workflows, spec.period, spec.chart) == (
        "ended",
        ("complaint",),
        Period(unit="month", previous=True),
        "pie",
    )
    assert [(each.name, each.is_field) for each in spec.groups] == [("severity", True), ("department", False)]
    assert [(m.name, m.kind, m.value is None) for m in spec.measures] == [
        ("all", "count", True),
        ("high", "share", False),
        ("tries", "average", False),
        ("which", "numbers", False),
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("roles: [supervisor]", "roles: [supervisr]", "unknown role 'supervisr'; did you mean 'supervisor'?"),
        ("of: complaint", "of: complaints", "unknown workflow 'complaints'; did you mean 'complaint'?"),
        (
            "[severity, department]",
            "[severty]",
            "no process of the report has a field 'severty'; did you mean 'severity'?",
        ),
        ("[severity, department]", "worker", "'worker' is a staff field"),
        ("[severity, department]", "complainant", "no process of the report has a field 'complainant'"),
        ("[severity, department]", "content", "'content' is a text of several lines"),
        ("  chart: pie", "  chart: pie\n  most: 5", "nothing is counted by a text"),
        ("  chart: pie", "  chart: pie\n  most: few", "a whole number"),
        ("data.attempts", "data.contact", "'contact' is personal; reports do not see it"),
        ("data.attempts", "data.severity", "a number is needed here; this is a text"),
        ("data.severity == 'high', among", "data.severity == 'hihg', among", "'hihg' is no option"),
        ("count: true", "count: data.attempts", "a guard must be yes or no"),
        (", count: true", "", "what does it count? Name one of count, sum, average, share, numbers"),
        ("count: true", "count: true, sum: 1", "what does it count?"),
        ("previous month", "last month", "'last month' is no period"),
        ("counts: tickets", "counts: steps", "steps are those taken in the period"),
        ("counts: tickets", "counts: ticket", "none of tickets, steps, clocks"),
        ("chart: pie", "charts: pie", "unknown key 'charts'; did you mean 'chart'?"),
        ("numbers: data.severity", "numbers: step.trigger", "there is no 'step' here"),
        ("causes:", "Causes:", "'Causes' is no name"),
        (f"  title: {T}\n", "  title: {en: X}\n", "the title lacks"),
    ],
)
def test_what_is_wrong_is_said_in_its_place(old: str, new: str, message: str) -> None:
    """With the line, and what was probably meant."""
    text = REPORT.replace(old, new, 1)
    _, problems = read(text)
    assert any(message in each for each in problems), problems
    assert all(each.startswith("reports.yaml:") for each in problems)


def test_all_is_said_at_once() -> None:
    """Several mistakes are several complaints."""
    text = REPORT.replace("supervisor", "nobody").replace("previous month", "ages").replace("pie", "cake")
    assert len(read(text)[1]) == 3


@pytest.mark.parametrize("text", ["", "- a\n", "a: b\n", "3"])
def test_a_file_that_holds_no_reports_is_no_disaster(text: str) -> None:
    """An empty one has none; others are complained about."""
    catalogue, problems = read(text)
    assert not catalogue.reports
    assert bool(problems) == bool(text)


def test_steps_and_promises_have_words_of_their_own() -> None:
    """`step`, what was `sent` with it, and `clock`."""
    steps = REPORT.replace("counts: tickets\n  which: ended", "counts: steps").replace(
        "by: [severity, department]", "by: [trigger, day]"
    )
    steps = steps.replace(
        "where: ticket.category != 'cancelled'", "where: sent.severity != null && step.to == 'handled'"
    )
    assert read(steps)[1] == []
    clocks = REPORT.replace("counts: tickets\n  which: ended", "counts: clocks").replace(
        "[severity, department]", "[level, verdict]"
    )
    clocks = clocks.replace("data.attempts", "clock.spent").replace("count: true", "count: clock.late")
    catalogue, problems = read(clocks)
    assert problems == []
    assert catalogue.reports["causes"].which == "alive"


def test_the_reports_have_a_schema() -> None:
    """It takes what reading takes, and knows the keys."""
    schema = Draft202012Validator(reports_schema())
    Draft202012Validator.check_schema(reports_schema())
    assert list(schema.iter_errors(SourceFile(REPORT, "f.yaml").data)) == []
    for old, new in (("chart: pie", "chart: cake"), ("counts:", "count:"), ("previous month", "past month")):
        assert list(schema.iter_errors(SourceFile(REPORT.replace(old, new), "f.yaml").data)), new


def test_a_step_can_keep_the_figures_of_a_report() -> None:
    """In a field that nobody is asked for."""
    found = definition(TAKING)
    effect = found.transitions[0].effects[-2]
    assert effect == StoreReportEffect(report="causes", into="figures", period=Period(unit="month"))
    assert found.stores_report_figures
    assert "figures" not in found.input_fields
    assert not definition().stores_report_figures


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("into: figures", "into: figure", "unknown field 'figure'; did you mean 'figures'?"),
        ("into: figures", "into: attempts", "'attempts' is a number field; a figures field is needed here"),
        ("period: month, ", "", "'period' is missing"),
        (
            "accepts: [appointment, defects]",
            "accepts: [appointment, figures]",
            "only the effect `figures` writes into it",
        ),
        ("set: attempts", "set: figures", "only the effect `figures` writes into it"),
        ("summary: content", "summary: figures", "'figures' is a figures; it cannot title a ticket"),
    ],
)
def test_figures_are_written_by_their_effect_only(old: str, new: str, message: str) -> None:
    """No form and no expression fills them."""
    found = complaints(changed(old, new, TAKING))
    assert any(message in each for each in found), found


def test_the_report_whose_figures_are_kept_must_be_there(tmp_path: Path) -> None:
    """Its name is looked up in reports.yaml, whatever else is wrong there."""
    folder = write_folder(tmp_path, TAKING)
    missing = [str(each) for each in read_folder(folder).findings]
    assert any("unknown report 'causes'" in each for each in missing), missing
    (folder / "reports.yaml").write_text(REPORT, encoding="utf-8")
    found = read_folder(folder)
    assert found.findings == ()
    assert found.reports == REPORT.encode()


def test_a_field_that_is_called_like_something_of_the_ticket_is_asked_about() -> None:
    """`priority` may be the ticket's or the form's; `data.priority` is the form's, and nothing counts the other in
    silence."""
    text = changed("  severity:", f"  priority: {{type: boolean, title: {titles('Own')}}}\n  severity:")
    known = {"complaint": definition(text)}

    def read_by(by: str) -> tuple[ReportCatalogue, list[str]]:
        report = REPORT.replace("by: [severity, department]", f"by: {by}")
        found, problems = read_reports(report, "reports.yaml", CONTEXT, known)
        return found, [str(each) for each in problems]

    _, problems = read_by("[priority]")
    assert [each.partition(": ")[2] for each in problems] == [
        "'priority' may be the ticket's or the field's; the field is `data.priority` [choose-one]"
    ]
    catalogue, problems = read_by("[data.priority]")
    assert problems == []
    (group,) = catalogue.reports["causes"].groups
    assert (group.name, group.is_field) == ("priority", True)


def read_places(more: str = "") -> tuple[ReportCatalogue, list[str]]:
    """A report by a text field of the form and a unit, and what is wrong with it."""
    fields = f"  place: {{type: text, title: {titles('Place')}}}\n  flat: {{type: unit, title: {titles('Flat')}}}\n"
    known = {"complaint": definition(changed("  severity:", f"{fields}  severity:"))}
    report = REPORT.replace("by: [severity, department]", f"by: [place, flat]{more}")
    found, problems = read_reports(report, "reports.yaml", CONTEXT, known)
    return found, [str(each) for each in problems]


def test_a_report_counts_by_texts_and_says_how_many_have_rows() -> None:
    catalogue, problems = read_places("\n  most: 5")
    assert problems == []
    assert catalogue.reports["causes"].most == 5
    assert [group.written for group in catalogue.reports["causes"].groups] == [True, True]
    assert read_places()[0].reports["causes"].most == 20


@pytest.mark.parametrize("most", [0, -1, 201])
def test_how_many_texts_have_rows_is_bounded(most: int) -> None:
    _, problems = read_places(f"\n  most: {most}")
    assert [each.partition(": ")[2] for each in problems] == ["1 to 200 texts have rows of their own [range]"]
