"""Tickets, clocks and steps as a decision would make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from workflows.core.commands import CLOCK, Actor
from workflows.core.step import HistoryEvent, Message, Step
from workflows.core.ticket import Ticket, Trail
from workflows.storage.database import Database
from workflows.storage.people.people import People, Site
from workflows.storage.tickets.store import Store
from workflows.timing.clock import Basis, Clock

NOW = 1_790_000_000  # 2026-09-21T14:13:20Z
SITE = "jinxiu"
PATTERN = "TS-{year}-{seq:5}"
LI = Actor(id="staff-li", name="李华", roles=frozenset({"receptionist"}))


def desk(database: Database, *sites: str) -> Store:
    """A store over a database that knows these sites."""
    people = People(database)
    for site in sites or (SITE,):
        people.store_site(Site(id=site, name=site, zone="Asia/Shanghai"))
    return Store(database)


def clock(name: str = "resolution", **more: Any) -> Clock:
    """A running clock, due in four hours, its first level in two."""
    plain: dict[str, Any] = {
        "name": name,
        "state": None,
        "promise": "4 working hours",
        "basis": Basis.WORKING,
        "calendar": "office",
        "budget": 14_400,
        "consumed": 0,
        "started_at": NOW,
        "running_since": NOW,
        "stopped_at": None,
        "due_at": NOW + 14_400,
        "policy": "standard",
        "level": 0,
        "next_level_at": NOW + 7_200,
        "ledger": ((NOW, "start"),),
    }
    return Clock(**(plain | more))


def opening(*, at: int = NOW, clocks: tuple[Clock, ...] | None = None, **more: Any) -> Step:
    """A complaint is opened."""
    plain: dict[str, Any] = {
        "site": SITE,
        "id": str(uuid4()),
        "number": "",
        "workflow": "complaint",
        "version": 1,
        "title": "三号楼电梯坏了",
        "state": "registered",
        "category": "open",
        "seq": 1,
        "opener": LI.id,
        "opened_at": at,
        "changed_at": at,
        "entered_at": at,
        "due_at": at + 14_400,
        "data": {"content": "电梯从昨天开始停在五楼 lift-3", "unit": "3-1-1203"},
        "trail": Trail({"registered": 1}, {}),
    }
    after = Ticket(**(plain | more))
    entry = HistoryEvent(
        seq=1, at=at, kind="open", actor=LI, to=after.state, data=after.data, personal=after.personal
    )
    return Step(before=None, after=after, event=entry, clocks=(clock(),) if clocks is None else clocks)


def moving(
    before: Ticket,
    *,
    at: int | None = None,
    clocks: tuple[Clock, ...] = (),
    messages: tuple[Message, ...] = (),
    personal: Mapping[str, object] | None = None,
    note: str = "",
    kind: str = "fire",
    **changes: Any,
) -> Step:
    """The ticket takes a step."""
    when = before.changed_at + 60 if at is None else at
    after = before._replace(seq=before.seq + 1, changed_at=when, **changes)
    if personal is not None:
        after = after._replace(personal={**before.personal, **personal})
    entry = HistoryEvent(
        seq=after.seq,
        at=when,
        kind=kind,
        actor=CLOCK if kind == "tick" else LI,
        trigger="classify",
        source=before.state,
        to=after.state,
        data={"nature": "valid"},
        personal=personal or {},
        note=note,
        spent=60,
        target=7_200,
    )
    return Step(before=before, after=after, event=entry, clocks=clocks, messages=messages)


def notice(recipient: str = "staff-wang", **more: Any) -> Message:
    """Somebody must hear of it."""
    plain: dict[str, Any] = {"kind": "notice", "recipient": recipient, "role": "owner", "text": {"en": "new"}}
    return Message(**(plain | more))


def opened(store: Store, **more: Any) -> Ticket:
    """A complaint that was opened and stored."""
    step = opening(**more)
    return store.record([step], {step.after.id: PATTERN})[0]
