"""The pages of reports: the list, with what is owed; and one report of a period beside an earlier one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

from service.api import reports
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_date
from service.console.reports.compared_table import build_compared_table
from service.console.reports.owed_lines import read_owed
from service.console.reports.report_choice import COMPARISONS, LAST_YEAR, NONE, PERIODS, ReportChoice
from service.reports import FORMATS
from service.texts import localize
from workflows.core.reports.report_data import Figures, ReportWindow
from workflows.errors import Invalid, Reason
from workflows.language.report_spec import ReportSpec
from workflows.timing.instants import to_datetime
from workflows.timing.periods import PeriodBounds

pages = Pages()
PATH = "/reports"


@pages.get(PATH)
def list_reports(call: ConsoleRequest) -> Response:
    """The reports that the reader may see, and the owed ones."""
    with call.desk.definitions.without_rechecks():
        catalogue = call.desk.definitions.reports()
        shown = [
            {"path": f"{PATH}/{spec.name}", "title": localize(spec.title, call.language), "spec": spec}
            for spec in catalogue.reports.values()
            if reports.sites_open_to(call, spec, call.sites)
        ]
        return call.page(
            "reports/list.html",
            call.text("reports", "title"),
            reports=sorted(shown, key=lambda each: str(each["title"])),
            heads=lambda spec: [localize(each, call.language) for each in spec.headings],
            owed=read_owed(call) if shown else [],
            broken=catalogue.broken if call.is_manager else {},
        )


@pages.get(f"{PATH}/<name>")
def show_report(call: ConsoleRequest, name: str) -> Response:
    """A report as a page, or as a file by its ending."""
    choice = ReportChoice.of(call.request.args)
    stem, _, ending = name.rpartition(".")
    with call.desk.definitions.without_rechecks():
        if stem and ending in FORMATS:
            return _show_file(call, stem, ending, choice)
        return _show_page(call, name, choice)


def _show_page(call: ConsoleRequest, name: str, choice: ReportChoice) -> Response:
    spec, sites, zone = _find(call, name, choice)
    page = _page_values(call, spec, choice)
    if fault := choice.find_fault():
        return _render(call, spec, 422, fault=call.text("reports", fault), table=None, **page)
    bounds = choice.bounds(spec.period, call.now, zone)
    earlier = None if choice.compare == NONE else _find_earlier(bounds, zone, choice.compare)
    figures = _compute(call, spec, sites, bounds, zone)
    before = _compute(call, spec, sites, earlier, zone) if earlier else None
    return _render(
        call,
        spec,
        200,
        fault="",
        table=build_compared_table(call, figures, before, zone),
        span=_name_span(call, bounds, zone),
        span_before=_name_span(call, earlier, zone) if earlier else "",
        partial=not bounds.over,
        **page,
    )


def _render(call: ConsoleRequest, spec: ReportSpec, status: int, **values: Any) -> Response:
    return call.page("reports/report.html", localize(spec.title, call.language), status, spec=spec, **values)


def _find(
    call: ConsoleRequest, name: str, choice: ReportChoice
) -> tuple[ReportSpec, tuple[str, ...], ZoneInfo]:
    """The report, the sites where the reader may see it, and the time zone of its days."""
    wished = (call.check_site(choice.site),) if choice.site else call.sites
    spec, sites = reports.find_open_report(call, name, wished)
    return spec, sites, call.desk.board.zone_of(sites[0])


def _page_values(call: ConsoleRequest, spec: ReportSpec, choice: ReportChoice) -> dict[str, Any]:
    """What the page shows beside the figures: the form, and the addresses of the files."""
    open_to = set(reports.sites_open_to(call, spec, call.sites))
    return {
        "choice": choice,
        "path": f"{PATH}/{spec.name}",
        "files": [(ending.upper(), f"{PATH}/{spec.name}.{ending}{choice.query}") for ending in FORMATS],
        "periods": [(each, call.text("reports", f"period-{each}")) for each in PERIODS],
        "comparisons": [(each, call.text("reports", f"compare-{each}")) for each in COMPARISONS],
        "sites": [(each.id, each.name) for each in call.desk.people.sites() if each.id in open_to],
    }


def _find_earlier(bounds: PeriodBounds, zone: ZoneInfo, compare: str) -> PeriodBounds:
    return bounds.earlier(zone, years=1 if compare == LAST_YEAR else 0)


def _compute(
    call: ConsoleRequest, spec: ReportSpec, sites: tuple[str, ...], bounds: PeriodBounds, zone: ZoneInfo
) -> Figures:
    span = ReportWindow(since=bounds.since, until=bounds.cut, now=call.now, zone=zone)
    return call.desk.reporting.figures(spec, sites, span, call.viewer)


def _name_span(call: ConsoleRequest, bounds: PeriodBounds, zone: ZoneInfo) -> str:
    """The days of a period, as far as it has come to pass."""
    first, last = bounds.since, max(bounds.since, bounds.cut - 1)
    begin, end = write_date(first, zone, call.language), write_date(last, zone, call.language)
    same = to_datetime(last, zone) - to_datetime(first, zone) < timedelta(days=1)
    return begin if same else f"{begin} – {end}"


def _show_file(call: ConsoleRequest, name: str, ending: str, choice: ReportChoice) -> Response:
    """The same period as a file, as the API gives it."""
    spec, _, zone = _find(call, name, choice)
    if choice.find_fault():
        raise Invalid(Reason("bad-value", "the days are no period", field="from"))
    bounds = choice.bounds(spec.period, call.now, zone)
    call.query = {"begin": bounds.since, "until": bounds.cut}
    call.query |= {"site": choice.site} if choice.site else {}
    answer = reports.show_report(call, f"{name}.{ending}")
    response = Response(answer.body, answer.status, answer.headers, mimetype=answer.media_type)
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response
