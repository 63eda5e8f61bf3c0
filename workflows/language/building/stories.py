"""Reads `scenarios`: whether each step speaks of what there is. `rehearsal` walks them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from workflows.language.building.draft import Draft
from workflows.language.definition import RECIPIENTS, Scenario
from workflows.language.files.composing import kind
from workflows.language.problems import Path
from workflows.language.shapes.fields import Shape
from workflows.language.shapes.shaping import fitted, is_about_key
from workflows.language.shapes.stories import ChildShape, ExpectShape
from workflows.language.shapes.turns import RosterStepShape
from workflows.timing.durations import Duration, DurationError
from workflows.timing.problems import did_you_mean

_EXPECTED, _CHILD, _ROSTER = ExpectShape(), ChildShape(), RosterStepShape()
_MOMENT = "%Y-%m-%d %H:%M"
_MANNERS = ("as", "refused", "steps")
_VERBS = ("open", "wait", "wait_until", "expect", "child", "note", "assign", "amend", "roster", "back_to")
_NOT_ACTS = ("wait", "wait_until", "expect", "child", "back_to")
# A story may speak for a guest or the clock as well as for a post.
_SPEAKERS = frozenset({"guest", "clock"})
NOBODY = "nobody"  # to whom a story gives a ticket that is to lie there unassigned


def beside(verb: str, said: object, triggers: Collection[str]) -> bool:
    """Whether a step of a story leaves the process's rows alone: a note, an assignment, an amendment.

    The first two are told from a trigger of that name by what is said, a text; a trigger `amend` goes first.
    """
    if verb == "amend":
        return verb not in triggers
    return verb in ("note", "assign") and isinstance(said, str)


def read_scenarios(draft: Draft, lines: Mapping[int, int]) -> tuple[Scenario, ...]:
    """All scenarios, their steps as plain data."""
    found = []
    for index, (path, raw) in enumerate(draft.index(("scenarios",), draft.said.get("scenarios"))):
        steps = tuple(raw.get("steps") or ())
        settings, staff = raw.get("settings") or {}, raw.get("staff") or {}
        _check_moment(draft, raw.get("at"), (*path, "at"))
        _check_settings(draft, settings, (*path, "settings"))
        registers = raw.get("registers") or {}
        _check_registers(draft, registers, (*path, "registers"))
        _check_staff(draft, staff, (*path, "staff"))
        _Story(draft, frozenset(staff), own=True).check(steps, (*path, "steps"))
        found.append(
            Scenario(
                name=raw.get("name") or "",
                at=raw.get("at") or "",
                steps=tuple(step or {} for step in steps),
                settings=settings,
                staff={name: role for name, role in staff.items() if role},
                registers={name: tuple(rows or ()) for name, rows in registers.items()},
                line=lines.get(index, 0),
            )
        )
    return tuple(found)


def _check_moment(draft: Draft, text: Any, path: Path) -> None:
    if text is None:
        return
    try:
        datetime.strptime(str(text), _MOMENT)  # noqa: DTZ007  # the calendar's zone is meant
    except ValueError:
        draft.wrong(path, f"{text!r} is no moment; write it as 2026-03-02 09:00")


def _check_settings(draft: Draft, said: Mapping[str, Any], path: Path) -> None:
    """Whether the company has such settings, and they may have these values."""
    known = draft.context.settings
    draft.spoken |= {f"setting:{name}" for name in said if name in known}
    for name, value in said.items():
        if name not in known:
            meant = did_you_mean(name, known)
            draft.wrong((*path, name), f"unknown setting {name!r}{meant}", key=True)
            continue
        try:
            known[name].read(value)
        except ValueError as error:
            draft.wrong((*path, name), str(error))


def _check_staff(draft: Draft, staff: Mapping[str, Any], path: Path) -> None:
    """Whether those who come on have a post, and a name that is no post's."""
    for name, role in staff.items():
        if name in draft.context.organisation.roles:
            draft.wrong((*path, name), f"{name!r} is a role; call the person otherwise", key=True)
        if role:
            draft.knows_role(role, (*path, name))


def _check_registers(draft: Draft, said: Mapping[str, Any], path: Path) -> None:
    """Whether the company has such registers, and their entries may be like this."""
    known, organisation = draft.context.registers, draft.context.organisation
    for name, rows in said.items():
        if not draft.knows("register", name, known, (*path, name)):
            continue
        draft.spoken.add(f"register:{name}")
        for index, row in enumerate(rows or ()):
            for reason in known[name].form.check(row, organisation) if row is not None else ():
                draft.wrong((*path, name, index), reason.message)


