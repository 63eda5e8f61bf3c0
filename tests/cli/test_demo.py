"""The demonstration desk: everything that is needed to look round, and the same again when asked again."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Huifang, desk_in

from service.auth import verify_password
from service.bootstrap import Desk
from workflows.storage.audit.verify import verify
from workflows.storage.queries.filters import TicketFilter

SITES = (HOME, ELSEWHERE) = ("yunlan", "haiyan")


def test_the_demonstration_is_made_once_and_kept(huifang: Huifang, tmp_path: Path) -> None:
    """Staff in every post, one who holds all, tickets in many states, some of them late."""
    said = huifang("demo", "--port", "8123")
    assert said.code == 0
    assert "http://127.0.0.1:8123/api/tokens" in said.out
    desk = desk_in(tmp_path / "data")
    organisation = desk.definitions.latest(desk.definitions.names()[0]).organisation
    inside = {name for name, role in organisation.roles.items() if not role.outside}
    everyone = desk.people.account("everyone")
    assert everyone is not None
    password = (tmp_path / "data" / "demo-password").read_text()
    assert password in said.out
    assert verify_password(everyone.password_hash, password)
    assert everyone.staff.roles(HOME) == inside
    assert everyone.staff.departments(HOME) == set(organisation.departments)
    assert {post.site for post in everyone.staff.memberships} == {HOME}, "so he need not say where"
    for site in SITES:
        assert all(desk.people.directory(site).holders(role) for role in inside)
    states = desk.counts.count_by_state(SITES)
    tickets = sum(states.values())
    late = desk.queries.tickets(TicketFilter(sites=SITES, overdue=2**40), limit=200).tickets
    assert tickets >= 20
    assert 5 <= len(late) < tickets
    assert len(states) >= 10
    assert list(verify(desk.database)) == []
    check_month(desk)
    assert desk.queries.messages("pending").messages == ()
    assert desk.queries.messages("dead").messages == ()
    desk.close()

    again = huifang("demo")
    assert "0 new accounts" in again.out
    assert "0 new tickets" in again.out
    assert password in again.out


def check_month(desk: Desk) -> None:
    """A month of tickets, many of which have ended, with photos; units with whoever calls from them."""
    tickets = desk.queries.tickets(TicketFilter(sites=SITES), limit=1_000).tickets
    days = {ticket.opened_at // 86_400 for ticket in tickets}
    assert max(days) - min(days) >= 21
    assert len(days) >= 15
    assert sum(ticket.closed_at is not None for ticket in tickets) >= 50
    photographed = [
        each
        for each in tickets
        if any(file.seq for file in desk.attachments.of_ticket(each.site, each.id, ""))
    ]
    assert len(photographed) >= 10
    for site in SITES:
        for register in ("units", "residents", "vehicles"):
            assert len(desk.store.entries.page(site, register, limit=50).entries) >= 8, (site, register)


def test_there_is_no_demonstration_in_production(huifang: Huifang, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented people with a known password have no place there."""
    monkeypatch.setenv("HUIFANG_ENV", "production")
    monkeypatch.setenv("HUIFANG_SECRET", "x" * 40)
    monkeypatch.setenv("HUIFANG_KEYS", "1:" + "A" * 43 + "=")
    assert huifang("demo").code == 3
