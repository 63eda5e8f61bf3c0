"""A whole desk on a database: a tiny company, its processes, its staff, and the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from workflows.core.access.permissions import build_actor
from workflows.core.commands import Actor, Assign, Fire, Open
from workflows.core.people import Membership, Staff
from workflows.core.ticket import StepContext, Ticket
from workflows.definitions import Definitions
from workflows.engine import Engine, IdempotentCommand
from workflows.language.load import Folder, read_folder
from workflows.reports import Reports
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.people.people import People, Site
from workflows.storage.queries.queries import Queries
from workflows.storage.queries.report_facts import ReportFacts
from workflows.storage.tickets.store import Store

SITE = "garden"
T = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
MONDAY = int(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
HOUR = 3600

COMPANY = {
    "organisation.yaml": f"""
roles:
  clerk: {{superior: chief, title: {T}}}
  chief: {{title: {T}}}
departments: {{repairs: {T}}}
""",
    "calendars.yaml": f"""
office: {{title: {T}, zone: Asia/Shanghai, hours: {{mon-fri: ["09:00-18:00"]}}}}
""",
    "escalations.yaml": f"""
standard:
  title: {T}
  levels: [{{at: 50%, notify: assignee}}, {{at: 100%, notify: superior, raise: priority}}]
pulling: {{title: {T}, levels: [{{at: 100%, notify: chief, fire: lapse}}]}}
""",
}

INSPECTION = f"""
workflow: inspection
title: {T}
purpose: A round, and a repair for everything that fails.
numbering: 'I-{{year}}-{{seq:4}}'
calendar: office
summary: place
fields:
  place: {{type: text, title: {T}}}
  round: {{type: checklist, title: {T}}}
start: {{state: walking, roles: [clerk], requires: [place]}}
states:
  walking: {{title: {T}, owner: {{role: clerk}}, due: 4 working hours, escalation: standard}}
  repairing: {{title: {T}, owner: {{role: clerk}}, due: 3 working days}}
  signed: {{title: {T}, owner: {{role: clerk}}, due: 1 working day}}
  done: {{title: {T}, category: closed}}
transitions:
  - trigger: report
    title: {T}
    from: [walking, signed]
    to: repairing
    roles: [clerk]
    requires: [round]
    effects:
      - open: repair
        each: "round.filter(i, i.result == 'fail')"
        with: {{content: item.item}}
        as: rework
  - trigger: join
    title: {T}
    from: repairing
    to: signed
    auto: true
    guard: children.rework.all(c, c.closed)
  - {{trigger: finish, title: {T}, from: signed, to: done, roles: [clerk]}}
"""

REPAIR = f"""
workflow: repair
title: {T}
purpose: Something is mended, or turns out to be more than that.
numbering: 'R-{{year}}-{{seq:4}}'
calendar: office
summary: content
fields:
  content: {{type: text, title: {T}}}
  phone: {{type: phone, title: {T}}}
readers: [clerk]
start: {{state: open-job, roles: [clerk], requires: [content], accepts: [phone]}}
states:
  open-job: {{title: {T}, owner: {{role: clerk}}, due: 2 working hours, escalation: standard}}
  dozing: {{title: {T}, category: waiting, owner: {{role: clerk}}, due: 2 working days, escalation: standard}}
  lapsed: {{title: {T}, owner: {{role: chief}}, due: 1 working day}}
  mended: {{title: {T}, category: closed}}
  grown: {{title: {T}, category: cancelled}}
transitions:
  - {{trigger: mend, title: {T}, from: [open-job, lapsed], to: mended, roles: [clerk]}}
  - {{trigger: doze, title: {T}, from: open-job, to: dozing, roles: [clerk]}}
  - {{trigger: wake, title: {T}, from: dozing, to: open-job, roles: [clerk]}}
  - {{trigger: again, title: {T}, from: open-job, to: open-job, roles: [clerk]}}
  - {{trigger: reopen, title: {T}, from: mended, to: open-job, roles: [clerk]}}
  - {{trigger: lapse, title: {T}, from: [open-job, dozing], to: lapsed, roles: [clock]}}
  - trigger: grow
    title: {T}
    from: open-job
    to: grown
    roles: [clerk]
    effects: [{{convert: order, with: {{content: content}}}}]
