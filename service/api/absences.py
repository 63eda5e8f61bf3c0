"""Who is away, and who stands in for them."""

from __future__ import annotations

from typing import Any

from service.api import receipts
from service.api.answers import Answer, as_json, nothing
from service.api.call import Call
from service.api.paging import limit_of, page_links, seq_after
from service.api.routing import Routes
from service.api.tickets import chosen_site, staff_named
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.core.people import Absence, Staff
from workflows.errors import Forbidden, Invalid, NotFound, Reason
from workflows.timing.instants import rfc3339

routes = Routes("people")


@routes.get(
    "/api/absences", "List who is away, or will be", "Absences", query=queries.SiteQuery(), refuses=(404,)
)
def list_absences(call: Call) -> Answer:
    """The absences at the asker's sites that are not over, with who stands in."""
    found = call.desk.people.coming_absences(call.wanted_sites(), call.now)
    return as_json({"items": [_absence(each, call) for each in found]})


@routes.post(
    "/api/absences",
    "Note that somebody is away",
    "Absence",
    body=bodies.NoteAbsence(),
    refuses=(403, 404),
)
def note_absence(call: Call) -> Answer:
    """One's own absence; or anybody's, by those who look after the desk. What the absent have goes to the
    substitute, if that one could do it, as soon as the absence begins. A second note of the same beginning
    replaces the first."""
    body, site = call.body, call.site_named(call.body["site"])
    who = _member(call, site, body["staff"], "staff")
    _may_note(call, site, who.id)
    stands_in = _member(call, site, body["substitute"], "substitute") if body["substitute"] else None
    if body["to"] <= body["from_"]:
        raise Invalid(reason("ends-before", "to: it must be later than from", field="to"))
    if stands_in is not None and stands_in.id == who.id:
        raise Invalid(reason("bad-value", "substitute: somebody else must stand in", field="substitute"))
    absence = Absence(
        site=site,
        staff_id=who.id,
        from_at=body["from_"],
        to_at=body["to"],
        substitute_id=stands_in.id if stands_in else None,
    )
    call.desk.people.put_absence(absence, call.actor(site), call.now)
    heads = {"Location": f"/api/absences/{_identity(absence)}"}
    return receipts.kept(call, as_json(_absence(absence, call), 201, heads))


@routes.delete("/api/absences/{id}", "Strike an absence", query=queries.SiteQuery(), refuses=(403, 404, 422))
def strike_absence(call: Call, id: str) -> Answer:
    """As if it had never been noted. What was handed over meanwhile stays with the substitute."""
    site = chosen_site(call, call.query.get("site"))
    absences = call.desk.people.directory(site).absences.values()
    found = next((each for some in absences for each in some if _identity(each) == id), None)
    if found is None:
        raise NotFound(reason("unknown-absence", "there is no such absence"))
    _may_note(call, site, found.staff_id)
    call.desk.people.drop_absence(found, call.actor(site), call.now)
    return nothing()


@routes.get(
    "/api/absence-history",
    "See who noted or struck which absence",
    "AbsenceHistory",
    query=queries.PageQuery(),
    refuses=(403, 404, 422),
    linked=True,
)
def show_absence_history(call: Call) -> Answer:
    """Oldest first, also of those that are over or struck: they say who could act for whom.

    For those who look after the desk.
    """
    after, limit = seq_after(call), limit_of(call)
    site = call.managed_site(chosen_site(call, call.query.get("site")))
    found = call.desk.people.absence_history(site, after, limit + 1)
    items = [
        {
            "seq": each.seq,
            "at": rfc3339(each.at),
            "kind": each.kind,
            "actor": {"id": each.actor_id, "name": each.actor_name},
            "surface": each.surface,
            "absence": _absence(each.absence, call),
        }
        for each in found[:limit]
    ]
    following = str(found[limit - 1].seq) if len(found) > limit else None
    return as_json({"items": items, "next": following}, 200, page_links(call, following))


def _may_note(call: Call, site: str, staff_id: str) -> None:
    managers = call.settings.api.publishers
    if staff_id != call.staff.id and not call.staff.roles(site) & set(managers):
        named = ", ".join(managers)
        message = f"an absence is noted by whose it is, or by: {named}"
        raise Forbidden(Reason("not-your-absence", message, who=tuple(managers), facts={"roles": named}))


def _member(call: Call, site: str, named: str, field: str) -> Staff:
    found = staff_named(call, named, (site,))
    if found is None:
        raise NotFound(
            reason("unknown-staff", f"{field}: nobody of that name works at this site", field=field)
        )
    return found


def _identity(absence: Absence) -> str:
    return f"{absence.staff_id}-{absence.from_at}"


def _absence(absence: Absence, call: Call) -> dict[str, Any]:
    staff = call.desk.people.directory(absence.site).staff
    who, stands_in = staff.get(absence.staff_id), staff.get(absence.substitute_id or "")
    return {
        "id": _identity(absence),
        "site": absence.site,
        "staff": absence.staff_id,
        "name": who.name if who else None,
        "from": rfc3339(absence.from_at),
        "to": rfc3339(absence.to_at),
        "substitute": absence.substitute_id,
        "substitute_name": stands_in.name if stands_in else None,
        "now": absence.from_at <= call.now < absence.to_at,
    }
