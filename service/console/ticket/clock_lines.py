"""The promises of a ticket: how each stands, and the periods that make up its deadline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from service.api.tickets import view
from service.console.http.console_request import ConsoleRequest
from service.console.layout.moments import write_moment, write_seconds
from workflows.core.handlers.acknowledge import may_acknowledge
from workflows.core.ticket import StepContext
from workflows.timing.clock import Clock
from workflows.timing.clock_operations import explain
from workflows.timing.segments import Segment

MAX_SEGMENTS = 60  # periods that are shown of one clock; the last ones


@dataclass(frozen=True, slots=True)
class ClockPeriod:
    """A period: from, to, whether it counts, why, and how long it is."""

    start: str
    end: str
    counted: bool
    why: str
    length: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """A promise. `verdict` is running, paused, met, missed, overdue or parked; `percent` of it is used.
    `seen` says who has acknowledged its escalation; `acknowledge` whether the reader can."""

    name: str
    title: str
    promise: str
    verdict: str
    verdict_title: str
    late: bool
    due: str
    used: str
    whole: str
    percent: int
    level: int
    seen: str
    acknowledge: bool
    periods: tuple[ClockPeriod, ...]


def build_clocks(call: ConsoleRequest, context: StepContext, zone: ZoneInfo) -> list[ClockLine]:
    """The clocks in the order in which they were started; those that still run first."""
    clocks = sorted(view.sort_clocks(context.clocks), key=lambda each: each.stopped_at is not None)
    return [_build_clock(call, context, each, zone) for each in clocks]


def _build_clock(call: ConsoleRequest, context: StepContext, clock: Clock, zone: ZoneInfo) -> ClockLine:
    shown, language = view.render_clock(clock, context, call.now, call.language), call.language
    segments = explain(clock, context.calendar, call.now)[-MAX_SEGMENTS:]
    budget, used = max(1, clock.budget), shown["consumed"]
    return ClockLine(
        name=clock.name,
        title=shown["title"],
        promise=shown["promise"],
        verdict=shown["verdict"],
        verdict_title=call.text("ticket", f"clock-{shown['verdict']}"),
        late=shown["verdict"] in ("overdue", "missed"),
        due=write_moment(clock.due_at, zone, language, call.now) if clock.due_at is not None else "",
        used=write_seconds(used, language),
        whole=write_seconds(clock.budget, language),
        percent=min(100, 100 * used // budget),
        level=clock.level,
        seen=_describe_seen(call, context, clock, zone),
        acknowledge=bool(clock.level)
        and not clock.stopped
        and may_acknowledge(context, call.actor_at(context.ticket.site), clock),
        periods=_show_periods(call, segments, zone),
    )


def _describe_seen(call: ConsoleRequest, context: StepContext, clock: Clock, zone: ZoneInfo) -> str:
    """Who has said that the level was seen, and until when the next one waits."""
    seen = clock.acknowledged
    if seen is None or seen.level != clock.level:
        return ""
    name = view.staff_name(seen.by, context.directory) or seen.by
    return call.text(
        "ticket", "seen-by", name=name, until=write_moment(seen.until, zone, call.language, call.now)
    )


def _show_periods(
    call: ConsoleRequest, segments: Sequence[Segment], zone: ZoneInfo
) -> tuple[ClockPeriod, ...]:
    return tuple(
        ClockPeriod(
            write_moment(each.start, zone, call.language, call.now),
            write_moment(each.end, zone, call.language, call.now),
            each.counted,
            call.text("ticket", f"why-{each.reason.replace(' ', '-')}"),
            write_seconds(each.end - each.start, call.language),
        )
        for each in segments
    )