clocks:
  whole: {{title: {T}, starts: open-job, stops: mended, within: 3 working days, escalation: pulling}}
"""

ORDER = f"""
workflow: order
title: {T}
purpose: What a repair became.
numbering: 'O-{{year}}-{{seq:4}}'
calendar: office
summary: content
fields:
  content: {{type: text, title: {T}}}
start: {{state: ordered, roles: [clerk], requires: [content]}}
states:
  ordered: {{title: {T}, owner: {{role: clerk}}, due: 2 working days}}
  delivered: {{title: {T}, category: closed}}
transitions:
  - {{trigger: deliver, title: {T}, from: ordered, to: delivered, roles: [clerk]}}
"""
PROCESSES = {"inspection": INSPECTION, "repair": REPAIR, "order": ORDER}


def folder_of(path: Path, **more: str) -> Folder:
    """The company's folder, with the processes in `more` besides or instead."""
    for name, text in COMPANY.items():
        (path / name).write_text(text, encoding="utf-8")
    for name, text in {**PROCESSES, **more}.items():
        (path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_folder(path)


def person(name: str, role: str) -> Staff:
    return Staff(id=name, account=name, name=name, memberships=(Membership(SITE, role),))


@dataclass
class Desk:
    """The engine, and what is needed to look behind it."""

    engine: Engine
    library: Definitions
    people: People
    store: Store
    queries: Queries
    database: Database

    @classmethod
    def on(cls, database: Database, folder: Folder) -> Desk:
        people, store, library = People(database), Store(database), Definitions(DefinitionStore(database))
        people.store_site(Site(id=SITE, name="Garden", zone="Asia/Shanghai"))
        for name, role in (("cleo", "clerk"), ("carl", "clerk"), ("chen", "chief")):
            people.add_staff(person(name, role))
        library.publish(folder, MONDAY, "lead")
        reporting = Reports(library, ReportFacts(database))
        engine = Engine(store, library, people, reporting)
        return cls(engine, library, people, store, Queries(database), database)

    def actor(self, who: str = "cleo") -> Actor:
        return build_actor(self.people.directory(SITE).staff[who], SITE)

    def open(
        self, workflow: str, now: int = MONDAY, request: IdempotentCommand | None = None, **data: object
    ) -> StepContext:
        command = Open(site=SITE, id=str(uuid4()), workflow=workflow, actor=self.actor(), data=data)
        return self.engine.do(command, now, request)

    def fire(
        self,
        ticket: Ticket | str,
        trigger: str,
        now: int = MONDAY,
        expected: int | None = None,
        request: IdempotentCommand | None = None,
        **data: object,
    ) -> StepContext:
        which = ticket if isinstance(ticket, str) else ticket.id
        return self.engine.do(
            Fire(site=SITE, ticket=which, actor=self.actor(), trigger=trigger, data=data, expected=expected),
            now,
            request,
        )

    def assign(self, ticket: Ticket, to: str | None, now: int = MONDAY) -> StepContext:
        return self.engine.do(Assign(site=SITE, ticket=ticket.id, actor=self.actor(), to=to), now)

    def inspection(self, *failed: str) -> StepContext:
        """An inspection that reported what failed."""
        opened = self.open("inspection", place="House 3").ticket
        assert opened is not None
        items = [{"item": item, "result": "fail"} for item in failed] or [{"item": "roof", "result": "pass"}]
        return self.fire(opened, "report", round=items)

    def now_of(self, ticket: Ticket | str) -> Ticket:
        loaded = self.store.load(SITE, ticket if isinstance(ticket, str) else ticket.id)
        assert loaded is not None
        return loaded[0]

    def rows(self, statement: str) -> list[Any]:
        return self.database.read(statement, {})
