"""Yesterday and now in five figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.console.board.board_choice import NOWHERE, BoardChoice
from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_day
from workflows.storage.queries.board_rows import NO_DEPARTMENT, BoardGroup, DayFilter


@dataclass(frozen=True, slots=True)
class BoardFigure:
    """A figure: its text in `board.toml`, and the number as it is read. `late` is one that is overdue."""

    name: str
    number: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The five figures, and the day of the first three."""

    day: str
    figures: tuple[BoardFigure, ...]


def read_figures(
    call: ConsoleRequest, choice: BoardChoice, sites: Sequence[str], groups: Iterable[BoardGroup]
) -> DayFigures:
    """Opened, closed and kept in time: of all that the reader may see. Overdue: of what the board shows."""
    board = call.desk.board
    day_filter = DayFilter(
        days={site: board.yesterday(site, call.now) for site in sites},
        viewer=call.viewer,
        workflows=_names_of(call, choice.process),
        department=NO_DEPARTMENT if choice.department == NOWHERE else choice.department or None,
    )
    done, late = board.count_day(day_filter), sum(each.late for each in groups)
    settled = done.met + done.missed
    share = f"{round(100 * done.met / settled)} %" if settled else "–"
    since, _ = day_filter.days[sites[0]]
    return DayFigures(
        write_day(since, board.zone_of(sites[0]), call.language),
        (
            BoardFigure("opened", str(done.opened)),
            BoardFigure("closed", str(done.closed)),
            BoardFigure("in-time", share),
            BoardFigure("overdue-now", str(late), late > 0),
            BoardFigure("revisits", str(board.count_revisits(day_filter))),
        ),
    )


def _names_of(call: ConsoleRequest, process: str) -> tuple[str, ...]:
    """The process under all its names; none for all processes."""
    return (process, *call.desk.definitions.lifecycle().former_names(process)) if process else ()
