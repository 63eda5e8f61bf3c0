"""Walks one scenario, step by step, and says where it went another way than it was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from workflows.core.ticket import Ticket
from workflows.errors import Refusal
from workflows.language.definition import Definition, Scenario
from workflows.rehearsal.acting import Unsayable, command_of, reports_of
from workflows.rehearsal.expectations import Seen, unmet
from workflows.rehearsal.hearing import heard_in
from workflows.rehearsal.stage import Stage
from workflows.storage.views import OutboxRow
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration, DurationError
from workflows.timing.instants import Instant, from_datetime, to_datetime
from workflows.timing.problems import SpecError

Path = tuple[str | int, ...]
Lines = Callable[[Path], int]

_MANNERS = frozenset({"as", "refused", "steps"})
_MOST_SWEEPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a scenario went. `failure` says what was otherwise than written; `line` is that of the step."""

    workflow: str
    name: str
    ok: bool
    log: list[str]
    failure: str | None = None
    line: int = 0
    file: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        return f"{where}{self.workflow}: {self.name}: {'as written' if self.ok else self.failure}"


class Otherwise(Exception):  # noqa: N818 - what the story went
    """The story went otherwise than written."""

    def __init__(self, message: str, path: Path) -> None:
        super().__init__(message)
        self.path = path


def rehearse(
    stage: Stage, scenario: Scenario, definition: Definition, lines: Lines | None = None, file: str = ""
) -> Result:
    """Walk `scenario` on `stage`, where its process must be published. `lines` gives the line of a path."""
    story = _Story(stage, definition)
    problem: tuple[str, int] | None = None
    try:
        story.begin(scenario.at)
        stage.decide(scenario.settings)
        stage.hire(scenario.staff)
        stage.keep(scenario.registers, definition, story.now)
        story.walk(scenario.steps, ("steps",))
    except Otherwise as error:
        problem = str(error), lines(error.path) if lines else scenario.line
    finally:
        stage.clear()
    return Result(
        workflow=definition.name,
        name=scenario.name,
        ok=problem is None,
        log=story.log,
        failure=problem and problem[0],
        line=problem[1] if problem else scenario.line,
        file=file,
    )


@dataclass(slots=True)
class _Scene:
    """The ticket a story is about at present: a child has a scene of its own."""

    definition: Definition
    ticket: str | None = None
    opened: tuple[str, ...] = ()


