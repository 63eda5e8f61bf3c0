"""A process of two states, for what becomes of processes."""

from __future__ import annotations

from service import wallclock
from service.bootstrap import Desk

_T = "{en: Matter, zh-Hans: 事项, zh-Hant: 事項, es: Asunto}"
_DONE = "{en: Done, zh-Hans: 已办, zh-Hant: 已辦, es: Hecho}"


def small_process(name: str) -> str:
    """Its text, under a name of its own."""
    return f"""workflow: {name}
title: {_T}
purpose: Something small that is begun and finished.
numbering: '{name.upper()}-{{year}}-{{seq:4}}'
calendar: office
fields:
  what: {{type: text, title: {_T}}}
start: {{state: begun, roles: [receptionist], requires: [what]}}
states:
  begun: {{title: {_T}, owner: {{role: receptionist}}, due: 1 working hour, escalation: standard}}
  done: {{title: {_DONE}, category: closed}}
transitions:
  - {{trigger: finish, title: {_T}, from: begun, to: done, roles: [receptionist]}}
"""


def publish_small(desk: Desk, name: str, *versions: str) -> str:
    """Publish it, and further versions of it that end with these words; the name."""
    for more in ("", *(f"# {each}\n" for each in versions)):
        text = f"{small_process(name)}{more}"
        desk.definitions.publish_text(text, f"{name}.yaml", wallclock.now(), "tests")
    return name
