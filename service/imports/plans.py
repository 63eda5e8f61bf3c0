"""Decides all steps of a case before any is written, and writes many cases at once."""

from __future__ import annotations

from collections.abc import Sequence

from workflows.core.commands import Command
from workflows.core.handlers.pending_steps import PendingSteps
from workflows.engine import Engine
from workflows.errors import Refusal
from workflows.storage.tickets.store import Store
from workflows.timing.calendars import CalendarError
from workflows.timing.instants import Instant


class PlanRefused(Exception):  # noqa: N818 - what became of the plan
    """The command at `index` of several is refused; `reason` says why."""

    def __init__(self, index: int, reason: Refusal | CalendarError) -> None:
        super().__init__(str(reason))
        self.index, self.reason = index, reason


def plan_commands(
    engine: Engine, commands: Sequence[tuple[Command, Instant]], silent_until: Instant
) -> PendingSteps:
    """The steps of several commands to one ticket, each at its own instant, as imported history; writes
    nothing. Raises `PlanRefused` at the first that is refused."""
    draft = PendingSteps()
    for place, (command, now) in enumerate(commands):
        try:
            engine.decide(command, now, silent_until, draft)
        except (Refusal, CalendarError) as error:
            raise PlanRefused(place, error) from error
    return draft


def write_plans(store: Store, drafts: Sequence[PendingSteps]) -> None:
    """Write planned steps in one transaction. Raises `storage.errors.Conflict` if a ticket has changed
    since."""
    patterns = {ticket: pattern for draft in drafts for ticket, pattern in draft.number_patterns.items()}
    store.record([step for draft in drafts for step in draft.steps], patterns)
