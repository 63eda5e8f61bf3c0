"""A month at one estate: tickets come and go, reports are sent, and every escalation has its reason."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from workflows.tools.month import Chronicle, rehearse_month

DEFINITIONS = Path(__file__).parents[2] / "definitions"
FIRST = date(2026, 9, 21)  # with the week of the National Day inside


@cache
def autumn(seed: int, tickets: int = 120) -> Chronicle:
    """A month with its Golden Week, of the processes we ship."""
    return rehearse_month(DEFINITIONS, seed=seed, first=FIRST, tickets=tickets)


def test_a_month_goes_well():
    """Every report in time, every escalation explained, nothing put aside."""
    month = autumn(1)
    assert month.is_good, (month.late_reports, month.unexplained, month.parked, month.unopened)
    assert sum(month.opened.values()) >= 120
    opened, ended = sum(month.opened.values()), sum(month.ended.values())
    assert 0.8 * opened < ended <= opened


def test_all_processes_that_people_may_open_are_in_it():
    """And their children."""
    assert {"complaint", "repair", "move-in", "house-acceptance"} <= autumn(1).opened.keys()


def test_the_same_seed_gives_the_same_log():
    """Line by line."""
    one, again = (rehearse_month(DEFINITIONS, seed=1, first=FIRST, tickets=50, days=7) for _ in range(2))
    assert again.log == one.log
    assert again.digest == one.digest


def test_another_seed_gives_another_month():
    """That goes well, too."""
    assert autumn(2).digest != autumn(1).digest
    assert autumn(2).is_good, (autumn(2).late_reports, autumn(2).unopened)


def test_two_people_fall_ill():
    """For a week each, and do nothing in it."""
    ill = [line for line in autumn(1).log if "falls ill" in line]
    assert len(ill) == 2


def test_somebody_else_does_the_work_of_who_is_ill_and_the_log_says_for_whom():
    """As long as the illness lasts."""
    month = autumn(1)
    names = [line.split()[2] for line in month.log if "falls ill" in line]
    deeds = [line for line in month.log if any(f" for {name}: " in line for name in names)]
    assert deeds


def test_an_escalation_says_how_its_time_was_counted():
    """Golden Week is not counted, and the line says so."""
    lines = [str(raised) for raised in autumn(1).fired_levels]
    assert lines
    assert all("counted" in line and " tells " in line for line in lines)
    assert any("not counted: " in line and "holiday" in line for line in lines)


@pytest.mark.parametrize("tickets", [0, 1])
def test_a_quiet_month_is_a_month_too(tickets: int):
    """Only the schedules."""
    assert rehearse_month(DEFINITIONS, seed=3, first=date(2026, 11, 1), tickets=tickets, days=10).is_good
