"""A plan by which open tickets move to another version of their process, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

STATE_CLOCK = "state."  # before the name of a state: the clock of its own promise
DROP = "drop"
CONVERSIONS = ("number", "text", "date", "choice")
KEEP, RESTART, RECOMPUTE = "keep", "restart", "recompute"
CLOCK_POLICIES = (KEEP, RESTART, RECOMPUTE)


@dataclass(frozen=True, slots=True)
class FieldMove:
    """What becomes of a field's values: the field that takes them (None: they fall out), and what they are
    converted to, if they are. `options` gives old options new names."""

    to: str | None
    convert: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessMove:
    """How the tickets of one process move, from some of its versions to `target`.

    states  old state -> new one; a state without an entry keeps its name
    fields  old field -> what becomes of it; one without an entry keeps its name
    clocks  clock of the new version -> how its promise is treated; one without an entry is kept
    roles   old role -> the role whose holders take over from an assignee who may not go on
    """

    process: str
    sources: tuple[int, ...]
    target: int
    states: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, FieldMove] = field(default_factory=dict)
    clocks: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    def state_of(self, state: str) -> str:
        """The state in which a ticket from this state will stand."""
        return self.states.get(state, state)

    def field_move(self, name: str) -> FieldMove:
        """What becomes of a field's values."""
        return self.fields.get(name) or FieldMove(name)

    def clock_name(self, name: str) -> str:
        """The name under which a clock goes on: that of a state follows the state."""
        if not name.startswith(STATE_CLOCK):
            return name
        return STATE_CLOCK + self.state_of(name.removeprefix(STATE_CLOCK))


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationPlan:
    """The whole plan: the process that it is about first, and those that move together with it.

    `digest` is of its text and of the versions that it came to mean.
    """

    moves: tuple[ProcessMove, ...]
    because: str
    digest: str

    @property
    def process(self) -> str:
        """The process that the plan is about."""
        return self.moves[0].process

    def find_move(self, process: str, version: int) -> ProcessMove | None:
        """How a ticket of this version moves; None if the plan does not speak of it."""
        found = (each for each in self.moves if each.process == process and version in each.sources)
        return next(found, None)

    def version_after(self, process: str, version: int) -> int:
        """The version on which such a ticket will be, whether the plan moves it or not."""
        move = self.find_move(process, version)
        return move.target if move else version
