"""A resident opens a ticket: what is fixed for them is in it, whatever they send."""

from __future__ import annotations

import pytest
from core_desk import GUEST, MONDAY, SITE, Desk, directory, open_directly, process, refused

from workflows.core.commands import Open
from workflows.core.step_form import build_guest_start_form, build_start_form

DEFINITION = process("""
fields:
  content: {type: text}
  channel: {type: choice, options: {phone: {en: P}, online: {en: O}}}
  urgent: {type: boolean}
  hint: {type: text}
  short: {type: text, value: "channel == 'online' ? 'o' : 'p'"}
start:
  state: new
  roles: [clerk, guest]
  requires: [content, channel]
  accepts: [urgent, hint]
  guest: {channel: online, urgent: false}
  guard: channel == 'phone' || hint != null
states:
  new: {owner: {role: clerk}}
  done: {category: closed}
transitions:
  - {trigger: finish, from: new, to: done, roles: [clerk]}
""")


def test_a_resident_is_not_asked_and_the_ticket_has_the_values() -> None:
    desk = Desk(DEFINITION).open(GUEST, content="dirty", hint="hall")
    assert desk.here.data == {
        "content": "dirty",
        "hint": "hall",
        "channel": "online",
        "urgent": False,
        "short": "o",
    }


@pytest.mark.parametrize(
    "more", [{"channel": "phone"}, {"channel": "online"}, {"urgent": None}, {"short": "p"}]
)
def test_whoever_sends_it_all_the_same_is_refused(more: dict[str, object]) -> None:
    refusal = refused(Desk(DEFINITION).open, GUEST, content="dirty", hint="hall", **more)
    assert list(refusal) == [f"unknown-field {name}" for name in more]


def test_the_guard_sees_the_values() -> None:
    assert "guard" in refused(Desk(DEFINITION).open, GUEST, content="dirty")


def test_staff_say_it_themselves() -> None:
    assert "missing-field channel" in refused(Desk(DEFINITION).open, content="dirty", hint="hall")
    desk = Desk(DEFINITION).open(content="dirty", channel="phone")
    assert (desk.here.data["channel"], desk.here.data.get("urgent")) == ("phone", None)


def test_what_a_step_of_a_resident_opens_is_asked_as_of_anybody() -> None:
    """The process that opens it says what it gives; the values are for people who open it themselves."""
    data = {"content": "dirty", "channel": "phone"}
    command = Open(site=SITE, id="child", workflow="matter", actor=GUEST, data=data, derived=True)
    step = open_directly(DEFINITION, directory(), command, MONDAY)
    assert step is not None
    assert step.after.data["channel"] == "phone"


def test_the_form_of_residents_takes_what_is_fixed_as_known() -> None:
    theirs, own = build_guest_start_form(DEFINITION, "en"), build_start_form(DEFINITION, "en")
    assert list(own["properties"]) == ["content", "channel", "urgent", "hint"]
    assert list(theirs["properties"]) == ["content", "hint"]
    assert theirs["required"] == ["content", "hint"], "by the guard, since it comes online"
