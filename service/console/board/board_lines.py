"""The tickets of the board as lines, gathered by department and process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from service.api.tickets.view import staff_name
from service.console.board.board_choice import BoardChoice
from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment
from service.console.ticket_rows import TicketRow, build_ticket_rows
from service.problems import role_title
from service.texts import localize
from workflows.core.ticket import Ticket
from workflows.storage.deliveries import SENT
from workflows.storage.outbox_messages import OutboxMessage
from workflows.storage.queries.board_rows import BoardGroup
from workflows.timing.clock import Clock

_MOST_NAMES = 4  # of whom was written to, on one line


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """A ticket. `value` names it in a form, with the step and the clock that were shown; `recipients` are
    those to whom the level went, `unreached` those whom it did not reach; `seen` who said so, until when."""

    row: TicketRow
    value: str
    level: int
    recipients: tuple[str, ...]
    unreached: tuple[str, ...]
    seen: str


@dataclass(slots=True, kw_only=True)
class BoardProcess:
    """A process of a department: its counts, the highest level, the lines that are shown, and where the rest
    is."""

    title: str
    late: int = 0
    soon: int = 0
    level: int = 0
    path: str = ""
    lines: list[BoardLine] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many tickets there are."""
        return self.late + self.soon


@dataclass(slots=True, kw_only=True)
class BoardDepartment:
    """A department with its processes, those with most that is late first."""

    title: str
    processes: list[BoardProcess]

    @property
    def late(self) -> int:
        """How many of its tickets are late."""
        return sum(each.late for each in self.processes)

    @property
    def soon(self) -> int:
        """How many are soon due."""
        return sum(each.soon for each in self.processes)


def build_departments(
    call: ConsoleRequest, choice: BoardChoice, groups: Iterable[BoardGroup], tickets: Sequence[Ticket]
) -> list[BoardDepartment]:
    """The groups and their first tickets, the departments with most that is late first."""
    present = call.desk.definitions.lifecycle().present_name
    found: dict[str | None, dict[str, BoardProcess]] = {}
    for group in groups:
        name = present(group.workflow)
        processes = found.setdefault(group.department, {})
        process = processes.setdefault(name, BoardProcess(title=_title_of(call, group)))
        process.path = choice.narrow(group.department, name).address
        process.late, process.soon = process.late + group.late, process.soon + group.soon
        process.level = max(process.level, group.level)
    for ticket, line in zip(tickets, build_lines(call, tickets), strict=True):
        found[ticket.department][present(ticket.workflow)].lines.append(line)
    departments = [
        BoardDepartment(
            title=department_title(call, name),
            processes=sorted(
                each.values(), key=lambda process: (-process.late, -process.soon, process.title)
            ),
        )
        for name, each in found.items()
    ]
    return sorted(departments, key=lambda each: (-each.late, -each.soon, each.title))


def _title_of(call: ConsoleRequest, group: BoardGroup) -> str:
    return localize(call.desk.definitions.get(group.workflow, group.version).title, call.language)


def department_title(call: ConsoleRequest, name: str | None) -> str:
    """What a department is called; a text of its own for none."""
    if not name:
        return call.text("board", "no-department")
    return localize(call.desk.definitions.organisation.departments.get(name, {}), call.language) or name


def build_lines(call: ConsoleRequest, tickets: Sequence[Ticket]) -> list[BoardLine]:
    """The tickets as lines, in the same order."""
    keys = [(each.site, each.id) for each in tickets]
    clocks, messages = call.desk.board.reader.clocks(keys), call.desk.board.reader.escalations(keys)
    rows = build_ticket_rows(call, tickets)
    return [
        _build_line(call, ticket, row, _find_leading_clock(clocks[key]), messages[key])
        for key, ticket, row in zip(keys, tickets, rows, strict=True)
    ]


def _find_leading_clock(clocks: Sequence[Clock]) -> Clock | None:
    """The clock with the highest level; of several, the one that is due first."""
    running = [each for each in clocks if each.due_at is not None]
    return min(running, key=lambda each: (-each.level, each.due_at or 0, each.name), default=None)


def _build_line(
    call: ConsoleRequest,
    ticket: Ticket,
    row: TicketRow,
    clock: Clock | None,
    messages: Sequence[OutboxMessage],
) -> BoardLine:
    name, level = (clock.name, clock.level) if clock else ("", 0)
    last = [each for each in messages if level and (each.clock, each.level) == (name, level)]
    reached = [each for each in last if each.status == SENT]
    missed = [each for each in last if each.status != SENT]
    return BoardLine(
        row=row,
        value=f"{ticket.site}/{ticket.number}/{ticket.seq}/{name}",
        level=level,
        recipients=_name_recipients(call, ticket, reached),
        unreached=_name_recipients(call, ticket, missed),
        seen=_describe_seen(call, ticket, clock) if clock else "",
    )


def _name_recipients(
    call: ConsoleRequest, ticket: Ticket, messages: Iterable[OutboxMessage]
) -> tuple[str, ...]:
    directory = call.desk.people.directory(ticket.site)
    definition = call.desk.definitions.get(ticket.workflow, ticket.version)
    names = dict.fromkeys(
        staff_name(each.recipient, directory) or role_title(each.role, call.language, definition)
        for each in messages
    )
    shown = [*names][:_MOST_NAMES]
    return (*shown, "…") if len(names) > len(shown) else (*shown,)


def _describe_seen(call: ConsoleRequest, ticket: Ticket, clock: Clock) -> str:
    seen = clock.acknowledged
    if seen is None or seen.level != clock.level:
        return ""
    name = staff_name(seen.by, call.desk.people.directory(ticket.site)) or seen.by
    until = write_moment(seen.until, call.desk.board.zone_of(ticket.site), call.language, call.now)
    return call.text("board", "seen-by", name=name, until=until)
