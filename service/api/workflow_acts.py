"""What becomes of a process: taken back, retired, reinstated, renamed. For those who may publish."""

from __future__ import annotations

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.schemas import bodies
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Actor
from workflows.storage.definitions import Authorship
from workflows.storage.queries.version_tickets import find_tickets_after

routes = Routes("workflows")


def _authorship(request: ApiRequest) -> Authorship:
    return Authorship(at=request.now, by=request.staff.id, reason=request.body["reason"])


def _manager(request: ApiRequest) -> Actor:
    return build_actor(request.staff, request.managed_sites()[0])


@routes.post(
    "/api/workflows/{name}/take-back",
    "Put an earlier text in force again",
    "TakenBack",
    body=bodies.TakeBack(),
    refuses=(403, 404, 409),
    based=True,
)
def take_back(request: ApiRequest, name: str) -> ApiResponse:
    """Publish the text of an earlier version as a new one: what has been is not rewritten. It goes through
    the same checks as any text. The answer names the open tickets of the versions since."""
    request.managed_sites()
    to = request.body["to"]
    done = request.desk.process_changes.take_back(name, to, _authorship(request), request.base)
    definition = request.desk.definitions.latest(done.name)
    tickets = find_tickets_after(request.desk.database, done.name, to, request.viewer, request.sites)
    shown = {
        "name": done.name,
        "version": done.version,
        "changed": done.changed,
        "digest": definition.digest,
        "tickets": [each._asdict() for each in tickets],
    }
    heads = {**request.response_headers, "Location": f"/api/workflows/{done.name}"}
    return json_response(shown, 201, heads)


@routes.post(
    "/api/workflows/{name}/retire",
    "Retire a process",
    "ProcessAct",
    status=200,
    body=bodies.ProcessReason(),
    refuses=(403, 404, 409),
)
def retire(request: ApiRequest, name: str) -> ApiResponse:
    """New tickets are refused from now on; open ones are finished. Refused while another process, a schedule
    or a report in force needs it."""
    request.desk.process_changes.retire(name, _manager(request), _authorship(request))
    return _answer(request, request.desk.definitions.lifecycle().present_name(name))


@routes.post(
    "/api/workflows/{name}/reinstate",
    "Reinstate a retired process",
    "ProcessAct",
    status=200,
    body=bodies.ProcessReason(),
    refuses=(403, 404, 409),
)
def reinstate(request: ApiRequest, name: str) -> ApiResponse:
    """Tickets are opened again, on the version that was in force."""
    request.desk.process_changes.reinstate(name, _manager(request), _authorship(request))
    return _answer(request, name)


@routes.post(
    "/api/workflows/{name}/rename",
    "Rename a process",
    "ProcessAct",
    status=200,
    body=bodies.RenameProcess(),
    refuses=(403, 404, 409),
)
def rename(request: ApiRequest, name: str) -> ApiResponse:
    """The text in force is published under the new name. The former name still opens and finds tickets; open
    ones stay on their version."""
    former = request.desk.definitions.lifecycle().present_name(name)
    request.desk.process_changes.rename(name, request.body["to"], _manager(request), _authorship(request))
    return _answer(request, former)


def _answer(request: ApiRequest, name: str) -> ApiResponse:
    lifecycle = request.desk.definitions.lifecycle()
    renamed = lifecycle.renamed.get(name)
    state = "renamed" if renamed else "retired" if name in lifecycle.retired else "in-force"
    standing = request.desk.counts.count_by_version(name, request.viewer, request.sites)
    shown = {
        "name": name,
        "state": state,
        "renamed_to": renamed.renamed_to if renamed else None,
        "open_tickets": sum(standing.values()),
    }
    return json_response(shown, 200, request.response_headers)
