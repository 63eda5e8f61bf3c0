"""The pure heart: a situation and a command in, a step out, or a refusal that says everything at once."""

from __future__ import annotations

from workflows.core import administration, escalation, opening, settling, walking
from workflows.core.commands import Amend, Assign, Claim, Command, Fire, Note, Open, Settle, Tick
from workflows.core.step import Step
from workflows.core.ticket import Situation
from workflows.errors import Reason, Stale
from workflows.timing.instants import Instant


def decide(situation: Situation, command: Command, now: Instant) -> Step | None:
    """What `command` comes to in `situation` at `now` (epoch seconds, UTC).

    None when there is nothing to do: the clock's level has been fired already, no `auto` row is ripe.
    Raises a `Refusal` with every reason; the situation is never changed.
    """
    if not isinstance(command, Open):
        _fresh(situation, command.expected)
    match command:
        case Open():
            return opening.opened(situation, command, now)
        case Fire():
            return walking.fired(situation, command, now)
        case Settle():
            return settling.settled(situation, command, now)
        case Tick():
            return escalation.ticked(situation, command, now)
        case Assign():
            return administration.assigned(situation, command, now)
        case Claim():
            return administration.claimed(situation, command, now)
        case Note():
            return administration.noted(situation, command, now)
        case Amend():
            return administration.amended(situation, command, now)


def _fresh(situation: Situation, expected: int | None) -> None:
    ticket = situation.ticket
    if ticket is not None and expected is not None and expected != ticket.seq:
        message = f"the ticket has moved on: you saw step {expected}, it is at {ticket.seq}"
        raise Stale(
            Reason("stale", message, saw=ticket.seq, facts={"seen": str(expected), "now": str(ticket.seq)})
        )
