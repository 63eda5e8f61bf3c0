"""Small processes that ask several departments to agree: all of them, two of them, unless one says no."""

# ruff: noqa: E501  # a table is read by its lines
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine_desk import SITE, Desk, T, folder_of

from workflows.core.ticket import StepContext, Ticket
from workflows.storage.database import Database

ENDORSEMENT = f"""
workflow: endorsement
title: {T}
purpose: One department agrees, or does not.
numbering: 'E-{{seq:3}}'
calendar: office
summary: whom
fields:
  whom: {{type: text, title: {T}}}
  subject: {{type: text, title: {T}}}
  by: {{type: datetime, title: {T}}}
  fee: {{type: money, title: {T}}}
  phone: {{type: phone, title: {T}}}
readers: [chief]
start: {{state: asked, roles: [clerk], requires: [whom, subject], accepts: [by]}}
states:
  asked: {{title: {T}, owner: {{role: clerk}}, due: {{before: by, by: 2 hours}}, escalation: standard}}
  approved: {{title: {T}, category: closed}}
  refused: {{title: {T}, category: closed}}
  withdrawn: {{title: {T}, category: cancelled}}
transitions:
  - {{trigger: approve, title: {T}, from: asked, to: approved, roles: [clerk], accepts: [fee, phone]}}
  - {{trigger: wave-through, title: {T}, from: asked, to: approved, auto: true, guard: "subject == 'trifle'"}}
  - {{trigger: refuse, title: {T}, from: asked, to: refused, roles: [clerk]}}
  - {{trigger: give-up, title: {T}, from: asked, to: withdrawn, roles: [clerk]}}
  - {{trigger: withdraw, title: {T}, from: asked, to: withdrawn, roles: [parent], accepts: [reason], guard: "subject != 'sacred'"}}
  - trigger: object
    title: {T}
    from: asked
    roles: [clerk]
    accepts: [reason]
    effects: [{{fire: doubt, on: parent, with: {{reason: reason}}}}]
"""


def request(name: str, rows: str, ask: str = "", asked: str = "") -> str:
    """A request that asks for endorsements, with the `rows` that decide."""
    return f"""
workflow: {name}
title: {T}
purpose: Something that others must agree to.
numbering: '{name.title()}-{{seq:3}}'
calendar: office
summary: subject
fields:
  subject: {{type: text, title: {T}}}
  by: {{type: datetime, title: {T}}}
  departments:
    type: choices
    title: {T}
    options: {{eng: {T}, sec: {T}, fin: {T}}}
start: {{state: drafted, roles: [clerk], requires: [subject], accepts: [by]}}
states:
  drafted: {{title: {T}, owner: {{role: clerk}}, due: 3 working days}}
  asked: {{title: {T}, owner: {{role: clerk}}, due: 9 working days{asked}}}
  agreed: {{title: {T}, category: closed}}
  refused: {{title: {T}, category: cancelled}}
transitions:
  - trigger: ask
    title: {T}
    from: [drafted, asked]
    to: asked
    roles: [clerk]
    requires: [departments]
    effects:
      - open: endorsement
        each: departments
        with: {{whom: item.value, subject: subject, by: by}}
        as: endorsements{ask}
  - trigger: stop
    title: {T}
    from: asked
    to: refused
    roles: [clerk]
    effects: [{{fire: withdraw, on: endorsements, with: {{reason: "'stopped: ' + subject"}}}}]
  - trigger: postpone
    title: {T}
    from: [drafted, asked]
    roles: [clerk]
    requires: [by]
    accepts: [subject]
    effects: [{{amend: endorsements, with: {{by: by, subject: subject}}}}]
  - {{trigger: doubt, title: {T}, from: asked, to: drafted, roles: [child], requires: [reason]}}
{rows}
"""


def auto(trigger: str, to: str, guard: str, more: str = "") -> str:
    """A row that fires by itself."""
    head = f"trigger: {trigger}, title: {T}, from: asked, to: {to}, auto: true"
    return f'  - {{{head}, guard: "{guard}"{more}}}\n'


ALL = "children.endorsements.all(c, !c.current || c.state == 'approved')"
TWO = "children.endorsements.filter(c, c.current && c.state == 'approved').size() >= 2"
VETO = "children.endorsements.exists(c, c.current && c.state == 'refused')"
CHEAP = "children.endorsements.filter(c, c.current && c.data.fee != null && c.data.fee < 10).size() >= 2"
IN_SEQUENCE = "\n        in: sequence"
WITHDRAW = ", effects: [{fire: withdraw, on: endorsements}]"

REQUESTS = {
    "parallel": request("parallel", auto("agree", "agreed", ALL)),
    "two-of-three": request("two-of-three", auto("agree", "agreed", TWO)),
    "veto": request("veto", auto("fall", "refused", VETO, WITHDRAW) + auto("agree", "agreed", ALL)),
    "sequential": request("sequential", auto("agree", "agreed", ALL), IN_SEQUENCE),
    "sequential-veto": request(
        "sequential-veto", auto("fall", "refused", VETO) + auto("agree", "agreed", ALL), IN_SEQUENCE
    ),
    "sequential-two": request("sequential-two", auto("agree", "agreed", TWO), IN_SEQUENCE),
    "sequential-cheap": request("sequential-cheap", auto("agree", "agreed", CHEAP), IN_SEQUENCE),
    "cheap": request("cheap", auto("agree", "agreed", CHEAP)),
}


def signing_desk(
    database: Database,
    folder: Path,
    change: Callable[[str], str] = str,
    endorsement: str = ENDORSEMENT,
    **more: str,
) -> Desk:
    """A desk with these processes published, the requests changed a little."""
    folder.mkdir()
    requests = {name: change(text) for name, text in REQUESTS.items()}
    found = folder_of(folder, endorsement=endorsement, **requests, **more)
    assert not found.errors, found.errors
    return Desk.on(database, found)


class Asking:
    """One request, and those who are asked."""

    def __init__(self, desk: Desk, kind: str, *departments: str, **data: object) -> None:
        self.desk = desk
        opened = desk.open(kind, **{"subject": "A fence", **data}).ticket
        assert opened is not None
        self.id = opened.id
        self.ask(*departments)

    def ask(self, *departments: str) -> StepContext:
        return self.desk.fire(self.id, "ask", departments=list(departments))

    @property
    def here(self) -> Ticket:
        return self.desk.now_of(self.id)

    def children(self) -> list[Ticket]:
        return [self.desk.now_of(child.id) for child in self.desk.store.children(SITE, self.id)]

    def stand(self) -> list[tuple[str, str]]:
        """Who was asked, in order, and how each answered."""
        return [(child.title, child.state) for child in self.children()]

    def answer(self, whom: str, trigger: str = "approve", **data: object) -> str:
        """The last of those asked who has not answered does; how the request then stands."""
        child = [each for each in self.children() if each.title == whom and each.closed_at is None][-1]
        self.desk.fire(child, trigger, **data)
        return self.here.state
