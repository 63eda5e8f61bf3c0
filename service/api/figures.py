"""Reports: figures of a time, and those that a ticket keeps; as JSON, CSV, a workbook or a chart."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.api.answers import Answer, as_json
from service.api.call import Call
from service.api.places import place_of
from service.api.routing import Routes
from service.refusals import Malformed, reason
from service.reports import FORMATS, drawn, file_name
from service.reports.table import table_of
from service.schemas import queries
from service.texts import titled
from workflows.core.figures import Figures, Span, kept, packed
from workflows.errors import Forbidden, NotFound, Reason
from workflows.language.report import ReportSpec
from workflows.timing.instants import Instant, from_datetime

routes = Routes("reports")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@routes.get("/api/reports", "Which reports there are", "Reports", query=queries.SiteQuery(), refuses=(404,))
def list_reports(call: Call) -> Answer:
    """The reports that the asker may see, and at which sites; `broken` cannot be worked out."""
    catalogue, sites = call.desk.library.reports(), call.wanted_sites()
    items = [
        _line(spec, open_to, call.language)
        for spec in catalogue.reports.values()
        if (open_to := _open_to(call, spec, sites))
    ]
    broken = [{"name": name, "reason": why} for name, why in catalogue.broken.items()]
    return as_json({"items": items, "broken": broken}, 200, _heads(call))


def _line(spec: ReportSpec, sites: tuple[str, ...], language: str) -> dict[str, Any]:
    return {
        "name": spec.name,
        "title": titled(spec.title, language),
        "counts": spec.counts,
        "workflows": list(spec.workflows),
        "columns": [titled(title, language) for title in spec.headings],
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
def show_report(call: Call, name: str) -> Answer:
    """The figures of those of the asker's sites where they may see the report, as `Accept` says or as
    `{name}.csv`, `.xlsx`, `.svg`. Without `from` and `until`: of the report's own period, up to now. Tickets
    that do not exist for the asker are not counted."""
    name, ending = _split(call, name)
    spec = call.desk.reporting.spec(name)
    sites = _open_to(call, spec, call.wanted_sites())
    if not sites:
        who = ", ".join(spec.roles)
        raise Forbidden(Reason("role-needed", f"this is for: {who}", who=spec.roles, facts={"roles": who}))
    span = _span(call, spec, _zone(call, sites[0]))
    return _answer(call, call.desk.reporting.figures(spec, sites, span, call.viewer), ending, span.zone)


@routes.get(
    "/api/tickets/{number}/figures/{field}",
    "The figures that a ticket keeps",
    "Figures",
    query=queries.SiteQuery(),
    refuses=(404, 409),
    also=tuple(FORMATS.values()),
)
def show_kept_figures(call: Call, number: str, field: str) -> Answer:
    """A report as it was when the ticket took it: what its recipient was sent. Like `/api/reports/{name}`."""
    field, ending = _split(call, field)
    site, ticket_id = place_of(call, number)
    situation = call.look(site, ticket_id)
    assert situation.ticket is not None, "what is looked at exists"
    figures = kept(situation.ticket.data.get(field))
    if figures is None:
        named = field[:60]
        raise NotFound(reason("no-figures", f"the ticket keeps no figures called {named!r}", field=named))
    return _answer(call, figures, ending, _zone(call, site))


def _heads(call: Call) -> dict[str, str]:
    return {"Content-Language": call.language, "Vary": "Accept, Accept-Language"}


def _split(call: Call, name: str) -> tuple[str, str | None]:
    """What is asked for, and as what: by its ending, or by what the client likes best."""
    stem, _, ending = name.rpartition(".")
    if stem and ending in (*FORMATS, "json"):
        return stem, ending if ending in FORMATS else None
    media = {each.partition(";")[0]: ending for ending, each in FORMATS.items()}
    best = call.request.accept_mimetypes.best_match(["application/json", *media], "application/json")
    return name, media.get(best)


def _open_to(call: Call, spec: ReportSpec, sites: tuple[str, ...]) -> tuple[str, ...]:
    """The sites at which the asker holds, or is lent, a role that the report is for."""
    return tuple(site for site in sites if call.roles(site) & set(spec.roles))


def _zone(call: Call, site: str) -> ZoneInfo:
    return ZoneInfo(next(each.zone for each in call.desk.people.sites() if each.id == site))


def _span(call: Call, spec: ReportSpec, zone: ZoneInfo) -> Span:
    """The time that is asked for; a day stands for the whole of it."""
    begin, end = call.query.get("begin"), call.query.get("until")
    since = None if begin is None else _moment(begin, zone)
    until = None if end is None else _moment(end, zone, after=True)
    soon = call.now + 1  # what happens in this very second counts
    if since is None:
        since, over = spec.period.around(call.now if until is None else until - 1, zone)
        until = min(over, soon) if until is None else until
    until = max(since, soon) if until is None else until
    if until < since or (until == since and end is not None):
        raise Malformed(reason("bad-parameter", "until: lies before `from`", field="until"))
    return Span(since=since, until=until, now=call.now, zone=zone)


def _moment(asked: date | Instant, zone: ZoneInfo, *, after: bool = False) -> Instant:
    if isinstance(asked, int):
        return asked
    return from_datetime(datetime.combine(asked + timedelta(days=after), time(), zone))


def _spoken(figures: Figures, language: str) -> dict[str, Any]:
    """The figures with their titles in one language."""
    columns = [
        {
            "name": column.name,
            "title": titled(column.title, language),
            "kind": column.kind,
            "labels": {value: titled(title, language) for value, title in column.labels.items()},
        }
        for column in figures.columns
    ]
    return packed(figures) | {"title": titled(figures.title, language), "columns": columns}


def _answer(call: Call, figures: Figures, ending: str | None, zone: ZoneInfo) -> Answer:
    heads = _heads(call)
    if ending is None:
        return as_json(_spoken(figures, call.language), 200, heads)
    names = {site.id: site.name for site in call.desk.people.sites()}
    table = table_of(figures, call.language, zone, names)
    if ending == "svg":
        heads["Content-Security-Policy"] = _POLICY
    else:
        heads["Content-Disposition"] = f'attachment; filename="{file_name(figures, zone, ending)}"'
    return Answer(200, drawn(table, ending), heads, FORMATS[ending])
