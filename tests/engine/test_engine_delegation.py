"""A substitute at the door, on both databases: at once in every process, in the history, and in its chain."""

from __future__ import annotations

from typing import Any

import pytest
from engine_desk import HOUR, MONDAY, SITE, Desk

from workflows.core.commands import CLOCK, Fire
from workflows.core.people import Absence
from workflows.core.ticket import Ticket
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.errors import Forbidden
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.people.people import People
from workflows.storage.tickets.store import Store


def away(begins: int, hours: int) -> Absence:
    """A clerk is away, and the chief stands in."""
    return Absence(
        site=SITE, staff_id="cleo", from_at=begins, to_at=begins + hours * HOUR, substitute_id="chen"
    )


def mends(engine: Engine, desk: Desk, ticket: Ticket, now: int) -> Any:
    """The chief, who is no clerk, mends."""
    command = Fire(site=SITE, ticket=ticket.id, actor=desk.actor("chen"), trigger="mend")
    return engine.do(command, now).ticket


def test_an_absence_noted_by_another_process_holds_at_once(
    desk: Desk, database_url: str, cipher: Any
) -> None:
    """And is over by the clock, without anybody doing anything."""
    other = Database(database_url, cipher=cipher)
    elsewhere = Engine(Store(other), Definitions(DefinitionStore(other)), People(other))
    first, second = (desk.open("repair", content=each).ticket for each in ("a lamp", "a door"))
    assert first is not None
    assert second is not None
    with pytest.raises(Forbidden):
        mends(elsewhere, desk, first, MONDAY)
    desk.people.store_absence(away(MONDAY, 2), CLOCK, MONDAY)
    assert mends(elsewhere, desk, first, MONDAY + HOUR).state == "mended"
    last = desk.queries.history(SITE, first.id)[-1]
    assert (last.actor_id, last.actor_name, last.on_behalf) == ("chen", "chen", "cleo")
    with pytest.raises(Forbidden):
        mends(elsewhere, desk, second, MONDAY + 2 * HOUR)
    other.close()
    assert list(verify(desk.database)) == []


def test_what_a_step_opens_is_opened_by_who_acts(desk: Desk) -> None:
    """Its history says on whose behalf, too."""
    opened = desk.open("inspection", place="House 3").ticket
    assert opened is not None
    desk.people.store_absence(away(MONDAY, 2), CLOCK, MONDAY)
    found = [{"item": "roof", "result": "fail"}]
    command = Fire(
        site=SITE, ticket=opened.id, actor=desk.actor("chen"), trigger="report", data={"round": found}
    )
    (child,) = desk.engine.do(command, MONDAY).children
    first = desk.queries.history(SITE, child.id)[0]
    assert (first.kind, first.actor_id, first.on_behalf) == ("open", "chen", "cleo")
    assert desk.now_of(child.id).opener == "chen"
