"""Each item has its own turn: the wings are cleaned every seven days, the head every ten."""

from __future__ import annotations

from engine_desk import MONDAY, SITE, T
from schedule_office import DAY, Office

CLEANING = f"""
cleaning:
  title: {T}
  opens: round
  on: {{every: item.days, from: item.since, at: "09:00"}}
  each: {{rows: [{{place: wings, days: 7, since: 2026-03-01}}, {{place: head, days: 10, since: 2026-03-01}}]}}
  with: {{by: slot, place: item.place, day: slot_date}}
fortnight:
  title: {T}
  opens: round
  on: {{weekly: mon, every: 2 weeks, from: 2026-03-02, at: "09:00"}}
  with: {{by: slot, place: "'all'", day: slot_date}}
"""


def opened(office: Office) -> list[tuple[object, object]]:
    return [(each.data["day"], each.data["place"]) for each in office.rounds()]


def test_items_are_opened_on_their_own_days(office: Office):
    office.publish(CLEANING)
    for _ in office.schedules.open_between(MONDAY, MONDAY + 24 * DAY, [SITE]):
        pass
    assert opened(office) == [
        ("2026-03-02", "all"),
        ("2026-03-08", "wings"),
        ("2026-03-11", "head"),
        ("2026-03-15", "wings"),
        ("2026-03-16", "all"),
        ("2026-03-21", "head"),
        ("2026-03-22", "wings"),
    ]


def test_turns_that_nobody_opened_are_owed(office: Office):
    office.publish(CLEANING)
    office.schedules.tick(MONDAY - 60)
    while office.schedules.tick(MONDAY + 12 * DAY):
        pass
    assert ("2026-03-08", "wings") in opened(office)
    assert ("2026-03-11", "head") in opened(office)
