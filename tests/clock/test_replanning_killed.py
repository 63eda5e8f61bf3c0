"""Clocks plan promises anew, several at once, and are killed in the middle of it: each moves once, each level
fires once, and the record is whole."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import pytest
from clock_desk import CLERK, MONDAY, SITE, actor, at, open_errand, told
from process_driver import Raiser, raising

from service.bootstrap import Desk
from service.scheduler import sweep
from workflows.core.commands import Command
from workflows.core.ticket import StepContext
from workflows.storage.audit.verify import verify
from workflows.storage.revisions import PEOPLE
from workflows.timing.instants import Instant

ERRANDS, KILLS = 40, 25
NOW = MONDAY + 600
TUESDAY = at("2026-03-03 11:30")
CLOSED = {"closed": {"2026-03-02": "停电"}}
CLOSED_LONGER = {"closed": {"2026-03-02": "停电", "2026-03-03": "停电"}}
LEVELS = (("clerk", 1), ("supervisor", 2))

forked = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")


def announce(desk: Desk, now: Instant = NOW) -> None:
    """The office is closed on Monday."""
    assert desk.people.change_calendar(SITE, "office", {}, CLOSED, actor(desk, CLERK), now)


def moved(desk: Desk, kind: str = "replan") -> dict[str, int]:
    """How many steps of this kind each ticket has."""
    query = desk.database.sql(
        "SELECT ticket_id, count(*) FROM history WHERE kind = :kind GROUP BY ticket_id ORDER BY ticket_id"
    )
    return dict(map(tuple, desk.database.read(query, {"kind": kind})))


def dues(desk: Desk, tickets: list[str]) -> set[Instant | None]:
    """When these fall due."""
    return {each[0].due_at for ticket in tickets if (each := desk.store.load(SITE, ticket)) is not None}


def killed(raiser: Raiser, seed: int, now: Callable[[int], Instant]) -> None:
    """Clock after clock at work, each until it is killed."""
    chance = random.Random(seed)
    for life in range(KILLS):
        raiser.life(str(now(life)), chance.randrange(3), chance.uniform(0, 0.02))


@forked
def test_killed_at_any_moment_each_promise_moves_once(desk: Desk, tmp_path: Path) -> None:
    tickets = [open_errand(desk, number) for number in range(ERRANDS)]
    announce(desk)
    with raising("replan", desk.settings.database_url, tmp_path) as raiser:
        killed(raiser, 20260302, lambda _: NOW)
    while desk.deadlines.replan(NOW):
        pass
    assert moved(desk) == dict.fromkeys(sorted(tickets), 1)
    assert dues(desk, tickets) == {at("2026-03-03 11:00")}
    assert list(verify(desk.database)) == []


@forked
def test_two_clocks_at_once_move_each_promise_once_and_fire_each_level_once(
    desk: Desk, tmp_path: Path
) -> None:
    """Both are killed again and again; half of their lives begin when the new deadlines have passed."""
    tickets = [open_errand(desk, number) for number in range(ERRANDS)]
    url = desk.settings.database_url
    announce(desk)
    with raising("replan", url, tmp_path) as one, raising("replan", url, tmp_path) as other:
        with ThreadPoolExecutor(2) as both:
            lives = [
                both.submit(killed, each, seed, lambda life: NOW if life < KILLS // 2 else TUESDAY)
                for seed, each in enumerate((one, other))
            ]
        for each in lives:
            each.result()
    while desk.deadlines.replan(TUESDAY) + sweep(desk, TUESDAY):
        pass
    assert moved(desk) == dict.fromkeys(sorted(tickets), 1)
    assert dues(desk, tickets) == {at("2026-03-03 11:00")}
    assert Counter(Counter(told(desk, ticket))[level] for ticket in tickets for level in LEVELS) == {
        1: 2 * ERRANDS
    }
    assert list(verify(desk.database)) == []


def test_a_clock_that_has_not_heard_of_the_closure_yet_moves_nothing_back(
    desk: Desk, second_desk: Desk
) -> None:
    """What other processes changed is heard of within a second; whoever plans anew asks first."""
    tickets = [open_errand(desk, number) for number in range(3)]
    revision = second_desk.people.directory(SITE).revision
    announce(desk)
    while desk.deadlines.replan(NOW):
        pass
    second_desk.database.seen_revisions[PEOPLE] = (monotonic(), revision)  # it has looked just now
    while second_desk.deadlines.replan(NOW):
        pass
    assert moved(desk) == moved(second_desk) == dict.fromkeys(sorted(tickets), 1)
    assert dues(second_desk, tickets) == {at("2026-03-03 11:00")}


def test_what_another_clock_moves_meanwhile_is_not_moved_back(
    desk: Desk, second_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More days are announced, and the other clock moves everything, when this one has looked and begins."""
    tickets = [open_errand(desk, number) for number in range(3)]
    announce(desk)
    do, begun = second_desk.engine.do, []

    def late(command: Command, now: Instant) -> StepContext:
        if not begun:
            begun.append(command)
            desk.people.change_calendar(SITE, "office", CLOSED, CLOSED_LONGER, actor(desk, CLERK), NOW)
            while desk.deadlines.replan(NOW):
                pass
        return do(command, now)

    monkeypatch.setattr(second_desk.engine, "do", late)
    while second_desk.deadlines.replan(NOW):
        pass
    assert begun
    assert moved(desk) == dict.fromkeys(sorted(tickets), 1)
    assert dues(desk, tickets) == {at("2026-03-04 11:00")}
