"""Runs one scenario step by step, and reports where the result differs from what is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from workflows.core.ticket import Ticket
from workflows.errors import Refusal
from workflows.language.definition import Definition
from workflows.language.scenario import Scenario
from workflows.rehearsal.commands import InvalidStep, build_command, build_reports
from workflows.rehearsal.expectations import Observation, find_unmet_expectations
from workflows.rehearsal.recipients import collect_words, find_recipients
from workflows.rehearsal.virtual_desk import VirtualDesk
from workflows.sentence import Sentence
from workflows.storage.outbox_messages import OutboxMessage
from workflows.timing.calendars import Calendar, CalendarError
from workflows.timing.durations import Duration, DurationError
from workflows.timing.instants import Instant, from_datetime, to_datetime

StepPath = tuple[str | int, ...]
LineFinder = Callable[[StepPath], int]

_MODIFIERS = frozenset({"as", "refused", "steps"})
_MAX_SWEEPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioResult:
    """The result of a scenario. `failure` is the first deviation, and `line` the line of that step."""

    workflow: str
    name: str
    ok: bool
    log: list[Sentence]
    failure: str | None = None
    line: int = 0
    file: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        return f"{where}{self.workflow}: {self.name}: {'as written' if self.ok else self.failure}"


class Deviation(Exception):  # noqa: N818 - a deviation is a result, not a fault
    """The scenario did not go as written."""

    def __init__(self, message: str, path: StepPath) -> None:
        super().__init__(message)
        self.path = path


def rehearse(
    desk: VirtualDesk,
    scenario: Scenario,
    definition: Definition,
    lines: LineFinder | None = None,
    file: str = "",
) -> ScenarioResult:
    """Run `scenario` on `desk`, where its process must be published. `lines` gives the line of a path."""
    run = _ScenarioRun(desk, definition)
    deviation: tuple[str, int] | None = None
    try:
        run.start_at(scenario.at)
        desk.set_settings(scenario.settings)
        desk.add_scenario_staff(scenario.staff)
        desk.add_entries(scenario.registers, definition, run.now)
        run.run_steps(scenario.steps, ("steps",))
    except Deviation as error:
        deviation = str(error), lines(error.path) if lines else scenario.line
    finally:
        desk.clear()
    return ScenarioResult(
        workflow=definition.name,
        name=scenario.name,
        ok=deviation is None,
        log=run.log,
        failure=deviation and deviation[0],
        line=deviation[1] if deviation else scenario.line,
        file=file,
    )


@dataclass(slots=True)
class _Focus:
    """The ticket that the steps are about; the steps of a child have a focus of their own."""

    definition: Definition
    ticket: str | None = None
    opened: tuple[str, ...] = ()


@dataclass(slots=True)
class _ScenarioRun:
    """One run of a scenario. `messages` are those since the last expectation about their kind."""

    desk: VirtualDesk
    definition: Definition
    log: list[Sentence] = field(default_factory=list)
    now: Instant = 0
    messages: list[OutboxMessage] = field(default_factory=list)
    codes: frozenset[str] = frozenset()  # of the reasons for which the last command was refused
    focus: _Focus = field(init=False)

    def __post_init__(self) -> None:
        self.focus = _Focus(self.definition)

    @property
    def calendar(self) -> Calendar:
        return self.focus.definition.calendar

    def start_at(self, at: str) -> None:
        """Set the virtual clock."""
        self.now = self._parse_time(at, ("at",))

    def _parse_time(self, text: object, path: StepPath) -> Instant:
        """The instant of a local time in the zone of the calendar."""
        try:
            local = datetime.strptime(str(text), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the zone is added below
        except ValueError:
            raise Deviation(f"{text!r} is no moment; write it as 2026-03-02 09:00", path) from None
        return from_datetime(local.replace(tzinfo=self.calendar.zone))

    def run_steps(self, steps: Sequence[Mapping[str, Any]], path: StepPath) -> None:
        """One step after the other."""
        for index, step in enumerate(steps):
            here = (*path, index)
            verbs = [key for key in step if key not in _MODIFIERS]
            if len(verbs) != 1:
                raise Deviation(f"a step does one thing, not {', '.join(verbs) or 'none'}", here)
            self._run_step(verbs[0], step, here)

    def _run_step(self, verb: str, step: Mapping[str, Any], path: StepPath) -> None:
        value = step[verb]
        match verb:
            case "wait":
                self._wait(value, path)
            case "wait_until":
                self._advance_to(self._parse_time(value, path), path)
                self._log("waited-until", "until {moment}", moment=value)
            case "expect":
                self._check_expectations(value, path)
            case "child":
                self._run_child(value, step.get("steps", ()), path)
            case "back_to":
                self._go_back_to(value, path)
            case "roster":
                self._report(value, step, path)
            case _:
                self._run_command(verb, value, step, path)

    def _wait(self, value: object, path: StepPath) -> None:
        try:
            until = self.calendar.deadline(self.now, Duration.parse(str(value)))
        except (DurationError, CalendarError) as error:
            raise Deviation(str(error), path) from error
        self._advance_to(until, path)
        self._log("waited", "after {length}", length=value)

    def _advance_to(self, until: Instant, path: StepPath) -> None:
        """Advance the virtual clock, with a sweep at every instant at which a level is due."""
        if until < self.now:
            raise Deviation("time does not run backwards", path)
        for _ in range(_MAX_SWEEPS):
            due = self.desk.next_level_at()
            if due is None or due > until:
                self.now = until
                return
            self.now = max(self.now, due)
            self.desk.engine.sweep(self.now)
            self._refresh(path)
        raise Deviation(f"more than {_MAX_SWEEPS:,} levels come due here", path)

    def _refresh(self, path: StepPath) -> None:
        """Load the tickets as they are now, and collect the new messages."""
        self.desk.refresh()
        for message in self.desk.take_messages(self.now):
            self.messages.append(message)
            if message.kind == "escalation":
                self._log(
                    "told",
                    "level {level} of {clock} tells {role}",
                    level=message.level,
                    clock=message.clock,
                    role=message.role,
                )
        if self.desk.parked:
            raise Deviation(f"a clock could not be worked on: {'; '.join(self.desk.parked)}", path)

    def _run_command(self, verb: str, value: object, step: Mapping[str, Any], path: StepPath) -> None:
        """Open a ticket or take a step of it; a refusal must be the expected one."""
        role, expected = step.get("as"), step.get("refused")
        if not isinstance(role, str):
            raise Deviation(f"{verb}: say in which role, with `as`", path)
        try:
            command = build_command(
                self.desk, self.focus.definition, self._target_ticket(verb), role, verb, value
            )
        except InvalidStep as error:
            raise Deviation(str(error), path) from None
        try:
            context = self.desk.do(command, self.focus.definition, self.now)
        except Refusal as refusal:
            self._check_refusal(verb, refusal, expected, path)
            return
        except CalendarError as error:
            raise Deviation(f"{verb}: {error}", path) from error
        self.codes = frozenset()
        ticket = context.ticket
        self._log("took", "{role}: {step} → {state}", role=role, step=verb, state=ticket.state)
        if expected is not None:
            raise Deviation(f"{verb} was taken; it should be refused for {', '.join(expected)}", path)
        if verb == "open":
            self.focus = replace(self.focus, ticket=ticket.id, opened=(*self.focus.opened, ticket.id))
        self._refresh(path)

    def _go_back_to(self, value: object, path: StepPath) -> None:
        """Continue with a ticket that was opened before."""
        if not isinstance(value, int) or not 0 <= value < len(self.focus.opened):
            raise Deviation(f"there is no ticket {value}, only {len(self.focus.opened)}", path)
        self.focus = replace(self.focus, ticket=self.focus.opened[value])

    def _report(self, data: Mapping[str, Any], step: Mapping[str, Any], path: StepPath) -> None:
        """Report something to a roster, such as signing in or leaving; a refusal must be the expected one."""
        role, expected = step.get("as"), step.get("refused")
        if not isinstance(role, str):
            raise Deviation("roster: say in which role, with `as`", path)
        try:
            for report in build_reports(self.desk, self.focus.definition, role, data):
                self.desk.engine.rosters.apply(report, self.now)
        except Refusal as refusal:
            self._check_refusal("roster", refusal, expected, path)
            return
        self._log("reported", "{role}: {mark} in {roster}", role=role, mark=data["mark"], roster=data["name"])
        if expected is not None:
            raise Deviation(f"the roster took it; it should be refused for {', '.join(expected)}", path)

    def _target_ticket(self, verb: str) -> Ticket | None:
        """The ticket that the command is for; None before the first is opened, and for `open`."""
        return self.desk.ticket(self.focus.ticket) if self.focus.ticket and verb != "open" else None

    def _check_refusal(
        self, verb: str, refusal: Refusal, expected: Sequence[str] | None, path: StepPath
    ) -> None:
        self.codes = frozenset(reason.code for reason in refusal.reasons)
        why = "; ".join(f"{reason.code}: {reason.message}" for reason in refusal.reasons)
        if expected is None:
            raise Deviation(f"{verb} was refused: {why}", path)
        if set(expected) != self.codes:
            raise Deviation(f"{verb} should be refused for {', '.join(expected)}, not for {why}", path)
        self._log("refused", "{step} is refused: {why}", step=verb, why=why)

    def _check_expectations(self, value: object, path: StepPath) -> None:
        ticket = self._current_ticket(path)
        if not isinstance(value, Mapping):
            raise Deviation("expect: say what", path)
        heard = {kind: find_recipients(self.desk, self.messages, kind) for kind in ("escalation", "notice")}
        words = collect_words(self.desk, self.messages) if "words" in value else {}
        unmet = list(
            find_unmet_expectations(value, Observation(self.desk, ticket, self.now, heard, words, self.codes))
        )
        if unmet:
            raise Deviation("; ".join(unmet), path)
        checked_kinds = {
            kind
            for key, kind in (("escalated_to", "escalation"), ("told", "notice"), ("words", "notice"))
            if key in value
        }
        self.messages = [message for message in self.messages if message.kind not in checked_kinds]

    def _current_ticket(self, path: StepPath) -> Ticket:
        if self.focus.ticket is None:
            raise Deviation("no ticket has been opened yet", path)
        return self.desk.ticket(self.focus.ticket)

    def _run_child(self, data: Mapping[str, Any], steps: Sequence[Mapping[str, Any]], path: StepPath) -> None:
        link, index = data.get("link"), data.get("index", 0)
        children = self.desk.children(self._current_ticket(path).id, link)
        if not 0 <= index < len(children):
            raise Deviation(f"there is no child {index} of {link!r}, only {len(children)}", path)
        child, before = children[index], self.focus
        self.focus = _Focus(self.desk.definitions.get(child.workflow, child.version), child.id)
        try:
            self.run_steps(steps, (*path, "steps"))
        finally:
            self.focus = before

    def _log(self, code: str, pattern: str, **facts: object) -> None:
        local = f"{to_datetime(self.now, self.calendar.zone):%Y-%m-%d %H:%M}"
        self.log.append(
            Sentence(code, f"{{time}} {pattern}", time=local, **{k: str(v) for k, v in facts.items()})
        )
