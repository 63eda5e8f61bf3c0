"""A stretch of time with the reason why it counts or not: the working shown of every deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class Segment:
    """From `start` up to `end` (exclusive) time was `counted` or not.

    `why` is one of open, outside hours, lunch break, weekly rest day, holiday, closed, elapsed, paused;
    `rule` names what says so: `mon-fri 09:00-12:00`, `National Day`, `make-up working day 09:00-12:00`.
    """

    start: Instant
    end: Instant
    counted: bool
    why: str
    rule: str


def clipped(segments: Iterable[Segment], start: Instant, end: Instant) -> list[Segment]:
    """The parts of the segments that lie in [start, end)."""
    return [
        replace(segment, start=max(segment.start, start), end=min(segment.end, end))
        for segment in segments
        if segment.start < end and start < segment.end
    ]


def merged(segments: Iterable[Segment]) -> list[Segment]:
    """The segments in order, neighbours with the same reason and rule made one."""
    found: list[Segment] = []
    for segment in segments:
        last = found[-1] if found else None
        if last and _says(last) == _says(segment) and last.end == segment.start:
            found[-1] = replace(last, end=segment.end)
        else:
            found.append(segment)
    return found


def _says(segment: Segment) -> tuple[bool, str, str]:
    return segment.counted, segment.why, segment.rule
