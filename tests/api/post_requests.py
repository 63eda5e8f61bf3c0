"""A request for each POST of the API, each time about something fresh, and what it leaves in the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from api_desk import COMPLAINT, LAKE, PASSWORD
from definition_requests import (
    approving_a_draft,
    bringing_a_ticket_back,
    checking,
    checking_a_file,
    comparing,
    comparing_a_file,
    moving_a_ticket,
    planning_a_migration,
    publishing,
    publishing_a_draft,
    publishing_a_file,
    reinstating,
    rejecting_a_draft,
    renaming,
    retiring,
    taking_back,
)
from post_scene import Asking, Scene

from service import wallclock
from workflows.core.people import Membership, Staff
from workflows.core.schedule_slots import Occurrence
from workflows.storage.schedule_runs import ScheduleRun
from workflows.timing.instants import rfc3339

ROSTER = f"/api/rosters/{LAKE}/consultants/entries"


def opening(scene: Scene) -> Asking:
    body = {"workflow": "complaint", "data": COMPLAINT}
    return Asking(path="/api/tickets", body=body, other={**body, "note": "another"})


def _on_ticket(scene: Scene, verb: str, body: dict[str, Any], account: str = "cs-officer") -> Asking:
    ticket = scene.ticket()
    return Asking(
        path=f"/api/tickets/{ticket['id']}/{verb}",
        body=body,
        other={**body, "text" if verb == "notes" else "note": "another"},
        heads={"If_Match": f'"{ticket["seq"]}"'},
        account=account,
    )


def stepping(scene: Scene) -> Asking:
    return _on_ticket(scene, "transitions", {"trigger": "withdraw", "data": {"reason": "x"}})


def noting(scene: Scene) -> Asking:
    return _on_ticket(scene, "notes", {"text": "called back"})


def claiming(scene: Scene) -> Asking:
    return _on_ticket(scene, "claim", {})


def erasing(scene: Scene) -> Asking:
    return _on_ticket(scene, "erasures", {"note": "asked for"}, "office-director")


def erasing_a_person(scene: Scene) -> Asking:
    name = f"欧阳{scene.fresh()}"
    scene.by("cs-officer").open("complaint", {**COMPLAINT, "complainant": name})
    body = {"site": LAKE, "value": name}
    return Asking(
        path="/api/erasures", body=body, other={**body, "note": "another"}, account="office-director"
    )


def erasing_an_entry(scene: Scene) -> Asking:
    key = f"3-{1000 + next(scene.serial)}"
    values = {"area": 90, "owner": "王秘密"}
    path = f"/api/registers/units/entries/{key}"
    scene.by("cs-officer").send("PUT", path, {"values": values}, If_Match='"0"')
    return Asking(
        path=f"/api/registers/units/erasures/{key}",
        body={"note": "asked for"},
        other={"note": "another"},
        heads={"If_Match": '"1"'},
        account="office-director",
    )


def granting(scene: Scene) -> Asking:
    if "id-wang" not in scene.desk.people.directory(LAKE).staff:
        post = (Membership(LAKE, "consultant"),)
        scene.desk.people.add_staff(Staff(id="id-wang", account="wang", name="Wang", memberships=post))
        assert scene.by("wang").post(ROSTER, {"mark": "sign-in"}).status_code == 201
    body = {"mark": "grant", "person": "wang"}
    return Asking(path=ROSTER, body=body, other={**body, "mark": "permit"}, account="sales-manager")


def adding_an_account(scene: Scene) -> Asking:
    posts = [{"site": LAKE, "role": "receptionist"}]
    body = {"account": scene.fresh(), "name": "演示员工", "posts": posts}
    return Asking(
        path="/api/accounts", body=body, other={**body, "name": "another"}, account="office-director"
    )


def importing_staff(scene: Scene) -> Asking:
    rows = [f"account,name,role\n{scene.fresh()},Mei,receptionist\n".encode() for _ in range(2)]
    return Asking(path="/api/staff-imports", body=rows[0], other=rows[1], account="office-director")


def checking_staff(scene: Scene) -> Asking:
    asked = importing_staff(scene)
    return replace(asked, path=f"{asked.path}/check")


def noting_an_absence(scene: Scene) -> Asking:
    body = {
        "site": LAKE,
        "staff": "cs-officer",
        "from": f"2030-01-01T{next(scene.serial) // 60:02}:{next(scene.serial) % 60:02}:00Z",
    }
    return Asking(
        path="/api/absences",
        body=body | {"to": "2031-01-01T00:00:00Z"},
        other=body | {"to": "2032-01-01T00:00:00Z"},
    )


def announcing(scene: Scene) -> Asking:
    data = {"begins": "2030-06-01T14:00:00+08:00"}
    body = {"event": "heavy-rain-announced", "data": data}
    return Asking(
        path="/api/events",
        body=body,
        other={**body, "data": {"begins": "2030-06-02T14:00:00+08:00"}},
        account="office-director",
    )


def retrying(scene: Scene) -> Asking:
    key = scene.fresh()
    run = ScheduleRun(Occurrence(LAKE, "rounds", key, 1_772_413_200, 1_772_413_200))
    scene.desk.runs.add([run])
    scene.desk.runs.record_result(ScheduleRun(run.occurrence, "parked", 0, "no room", 1_772_413_260))
    body = {"site": LAKE, "key": key}
    return Asking(
        path="/api/schedules/rounds/retry",
        body=body,
        other={**body, "key": "other"},
        account="office-director",
    )


def unparking(scene: Scene) -> Asking:
    ticket = scene.ticket()
    scene.desk.store.park(LAKE, ticket["id"], "state.registered", "no such luck")
    return Asking(
        path=f"/api/tickets/{ticket['number']}/clocks/state.registered/unpark",
        body={"note": "mended"},
        other={"note": "other"},
        account="office-director",
    )


def acknowledging(scene: Scene) -> Asking:
    ticket, now = scene.ticket(), wallclock.now()
    with scene.desk.database.transaction() as session:
        sql = "UPDATE clocks SET level = 1 WHERE ticket_id = :id AND name = 'state.registered'"
        session.run(scene.desk.database.sql(sql), {"id": ticket["id"]})
    scene.desk.store.discard_cached(LAKE, ticket["id"])
    return Asking(
        path=f"/api/tickets/{ticket['number']}/clocks/state.registered/acknowledge",
        body={"until": rfc3339(now + 3_600), "reason": "a part is ordered"},
        other={"until": rfc3339(now + 7_200)},
    )


def urging(scene: Scene) -> Asking:
    return _on_ticket(scene, "urge", {"note": "they called again"})


def merging(scene: Scene) -> Asking:
    return _on_ticket(scene, "merge", {"into": scene.ticket()["number"]})


def requeueing(scene: Scene) -> Asking:
    ticket = scene.ticket()
    (message,) = scene.desk.database.read(
        "SELECT id FROM outbox WHERE ticket_id = :ticket ORDER BY id LIMIT 1", {"ticket": ticket["id"]}
    )
    with scene.desk.database.transaction() as session:
        session.run("UPDATE outbox SET status = 'dead' WHERE id = :id", {"id": message[0]})
    return Asking(
        path=f"/api/outbox/{message[0]}/requeue", body={}, other={"x": 1}, account="office-director"
    )


def previewing(scene: Scene) -> Asking:
    body: dict[str, Any] = {"said": {"closed": ["2030-01-02"]}}
    return Asking(
        path=f"/api/sites/{LAKE}/calendars/office/preview",
        body=body,
        other={"said": {"closed": ["2030-01-03"]}},
        account="office-director",
    )


def signing_in(scene: Scene) -> Asking:
    body = {"account": "cs-officer", "password": PASSWORD, "name": "script"}
    return Asking(path="/api/tokens", body=body, other={**body, "name": "another"})


def _bulk(scene: Scene, verb: str, body: dict[str, Any]) -> Asking:
    """Of one ticket: which of several copies of a request takes which step is left to chance."""
    ticket = scene.ticket()
    body = {**body, "tickets": [{"ticket": ticket["id"], "seq": ticket["seq"]}]}
    other = {**body, "text" if verb == "notes" else "note": "another"}
    return Asking(path=f"/api/bulk/{verb}", body=body, other=other)


def stepping_many(scene: Scene) -> Asking:
    return _bulk(scene, "transitions", {"trigger": "withdraw", "data": {"reason": "x"}})


def noting_many(scene: Scene) -> Asking:
    return _bulk(scene, "notes", {"text": "called back"})


def assigning_many(scene: Scene) -> Asking:
    return _bulk(scene, "assignments", {"assignee": "cs-officer-2"})


def uploading(scene: Scene) -> Asking:
    return Asking(path="/api/attachments?site=lake", body=b"a letter", other=b"another")


def uploading_to_a_ticket(scene: Scene) -> Asking:
    path = f"/api/tickets/{scene.ticket()['id']}/attachments"
    return Asking(path=path, body=b"a letter", other=b"another")


ASKINGS: dict[str, Callable[[Scene], Asking]] = {
    "/api/tickets": opening,
    "/api/tickets/{number}/transitions": stepping,
    "/api/tickets/{number}/notes": noting,
    "/api/tickets/{number}/claim": claiming,
    "/api/tickets/{number}/erasures": erasing,
    "/api/bulk/transitions": stepping_many,
    "/api/bulk/notes": noting_many,
    "/api/bulk/assignments": assigning_many,
    "/api/erasures": erasing_a_person,
    "/api/registers/{register}/erasures/{key}": erasing_an_entry,
    "/api/rosters/{site}/{roster}/entries": granting,
    "/api/accounts": adding_an_account,
    "/api/staff-imports": importing_staff,
    "/api/staff-imports/check": checking_staff,
    "/api/absences": noting_an_absence,
    "/api/events": announcing,
    "/api/schedules/{schedule}/retry": retrying,
    "/api/tickets/{number}/urge": urging,
    "/api/tickets/{number}/merge": merging,
    "/api/tickets/{number}/clocks/{clock}/unpark": unparking,
    "/api/tickets/{number}/clocks/{clock}/acknowledge": acknowledging,
    "/api/outbox/{id}/requeue": requeueing,
    "/api/sites/{site}/calendars/{calendar}/preview": previewing,
    "/api/company/{file}/check": checking_a_file,
    "/api/company/{file}/difference": comparing_a_file,
    "/api/company/{file}": publishing_a_file,
    "/api/workflows/check": checking,
    "/api/workflows/difference": comparing,
    "/api/workflows": publishing,
    "/api/workflows/{name}/take-back": taking_back,
    "/api/workflows/{name}/retire": retiring,
    "/api/workflows/{name}/reinstate": reinstating,
    "/api/workflows/{name}/rename": renaming,
    "/api/workflows/{name}/drafts/{draft}/publish": publishing_a_draft,
    "/api/workflows/{name}/drafts/{draft}/approve": approving_a_draft,
    "/api/workflows/{name}/drafts/{draft}/reject": rejecting_a_draft,
    "/api/workflows/{name}/migrations": planning_a_migration,
    "/api/workflows/{name}/migrations/{id}/run": moving_a_ticket,
    "/api/workflows/{name}/migrations/{id}/undo": bringing_a_ticket_back,
    "/api/tokens": signing_in,
    "/api/attachments": uploading,
    "/api/tickets/{number}/attachments": uploading_to_a_ticket,
}
"""A request for each POST route, by its path."""
