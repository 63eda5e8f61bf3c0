"""Absences: who is away, and which substitute acts for them."""

from __future__ import annotations

from typing import Any

from service.api.change_view import render_author
from service.api.http.paging import page_limit, seq_cursor, seq_page
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, empty_response, json_response
from service.api.http.route import Routes
from service.api.tickets.collection import choose_site, find_staff
from service.refusals import reason
from service.schemas import account_bodies, queries
from workflows.core.access import delegation
from workflows.core.people import Absence, Staff
from workflows.errors import Forbidden, Invalid, NotFound, Reason
from workflows.storage.people.absence_changes import AbsenceChange
from workflows.timing.durations import SECONDS_IN, Unit
from workflows.timing.instants import rfc3339

routes = Routes("people")


@routes.get(
    "/api/absences", "List who is away, or will be", "Absences", query=queries.SiteQuery(), refuses=(404,)
)
def list_absences(request: ApiRequest) -> ApiResponse:
    """The absences at the user's sites that are not over, each with its substitute."""
    found = request.desk.people.absences_since(request.requested_sites(), request.now)
    return json_response({"items": [_render_absence(each, request) for each in found]})


@routes.post(
    "/api/absences",
    "Note that somebody is away",
    "Absence",
    body=account_bodies.NoteAbsence(),
    refuses=(403, 404),
)
def note_absence(request: ApiRequest) -> ApiResponse:
    """Record an absence: one's own, or anybody's for administrators of the desk. Work of the absent person
    goes to the substitute, if they may do it, as soon as the absence begins. A second record with the same
    beginning replaces the first."""
    body, site = request.body, request.check_site(request.body["site"])
    who = _find_member(request, site, body["staff"], "staff")
    _check_may_note(request, site, who.id)
    stands_in = _find_member(request, site, body["substitute"], "substitute") if body["substitute"] else None
    if body["to"] <= body["from_"]:
        raise Invalid(reason("ends-before", "to: it must be later than from", field="to"))
    if stands_in is not None and stands_in.id == who.id:
        raise Invalid(reason("bad-value", "substitute: somebody else must stand in", field="substitute"))
    if stands_in is not None:
        _check_may_delegate(request, site, who, stands_in)
    absence = Absence(
        site=site,
        staff_id=who.id,
        from_at=body["from_"],
        to_at=body["to"],
        substitute_id=stands_in.id if stands_in else None,
    )
    request.desk.people.store_absence(absence, request.actor_at(site), request.now)
    heads = {"Location": f"/api/absences/{_absence_id(absence)}"}
    return json_response(_render_absence(absence, request), 201, heads)


@routes.delete("/api/absences/{id}", "Strike an absence", query=queries.SiteQuery(), refuses=(403, 404, 422))
def strike_absence(request: ApiRequest, id: str) -> ApiResponse:
    """Cancel an absence, as if it had never been recorded. Tickets that were handed over meanwhile stay
    with the substitute."""
    site = choose_site(request, request.query.get("site"))
    absences = request.desk.people.directory(site).absences.values()
    found = next((each for some in absences for each in some if _absence_id(each) == id), None)
    if found is None:
        raise NotFound(reason("unknown-absence", "there is no such absence"))
    _check_may_note(request, site, found.staff_id)
    request.desk.people.delete_absence(found, request.actor_at(site), request.now)
    return empty_response()


@routes.get(
    "/api/absence-history",
    "See who noted or struck which absence",
    "AbsenceHistory",
    query=queries.PageQuery(),
    refuses=(403, 404, 422),
    linked=True,
)
def show_absence_history(request: ApiRequest) -> ApiResponse:
    """All records of absences, oldest first, also of those that are over or cancelled: they say who could act
    for whom.

    For administrators of the desk.
    """
    after, limit = seq_cursor(request), page_limit(request)
    site = request.check_managed_site(choose_site(request, request.query.get("site")))
    found = request.desk.people.absence_history(site, after, limit + 1)

    def render(change: AbsenceChange) -> dict[str, Any]:
        return {
            **render_author(change),
            "kind": change.kind,
            "absence": _render_absence(change.absence, request),
        }

    return seq_page(request, found, render)


def _check_may_note(request: ApiRequest, site: str, staff_id: str) -> None:
    managers = request.settings.api.publishers
    if staff_id != request.staff.id and not request.staff.roles(site) & set(managers):
        named = ", ".join(managers)
        message = f"an absence is noted by whose it is, or by: {named}"
        raise Forbidden(Reason("not-your-absence", message, who=tuple(managers), facts={"roles": named}))


def _check_may_delegate(request: ApiRequest, site: str, who: Staff, stands_in: Staff) -> None:
    """A substitute gets the rights of the absent person's posts: so the time is limited, and so is the
    choice."""
    longest, body = request.settings.api.longest_lending, request.body
    if body["to"] - body["from_"] > longest or body["from_"] - request.now > longest:
        days = longest // SECONDS_IN[Unit.DAYS]
        message = f"to: a substitute is named for {days} days at most, and no longer ahead"
        raise Invalid(reason("lending-too-long", message, field="to", days=days))
    managers = request.settings.api.publishers
    organisation = request.desk.definitions.company().organisation
    if not (
        request.staff.roles(site) & set(managers)
        or delegation.work_together(who, stands_in, site, organisation)
    ):
        named = ", ".join(managers)
        message = f"somebody of another department and line is named by: {named}"
        facts = {"roles": named}
        raise Forbidden(
            Reason("not-your-colleague", message, field="substitute", who=tuple(managers), facts=facts)
        )


def _find_member(request: ApiRequest, site: str, named: str, field: str) -> Staff:
    found = find_staff(request, named, (site,))
    if found is None:
        raise NotFound(
            reason("unknown-staff", f"{field}: nobody of that name works at this site", field=field)
        )
    return found


def _absence_id(absence: Absence) -> str:
    return f"{absence.staff_id}-{absence.from_at}"


def _render_absence(absence: Absence, request: ApiRequest) -> dict[str, Any]:
    staff = request.desk.people.directory(absence.site).staff
    who, stands_in = staff.get(absence.staff_id), staff.get(absence.substitute_id or "")
    return {
        "id": _absence_id(absence),
        "site": absence.site,
        "staff": absence.staff_id,
        "name": who.name if who else None,
        "from": rfc3339(absence.from_at),
        "to": rfc3339(absence.to_at),
        "substitute": absence.substitute_id,
        "substitute_name": stands_in.name if stands_in else None,
        "now": absence.from_at <= request.now < absence.to_at,
    }
