"""An office that keeps schedules, and what they open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from engine_desk import HOUR, MONDAY, PROCESSES, SITE, Desk, T, folder_of

from workflows.core.ticket import Ticket
from workflows.schedules import Announcements, Opener, Schedules
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.schedule_runs import ScheduleRuns

DAY = 24 * HOUR

ROUND = f"""
workflow: round
title: {T}
purpose: A round that is walked again and again.
numbering: 'RD-{{year}}-{{seq:4}}'
calendar: office
summary: place
fields:
  place: {{type: text, title: {T}}}
  by: {{type: datetime, title: {T}}}
  day: {{type: date, title: {T}}}
start: {{state: walking, roles: [clerk, clock], requires: [by], accepts: [place, day]}}
states:
  walking: {{title: {T}, owner: {{role: clerk}}, due: {{at: by}}, escalation: standard}}
  done: {{title: {T}, category: closed}}
transitions:
  - {{trigger: finish, title: {T}, from: walking, to: done, roles: [clerk]}}
"""

SCHEDULES = f"""
events:
  heavy-rain:
    title: {T}
    roles: [chief]
    fields: {{expected: {{type: datetime, title: {T}}}}}
    requires: [expected]
every-morning:
  title: {T}
  opens: round
  on: {{daily: ["08:30"]}}
  with: {{by: slot + duration("2h"), day: slot_date}}
ahead:
  title: {T}
  opens: round
  on: {{monthly: first friday, at: "10:00"}}
  lead: 15 days
  with: {{by: slot, place: "'hall'"}}
for-each-repair:
  title: {T}
  opens: round
  on: {{weekly: wed, at: "09:00"}}
  each: {{workflow: repair, state: open-job, where: item.content != 'skip me'}}
  as: rounds
  with: {{by: slot, place: item.number}}
before-the-rain:
  title: {T}
  opens: round
  event: heavy-rain
  due: expected
  lead: 2 hours
  with: {{by: event.expected, place: "'before'"}}
after-the-rain:
  title: {T}
  opens: round
  event: heavy-rain
  delay: 3 hours
  due: 1 hour
  with: {{by: slot, place: "'after'"}}
"""

REPAIR = PROCESSES["repair"].replace("readers: [clerk]", "readers: [clerk]\nchildren: [rounds]")


@dataclass
class Office:
    """A desk whose schedules are kept."""

    desk: Desk
    folder: Path
    runs: ScheduleRuns
    schedules: Schedules
    events: Announcements

    @classmethod
    def on(cls, desk: Desk, folder: Path) -> Office:
        runs = ScheduleRuns(desk.database)
        opener = Opener(desk.engine, desk.library, desk.people, desk.store, desk.queries, runs)
        schedules = Schedules(desk.library, desk.people, runs, opener)
        return cls(desk, folder, runs, schedules, Announcements(desk.library, runs, desk.engine.calendars))

    def publish(self, schedules: str, **more: str) -> None:
        (self.folder / "schedules.yaml").write_text(schedules, encoding="utf-8")
        found = folder_of(self.folder, **{"round": ROUND, "repair": REPAIR, **more})
        self.desk.library.publish(found, MONDAY, "lead")

    def rounds(self) -> list[Ticket]:
        page = self.desk.queries.tickets(TicketFilter(sites=(SITE,), workflow="round"), None, 1_000)
        return sorted(page.tickets, key=lambda ticket: (ticket.opened_at, ticket.number))

    def named(self, schedule: str) -> str:
        """Only this one of the schedules."""
        entries = re.split(r"\n(?=\S)", SCHEDULES.strip())
        return "\n".join(each for each in entries if each.startswith(("events:", f"{schedule}:"))) + "\n"

    def announce(self, id: str = "rain-1", now: int = MONDAY) -> None:
        expected = "2026-03-02T08:00:00Z"  # 16:00 here
        self.events.announce("heavy-rain", SITE, self.desk.actor("chen"), {"expected": expected}, now, id)
