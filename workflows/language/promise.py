"""Promises, and the clocks that count them, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.language.forms.field import Titles
from workflows.timing.durations import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When something is due: one of `within`, `choices` and `at`; `choices` may be combined with `at`.

    within   a duration, counted from now
    choices  a duration for each value of field `by` (None: no promise); `otherwise` for all other values
    at       the moment (of a date, the closing time of that day) in field `at`, `before` earlier, or `grace`
             later. With `choices`, the length by the value of `by`, earlier (`ahead`) or later
    """

    within: Duration | None = None
    choices: Mapping[str, Duration | None] | None = None
    by: str | None = None
    otherwise: Duration | None = None
    at: str | None = None
    before: Duration | None = None
    grace: Duration | None = None
    ahead: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """The form fields that this promise depends on."""
        return tuple(name for name in (self.at, self.by) if name)

    def duration_for(self, answer: str) -> Duration | None:
        """The duration in `choices` for this value of `by`."""
        return (self.choices or {}).get(answer, self.otherwise)


ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpec:
    """A clock that spans states. `starts` and `stops` are states; a state that ends the ticket also stops
    it."""

    name: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    due: Due
    title: Titles = field(default_factory=dict)
    escalation: str | None = None
    pauses: bool = True  # while the ticket waits
    on_reopen: Literal["continue", "restart"] = "continue"
    restarts: tuple[str, ...] = ()  # the triggers that restart it; ANY: every step of a person
