"""The processes: what they are, how they look, and new versions of them."""

from __future__ import annotations

from typing import Any

from service.api import receipts
from service.api.answers import Answer, as_json
from service.api.call import Call
from service.api.forms import start_form
from service.api.processes import workflow_line, workflow_whole
from service.api.routing import Routes
from service.refusals import reason
from service.schemas import bodies, queries
from service.texts import titled
from workflows.errors import NotFound
from workflows.language.definition import Definition
from workflows.language.diagram import svg
from workflows.language.problems import Problem
from workflows.timing.instants import rfc3339

routes = Routes("workflows")
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@routes.get("/api/workflows", "List the processes", "Workflows")
def list_workflows(call: Call) -> Answer:
    """The processes that tickets can be opened for, and whether the asker may."""
    library = call.desk.library
    roles = frozenset[str]().union(*map(call.roles, call.sites))
    items = [workflow_line(library.latest(name), roles, call.language) for name in library.names()]
    return as_json({"items": items}, 200, call.heads)


@routes.get(
    "/api/workflows/{name}", "Look at a process", "Workflow", query=queries.VersionQuery(), refuses=(404,)
)
def show_workflow(call: Call, name: str) -> Answer:
    """The process whole, with the form it is started with."""
    definition = _definition(call, name)
    directory = call.desk.people.directory(call.sites[0]) if len(call.sites) == 1 else None
    form = start_form(definition, call.language, directory)
    return as_json(workflow_whole(definition, form, call.language), 200, call.heads)


def _definition(call: Call, name: str) -> Definition:
    latest = call.desk.library.latest(name)
    version = call.query.get("version")
    if version is None or version == latest.version:
        return latest
    if version > latest.version:
        raise NotFound(reason("unknown-version", f"{name} has no version {version}", field="version"))
    return call.desk.library.get(name, version)


@routes.get("/api/workflows/{name}/versions", "List the versions of a process", "Versions", refuses=(404,))
def list_versions(call: Call, name: str) -> Answer:
    """Every version that was published, newest first, with the open tickets that stand on it."""
    call.desk.library.latest(name)
    standing = call.desk.queries.versions(name, call.viewer)
    items = [
        {
            "version": each.version,
            "digest": each.digest,
            "published_at": rfc3339(each.published_at),
            "published_by": each.published_by,
            "open_tickets": standing.get(each.version, 0),
        }
        for each in reversed(call.desk.shelf.versions("workflow", name))
    ]
    return as_json({"items": items}, 200, call.heads)


@routes.get(
    "/api/workflows/{name}/diagram.svg",
    "See a process drawn",
    None,
    query=queries.DiagramQuery(),
    refuses=(404,),
    produces="image/svg+xml",
)
def show_diagram(call: Call, name: str) -> Answer:
    """The states and steps as a picture, titles in the language asked for."""
    definition = _definition(call, name)
    language = call.query.get("language") or call.language
    current = call.query.get("current")
    if current is not None and current not in definition.states:
        raise NotFound(reason("unknown-state", f"{name} has no state {current!r}", field="current"))
    picture = svg(definition, language, current).encode()
    heads = {
        **call.heads,
        "Content-Language": language,
        "Content-Security-Policy": SVG_POLICY,
        "Cache-Control": "private, max-age=300",
    }
    return Answer(200, picture, heads, "image/svg+xml")


@routes.post(
    "/api/workflows/check",
    "Check a definition",
    "Checked",
    status=200,
    body=bodies.DefinitionText(),
)
def check_text(call: Call) -> Answer:
    """Everything that is wrong with a text, with line and column; nothing is kept."""
    found = call.desk.library.read(call.body["text"], "definition.yaml").problems
    answer = as_json({"problems": [_problem(each) for each in sorted(found)]}, 200, call.heads)
    return receipts.kept(call, answer)


def _problem(found: Problem) -> dict[str, Any]:
    elsewhere = bool(found.used_in)  # in a shape: no line of this text can be pointed at
    return {
        "line": 0 if elsewhere else found.line,
        "column": 0 if elsewhere else found.column,
        "path": found.path,
        "message": f"{found.file}:{found.line}: {found.message}" if elsewhere else found.message,
        "severity": str(found.severity),
    }


@routes.post(
    "/api/workflows",
    "Publish a definition",
    "Publication",
    body=bodies.DefinitionText(),
    refuses=(403, 409),
)
def publish(call: Call) -> Answer:
    """Publish a new version. What is wrong is refused with its lines; the desk goes on with what it has."""
    call.managed_sites()
    done = call.desk.library.publish_text(call.body["text"], "definition.yaml", call.now, call.staff.id)
    definition = call.desk.library.latest(done.name)
    shown = {
        "name": done.name,
        "title": titled(definition.title, call.language),
        "version": done.version,
        "changed": done.changed,
        "digest": definition.digest,
    }
    heads = {**call.heads, "Location": f"/api/workflows/{done.name}"}
    return receipts.kept(call, as_json(shown, 201, heads))
