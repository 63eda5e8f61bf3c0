"""Whether a paper of a ticket may be given out."""

from __future__ import annotations

from workflows.core.commands import Actor
from workflows.core.looking import values_of
from workflows.core.ticket import Situation
from workflows.errors import Blocked, Reason
from workflows.language.definition import Print
from workflows.timing.instants import Instant


def refuse_unready(situation: Situation, paper: Print, actor: Actor, now: Instant) -> None:
    """Raise `Blocked` unless the ticket is ready for the paper to be given out."""
    assert situation.ticket is not None, "papers are of tickets"
    if paper.when is None:
        return
    verdict = paper.when.holds(values_of(situation, situation.ticket, actor, now))
    if not verdict.holds:
        why = f"; {verdict.why}" if verdict.why else ""
        message = f"{paper.name} is not given out now: {paper.when.source} does not hold{why}"
        raise Blocked(
            Reason("paper-unready", message, saw=dict(verdict.saw) or None, facts={"name": paper.name})
        )
