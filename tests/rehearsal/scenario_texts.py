"""A company of five posts, an order that escalates and opens children, and the visit that is its child."""

from __future__ import annotations


def _title(text: str) -> str:
    return f"{{en: {text}, zh-Hans: {text}, zh-Hant: {text}, es: {text}}}"


COMPANY = {
    "organisation.yaml": f"""\
roles:
  desk: {{superior: director, title: {_title("Desk")}}}
  director: {{title: {_title("Director")}}}
  dept-head: {{superior: director, title: {_title("Head")}}}
  worker: {{superior: dept-head, title: {_title("Worker")}}}
  resident: {{outside: true, title: {_title("Resident")}}}
departments:
  lifts: {_title("Lifts")}
  gardens: {_title("Gardens")}
""",
    "calendars.yaml": f"""\
office:
  title: {_title("Office")}
  zone: Asia/Shanghai
  hours: {{mon-fri: ["09:00-12:00", "13:00-18:00"]}}
  holidays: none
  working_days: to-close
""",
    "escalations.yaml": f"""\
standard:
  title: {_title("Standard")}
  levels:
    - {{at: 50%, notify: assignee}}
    - {{at: 100%, notify: superior}}
    - {{after: 1 working day, fire: give-up}}
""",
}

ORDER = f"""\
workflow: order
title: {_title("Order")}
purpose: Something to be done by a department.
numbering: O-{{year}}-{{seq:4}}
calendar: office
fields:
  what: {{type: text, title: {_title("What")}}}
  department: {{type: department, title: {_title("Department")}}}
  worker: {{type: staff, title: {_title("Worker")}}}
  places:
    type: table
    title: {_title("Places")}
    columns: {{place: {{type: text, title: {_title("Place")}}}}}
start: {{state: new, roles: [desk, resident], requires: [what], accepts: [department]}}
states:
  new: {{title: {_title("New")}, owner: {{role: desk}}, due: 2 working hours, escalation: standard}}
  given: {{title: {_title("Given")}, owner: {{role: worker, department: department}}, due: 1 working day}}
  named: {{title: {_title("Named")}, owner: {{staff: worker}}, due: 1 working day}}
  visiting: {{title: {_title("Visiting")}, owner: {{role: desk}}, due: 5 working days}}
  done: {{title: {_title("Done")}, category: closed}}
  dropped: {{title: {_title("Dropped")}, category: cancelled}}
transitions:
  - {{trigger: give, title: {_title("Give")}, from: new, to: given, roles: [desk], requires: [department]}}
  - {{trigger: name, title: {_title("Name")}, from: given, to: named, roles: [dept-head], requires: [worker]}}
  - {{trigger: remark, title: {_title("Remark")}, from: given, roles: [department], requires: [what]}}
  - trigger: finish
    title: {_title("Finish")}
    from: [given, named]
    to: done
    roles: [worker]
    guard: what != 'no'
  - trigger: visit
    title: {_title("Visit")}
    from: new
    to: visiting
    roles: [desk]
    requires: [places]
    effects: [{{open: visit, each: places, with: {{place: item.place}}, as: visits}}]
  - trigger: visited
    title: {_title("Visited")}
    from: visiting
    to: done
    auto: true
    guard: children.visits.all(c, c.closed)
  - trigger: turn
    title: {_title("Turn")}
    from: new
    to: dropped
    roles: [desk]
    effects: [{{convert: visit, with: {{place: what}}}}]
  - {{trigger: give-up, title: {_title("Give up")}, from: new, to: dropped, roles: [clock, desk]}}
  - trigger: ask
    title: {_title("Ask")}
    from: new
    roles: [desk]
    effects: [{{notify: [superior, opener], text: {_title("'Look at {what}[ of {department}].'")}}}]
  - {{trigger: note, title: {_title("Note")}, from: new, roles: [desk], requires: [what]}}
"""

VISIT = f"""\
workflow: visit
title: {_title("Visit")}
purpose: Somebody goes there.
numbering: V-{{year}}-{{seq:4}}
calendar: office
fields:
  place: {{type: text, title: {_title("Place")}}}
  at: {{type: datetime, title: {_title("At")}}}
  price: {{type: money, title: {_title("Price")}}}
start: {{state: planned, roles: [desk], requires: [place]}}
states:
  planned: {{title: {_title("Planned")}, owner: {{role: desk}}, due: 3 working days, escalation: standard}}
  seen: {{title: {_title("Seen")}, category: closed}}
  missed: {{title: {_title("Missed")}, category: cancelled}}
transitions:
  - trigger: see
    title: {_title("See")}
    from: planned
    to: seen
    roles: [desk]
    accepts: [at, price]
    effects: [{{open: visit, with: {{place: "'the next'"}}, as: next}}]
  - {{trigger: give-up, title: {_title("Give up")}, from: planned, to: missed, roles: [clock]}}
"""
