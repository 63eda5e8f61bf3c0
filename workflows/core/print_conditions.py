"""The condition under which a print of a ticket may be made."""

from __future__ import annotations

from workflows.core.commands import Actor
from workflows.core.input.common_reasons import describe_conditions, select_named
from workflows.core.input.evaluation_context import build_values
from workflows.core.ticket import StepContext
from workflows.errors import Blocked, Reason, UnmetCondition
from workflows.language.print_spec import Print
from workflows.timing.instants import Instant


def check_print_condition(context: StepContext, paper: Print, actor: Actor, now: Instant) -> None:
    """Raise `Blocked` with the condition and the values it saw, if the print's condition does not hold."""
    if paper.when is None:
        return
    values = build_values(context, context.ticket, actor, now)
    verdict = paper.when.holds(values)
    if not verdict.holds:
        named = select_named(context.definition, paper.because, values)
        condition = UnmetCondition(because=paper.because, named=named, zone=values.zone)
        why = f": {describe_conditions(context.definition, (condition,))}" if paper.because else ""
        raise Blocked(
            Reason(
                "paper-unready",
                f"{paper.name} is not given out now{why}",
                saw=dict(verdict.seen_values) or None,
                facts={"name": paper.name},
                conditions=(condition,) if paper.because else (),
            )
        )
