"""Opening a ticket: a process is picked, its form filled in, and likely duplicates are offered before a
second one is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response

from service.api.http.ids import new_id
from service.api.http.response import ApiResponse
from service.api.tickets.collection import choose_site, list_duplicates
from service.api.tickets.forms import build_start_form
from service.console.forms.form_builder import ADD
from service.console.forms.open_work import show_open_work
from service.console.forms.opening_hours import hint_opening_hours
from service.console.forms.sent_form import SentForm, sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.http.sealed_search import STATUS_ENDED, open_search, seal_search
from service.console.layout.templates import render_template
from service.console.new_ticket.caller import find_household
from service.console.new_ticket.choices import list_choices
from service.console.ticket_rows import TicketRow, build_ticket_rows, ticket_path
from service.texts import localize
from workflows.core.attachments import NOT_OPEN
from workflows.core.commands import Open
from workflows.core.ticket import StepContext
from workflows.errors import Forbidden, Invalid, Refusal
from workflows.language.definition import Definition
from workflows.language.forms.field import FieldType
from workflows.timing.calendars import Calendar

pages = Pages()
PATH = "/new"
_SAID = ("caller", "for", "unit")
_LONGEST = 100  # characters of what is looked for


@pages.get(PATH)
def pick_process(call: ConsoleRequest) -> Response:
    """Who calls, or the processes that fit what it is about (`?find=`, sealed)."""
    site, asked = _find_site(call), open_search(call, PATH)
    said, words, unit = ((asked or {}).get(name, "") for name in _SAID)
    if site is None:
        return call.page("new_ticket/sites.html", call.text("new_ticket", "title"), sites=call.sites)
    caller, wrong = None, "" if asked is not None else call.text("layout", "search-ended")
    if said:
        try:
            caller = find_household(call, site, said)
        except (Forbidden, Invalid) as refusal:
            _, (wrong, *_) = sort_faults(call, refusal, None, ())
    if caller and len(caller.households) == 1:
        unit = caller.households[0].unit
    return call.page(
        "new_ticket/pick.html",
        call.text("new_ticket", "title"),
        200 if asked is not None else STATUS_ENDED,
        site=site,
        words=words,
        said=said,
        unit=unit,
        caller=caller,
        wrong=wrong,
        choices=list_choices(call, site, words),
        parameters=_build_parameters(call, site, {"unit": unit}),
    )


@pages.post(PATH)
def look_for_caller(call: ConsoleRequest) -> Response:
    """Look for a caller, or for a process. What was said may be personal: the address that this leads to has
    it sealed."""
    return call.go_to(f"{PATH}?{_build_parameters(call, _find_site(call), _read_said(call))}")


def _read_said(call: ConsoleRequest) -> dict[str, str]:
    """Who calls, what it is about, and the unit of it, as the form says."""
    return {name: call.request.form.get(name, "").strip()[:_LONGEST] for name in _SAID}


def _build_parameters(call: ConsoleRequest, site: str | None, said: Mapping[str, str]) -> str:
    return urlencode(({"site": site} if site else {}) | seal_search(call, PATH, said))


@pages.post(f"{PATH}/processes")
def show_processes(call: ConsoleRequest) -> Response:
    """Only the processes that fit, for the script of the page."""
    site, said = choose_site(call, call.request.args.get("site")), _read_said(call)
    html = render_template(
        "new_ticket/choices.html",
        call=call,
        choices=list_choices(call, site, said["for"]),
        parameters=_build_parameters(call, site, {"unit": said["unit"]}),
    )
    return Response(html, mimetype="text/html")


def _find_site(call: ConsoleRequest) -> str | None:
    """The site that is named, or the user's only one; None if one has to be chosen."""
    named = call.request.args.get("site")
    if named is None and len(call.sites) > 1:
        return None
    return choose_site(call, named)


