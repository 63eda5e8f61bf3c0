"""What the gate finds about a text, as the editor shows it: findings by line, what changes, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.api.workflows import TEXT_FILE
from service.console.http.console_request import ConsoleRequest
from service.console.processes.rehearsal_rows import RehearsalRow, rehearse_text
from service.difference.impact import build_impact_sheet
from service.difference.sheet import DifferenceSheet
from service.finding_texts import say_finding
from service.texts import localize
from workflows.gate.proposal import propose_text
from workflows.gate.review import Impact, Review, review
from workflows.gate.scenarios import called_by
from workflows.language.findings import Finding, blocking, errors


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding. `line` is 0 where it stands elsewhere, in `file`. `kind` is `error`, `warning`, `note` or
    `waived`; only what is `blocking` prevents publication."""

    line: int
    column: int
    kind: str
    blocking: bool
    sentence: str
    code: str
    file: str
    quoted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactRow:
    """What becomes of a process: its title, and the open tickets by state. `change` is as in `Impact`."""

    title: str
    change: str
    version: int
    open: int
    states: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReview:
    """All of it. `named` is the process that the text is of, where it says so."""

    named: str
    findings: tuple[FindingRow, ...]
    impacts: tuple[ImpactRow, ...] = ()
    callers: tuple[str, ...] = ()
    sheet: DifferenceSheet | None = None
    plan: str = ""
    rehearsals: tuple[RehearsalRow, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether nothing prevents publication."""
        return not any(each.blocking for each in self.findings)


def find_faults(call: ConsoleRequest, text: str) -> TextReview:
    """Only what the text itself says wrongly: quick enough to be asked while somebody types."""
    in_force = call.desk.gate.in_force()
    return TextReview(
        named="",
        findings=_list_findings(call, review(propose_text(text, TEXT_FILE, in_force), call.now, in_force)),
    )


def review_text(call: ConsoleRequest, text: str) -> TextReview:
    """Everything, as the API's check gives it, with the scenarios as they go."""
    found = call.desk.gate.review_text(text, TEXT_FILE, call.now, call.sites)
    name = found.proposal.name
    own = next((each for each in found.impact if each.workflow == name), None)
    return TextReview(
        named=found.proposal.proposed.name if found.proposal.proposed else "",
        findings=_list_findings(call, found),
        impacts=tuple(_build_impact(call, found, each) for each in found.impact),
        callers=_list_callers(call, found) if name else (),
        sheet=build_impact_sheet(found, own, call.language) if own else None,
        plan=own.plan if own else "",
        rehearsals=rehearse_text(call, found.proposal)
        if name and not errors(found.proposal.after.findings)
        else (),
    )


def _list_findings(call: ConsoleRequest, found: Review) -> tuple[FindingRow, ...]:
    lines = found.proposal.text.splitlines()
    stopping = set(blocking(found.findings))
    return tuple(_build_finding(call, each, each in stopping, lines) for each in found.findings)


def _build_finding(call: ConsoleRequest, found: Finding, stops: bool, lines: list[str]) -> FindingRow:
    own = found.file == TEXT_FILE and 0 < found.line <= len(lines)
    return FindingRow(
        line=found.line if own else 0,
        column=found.column,
        kind="waived" if found.waived else str(found.severity),
        blocking=stops,
        sentence=say_finding(found, call.language),
        code=found.code,
        file="" if own else found.file,
        quoted=lines[found.line - 1].strip() if own else "",
    )


def _build_impact(call: ConsoleRequest, found: Review, impact: Impact) -> ImpactRow:
    name = impact.workflow
    known = [
        each[name] for each in (found.in_force.definitions, found.proposal.after.definitions) if name in each
    ]
    states = {key: localize(each.title, call.language) for of in known for key, each in of.states.items()}
    return ImpactRow(
        title=(localize(known[0].title, call.language) if known else "") or name,
        change=impact.change,
        version=impact.version,
        open=impact.open_tickets,
        states=tuple((states.get(state) or state, count) for state, count in impact.states.items()),
    )


def _list_callers(call: ConsoleRequest, found: Review) -> tuple[str, ...]:
    """The processes in force that open this one, or become it."""
    name = found.proposal.name
    titles: Iterable[str] = (
        localize(each.title, call.language) or each.name
        for each in found.in_force.definitions.values()
        if each.name != name and name in called_by(each)
    )
    return tuple(titles)