class _Story:
    """Judges steps. Those of a child belong to another process: of them only the form is judged.

    `staff` are the people who come on for the story: they may be named wherever a role may.
    """

    def __init__(self, draft: Draft, staff: frozenset[str], *, own: bool) -> None:
        self._draft, self._staff, self._own = draft, staff, own

    def check(self, steps: Any, path: Path) -> None:
        if not isinstance(steps, list | tuple):
            self._draft.wrong(path, f"{kind(steps)} where a list of steps belongs")
            return
        for index, step in enumerate(steps):
            if isinstance(step, dict):
                self._step(step, (*path, index))
            elif step is not None:
                self._draft.wrong((*path, index), f"{kind(step)} where a step belongs")

    def _step(self, step: Mapping[str, Any], path: Path) -> None:
        verbs = [key for key in step if key not in _MANNERS]
        if len(verbs) != 1:
            self._draft.wrong(path, f"a step does one thing: a trigger or one of {', '.join(_VERBS)}")
            return
        verb, said = verbs[0], step[verbs[0]]
        self._manners(verb, step, path)
        match verb:
            case "wait":
                self._wait(said, (*path, verb))
            case "wait_until":
                _check_moment(self._draft, said, (*path, verb))
            case "expect":
                self._expect(said, (*path, verb))
            case "child":
                self._child(said, step, path)
            case "roster":
                self._roster(said, (*path, verb))
            case "back_to":
                self._back(said, (*path, verb))
            case _:
                self._act(verb, said, step, path)

    def _manners(self, verb: str, step: Mapping[str, Any], path: Path) -> None:
        """`as`, `refused` and `steps`, each where it belongs."""
        acts = verb not in _NOT_ACTS
        for key, belongs in (("as", acts), ("refused", acts), ("steps", verb == "child")):
            if key in step and not belongs:
                self._draft.wrong((*path, key), f"{key!r} does not belong to {verb!r}", key=True)
        if "as" in step:
            self._speaker(step["as"], (*path, "as"))
        codes = step.get("refused", [])
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            self._draft.wrong((*path, "refused"), "a list of codes is needed, such as [guard]")

    def _speaker(self, role: Any, path: Path) -> None:
        if isinstance(role, str):
            self._draft.knows_role(role, path, _SPEAKERS | self._staff)
        else:
            self._draft.wrong(path, f"{kind(role)} where a role belongs")

    def _wait(self, said: Any, path: Path) -> None:
        try:
            Duration.parse(str(said))
        except DurationError as error:
            self._draft.wrong(path, str(error))

    def _act(self, verb: str, said: Any, step: Mapping[str, Any], path: Path) -> None:
        """Opening a ticket, taking a step of it, or doing something beside its rows."""
        triggers = self._draft.triggers if self._own else ()
        aside = beside(verb, said, triggers)
        if aside and verb != "amend":
            if verb == "assign":
                self._draft.knows_role(said, (*path, verb), {NOBODY, *self._staff})
            return
        if not isinstance(said, dict):
            self._draft.wrong(
                (*path, verb), f"{kind(said)} where the form's fields belong; {{}} if there are none"
            )
            return
        if self._own and verb != "open" and not aside and verb not in triggers:
            meant = did_you_mean(verb, [*self._draft.triggers, *_VERBS])
            self._draft.wrong((*path, verb), f"unknown trigger {verb!r}{meant}", key=True)
        if self._own and "refused" not in step:  # a step may be refused for an unknown field
            self._fields(said, (*path, verb))

    def _fields(self, said: Mapping[str, Any], path: Path) -> None:
        for name in said:
            if name not in self._draft.fields:
                meant = did_you_mean(name, self._draft.fields)
                self._draft.wrong((*path, name), f"unknown field {name!r}{meant}", key=True)

    def _expect(self, said: Any, path: Path) -> None:
        expected = self._shaped(said, _EXPECTED, path)
        if self._own:
            for state in (expected.get("state"), *(expected.get("visits") or ())):
                if state:
                    self._draft.knows_state(state, path)
            self._fields(expected.get("data") or {}, (*path, "data"))
        for name in expected.get("registers") or ():
            if self._draft.knows("register", name, self._draft.context.registers, (*path, "registers", name)):
                self._draft.spoken.add(f"register:{name}")
        for key in ("escalated_to", "told"):
            for index, role in enumerate(expected.get(key) or ()):
                if role:
                    self._draft.knows_role(role, (*path, key, index), RECIPIENTS | self._staff)
        for trigger, roles in (expected.get("may") or {}).items():
            if self._own and trigger != "open":
                self._draft.knows("trigger", trigger, self._draft.triggers, (*path, "may", trigger))
            for index, role in enumerate(roles or ()):
                if role:
                    self._draft.knows_role(role, (*path, "may", trigger, index), _SPEAKERS | self._staff)
        if expected.get("assignee"):
            self._draft.knows_role(expected["assignee"], (*path, "assignee"), {NOBODY, *self._staff})

    def _roster(self, said: Any, path: Path) -> None:
        reported = self._shaped(said, _ROSTER, path)
        for index, person in enumerate(reported.get("person") or ()):
            if person:
                self._draft.knows_role(person, (*path, "person", index), self._staff)

    def _back(self, said: Any, path: Path) -> None:
        if not isinstance(said, int) or isinstance(said, bool) or said < 0:
            self._draft.wrong(path, "which ticket? 0 is the first that was opened")

    def _child(self, said: Any, step: Mapping[str, Any], path: Path) -> None:
        link = self._shaped(said, _CHILD, (*path, "child")).get("link")
        if link and self._own:
            self._draft.knows("link", link, self._draft.links, (*path, "child", "link"))
        if "steps" in step:
            _Story(self._draft, self._staff, own=False).check(step["steps"], (*path, "steps"))
        else:
            self._draft.wrong((*path, "steps"), "'steps' is missing")

    def _shaped(self, said: Any, shape: Shape, path: Path) -> dict[str, Any]:
        """`said` by its shape, which is known only now."""
        loaded, complaints = fitted(said, shape, path)
        for place, message in complaints:
            self._draft.wrong(place, message, key=is_about_key(message))
        return loaded
