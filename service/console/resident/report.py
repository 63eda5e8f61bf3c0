"""A report by the code of a unit: the processes that residents may open, and their forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

from service.api.http.ids import new_id
from service.api.http.response import ApiResponse, deserialize
from service.api.tickets.forms import build_guest_start_form
from service.auth import derive_secret, hash_token
from service.console.forms.form_builder import ADD
from service.console.forms.sent_form import SentForm, sort_faults
from service.console.http.link_request import PATH, LinkRequest
from service.console.http.pages import Pages
from service.refusals import reason
from service.texts import localize
from workflows.core.attachments import NOT_OPEN
from workflows.core.commands import Open
from workflows.core.ticket import StepContext
from workflows.errors import NotFound, Refusal
from workflows.language.definition import GUEST, Definition
from workflows.language.forms.field import FieldType
from workflows.storage.errors import AnsweredMeanwhile
from workflows.storage.people.resident_links import ResidentLink

pages = Pages(by_link=True)
_OPENED = "Opened"  # the header of the kept answer that has the ticket's id


def list_reportable(call: LinkRequest) -> list[Definition]:
    """The processes that a resident may open, by title."""
    found = call.desk.definitions.open_to(GUEST)
    return sorted(found, key=lambda each: localize(each.title, call.language))


def show_choices(call: LinkRequest) -> Response:
    """What can be reported; the form itself where it is one thing only."""
    choices = list_reportable(call)
    if len(choices) == 1:
        return _form_page(call, _empty_form(call, choices[0]))
    titles = [(each.name, localize(each.title, call.language)) for each in choices]
    return call.page(
        "resident/choose.html", call.text("resident", "report"), unit=call.link.unit, choices=titles
    )


@pages.get(f"{PATH}/<token>/report/<workflow>")
def show_form(call: LinkRequest, token: str, workflow: str) -> Response:  # noqa: ARG001 - it is in the link
    """The form that opens a ticket of a process."""
    return _form_page(call, _empty_form(call, _find(call, workflow)))


def _find(call: LinkRequest, workflow: str) -> Definition:
    """The process, if the link is a code and residents may open it; NotFound in the same words."""
    found = next((each for each in list_reportable(call) if each.name == workflow), None)
    if found is None or call.link.unit is None:
        raise NotFound(reason("link-over", "this link is not valid, or not any more"))
    return found


def _zone(call: LinkRequest, definition: Definition) -> ZoneInfo:
    directory = call.desk.people.directory(call.link.site)
    return call.desk.engine.calendars.at(directory, definition.calendar).zone


def _schema(call: LinkRequest, definition: Definition) -> Mapping[str, Any]:
    """The form without what is fixed for residents and what the code says already; nobody of the staff is
    named in it."""
    schema = build_guest_start_form(definition, call.language, call.now, _zone(call, definition))
    said = _unit_fields(definition)
    asked = {name: shape for name, shape in schema["properties"].items() if name not in said}
    return {**schema, "properties": asked, "required": [each for each in schema["required"] if each in asked]}


def _unit_fields(definition: Definition) -> list[str]:
    return [name for name in definition.guest_start.fields if definition.fields[name].type is FieldType.UNIT]


def _empty_form(call: LinkRequest, definition: Definition) -> SentForm:
    return SentForm(definition, _schema(call, definition), {}, "")


def _form_page(call: LinkRequest, sent: SentForm, refusal: Refusal | None = None) -> Response:
    definition = sent.definition
    by_input, general = (
        sort_faults(call, refusal, definition, sent.schema["properties"]) if refusal else ({}, [])
    )
    return call.page(
        "resident/report.html",
        localize(definition.title, call.language),
        refusal.status if refusal else 200,
        unit=call.link.unit,
        action=call.address_of(f"/report/{definition.name}"),
        inputs=sent.inputs(by_input),
        general=general,
    )


@pages.post(f"{PATH}/<token>/report/<workflow>", uploads=True)
def report(call: LinkRequest, token: str, workflow: str) -> Response:  # noqa: ARG001 - it is in the link
    """Open a ticket for the unit of the code, and lead to the page where it can be followed."""
    definition = _find(call, workflow)
    call.about = lambda: definition
    stored = call.find_stored_answer(call.key) if call.key is not None else None
    if stored is not None:
        return _lead_on(call, stored)
    sent = SentForm.of(call, definition, _schema(call, definition))
    if ADD in call.request.form:
        return _form_page(call, sent)
    try:
        sent.store_files(call, call.link.site, NOT_OPEN)
        opened = _open(call, sent)
    except AnsweredMeanwhile as replayed:
        return _lead_on(call, deserialize(replayed.answer))
    except Refusal as refusal:
        return _form_page(call, sent, refusal)
    return _lead_on(call, opened)


def _open(call: LinkRequest, sent: SentForm) -> ApiResponse:
    """Open the ticket. Where the code is none of a unit that the registers know, as that of a lobby, the
    first note says where it hangs, and the resident is told nothing of it."""
    units = dict.fromkeys(_unit_fields(sent.definition), call.link.unit)
    try:
        return _try_opening(call, sent, units)
    except Refusal as refusal:
        if not any(each.field in units for each in refusal.reasons):
            raise
    return _try_opening(call, sent, {})


def _try_opening(call: LinkRequest, sent: SentForm, units: Mapping[str, str | None]) -> ApiResponse:
    """Likely duplicates are not asked about: their numbers are nobody's business; who classifies it sees
    them and joins it."""
    definition, link = sent.definition, call.link
    command = Open(
        site=link.site,
        id=new_id(call.now),
        workflow=definition.name,
        actor=call.actor_at(link.site),
        data={**sent.read({}, _zone(call, definition)), **units},
        note="" if units else str(link.unit),
        despite_duplicates=True,
    )

    def answer(context: StepContext) -> ApiResponse:
        return ApiResponse(204, headers={_OPENED: context.ticket.id})

    return answer(call.desk.engine.do(command, call.now, call.idempotent_request(answer)))


def _lead_on(call: LinkRequest, opened: ApiResponse) -> Response:
    """On to the ticket, by a link that is the same whenever the form is repeated, and is stored nowhere."""
    ticket = opened.headers[_OPENED]
    token = derive_secret(call.settings.signature, call.person, ticket)
    link = ResidentLink(
        site=call.link.site,
        id=new_id(call.now),
        ticket=ticket,
        created_at=call.now,
        expires_at=call.now + call.settings.links.life,
    )
    call.desk.resident_links.add(link, hash_token(token))
    return call.go_to(call.address_of(token=token), call.text("resident", "reported"))
