"""The list of processes: version, open and overdue tickets, and what has become of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote

from service.console.http.console_request import ConsoleRequest
from service.texts import localize
from workflows.language.definition import Definition
from workflows.process_counts import count_processes
from workflows.storage.queries.ticket_counts import OpenCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessRow:
    """A process. `state` is a key of the texts: `in-force`, `fading-out` (retired, with open tickets) or
    `retired`; `drafts` wait for somebody."""

    name: str
    path: str
    title: str
    purpose: str
    version: int
    open: int
    overdue: int
    state: str
    drafts: int


def process_path(name: str) -> str:
    """The address of the page of a process."""
    return f"/processes/{quote(name, safe='')}"


def find_state(call: ConsoleRequest, name: str, open_tickets: int) -> str:
    """What has become of a process."""
    if name not in call.desk.definitions.lifecycle().retired:
        return "in-force"
    return "fading-out" if open_tickets else "retired"


def list_processes(call: ConsoleRequest, words: str) -> list[ProcessRow]:
    """The processes in force and the retired ones whose title, name or purpose has all the words, by
    name."""
    definitions = call.desk.definitions
    counts = count_processes(call.desk.counts, definitions.lifecycle(), call.viewer, call.sites, call.now)
    waiting = call.desk.drafts.list_waiting(call.staff.id) if call.is_manager else ()
    drafts = Counter(each.workflow for each in waiting)
    with definitions.without_rechecks():
        names = sorted({*definitions.names(), *definitions.lifecycle().retired})
        found = [each for name in names if _has_words(call, each := definitions.latest(name), words)]
        return [
            _build_row(call, each, counts.get(each.name, OpenCounts(0, 0)), drafts[each.name])
            for each in found
        ]


def _has_words(call: ConsoleRequest, definition: Definition, words: str) -> bool:
    title = localize(definition.title, call.language)
    text = f"{title} {definition.name} {definition.purpose}".casefold()
    return all(word in text for word in words.casefold().split())


def _build_row(call: ConsoleRequest, definition: Definition, counts: OpenCounts, drafts: int) -> ProcessRow:
    name = definition.name
    return ProcessRow(
        name=name,
        path=process_path(name),
        title=localize(definition.title, call.language) or name,
        purpose=definition.purpose,
        version=definition.version,
        open=counts.open,
        overdue=counts.overdue,
        state=find_state(call, name, counts.open),
        drafts=drafts,
    )
