"""Reports: figures of a period, and the figures stored with a ticket; as JSON, CSV, workbook or chart."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.http.time_parameters import parse_instant, site_zone
from service.api.tickets.lookup import find_ticket_key
from service.refusals import Malformed, reason
from service.reports import FORMATS, file_name, render_table
from service.reports.table import build_table
from service.schemas import queries
from service.texts import localize
from workflows.core.reports.report_data import Figures, ReportWindow, read_figures, serialize_figures
from workflows.errors import Forbidden, NotFound, Reason
from workflows.language.report_spec import ReportSpec

routes = Routes("reports")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@routes.get("/api/reports", "Which reports there are", "Reports", query=queries.SiteQuery(), refuses=(404,))
def list_reports(request: ApiRequest) -> ApiResponse:
    """The reports that the user may see, and at which sites; `broken` are those that cannot be computed."""
    catalogue, sites = request.desk.definitions.reports(), request.requested_sites()
    items = [
        _render_report_line(spec, open_to, request.language)
        for spec in catalogue.reports.values()
        if (open_to := sites_open_to(request, spec, sites))
    ]
    broken = [{"name": name, "reason": why} for name, why in catalogue.broken.items()]
    return json_response({"items": items, "broken": broken}, 200, _report_headers(request))


def _render_report_line(spec: ReportSpec, sites: tuple[str, ...], language: str) -> dict[str, Any]:
    return {
        "name": spec.name,
        "title": localize(spec.title, language),
        "counts": spec.counts,
        "workflows": list(spec.workflows),
        "columns": [localize(title, language) for title in spec.headings],
        "sites": list(sites),
    }


@routes.get(
    "/api/reports/{name}",
    "A report of a time",
    "Figures",
    query=queries.ReportQuery(),
    refuses=(403, 404),
    also=tuple(FORMATS.values()),
)
def show_report(request: ApiRequest, name: str) -> ApiResponse:
    """The figures at those of the user's sites where they may see the report, in the format of `Accept` or
    of the ending `.csv`, `.xlsx`, `.svg`. Without `from` and `until`: of the report's own period, up to
    now. Tickets that are not visible to the user are not counted."""
    name, ending = _choose_format(request, name)
    spec, sites = find_open_report(request, name, request.requested_sites())
    span = _requested_span(request, spec, site_zone(request, sites[0]))
    return _figures_response(
        request, request.desk.reporting.figures(spec, sites, span, request.viewer), ending, span.zone
    )


def find_open_report(
    request: ApiRequest, name: str, sites: tuple[str, ...]
) -> tuple[ReportSpec, tuple[str, ...]]:
    """A report and those of the sites where the user may see it. Raises NotFound if there is none of this
    name, Forbidden if they may see it nowhere."""
    spec = request.desk.reporting.spec(name)
    found = sites_open_to(request, spec, sites)
    if not found:
        who = ", ".join(spec.roles)
        raise Forbidden(Reason("role-needed", f"this is for: {who}", who=spec.roles, facts={"roles": who}))
    return spec, found


@routes.get(
    "/api/tickets/{number}/figures/{field}",
    "The figures that a ticket keeps",
    "Figures",
    query=queries.SiteQuery(),
    refuses=(404, 409),
    also=tuple(FORMATS.values()),
)
def show_kept_figures(request: ApiRequest, number: str, field: str) -> ApiResponse:
    """The figures stored with the ticket: what the recipients of the report were sent. Formats as for
    `/api/reports/{name}`."""
    field, ending = _choose_format(request, field)
    site, ticket_id = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket_id)
    figures = read_figures(context.ticket.data.get(field))
    if figures is None:
        named = field[:60]
        raise NotFound(reason("no-figures", f"the ticket keeps no figures called {named!r}", field=named))
    return _figures_response(request, figures, ending, site_zone(request, site))


def _report_headers(request: ApiRequest) -> dict[str, str]:
    return {"Content-Language": request.language, "Vary": "Accept, Accept-Language"}


def _choose_format(request: ApiRequest, name: str) -> tuple[str, str | None]:
    """(report name, format): by the ending of the path, or by the Accept header."""
    stem, _, ending = name.rpartition(".")
    if stem and ending in (*FORMATS, "json"):
        return stem, ending if ending in FORMATS else None
    media = {each.partition(";")[0]: ending for ending, each in FORMATS.items()}
    best = request.request.accept_mimetypes.best_match(["application/json", *media], "application/json")
    return name, media.get(best)


def sites_open_to(request: ApiRequest, spec: ReportSpec, sites: tuple[str, ...]) -> tuple[str, ...]:
    """The sites at which the user has a role that the report is for, of their own or as a substitute."""
    return tuple(site for site in sites if request.roles_at(site) & set(spec.roles))


def _requested_span(request: ApiRequest, spec: ReportSpec, zone: ZoneInfo) -> ReportWindow:
    """The period of the query; a day means the whole of it."""
    begin, end = request.query.get("begin"), request.query.get("until")
    since = None if begin is None else parse_instant(begin, zone)
    until = None if end is None else parse_instant(end, zone, after=True)
    soon = request.now + 1  # what happens in this very second counts
    if since is None:
        since, over = spec.period.bounds_at(request.now if until is None else until - 1, zone)
        until = min(over, soon) if until is None else until
    until = max(since, soon) if until is None else until
    if until < since or (until == since and end is not None):
        raise Malformed(reason("bad-parameter", "until: lies before `from`", field="until"))
    return ReportWindow(since=since, until=until, now=request.now, zone=zone)


def _localize_figures(figures: Figures, language: str) -> dict[str, Any]:
    """The figures as JSON, with their titles in one language."""
    columns = [
        {
            "name": column.name,
            "title": localize(column.title, language),
            "kind": column.kind,
            "labels": {value: localize(title, language) for value, title in column.labels.items()},
        }
        for column in figures.columns
    ]
    return serialize_figures(figures) | {"title": localize(figures.title, language), "columns": columns}


def _figures_response(
    request: ApiRequest, figures: Figures, ending: str | None, zone: ZoneInfo
) -> ApiResponse:
    heads = _report_headers(request)
    if ending is None:
        return json_response(_localize_figures(figures, request.language), 200, heads)
    names = {site.id: site.name for site in request.desk.people.sites()}
    table = build_table(figures, request.language, zone, names)
    if ending == "svg":
        heads["Content-Security-Policy"] = _POLICY
    else:
        heads["Content-Disposition"] = f'attachment; filename="{file_name(figures, zone, ending)}"'
    return ApiResponse(200, render_table(table, ending), heads, FORMATS[ending])
