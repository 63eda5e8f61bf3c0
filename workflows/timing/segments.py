"""Segments: the explanation of a deadline, as periods that count or do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class Segment:
    """A period [start, end) that is `counted` or not.

    `reason` is one of open, outside hours, lunch break, weekly rest day, holiday, closed, elapsed, paused;
    `rule` is the rule behind it: `mon-fri 09:00-12:00`, `National Day`, `make-up working day 09:00-12:00`.
    """

    start: Instant
    end: Instant
    counted: bool
    reason: str
    rule: str


def clip_segments(segments: Iterable[Segment], start: Instant, end: Instant) -> list[Segment]:
    """The parts of the segments that lie in [start, end)."""
    return [
        replace(segment, start=max(segment.start, start), end=min(segment.end, end))
        for segment in segments
        if segment.start < end and start < segment.end
    ]


def merge_segments(segments: Iterable[Segment]) -> list[Segment]:
    """The segments in order, with adjacent ones of the same reason and rule merged."""
    merged: list[Segment] = []
    for segment in segments:
        last = merged[-1] if merged else None
        if last and _reason_key(last) == _reason_key(segment) and last.end == segment.start:
            merged[-1] = replace(last, end=segment.end)
        else:
            merged.append(segment)
    return merged


def _reason_key(segment: Segment) -> tuple[bool, str, str]:
    return segment.counted, segment.reason, segment.rule
