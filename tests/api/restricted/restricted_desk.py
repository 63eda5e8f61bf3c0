"""Two processes: a talk that exists only for some, and an outing for all, with such a talk in it."""

from __future__ import annotations

from typing import Any

from api_desk import Call, Caller

T = "{en: Talk, zh-Hans: 谈话, zh-Hant: 談話, es: Charla}"
TALK = f"""
workflow: talk
title: {T}
purpose: A talk that is nobody else's business.
numbering: 'TK-{{year}}-{{seq:4}}'
calendar: office
summary: about
readers: [office-director]
visible: {{to: [office-director], when: kind == 'b'}}
retention: 365 days
fields:
  about: {{type: text, title: {T}}}
  kind: {{type: choice, title: {T}, options: {{a: {T}, b: {T}}}}}
  contact: {{type: phone, title: {T}}}
start: {{state: heard, roles: [receptionist, cs-officer], requires: [about], accepts: [kind, contact]}}
states:
  heard: {{title: {T}, owner: {{role: cs-officer}}, due: 1 hour, escalation: standard}}
  led: {{title: {T}, owner: {{role: property-manager}}, due: 1 working day}}
  over: {{title: {T}, category: closed}}
  gone: {{title: {T}, category: cancelled}}
transitions:
  - {{trigger: sort, title: {T}, from: open, roles: [cs-officer], requires: [kind]}}
  - trigger: lead
    title: {T}
    from: heard
    to: led
    roles: [cs-officer]
    effects: [{{notify: [archivist], text: {T}}}]
  - {{trigger: finish, title: {T}, from: open, to: over, roles: [cs-officer, property-manager, parent]}}
  - trigger: split
    title: {T}
    from: open
    roles: [cs-officer]
    effects: [{{open: talk, with: {{about: about, kind: "'a'"}}, as: others}}]
  - trigger: tell-others
    title: {T}
    from: open
    roles: [cs-officer]
    effects: [{{amend: others, with: {{about: "'new'"}}}}]
  - trigger: pass-on
    title: {T}
    from: open
    to: gone
    roles: [cs-officer]
    effects: [{{convert: talk, with: {{about: about, kind: "'a'"}}}}]
"""
BINGO = f"""
workflow: outing
title: {T}
purpose: What everybody may know of, with a talk that is not for all.
numbering: 'OU-{{year}}-{{seq:4}}'
calendar: office
fields:
  about: {{type: text, title: {T}}}
start: {{state: planned, roles: [receptionist], requires: [about]}}
states:
  planned: {{title: {T}, owner: {{role: receptionist}}, due: 1 working day}}
  over: {{title: {T}, category: closed}}
  gone: {{title: {T}, category: cancelled}}
transitions:
  - {{trigger: talk, title: {T}, from: planned, roles: [receptionist], effects: [{{open: talk, with: {{about: about, kind: "'b'"}}, as: talks}}]}}
  - {{trigger: stop, title: {T}, from: planned, roles: [receptionist], effects: [{{fire: finish, on: talks}}]}}
  - {{trigger: finish, title: {T}, from: planned, to: over, roles: [receptionist]}}
  - {{trigger: become, title: {T}, from: planned, to: gone, roles: [receptionist], effects: [{{convert: talk, with: {{about: about, kind: "'b'"}}}}]}}
"""  # noqa: E501 - YAML as its authors write it
SECRET = {"about": "离职谈话 quiet", "kind": "b", "contact": "13800000001"}
WHO_SEES = ("receptionist", "cs-officer", "office-director")
READS = ("", "/history", "/transitions", "/clocks", "/readings", "/personal")
STRANGERS = ("receptionist-2", "foreman", "cs-supervisor", "leader-in-charge", "stand-in")


def listed(caller: Caller, query: str = "") -> set[str]:
    """The numbers in a list."""
    answer = caller.get(f"/api/tickets{query}")
    assert answer.status_code == 200, answer.text
    return {item["number"] for item in answer.json["items"]}


def outing(call: Call) -> dict[str, Any]:
    """A ticket for all, with a talk that is not."""
    receptionist = call("receptionist")
    planned = receptionist.open("outing", {"about": "登山"})
    return dict(receptionist.fire(planned, "talk").json)
