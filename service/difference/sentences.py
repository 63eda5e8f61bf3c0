"""Each change as a sentence in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from service.difference.conditions import write_where
from service.difference.names import NameWriter
from workflows.difference.change import Topic, VersionChange
from workflows.difference.situation import Situation

Facts = dict[str, object]


def write_change(names: NameWriter, change: VersionChange) -> str:
    """What changes, in one sentence."""
    code = change.code
    facts = _FACTS.get(change.topic, _state_rule_facts)(names, change)
    if change.topic is Topic.STEPS and not change.where and _has_plain_form(code):
        code = f"{code}-always"
    if code == "effect-changed" and change.facts.get("part") == "when":
        code = "effect-condition"
    return names.say(code, **facts)


def write_besides(names: NameWriter, change: VersionChange) -> list[str]:
    """What is said after the sentence: who still may, a promise's example, of which clock it is."""
    said = []
    if change.topic is Topic.STEPS and change.code.endswith(("-refused", "-may-not")):
        still = change.facts.get("still") or ()
        said.append(names.say("still", roles=names.roles(still)) if still else names.say("still-nobody"))
    if change.topic is Topic.DEADLINES and change.facts.get("start") is not None:
        start, before, after = (
            names.instant(change.facts[key]) for key in ("start", "due_before", "due_after")
        )
        said.append(names.say("due-example", start=start, before=before, after=after))
    if change.topic is Topic.MESSAGES and "clock" in change.facts:
        said.append(names.say("of-clock", clock=names.clock(str(change.facts["clock"]))))
    return said


def write_example(names: NameWriter, situation: Situation) -> str:
    """A form, and what the ticket has."""
    sent = _write_values(names, situation.sent)
    had = _write_values(names, {**situation.kept, **situation.around})
    parts = [names.say("example-form", values=sent) if sent else names.say("example-empty")]
    if situation.trigger == "":
        parts = []
    parts += [names.say("example-ticket", values=had)] if had else []
    return names.say("example", form=names.say("comma").join(parts)) if parts else ""


def _write_values(names: NameWriter, values: Mapping[str, Any]) -> str:
    return names.say("comma").join(
        names.say("pair", name=names.subject(name), value=names.value(name, value))
        for name, value in values.items()
    )


def _has_plain_form(code: str) -> bool:
    return code.endswith(("-refused", "-taken", "-routed", "-other-effects"))


def _step_facts(names: NameWriter, change: VersionChange) -> Facts:
    return {
        "step": names.step(change.trigger),
        "roles": names.roles(change.roles),
        "where": write_where(names, change.where),
        "to": names.state(_target(change, "to")),
        "from_to": names.state(_target(change, "from_to")),
    }


def _target(change: VersionChange, key: str) -> str | None:
    to = change.facts.get(key)
    return str(to) if to is not None else next(iter(change.states), None)


def _state_facts(names: NameWriter, change: VersionChange) -> Facts:
    facts: Facts = {"state": names.state(change.states[0])}
    for key, value in change.facts.items():
        if key == "triggers":
            facts["steps"] = names.join(map(names.step, value))
        elif key == "now":
            facts["now"] = names.new_state(str(value))
        elif change.code == "state-category":
            facts[key] = names.quote(names.say(f"category-{value}"))
        else:
            facts[key] = _write_owner(names, value)
    return facts


def _write_owner(names: NameWriter, owner: Mapping[str, str]) -> str:
    role, department, staff = (owner.get(key) for key in ("role", "department", "staff"))
    if role and department:
        return names.say("owner-department", role=names.role(role), name=names.field(department))
    if department:
        return names.say("owner-members", name=names.field(department))
    if staff:
        return names.say("owner-staff", name=names.field(staff))
    return names.role(role) if role else names.say("nobody")


def _field_facts(names: NameWriter, change: VersionChange) -> Facts:
    field = str(change.facts["field"])
    facts: Facts = {"field": names.field(field)}
    for key, value in change.facts.items():
        if key == "now":
            facts["now"] = names.new_field(str(value))
        elif key == "options":
            facts["options"] = names.join(names.option(field, each) for each in value)
        elif key in ("before", "after"):
            of_guest = change.code.startswith("guest-")
            facts[key] = names.value(field, value) if of_guest else _write_bound(names, change.code, value)
    return facts


def _write_bound(names: NameWriter, code: str, value: Any) -> str:
    if code == "field-roles":
        return names.roles(value)
    if isinstance(value, bool):
        return names.say("value-yes" if value else "value-no")
    if value in (None, ""):
        return names.say("unconditional" if code == "option-condition" else "value-empty")
    return names.quote(str(value)) if isinstance(value, str) else str(value)


