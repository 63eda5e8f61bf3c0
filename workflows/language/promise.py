"""What is promised, and the clocks that count it: frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workflows.language.forms.field import Titles
from workflows.timing.durations import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When something is due: one of `within`, `choices` and `at`; `choices` may stand beside `at`.

    within   a duration from now
    choices  a duration by the value of field `by` (None: no promise); `otherwise` for every other value
    at       the moment (or, of a date, the day's close) in field `at`, `before` earlier, or `grace` later.
             With `choices`, by the value of `by` so much earlier (`ahead`) or later
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
        """The form fields this promise hangs on."""
        return tuple(name for name in (self.at, self.by) if name)

    def chosen(self, answer: str) -> Duration | None:
        """Of `choices`, the one for this answer."""
        return (self.choices or {}).get(answer, self.otherwise)


ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpec:
    """A promise that spans states. `starts` and `stops` are states; one that ends the ticket stops it too."""

    name: str
    title: Titles
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    due: Due
    escalation: str | None = None
    pauses: bool = True  # rests while the ticket waits
    on_reopen: Literal["continue", "restart"] = "continue"
    restarts: tuple[str, ...] = ()  # the triggers that begin it anew; ANY: whatever a person does
