"""A tiny company, and a desk without a database: processes as inline YAML, walked by the pure heart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from workflows.core.access.permissions import build_actor
from workflows.core.clocks.advance import merge_clocks
from workflows.core.commands import CLOCK, Actor, Amend, Assign, Claim, Fire, FireAuto, Note, Open, Tick
from workflows.core.decision import decide
from workflows.core.handlers.open import build_blank_ticket
from workflows.core.people import Directory, Membership, Staff
from workflows.core.step import Step
from workflows.core.ticket import Child, StepContext, Ticket
from workflows.errors import Reason, Refusal
from workflows.language.builder.company import read_context
from workflows.language.definition import Definition
from workflows.language.load import read_text
from workflows.timing.clock import Clock

SITE = "garden"
ZONE = ZoneInfo("Asia/Shanghai")

ORGANISATION = """
roles:
  clerk: {superior: chief}
  chief: {superior: director}
  director: {}
  worker: {superior: dept-head}
  dept-head: {superior: director}
departments:
  repairs: {en: Repairs}
  green: {en: Green}
"""
CALENDARS = """
office: {zone: Asia/Shanghai, hours: {mon-fri: ["09:00-12:00", "13:30-18:00"]}}
"""
ESCALATIONS = """
standard: {levels: [{at: 50%, notify: assignee}, {at: 100%, notify: superior, urgent: true}]}
loud: {levels: [{at: 100%, notify: [superior, next-superior], raise: priority}]}
pulling: {levels: [{at: 100%, notify: owner, fire: lapse}]}
everybody:
  levels:
    - at: 100%
      notify: [assignee, owner, opener, department, department-head, superior, next-superior, client, clerk]
"""
_FILES = {"organisation.yaml": ORGANISATION, "calendars.yaml": CALENDARS, "escalations.yaml": ESCALATIONS}
CONTEXT, _ = read_context({name: text.encode() for name, text in _FILES.items()})


_HEAD = "title: {en: Matter}\npurpose: A test.\nnumbering: 'M-{seq}'\ncalendar: office\n"


def process(body: str, name: str = "matter") -> Definition:
    """A definition with this body, on the office's calendar."""
    reading = read_text(f"workflow: {name}\n{_HEAD}{body}", f"{name}.yaml", CONTEXT)
    assert reading.definition is not None, reading.findings
    return reading.definition


def person(name: str, *posts: str) -> Staff:
    """A member of staff; a post is `role` or `role@department`."""
    memberships = []
    for post in posts:
        role, _, department = post.partition("@")
        memberships.append(Membership(SITE, role, department or None))
    return Staff(id=name, account=name, name=name.title(), memberships=tuple(memberships))


STAFF = (
    person("cleo", "clerk"),
    person("carl", "clerk"),
    person("chen", "chief"),
    person("dora", "director"),
    person("wang", "worker@repairs"),
    person("wei", "worker@repairs"),
    person("gu", "worker@green"),
    person("hao", "dept-head@repairs"),
    person("hu", "dept-head@green"),
)


def directory(*staff: Staff) -> Directory:
    """The staff of the site."""
    return Directory(site=SITE, staff={member.id: member for member in staff or STAFF})


def at(text: str) -> int:
    """An instant, said in the office's time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def shown(instant: int | None) -> str | None:
    """An instant in the office's time."""
    return None if instant is None else datetime.fromtimestamp(instant, ZONE).strftime("%m-%d %H:%M")


MONDAY = at("2026-03-02 09:00")  # an ordinary Monday, as the office opens
GUEST = Actor(id="visitor", name="A visitor", roles=frozenset({"guest"}))


def open_directly(definition: Definition, staff: Directory, command: Open, now: int) -> Step | None:
    """The first step of a ticket, as the engine asks for it."""
    blank = build_blank_ticket(definition, command, now)
    context = StepContext(definition=definition, directory=staff, calendar=definition.calendar, ticket=blank)
    return decide(context, command, now)


@dataclass
class Desk:
    """One ticket, and everything that was decided about it."""

    definition: Definition
    staff: Directory = field(default_factory=directory)
    now: int = MONDAY
    ticket: Ticket | None = None
    clocks: tuple[Clock, ...] = ()
    children: tuple[Child, ...] = ()
    steps: list[Step] = field(default_factory=list)

    @property
    def context(self) -> StepContext:
        return StepContext(
            definition=self.definition,
            directory=self.staff,
            calendar=self.definition.calendar,
            ticket=self.here,
            clocks=self.clocks,
            children=self.children,
        )

    @property
    def here(self) -> Ticket:
        assert self.ticket is not None
        return self.ticket

    @property
    def step(self) -> Step:
        return self.steps[-1]

    def actor(self, who: str | Actor) -> Actor:
        return who if isinstance(who, Actor) else build_actor(self.staff.staff[who], SITE)

    def clock(self, name: str) -> Clock:
        return next(clock for clock in self.clocks if clock.name == name)

    def wait_until(self, moment: str) -> Desk:
        self.now = at(moment)
        return self

    def do(self, command: Any) -> Desk:
        if isinstance(command, Open):
            step = open_directly(self.definition, self.staff, command, self.now)
        else:
            step = decide(self.context, command, self.now)
        if step is not None:
            self.take(step)
        return self

    def take(self, step: Step) -> None:
        self.steps.append(step)
        self.ticket = step.after
        self.clocks = merge_clocks(self.clocks, step.clocks)

    def open(self, who: str | Actor = "cleo", /, **data: object) -> Desk:
        return self.do(
            Open(site=SITE, id="t-1", workflow=self.definition.name, actor=self.actor(who), data=data)
        )

    def fire(self, trigger: str, who: str | Actor = "cleo", /, **data: object) -> Desk:
        return self.do(Fire(site=SITE, ticket="t-1", actor=self.actor(who), trigger=trigger, data=data))

    def amend(self, who: str = "cleo", /, **data: object) -> Desk:
        return self.do(Amend(site=SITE, ticket="t-1", actor=self.actor(who), data=data))

    def assign(self, to: str | None, who: str = "cleo") -> Desk:
        return self.do(Assign(site=SITE, ticket="t-1", actor=self.actor(who), to=to))

    def claim(self, who: str | Actor) -> Desk:
        return self.do(Claim(site=SITE, ticket="t-1", actor=self.actor(who)))

    def note(self, text: str, who: str | Actor = "cleo") -> Desk:
        return self.do(Note(site=SITE, ticket="t-1", actor=self.actor(who), note=text))

    def tick(self, clock: str) -> Desk:
        level = self.clock(clock).level
        return self.do(Tick(site=SITE, ticket="t-1", actor=CLOCK, clock=clock, level=level))

    def settle(self, child: str | None = None) -> Desk:
        return self.do(FireAuto(site=SITE, ticket="t-1", actor=CLOCK, child=child))

    def narrowly(self) -> Desk:
        """The desk as a sweep sees it: the ticket without its data and its trail."""
        narrow = self.here._replace(data={}, personal={}, trail=type(self.here.trail)())
        return replace(self, ticket=narrow, steps=[])

    def told(self) -> list[tuple[str, str]]:
        """Whom the last step tells, and as what."""
        return [(message.recipient, message.role) for message in self.step.messages]


def refused(act: Any, *arguments: object, **more: object) -> dict[str, Reason]:
    """The reasons of the refusal that `act` ends in: by code, or code and field."""
    with pytest.raises(Refusal) as caught:
        act(*arguments, **more)
    return {f"{r.code} {r.field}" if r.field else r.code: r for r in caught.value.reasons}
