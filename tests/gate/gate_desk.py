"""A desk that rents parking spaces, with its gate: a tiny folder, tickets in chosen states, and changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from workflows.core.commands import Actor
from workflows.core.step import HistoryEvent, Step
from workflows.core.ticket import Ticket, Trail
from workflows.definitions import Definitions
from workflows.gate.gate import Gate
from workflows.gate.impact_reader import ImpactReader
from workflows.gate.proposal import propose_folder
from workflows.gate.review import Review
from workflows.gate.rights import PublishingRights
from workflows.language.load import read_folder
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.people.people import People, Site
from workflows.storage.queries.open_tickets import OpenTickets
from workflows.storage.queries.ticket_counts import TicketCounts
from workflows.storage.tickets.store import Store

SITE, ELSEWHERE = "garden", "harbour"


def titled(word: str) -> str:
    """A title in all languages."""
    return f"{{en: {word}, zh-Hans: {word}, zh-Hant: {word}, es: {word}}}"


T = titled("T")
MONDAY = int(datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
CLEO = Actor(id="cleo", name="Cleo", roles=frozenset({"clerk"}))

RENTAL = f"""
workflow: rental
title: {T}
purpose: A parking space is rented, and paid before its card is issued.
numbering: 'P-{{year}}-{{seq:4}}'
calendar: office
summary: space
fields:
  space: {{type: text, title: {T}}}
  plan: {{type: choice, title: {T}, options: {{monthly: {T}, yearly: {T}, hourly: {T}}}}}
  doors: {{type: choices, title: {T}, options: {{north: {T}, south: {T}}}}}
  estimate: {{type: text, title: {T}}}
  phone: {{type: phone, title: {T}}}
readers: [clerk]
start: {{state: asked, roles: [clerk], requires: [space, plan], accepts: [doors, estimate, phone]}}
states:
  asked: {{title: {titled("Asked")}, owner: {{role: clerk}}, due: 2 working days}}
  billed: {{title: {titled("Billed")}, owner: {{role: clerk}}, due: 3 working days}}
  issued: {{title: {titled("Issued")}, category: closed}}
  dropped: {{title: {titled("Dropped")}, category: cancelled}}
transitions:
  - trigger: bill
    title: {titled("Bill")}
    from: asked
    to: billed
    roles: [clerk]
    effects: [{{open: fee, with: {{what: space}}, as: fees}}]
  - trigger: issue
    title: {titled("Issue")}
    from: billed
    to: issued
    roles: [clerk]
    guard: "children.fees.exists(c, c.state == 'paid')"
    because: {T}
  - trigger: drop
    title: {titled("Drop")}
    from: [asked, billed]
    to: dropped
    roles: [clerk]
    requires: [reason]
scenarios:
  - name: paid and issued
    at: 2026-03-02 09:00
    steps:
      - {{open: {{space: A1, plan: yearly}}, as: clerk}}
      - {{bill: {{}}, as: clerk}}
      - {{child: {{link: fees, index: 0}}, steps: [{{pay: {{}}, as: clerk}}]}}
      - {{issue: {{}}, as: clerk}}
      - {{expect: {{state: issued}}}}
"""
FEE = f"""
workflow: fee
title: {T}
purpose: Somebody pays.
numbering: 'F-{{year}}-{{seq:4}}'
calendar: office
summary: what
fields:
  what: {{type: text, title: {T}}}
  receipt: {{type: text, title: {T}}}
start: {{state: due, roles: [clerk], requires: [what], accepts: [receipt]}}
states:
  due: {{title: {titled("Due")}, owner: {{role: clerk}}, due: 5 working days}}
  paid: {{title: {titled("Paid")}, category: closed}}
transitions:
  - {{trigger: pay, title: {titled("Pay")}, from: due, to: paid, roles: [clerk]}}
"""
FILES = {
    "organisation.yaml": f"roles: {{clerk: {{title: {T}}}}}\ndepartments: {{repairs: {T}}}\n",
    "calendars.yaml": f'office: {{title: {T}, zone: Asia/Shanghai, hours: {{mon-fri: ["09:00-18:00"]}}}}\n',
    "escalations.yaml": f"standard: {{title: {T}, levels: [{{at: 100%, notify: clerk}}]}}\n",
    "rental.yaml": RENTAL,
    "fee.yaml": FEE,
}


@dataclass
class GateDesk:
    """The gate of a desk on a database, and the folder that was published."""

    database: Database
    folder: Path
    store: Store = field(init=False)
    definitions: Definitions = field(init=False)
    gate: Gate = field(init=False)
    serial: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        shelf, people = DefinitionStore(self.database), People(self.database)
        for site in (SITE, ELSEWHERE):
            people.store_site(Site(id=site, name=site, zone="Asia/Shanghai"))
        self.definitions, self.store = Definitions(shelf), Store(self.database)
        counts = TicketCounts(self.database)
        reader = ImpactReader(self.definitions, shelf, counts, OpenTickets(self.database))
        rights = PublishingRights(self.definitions, people, counts, ("clerk",))
        self.gate = Gate(self.definitions, shelf, reader, rights)
        for name, text in FILES.items():
            (self.folder / name).write_text(text, "utf-8")
        self.publish()

    def publish(self) -> None:
        """Publish the folder, whatever the gate says."""
        self.definitions.publish(read_folder(self.folder), MONDAY, "lead")

    def change(self, name: str, *changes: tuple[str, str]) -> None:
        """Change passages of a file of the folder."""
        file = self.folder / name
        text = file.read_text("utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        file.write_text(text, "utf-8")

    def review(self) -> Review:
        """The review of the folder as it is."""
        return self.gate.review(propose_folder(read_folder(self.folder)), MONDAY)

    def stand(self, workflow: str, state: str, site: str = SITE, **more: object) -> Ticket:
        """An open ticket of the version in force, in a state."""
        plain: dict[str, object] = {"data": {}, "personal": {}, "audience": None}
        definition = self.definitions.latest(workflow)
        after = Ticket(
            site=site,
            id=str(UUID(int=next(self.serial))),
            number="",
            workflow=workflow,
            version=definition.version,
            title="",
            state=state,
            category="open",
            seq=1,
            opener=CLEO.id,
            opened_at=MONDAY,
            changed_at=MONDAY,
            entered_at=MONDAY,
            due_at=None,
            trail=Trail({state: 1}, {}),
            **(plain | more),  # type: ignore[arg-type]
        )
        event = HistoryEvent(seq=1, at=MONDAY, kind="open", actor=CLEO, to=state, data={}, personal={})
        step = Step(before=None, after=after, event=event, clocks=())
        return self.store.record([step], {after.id: definition.numbering})[0]


def said(review: Review, code: str) -> list[str]:
    """The messages of a code."""
    return [each.message for each in review.findings if each.code == code]