def _deadline_facts(names: NameWriter, change: VersionChange) -> Facts:
    facts = change.facts
    clock = str(facts.get("clock", ""))
    said: Facts = {"clock": names.clock(clock) if clock else ""}
    if change.code.startswith("calendar"):
        return {key: names.quote(str(value)) for key, value in facts.items()}
    if change.code.startswith("clock"):
        write: Callable[[str], str] = names.step if change.code == "clock-restarts" else names.state
        for key in ("before", "after"):
            if key in facts:
                said[key] = names.join(map(write, facts[key]))
        return said
    promise = (
        names.say("promise-clock", clock=said["clock"])
        if clock
        else names.say("promise-state", state=names.state(change.states[0]))
    )
    if facts.get("at"):
        promise = names.say("promise-at", promise=promise, name=names.field(str(facts["at"])))
    if facts.get("value") is not None:
        by = str(facts.get("by"))
        shown = names.option(by, facts["value"])
        promise = names.say("promise-value", promise=promise, name=names.field(by), value=shown)
    for key in ("before", "after"):
        said[key] = names.duration(str(facts[key])) if facts.get(key) is not None else ""
    return {**said, "promise": promise}


def _message_facts(names: NameWriter, change: VersionChange) -> Facts:
    said: Facts = {"step": names.step(change.trigger)} if change.trigger else {}
    for key, value in change.facts.items():
        if key in ("recipients",) or change.code == "urge-notify":
            said[key] = names.roles(value)
        elif key == "recipient":
            said[key] = names.role(str(value))
        elif key == "what":
            said[key] = names.step(str(value))
        elif isinstance(value, Mapping):
            said[key] = _write_level(names, value)
        elif change.code == "notice-condition":
            said[key] = names.expression(str(value))
        else:
            said[key] = value
    return said


def _write_level(names: NameWriter, place: Mapping[str, Any]) -> str:
    if "percent" in place:
        return names.say("at-percent", percent=place["percent"])
    return names.say("at-after", length=" + ".join(map(names.duration, place["after"])))


def _effect_facts(names: NameWriter, change: VersionChange) -> Facts:
    facts = change.facts
    effect = names.say(
        f"do-{facts['effect']}", what=_write_object(names, str(facts["effect"]), str(facts["what"]))
    )
    said: Facts = {"step": names.step(change.trigger), "effect": effect}
    return said | {key: names.expression(str(facts[key])) for key in ("before", "after") if key in facts}


def _write_object(names: NameWriter, effect: str, what: str) -> str:
    if effect in ("set", "assign") and names.find_field(what) is not None:
        return names.field(what)
    if effect == "assign":
        return (
            names.say("value-actor") if what == "actor" else names.say("nobody") if what == "nobody" else what
        )
    return names.role(what) if effect == "assign-by-turn" else names.quote(what)


def _state_rule_facts(names: NameWriter, change: VersionChange) -> Facts:
    """The facts of rules of the whole process."""
    said: Facts = {"roles": names.roles(change.roles)}
    for key, value in change.facts.items():
        said["steps" if key == "triggers" else key] = _write_rule_fact(names, change.code, key, value)
    return said


def _write_rule_fact(names: NameWriter, code: str, key: str, value: Any) -> str:
    if key in ("passes", "reached") or code == "merge-to":
        return names.state(str(value))
    match key:
        case "field":
            return names.field(str(value))
        case "print":
            return names.paper(str(value))
        case "readers":
            return names.roles(value)
        case "triggers":
            return names.join(map(names.step, value))
        case "names":
            return names.join(map(names.quote, value))
        case "when":
            return names.expression(str(value))
    if code.startswith("retention"):
        return names.duration(str(value))
    if code in ("print-fields", "summary", "client"):
        found = (
            value.values()
            if isinstance(value, Mapping)
            else (value or (),)
            if isinstance(value, str)
            else value or ()
        )
        flat = [each for each in found if isinstance(each, str)]
        return (
            names.join(names.field(each) if names.find_field(each) else names.quote(each) for each in flat)
            if flat
            else names.say("value-empty")
        )
    if code in ("visible-condition", "print-when"):
        return names.expression(str(value))
    if code == "print-each" and value:
        return names.field(str(value))
    return (
        names.say("value-empty")
        if value in (None, "")
        else names.quote(str(value))
        if isinstance(value, str)
        else str(value)
    )


_FACTS: Mapping[Topic, Callable[[NameWriter, VersionChange], Facts]] = {
    Topic.STEPS: _step_facts,
    Topic.STATES: _state_facts,
    Topic.FIELDS: _field_facts,
    Topic.DEADLINES: _deadline_facts,
    Topic.MESSAGES: _message_facts,
    Topic.EFFECTS: _effect_facts,
}