@pages.get("/new/<workflow>")
def show_form(call: ConsoleRequest, workflow: str) -> Response:
    """The form that opens a ticket, with the caller's unit in it."""
    site = choose_site(call, call.request.args.get("site"))
    definition = call.desk.definitions.latest(workflow)
    unit = (open_search(call, PATH) or {}).get("unit", "")
    units = [each.name for each in definition.fields.values() if each.type is FieldType.UNIT]
    texts = {name: [unit] for name in units if unit}
    sent = SentForm(definition, _schema(call, definition, site), texts, "")
    return _form_page(call, sent, site)


def _schema(call: ConsoleRequest, definition: Definition, site: str) -> Mapping[str, Any]:
    directory, zone = call.desk.people.directory(site), _calendar(call, definition, site).zone
    schema = build_start_form(definition, call.language, directory, call.now, zone)
    return show_open_work(call, directory, schema, definition.fields)


def _calendar(call: ConsoleRequest, definition: Definition, site: str) -> Calendar:
    """The calendar of the process at the site; its zone is the one in which times of the form are typed."""
    return call.desk.engine.calendars.at(call.desk.people.directory(site), definition.calendar)


def _form_page(
    call: ConsoleRequest,
    sent: SentForm,
    site: str,
    refusal: Refusal | None = None,
    duplicates: Sequence[TicketRow] = (),
) -> Response:
    names = sent.schema["properties"]
    by_input, general = sort_faults(call, refusal, sent.definition, names) if refusal else ({}, [])
    calendar = _calendar(call, sent.definition, site)
    repeated = bool(duplicates) or (refusal is not None and refusal.reasons[0].code == "duplicate")
    return call.page(
        "new_ticket/form.html",
        localize(sent.definition.title, call.language),
        refusal.status if refusal else 409 if duplicates else 200,
        action=f"/new/{quote(sent.definition.name)}?{urlencode({'site': site})}",
        inputs=sent.inputs(by_input, hint_opening_hours(call, sent.definition, calendar, names)),
        note=call.request.form.get("note", ""),
        general=general,
        duplicates=duplicates,
        repeated=repeated,
        site=site,
    )


@pages.post("/new/<workflow>", uploads=True)
def open_ticket(call: ConsoleRequest, workflow: str) -> Response:
    """Open the ticket. If there are likely duplicates, they are shown first; `despite` opens it all the
    same."""
    site = choose_site(call, call.request.args.get("site"))
    if (answered := call.answered_before()) is not None:
        return answered
    definition = call.desk.definitions.latest(workflow)
    call.about = lambda: definition
    sent = SentForm.of(call, definition, _schema(call, definition, site))
    despite = bool(call.request.form.get("despite"))
    try:
        if call.roles_at(site) & set(definition.start.roles):
            sent.store_files(call, site, NOT_OPEN)
        if ADD in call.request.form:
            return _form_page(call, sent, site)
        data = sent.read({}, _calendar(call, definition, site).zone)
        if not despite and (found := _find_duplicates(call, site, workflow, data)):
            return _form_page(call, sent, site, duplicates=found)
        opened = _open(call, site, workflow, data, despite)
    except Refusal as refusal:
        return _form_page(call, sent, site, refusal)
    return call.go_to(
        ticket_path(call, site, opened.ticket.number),
        call.text("new_ticket", "opened", number=opened.ticket.number),
    )


def _find_duplicates(call: ConsoleRequest, site: str, workflow: str, data: dict[str, Any]) -> list[TicketRow]:
    found = list_duplicates(call, site, workflow, data) or []
    tickets = call.desk.queries.find_visible(site, [each["id"] for each in found], call.viewer)
    return build_ticket_rows(call, list(tickets.values()))


def _open(call: ConsoleRequest, site: str, workflow: str, data: dict[str, Any], despite: bool) -> StepContext:
    note = call.request.form.get("note", "").replace("\r\n", "\n")[:4_000]
    command = Open(
        site=site,
        id=new_id(call.now),
        workflow=workflow,
        actor=call.actor_at(site),
        data=data,
        note=note,
        despite_duplicates=despite,
    )

    def answer(context: StepContext) -> ApiResponse:
        return ApiResponse(303, headers={"Location": ticket_path(call, site, context.ticket.number)})

    return call.desk.engine.do(command, call.now, call.idempotent_request(answer))
