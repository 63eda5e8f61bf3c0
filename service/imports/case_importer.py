"""Imports cases through the engine; each command has the instant at which it happened as its `now`.

The source key identifies a case: a second import adds nothing, an incomplete case is completed. A case is
decided and written as a whole; many cases are written in one transaction, with the digests of their rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from service.bootstrap import Desk
from service.imports.case_reader import Case, CaseStep
from service.imports.comparison import CaseComparison
from service.imports.import_map import ImportMap
from service.imports.plans import PlanRefused, plan_commands, write_plans
from workflows.core.commands import Amend, Command, Fire, Open
from workflows.core.handlers.pending_steps import PendingSteps
from workflows.errors import Refusal
from workflows.language.definition import Definition
from workflows.storage.errors import Conflict
from workflows.storage.tickets.imported_rows import ImportDigests
from workflows.timing.calendars import CalendarError
from workflows.timing.instants import Instant

BATCH = 200  # cases in a transaction: it is decided before it begins, so others wait for the writing only
_ATTEMPTS = 5
_FIRST = "first"  # noted of a row that opened the ticket of several; no digest, for it outlives an erasure


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What the import of a case added. `refused` is (line, reasons) of the row at which it stopped."""

    opened: bool = False
    steps: int = 0
    refused: tuple[int, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class CaseToImport:
    """A case, the id of its ticket, the digest of its rows, and whether the ticket exists already.

    `parent` is the id of its parent ticket. `own` is the id that its row would have as a child.
    """

    case: Case
    ticket: str
    digest: str
    known: bool
    parent: str | None = None
    own: str | None = None


@dataclass(frozen=True, slots=True)
class _CasePlan:
    case_to_import: CaseToImport
    draft: PendingSteps
    result: CaseResult


class CaseImporter:
    """Imports cases into a site. `now` is the present: escalation levels due before it are not fired.

    `on_result` is called with the result of each case, once it is written.
    """

    def __init__(
        self,
        desk: Desk,
        site: str,
        import_map: ImportMap,
        definition: Definition,
        now: Instant,
        on_result: Callable[[Case, CaseResult], None],
    ) -> None:
        self._desk, self._site, self._map, self._now = desk, site, import_map, now
        self._imports, self._on_result = ImportDigests(desk.database), on_result
        self._comparison = CaseComparison(desk, site, definition, import_map)
        self._uses_rosters = bool(definition.roster_effects)
        self._plans: list[_CasePlan] = []

    def find_digests(self, tickets: Sequence[str]) -> dict[str, str | None]:
        """The digest of each of these tickets that exist; None where no digest is stored."""
        return self._imports.find(self._site, tickets)

    def noted(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids for which a digest is stored, of a ticket or of a row that opened another."""
        return self._imports.noted(self._site, ids)

    def import_case(self, to_import: CaseToImport) -> None:
        """Open the case's ticket and take its steps, except those taken before. It is written by now or at
        a later `flush`."""
        plan = self._plan_case(to_import)
        self._plans.append(plan)
        # Rosters and registers must hold the marks of this case before the next one is decided.
        flush_needed = self._uses_rosters or any(
            step.roster_changes or step.entry_writes for step in plan.draft.steps
        )
        if flush_needed or len(self._plans) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Write all planned cases."""
        plans, self._plans = self._plans, []
        if plans:
            try:
                self._write(plans)
            except Conflict:  # somebody moves one of them at this moment
                plans = [self._write_alone(plan.case_to_import) for plan in plans]
        for plan in plans:
            self._on_result(plan.case_to_import.case, plan.result)

    def _write(self, plans: Sequence[_CasePlan]) -> None:
        whole = [plan for plan in plans if plan.result.refused is None]
        drafts = [plan.draft for plan in plans if plan.draft.steps]
        digests = {plan.case_to_import.ticket: plan.case_to_import.digest for plan in whole}
        digests |= {plan.case_to_import.own: _FIRST for plan in whole if plan.case_to_import.own}
        self._imports.store_with(
            self._site, digests, lambda: write_plans(self._desk.store, drafts) if drafts else None
        )

    def _write_alone(self, to_import: CaseToImport) -> _CasePlan:
        """Decide the case again and write it in a transaction of its own."""
        for _ in range(_ATTEMPTS):
            plan = self._plan_case(replace(to_import, known=True))
            try:
                self._write([plan])
            except Conflict:
                continue
            return plan
        line = to_import.case.opening.line
        return _CasePlan(
            to_import,
            PendingSteps(),
            CaseResult(refused=(line, ("others keep moving the ticket; try again",))),
        )

    def _plan_case(self, to_import: CaseToImport) -> _CasePlan:
        case, stored = to_import.case, None
        if to_import.known:
            stored = self._desk.store.load(self._site, to_import.ticket)
        try:
            difference = self._comparison.compare(case, stored[0]) if stored else None
        except Refusal as refusal:
            return _CasePlan(
                to_import, PendingSteps(), CaseResult(refused=(case.opening.line, format_reasons(refusal)))
            )
        if difference is None:
            steps, blocked = [case.opening, *case.steps], case.blocked
        else:
            steps = [*difference.amendments, *case.steps[difference.done :]]
            blocked = case.blocked or difference.refused
        return self._plan_steps(to_import, steps, blocked)

    def _plan_steps(
        self, to_import: CaseToImport, steps: Sequence[CaseStep], blocked: tuple[int, tuple[str, ...]] | None
    ) -> _CasePlan:
        commands = [(self._build_command(step, to_import), step.at) for step in steps]
        try:
            draft = plan_commands(self._desk.engine, commands, self._now)
        except PlanRefused as halted:
            stopped = steps[halted.index]
            blocked = (stopped.line, _prefix_reasons(stopped, format_reasons(halted.reason)))
            # A row goes in as a whole or not at all; of a log, each row is an event, and those before it
            # stand.
            done = steps[: halted.index] if self._map.activity else []
            return self._plan_steps(to_import, done, blocked)
        opened = any(step.trigger is None and not step.amends for step in steps)
        return _CasePlan(to_import, draft, CaseResult(opened, len(steps) - opened, blocked))

    def _build_command(self, step: CaseStep, to_import: CaseToImport) -> Command:
        ticket = to_import.ticket
        if step.amends:
            return Amend(site=self._site, ticket=ticket, actor=step.actor, data=step.data, note=step.note)
        if step.trigger is None:
            return Open(
                site=self._site,
                id=ticket,
                workflow=self._map.workflow,
                actor=step.actor,
                data=step.data,
                note=step.note,
                parent=to_import.parent,
                link=self._map.link,
            )
        return Fire(
            site=self._site,
            ticket=ticket,
            actor=step.actor,
            trigger=step.trigger,
            data=step.data,
            note=step.note,
        )


def derive_ticket_id(site: str, source: str, key: str) -> str:
    """The id that `key` of a source always gets at the site: a UUIDv8 (RFC 9562) made of these names."""
    raw = bytearray(hashlib.sha256("\0".join((site, source, key)).encode()).digest()[:16])
    raw[6] = raw[6] & 0x0F | 0x80
    raw[8] = raw[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(raw)))


def format_reasons(error: Refusal | CalendarError) -> tuple[str, ...]:
    """The reasons as text, one item each."""
    if isinstance(error, CalendarError):
        return (str(error),)
    return tuple(f"{r.field}: {r.message}" if r.field else r.message for r in error.reasons)


def _prefix_reasons(step: CaseStep, reasons: Sequence[str]) -> tuple[str, ...]:
    """The reasons, each with the step that it is about."""
    return tuple(f"{step.trigger}: {reason}" if step.trigger else reason for reason in reasons)
