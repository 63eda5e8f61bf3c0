"""Nobody does anything, and a clock of its own process tells those above."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from running_desk import Json, RunningDesk, command

PARCEL = """
workflow: parcel
title: {en: Parcel, zh-Hans: 包裹, zh-Hant: 包裹, es: Paquete}
purpose: A parcel waits at the desk, and not for long.
numbering: BG-{year}-{seq:5}
calendar: around-the-clock
summary: content
fields:
  content: {type: text, title: {en: Content, zh-Hans: 内容, zh-Hant: 內容, es: Contenido}}
start: {state: at-the-desk, roles: [receptionist], requires: [content]}
states:
  at-the-desk:
    title: {en: At the desk, zh-Hans: 在前台, zh-Hant: 在前臺, es: En recepción}
    owner: {role: receptionist}
    due: 2 seconds
    escalation: standard
  handed-over:
    title: {en: Handed over, zh-Hans: 已交付, zh-Hant: 已交付, es: Entregado}
    category: closed
transitions:
  - trigger: hand-over
    title: {en: Hand over, zh-Hans: 交付, zh-Hant: 交付, es: Entregar}
    from: at-the-desk
    to: handed-over
    roles: [receptionist]
"""
PATIENCE = 20  # seconds


@pytest.fixture(scope="module")
def parcels(desk: RunningDesk) -> list[Json]:
    """Two parcels, one of them handed over in time; the clock has looked since the last level was due."""
    answer = desk("project-manager").send("POST", "/api/workflows", {"text": PARCEL})
    assert answer.status == 201, answer.body.decode()
    clerk = desk("receptionist")
    forgotten, quick = (clerk.open("parcel", content=text) for text in ("一箱橙子", "一封信"))
    quick = clerk.does(quick, "hand-over")
    until = time.monotonic() + PATIENCE
    while clerk.sees(forgotten)["clocks"][0]["level"] < 4:
        assert time.monotonic() < until, clerk.sees(forgotten)
        ticked = command(desk.folder, "clock", "--once")
        assert ticked.returncode == 0, ticked.stderr
    return [clerk.sees(forgotten), clerk.sees(quick)]


def _told(desk: RunningDesk, ticket: Json) -> list[tuple[int, str]]:
    """Level and role of every escalation about the ticket, wherever the message now stands."""
    director = desk("office-director")
    found: list[Json] = []
    for status in ("waiting", "sent", "logged", "no-address", "dead"):
        path = f"/api/outbox?status={status}&limit=200"
        page = director.get(path)
        found += page["items"]
        while page["next"] is not None:
            page = director.get(f"{path}&cursor={quote(page['next'])}")
            found += page["items"]
    mine = [each for each in found if each["ticket"] == ticket["id"] and each["kind"] == "escalation"]
    return sorted((message["level"], message["role"]) for message in mine)


def test_each_level_is_heard_by_whom_it_names_and_once(desk: RunningDesk, parcels: list[Json]) -> None:
    """The desk first, then each superior in turn, at last the director of the office."""
    told = _told(desk, parcels[0])
    # `everyone` holds all posts of the demonstration, so that each level is heard by two.
    roles = {level: {role for at, role in told if at == level} for level, _ in told}
    assert len(roles) == 4
    first, superior, above, director = (roles[level] for level in sorted(roles))
    assert first <= {"owner", "assignee"}
    assert (superior, above, director) == ({"cs-supervisor"}, {"cs-director"}, {"office-director"})
    command(desk.folder, "clock", "--once")
    assert _told(desk, parcels[0]) == told, "no level is told twice"


def test_what_lies_too_long_becomes_more_pressing_and_is_on_the_late_list(
    desk: RunningDesk, parcels: list[Json]
) -> None:
    """The clock's deeds stand in the history, and the ticket has not been moved."""
    forgotten = parcels[0]
    assert (forgotten["state"], forgotten["priority"], forgotten["overdue"]) == ("at-the-desk", "high", True)
    late = desk("receptionist").get("/api/tickets?view=overdue&workflow=parcel")["items"]
    assert [each["number"] for each in late] == [forgotten["number"]]
    kinds = [entry["kind"] for entry in desk("receptionist").history(forgotten)]
    assert kinds == ["open", "tick", "tick", "tick", "tick"]


def test_what_was_done_in_time_is_left_alone(desk: RunningDesk, parcels: list[Json]) -> None:
    """Nobody is told, and the promise counts as met."""
    assert _told(desk, parcels[1]) == []
    assert parcels[1]["clocks"][0]["verdict"] == "met"


def test_after_the_clock_has_spoken_the_work_goes_on(desk: RunningDesk, parcels: list[Json]) -> None:
    """Late is not lost; and the history, the clock's rows among it, still verifies."""
    done = desk("receptionist").does(parcels[0], "hand-over")
    assert (done["category"], done["clocks"][0]["verdict"]) == ("closed", "missed")
    audited = command(desk.folder, "audit", "verify")
    assert audited.returncode == 0, audited.stdout + audited.stderr