@dataclass(slots=True)
class _Story:
    """One story while it is walked. `said` are the messages since the last look at their kind."""

    stage: Stage
    definition: Definition
    log: list[str] = field(default_factory=list)
    now: Instant = 0
    said: list[OutboxRow] = field(default_factory=list)
    codes: frozenset[str] = frozenset()  # why the last act was refused
    scene: _Scene = field(init=False)

    def __post_init__(self) -> None:
        self.scene = _Scene(self.definition)

    @property
    def calendar(self) -> Calendar:
        return self.scene.definition.calendar

    def begin(self, at: str) -> None:
        """Set the virtual clock."""
        self.now = self._moment(at, ("at",))

    def _moment(self, text: object, path: Path) -> Instant:
        """Wall-clock time of the calendar's zone."""
        try:
            local = datetime.strptime(str(text), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - the zone is put in
        except ValueError:
            raise Otherwise(f"{text!r} is no moment; write it as 2026-03-02 09:00", path) from None
        return from_datetime(local.replace(tzinfo=self.calendar.zone))

    def walk(self, steps: Sequence[Mapping[str, Any]], path: Path) -> None:
        """One step after the other."""
        for index, step in enumerate(steps):
            here = (*path, index)
            verbs = [key for key in step if key not in _MANNERS]
            if len(verbs) != 1:
                raise Otherwise(f"a step does one thing, not {', '.join(verbs) or 'none'}", here)
            self._step(verbs[0], step, here)

    def _step(self, verb: str, step: Mapping[str, Any], path: Path) -> None:
        said = step[verb]
        match verb:
            case "wait":
                self._wait(said, path)
            case "wait_until":
                self._pass_to(self._moment(said, path), path)
                self._tell(f"until {said}")
            case "expect":
                self._expect(said, path)
            case "child":
                self._child(said, step.get("steps", ()), path)
            case "back_to":
                self._back(said, path)
            case "roster":
                self._report(said, step, path)
            case _:
                self._act(verb, said, step, path)

    def _wait(self, said: object, path: Path) -> None:
        try:
            until = self.calendar.deadline(self.now, Duration.parse(str(said)))
        except (DurationError, SpecError) as error:
            raise Otherwise(str(error), path) from error
        self._pass_to(until, path)
        self._tell(f"after {said}")

    def _pass_to(self, until: Instant, path: Path) -> None:
        """Let time pass, stopping wherever a level comes due."""
        if until < self.now:
            raise Otherwise("time does not run backwards", path)
        for _ in range(_MOST_SWEEPS):
            due = self.stage.next_level()
            if due is None or due > until:
                self.now = until
                return
            self.now = max(self.now, due)
            self.stage.engine.sweep(self.now)
            self._look(path)
        raise Otherwise(f"more than {_MOST_SWEEPS:,} levels come due here", path)

    def _look(self, path: Path) -> None:
        """See what has become of the tickets, and hear what has been said."""
        self.stage.look_again()
        for message in self.stage.messages(self.now):
            self.said.append(message)
            if message.kind == "escalation":
                self._tell(f"level {message.level} of {message.clock} tells {message.role}")
        if self.stage.parked:
            raise Otherwise(f"a clock could not be worked on: {'; '.join(self.stage.parked)}", path)

    def _act(self, verb: str, said: object, step: Mapping[str, Any], path: Path) -> None:
        """Open a ticket, or take a step of it; a refusal must be the one that is written."""
        role, expected = step.get("as"), step.get("refused")
        if not isinstance(role, str):
            raise Otherwise(f"{verb}: say in which role, with `as`", path)
        try:
            command = command_of(self.stage, self.scene.definition, self._there(verb), role, verb, said)
        except Unsayable as error:
            raise Otherwise(str(error), path) from None
        try:
            situation = self.stage.engine.do(command, self.now)
        except Refusal as refusal:
            self._refused(verb, refusal, expected, path)
            return
        except SpecError as error:
            raise Otherwise(f"{verb}: {error}", path) from error
        self.codes = frozenset()
        ticket = situation.ticket
        assert ticket is not None, "what was done was done to a ticket"
        self._tell(f"{role}: {verb} → {ticket.state}")
        if expected is not None:
            raise Otherwise(f"{verb} was taken; it should be refused for {', '.join(expected)}", path)
        if verb == "open":
            self.scene = replace(self.scene, ticket=ticket.id, opened=(*self.scene.opened, ticket.id))
        self._look(path)

    def _back(self, said: object, path: Path) -> None:
        """Go on with a ticket that was opened before."""
        if not isinstance(said, int) or not 0 <= said < len(self.scene.opened):
            raise Otherwise(f"there is no ticket {said}, only {len(self.scene.opened)}", path)
        self.scene = replace(self.scene, ticket=self.scene.opened[said])

    def _report(self, said: Mapping[str, Any], step: Mapping[str, Any], path: Path) -> None:
        """Somebody signs in, leaves, comes back …; a refusal must be the one that is written."""
        role, expected = step.get("as"), step.get("refused")
        if not isinstance(role, str):
            raise Otherwise("roster: say in which role, with `as`", path)
        try:
            for report in reports_of(self.stage, self.scene.definition, role, said):
                self.stage.engine.rosters.report(report, self.now)
        except Refusal as refusal:
            self._refused("roster", refusal, expected, path)
            return
        self._tell(f"{role}: {said['mark']} in {said['name']}")
        if expected is not None:
            raise Otherwise(f"the roster took it; it should be refused for {', '.join(expected)}", path)

    def _there(self, verb: str) -> Ticket | None:
        """The ticket that something is done to, if there is one."""
        return self.stage.ticket(self.scene.ticket) if self.scene.ticket and verb != "open" else None

    def _refused(self, verb: str, refusal: Refusal, expected: Sequence[str] | None, path: Path) -> None:
        self.codes = frozenset(reason.code for reason in refusal.reasons)
        why = "; ".join(f"{reason.code}: {reason.message}" for reason in refusal.reasons)
        if expected is None:
            raise Otherwise(f"{verb} was refused: {why}", path)
        if set(expected) != self.codes:
            raise Otherwise(f"{verb} should be refused for {', '.join(expected)}, not for {why}", path)
        self._tell(f"{verb} is refused: {why}")

    def _expect(self, said: object, path: Path) -> None:
        ticket = self._ticket(path)
        if not isinstance(said, Mapping):
            raise Otherwise("expect: say what", path)
        heard = {kind: heard_in(self.stage, self.said, kind) for kind in ("escalation", "notice")}
        found = list(unmet(said, Seen(self.stage, ticket, self.now, heard, self.codes)))
        if found:
            raise Otherwise("; ".join(found), path)
        asked = {kind for key, kind in (("escalated_to", "escalation"), ("told", "notice")) if key in said}
        self.said = [message for message in self.said if message.kind not in asked]

    def _ticket(self, path: Path) -> Ticket:
        if self.scene.ticket is None:
            raise Otherwise("no ticket has been opened yet", path)
        return self.stage.ticket(self.scene.ticket)

    def _child(self, said: Mapping[str, Any], steps: Sequence[Mapping[str, Any]], path: Path) -> None:
        link, index = said.get("link"), said.get("index", 0)
        children = self.stage.children(self._ticket(path).id, link)
        if not 0 <= index < len(children):
            raise Otherwise(f"there is no child {index} of {link!r}, only {len(children)}", path)
        child, before = children[index], self.scene
        self.scene = _Scene(self.stage.library.get(child.workflow, child.version), child.id)
        try:
            self.walk(steps, (*path, "steps"))
        finally:
            self.scene = before

    def _tell(self, what: str) -> None:
        local = to_datetime(self.now, self.calendar.zone)
        self.log.append(f"{local:%Y-%m-%d %H:%M} {what}")
