"""The scenarios of what is changed and of what leans on it, rehearsed on a virtual desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.gate.in_force import InForce
from workflows.gate.proposal import Proposal
from workflows.language.checks.relatives import effects_of
from workflows.language.definition import Definition
from workflows.language.effect import ConvertEffect, OpenChildEffect
from workflows.language.findings import Finding
from workflows.rehearsal import rehearse_processes
from workflows.sentence import Sentence


def find_failed_scenarios(proposal: Proposal, in_force: InForce) -> Iterator[Finding]:
    """The scenarios that go otherwise than written, each at the line of the step. The proposal has no
    errors."""
    names = find_affected(proposal, in_force)
    if not names:
        return
    for result in rehearse_processes(proposal.after, names, reviewed=True):
        if not result.ok:
            yield Finding.of(
                Sentence(
                    "scenario",
                    "the scenario {scenario!r} goes otherwise: {failure}",
                    scenario=result.name,
                    failure=result.failure or "",
                ),
                result.file,
                result.line,
                1,
                path=("scenarios",),
            )


def find_affected(proposal: Proposal, in_force: InForce) -> frozenset[str]:
    """The processes that are changed, and those that open or are converted to one of them; of one file, only
    the first, for what the others lean on was not read."""
    changed = find_changed(proposal, in_force)
    if not (proposal.whole or proposal.is_text or proposal.file):
        return changed
    after = proposal.after.definitions
    return changed | {name for name, each in after.items() if not changed.isdisjoint(called_by(each))}


def find_changed(proposal: Proposal, in_force: InForce) -> frozenset[str]:
    """The processes that would do something else than what is in force; the new ones among them."""
    after, before = proposal.after.definitions, in_force.definitions
    return frozenset(
        name
        for name in proposal.names
        if not _is_same(after[name], before, name) or _leans_on_change(after[name], proposal, in_force)
    )


def _leans_on_change(definition: Definition, proposal: Proposal, in_force: InForce) -> bool:
    """Whether its calendar or one of its registers changes, which its digest does not include."""
    before, after = in_force.context, proposal.after.context
    calendar = definition.calendar.name
    old, new = before.calendars.get(calendar), after.calendars.get(calendar)
    registers = (f"register:{name}" for name in definition.registers)
    return (old and old.seal) != (new and new.seal) or any(
        before.digests.get(each) != after.digests.get(each) for each in registers
    )


def _is_same(definition: Definition, before: Mapping[str, Definition], name: str) -> bool:
    return name in before and before[name].digest == definition.digest


def called_by(definition: Definition) -> frozenset[str]:
    """The processes that it opens or is converted to."""
    effects = (effect for _, effect in effects_of(definition))
    return frozenset(e.workflow for e in effects if isinstance(e, OpenChildEffect | ConvertEffect))
