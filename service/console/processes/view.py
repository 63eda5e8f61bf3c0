"""The pages that show processes: the list, one process, two versions compared, the text of a version."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response

from service.api.workflow_texts import find_version
from service.api.workflows import SVG_POLICY
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.processes.picture import draw_process, find_picture
from service.console.processes.process_rows import find_state, list_processes, process_path
from service.console.processes.standing import list_states, write_notes
from service.console.processes.version_rows import list_drafts, list_new_drafts, list_versions
from service.difference.sheet import build_sheet, list_besides
from service.refusals import reason
from service.texts import localize
from workflows.difference.difference import find_difference
from workflows.errors import Forbidden, NotFound, Reason
from workflows.language.definition import Definition

pages = Pages()
PATH = "/processes"
_ONE = f"{PATH}/<name>"
_LONGEST = 100  # characters of what is looked for


@pages.get(PATH)
def show_processes(call: ConsoleRequest) -> Response:
    """The processes that have the words (`?for=`) in their titles."""
    if not call.sites:
        raise Forbidden(Reason("not-a-member", "you belong to no site"))
    words = call.request.args.get("for", "").strip()[:_LONGEST]
    return call.page(
        "processes/list.html",
        call.text("processes", "title"),
        rows=list_processes(call, words),
        words=words,
        publisher=call.is_manager,
        new_drafts=list_new_drafts(call),
    )


@pages.get(_ONE)
def show_process(call: ConsoleRequest, name: str) -> Response:
    """One process: its picture and states with the tickets that are there, its versions and drafts."""
    definition = call.desk.definitions.latest(name)
    if definition.name != name:
        return call.go_to(process_path(definition.name))
    with call.desk.definitions.without_rechecks():
        states, versions = list_states(call, definition), list_versions(call, name)
        drafts = list_drafts(call, name) if call.is_manager else []
        standing = sum(each.open for each in states)
        state = find_state(call, name, standing)
    return call.page(
        "processes/process.html",
        localize(definition.title, call.language) or name,
        definition=definition,
        path=process_path(name),
        state=state,
        states=states,
        picture=find_picture(call, definition, states),
        versions=versions,
        drafts=drafts,
        publisher=call.is_manager,
        open=standing,
        older=sum(each.open for each in versions[1:]),
        overdue=sum(each.overdue for each in states),
    )


@pages.get(f"{_ONE}/diagram.svg")
def show_picture(call: ConsoleRequest, name: str) -> Response:
    """The process drawn, with the open tickets of each state in its box."""
    definition = call.desk.definitions.latest(name)
    notes = write_notes(call, list_states(call, definition))
    picture = draw_process(definition, call.language, notes)
    answer = Response(picture, mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = SVG_POLICY
    return answer


@pages.get(f"{_ONE}/difference")
def show_difference(call: ConsoleRequest, name: str) -> Response:
    """What one version does otherwise than another (`?from=1&to=2`), in sentences."""
    latest = call.desk.definitions.latest(name)
    newer = _read_version(call, "to", latest.version)
    older = _read_version(call, "from", max(newer - 1, 1))
    old, new = _find(call, latest, older), _find(call, latest, newer)
    standing = call.desk.counts.count_by_version_and_state(latest.name, call.viewer, call.sites)
    sheet = build_sheet(find_difference(old, new), call.language, standing)
    return call.page(
        "processes/difference.html",
        sheet.title,
        sheet=sheet,
        besides=list_besides,
        path=process_path(latest.name),
        process=localize(latest.title, call.language) or latest.name,
        versions=range(latest.version, 0, -1),
        older=older,
        newer=newer,
    )


def _read_version(call: ConsoleRequest, key: str, otherwise: int) -> int:
    text = call.request.args.get(key, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def _find(call: ConsoleRequest, latest: Definition, version: int) -> Definition:
    if version == latest.version:
        return latest
    if not 0 < version < latest.version:
        why = reason("unknown-version", f"{latest.name} has no version {version}", field="version")
        raise NotFound(why)
    return call.desk.definitions.get(latest.name, version)


@pages.get(f"{_ONE}/versions/<version>")
def show_text(call: ConsoleRequest, name: str, version: str) -> Response:
    """The text of a version as it was published; its scenarios (`?part=scenarios`), often the half of it, by
    themselves. For those who may publish, as in the API."""
    call.managed_sites()
    found = find_version(call, name, version)
    definition = call.desk.definitions.latest(name)
    title = localize(definition.title, call.language) or name
    lines = found.text.splitlines()
    scenarios = _find_scenarios(lines)
    apart = scenarios > 0 and call.request.args.get("part") == "scenarios"
    return call.page(
        "processes/text.html",
        call.text("processes", "text-of", process=title, version=found.version),
        process=title,
        path=process_path(name),
        version=found,
        latest=definition.version,
        lines=(lines[scenarios:] if apart else lines[:scenarios]) if scenarios else lines,
        first=scenarios + 1 if apart else 1,
        scenarios=scenarios + 1 if scenarios else 0,
        apart=apart,
    )


def _find_scenarios(lines: Sequence[str]) -> int:
    """How many lines come before the scenarios; 0 if there are none, or nothing before them."""
    return next((at for at, line in enumerate(lines) if line.startswith("scenarios:")), 0)
