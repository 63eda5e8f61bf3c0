"""The scenarios of a text as a timeline: what happened when, on a virtual clock."""

from __future__ import annotations

from dataclasses import dataclass

from service.console.http.console_request import ConsoleRequest
from service.console.processes.duration_texts import write_length_of
from service.problems import role_title
from service.texts import localize
from workflows.gate.proposal import Proposal
from workflows.language.definition import Definition
from workflows.rehearsal import ScenarioResult, rehearse_processes
from workflows.sentence import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalRow:
    """A scenario: how it went, as (time, what), and where it went otherwise than written."""

    name: str
    ok: bool
    line: int
    failure: str
    moments: tuple[tuple[str, str], ...]


def rehearse_text(call: ConsoleRequest, proposal: Proposal) -> tuple[RehearsalRow, ...]:
    """Run the scenarios of the proposed text, which has no errors."""
    definition = proposal.after.definitions[proposal.name]
    if not definition.scenarios:
        return ()
    results = rehearse_processes(proposal.after, [proposal.name], reviewed=True)
    return tuple(_build_row(call, definition, each) for each in results)


def _build_row(call: ConsoleRequest, definition: Definition, result: ScenarioResult) -> RehearsalRow:
    return RehearsalRow(
        name=result.name,
        ok=result.ok,
        line=result.line,
        failure=result.failure or "",
        moments=tuple((each.facts["time"], _tell(call, definition, each)) for each in result.log),
    )


def _tell(call: ConsoleRequest, definition: Definition, event: Sentence) -> str:
    """What happened, with the titles of roles, steps and states."""
    facts: dict[str, object] = dict(event.facts)
    if "role" in facts:
        facts["role"] = role_title(str(facts["role"]), call.language, definition)
    if "step" in facts:
        facts["step"] = _step_title(call, definition, str(facts["step"]))
    if "length" in facts:
        facts["length"] = write_length_of(call.language, str(facts["length"]))
    for key in ("state", "clock"):
        if facts.get(key) in definition.states:
            facts[key] = localize(definition.states[str(facts[key])].title, call.language)
    return call.text("process_editor", f"rehearsed-{event.code}", **facts)


def _step_title(call: ConsoleRequest, definition: Definition, trigger: str) -> str:
    if trigger == "open":
        return call.text("process_editor", "opening")
    titles = next((row.title for row in definition.transitions if row.trigger == trigger and row.title), {})
    return localize(titles, call.language) or trigger
