"""Two sites of one company, the second in Hong Kong, and what they say of the company's calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from engine_desk import COMPANY, MONDAY, PROCESSES, SITE, Desk

from workflows.core.access.permissions import build_actor
from workflows.core.commands import CLOCK, Actor, Fire, Open
from workflows.core.people import Membership, Staff
from workflows.core.ticket import StepContext
from workflows.definitions import Publication
from workflows.language.load import read_folder
from workflows.storage.people.people import Site
from workflows.timing.clock import Clock

HARBOUR = "harbour"
ZONES = {SITE: ZoneInfo("Asia/Shanghai"), HARBOUR: ZoneInfo("Asia/Hong_Kong")}
T = "{en: T, zh-Hans: 题, zh-Hant: 題, es: T}"
OFFICE = (
    f'office: {{title: {T}, zone: Asia/Shanghai, hours: {{mon-fri: ["09:00-18:00"]}}, holidays: CN, MORE}}\n'
)
FOLLOW = f"""
follow: {{title: {T}, levels: [{{at: 100%, notify: assignee}}, {{after: 1 working day, notify: chief}}]}}
"""


@dataclass
class Calendars:
    """A desk with a second site, and what is asked of its calendars."""

    desk: Desk
    folder: Path

    @classmethod
    def on(cls, desk: Desk, folder: Path) -> Calendars:
        desk.people.store_site(Site(id=HARBOUR, name="Harbour", zone="Asia/Hong_Kong"))
        posts = (Membership(HARBOUR, "clerk"),)
        desk.people.add_staff(Staff(id="hana", account="hana", name="Hana", memberships=posts))
        found = cls(desk, folder)
        found.publish()
        return found

    def publish(
        self, more: str = "", at: int = MONDAY, reason: str | None = None, **processes: str
    ) -> tuple[Publication, ...]:
        """The company's folder, with more said of its office."""
        office = OFFICE.replace("MORE", more)
        escalations = COMPANY["escalations.yaml"] + FOLLOW
        for name, text in {**COMPANY, "calendars.yaml": office, "escalations.yaml": escalations}.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        for name, text in {**PROCESSES, **processes}.items():
            (self.folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return self.desk.library.publish(read_folder(self.folder), at, "lead", reason=reason)

    def say(self, site: str, said: dict[str, object], now: int = MONDAY, role: str = "office") -> None:
        """Let a site say this of its calendar."""
        known = {each.id: each for each in self.desk.people.sites()}[site].calendars
        before = known.get(role, {}).get("said", {})
        assert self.desk.people.change_calendar(site, role, before, said, CLOCK, now)

    def actor(self, site: str = SITE) -> Actor:
        who = "hana" if site == HARBOUR else "cleo"
        return build_actor(self.desk.people.directory(site).staff[who], site)

    def open(self, at: str, site: str = SITE, workflow: str = "repair", **data: object) -> StepContext:
        """A ticket opened at a time of the site's own."""
        command = Open(
            site=site,
            id=str(uuid4()),
            workflow=workflow,
            actor=self.actor(site),
            data=data or {"content": "lift"},
        )
        return self.desk.engine.do(command, self.moment(at, site))

    def fire(self, context: StepContext, trigger: str, at: str, site: str = SITE) -> StepContext:
        assert context.ticket is not None
        command = Fire(site=site, ticket=context.ticket.id, actor=self.actor(site), trigger=trigger)
        return self.desk.engine.do(command, self.moment(at, site))

    def moment(self, text: str, site: str = SITE) -> int:
        return int(datetime.fromisoformat(text).replace(tzinfo=ZONES[site]).timestamp())

    def shown(self, instant: int | None, site: str = SITE) -> str | None:
        return instant and datetime.fromtimestamp(instant, ZONES[site]).strftime("%m-%d %H:%M")

    def clock(self, context: StepContext, name: str = "state.open-job") -> Clock:
        """The clock as it is stored now."""
        assert context.ticket is not None
        loaded = self.desk.store.load(context.ticket.site, context.ticket.id)
        assert loaded is not None
        return next(each for each in loaded[1] if each.name == name)

    def due(self, context: StepContext, name: str = "state.open-job") -> str | None:
        assert context.ticket is not None
        return self.shown(self.clock(context, name).due_at, context.ticket.site)
