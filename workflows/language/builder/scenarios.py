"""Builds the scenarios from `scenarios`, and checks each step. `rehearsal` runs them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.definition import RECIPIENTS
from workflows.language.files.yaml_parser import kind
from workflows.language.findings import KeyPath, unknown
from workflows.language.scenario import Scenario
from workflows.language.schemas.fields import StrictSchema
from workflows.language.schemas.load import is_about_key, load_part
from workflows.language.schemas.rosters import RosterStepSchema
from workflows.language.schemas.scenarios import ChildSchema, ExpectSchema
from workflows.sentence import Sentence, sentence_of
from workflows.timing.durations import Duration, DurationError

_EXPECT_SCHEMA, _CHILD_SCHEMA, _ROSTER_SCHEMA = ExpectSchema(), ChildSchema(), RosterStepSchema()
_TIME_FORMAT = "%Y-%m-%d %H:%M"
_MODIFIERS = ("as", "refused", "steps")
_ASIDE = ("note", "urge", "assign")
_VERBS = ("open", "wait", "wait_until", "expect", "child", *_ASIDE, "amend", "roster", "back_to")
_NOT_COMMANDS = ("wait", "wait_until", "expect", "child", "back_to")
# Who may act in a scenario, besides the posts.
_SPEAKERS = frozenset({"guest", "clock"})
NOBODY = "nobody"  # as the assignee: leaves the ticket unassigned


def is_side_command(verb: str, value: object, triggers: Collection[str]) -> bool:
    """Whether a step of a scenario is a note, a further call, an assignment or an amendment rather than a
    transition.

    The first three are distinguished from a trigger of the same name by their value, a text; a trigger
    `amend` has precedence.
    """
    if verb == "amend":
        return verb not in triggers
    return verb in _ASIDE and isinstance(value, str)


def read_scenarios(draft: WorkflowDraft, lines: Mapping[int, int]) -> tuple[Scenario, ...]:
    """All scenarios, with their steps as plain data."""
    scenarios = []
    for index, (path, raw) in enumerate(draft.list_rows(("scenarios",), draft.data.get("scenarios"))):
        steps = tuple(raw.get("steps") or ())
        settings, staff = raw.get("settings") or {}, raw.get("staff") or {}
        _check_time(draft, raw.get("at"), (*path, "at"))
        _check_settings(draft, settings, (*path, "settings"))
        registers = raw.get("registers") or {}
        _check_registers(draft, registers, (*path, "registers"))
        _check_staff(draft, staff, (*path, "staff"))
        _StepChecker(draft, frozenset(staff), own=True).check(steps, (*path, "steps"))
        scenarios.append(
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
    return tuple(scenarios)


def _check_time(draft: WorkflowDraft, text: Any, path: KeyPath) -> None:
    if text is None:
        return
    try:
        datetime.strptime(str(text), _TIME_FORMAT)  # noqa: DTZ007  # the calendar's zone is meant
    except ValueError:
        draft.report_error(
            path, Sentence("date", "{text!r} is no moment; write it as 2026-03-02 09:00", text=text)
        )


def _check_settings(draft: WorkflowDraft, data: Mapping[str, Any], path: KeyPath) -> None:
    """Check that the settings of the scenario exist and may have these values."""
    known = draft.context.settings
    draft.used_company_names |= {f"setting:{name}" for name in data if name in known}
    for name, value in data.items():
        if name not in known:
            draft.report_error(
                (*path, name),
                unknown("setting", name, known),
                key=True,
            )
            continue
        try:
            known[name].parse(value)
        except ValueError as error:
            draft.report_error((*path, name), sentence_of(error, "type"))


def _check_staff(draft: WorkflowDraft, staff: Mapping[str, Any], path: KeyPath) -> None:
    """Check that each person added has an existing post, and a name that is not a post."""
    for name, role in staff.items():
        if name in draft.context.organisation.roles:
            draft.report_error(
                (*path, name),
                Sentence("reserved-name", "{name!r} is a role; call the person otherwise", name=name),
                key=True,
            )
        if role:
            draft.check_role(role, (*path, name))


def _check_registers(draft: WorkflowDraft, data: Mapping[str, Any], path: KeyPath) -> None:
    """Check that the registers of the scenario exist and may have these entries."""
    known, organisation = draft.context.registers, draft.context.organisation
    for name, rows in data.items():
        if not draft.check_known("register", name, known, (*path, name)):
            continue
        draft.used_company_names.add(f"register:{name}")
        for index, row in enumerate(rows or ()):
            for reason in known[name].form.check(row, organisation) if row is not None else ():
                draft.report_error((*path, name, index), Sentence("type", "{words}", words=reason.message))


class _StepChecker:
    """Checks steps. Those about a child (not `own`) belong to another process: only their form is checked.

    `staff` are the people added for the scenario: they may be named wherever a role may.
    """

    def __init__(self, draft: WorkflowDraft, staff: frozenset[str], *, own: bool) -> None:
        self._draft, self._staff, self._own = draft, staff, own

    def check(self, steps: Any, path: KeyPath) -> None:
        if not isinstance(steps, list | tuple):
            self._draft.report_error(
                path, Sentence("wrong-kind", "{kind} where a list of steps belongs", kind=kind(steps))
            )
            return
        for index, step in enumerate(steps):
            if isinstance(step, dict):
                self._check_step(step, (*path, index))
            elif step is not None:
                self._draft.report_error(
                    (*path, index), Sentence("wrong-kind", "{kind} where a step belongs", kind=kind(step))
                )

    def _check_step(self, step: Mapping[str, Any], path: KeyPath) -> None:
        verbs = [key for key in step if key not in _MODIFIERS]
        if len(verbs) != 1:
            self._draft.report_error(
                path,
                Sentence(
                    "choose-one",
                    "a step does one thing: a trigger or one of {verbs}",
                    verbs=", ".join(_VERBS),
                ),
            )
            return
        verb, value = verbs[0], step[verbs[0]]
        self._check_modifiers(verb, step, path)
        match verb:
            case "wait":
                self._check_wait(value, (*path, verb))
            case "wait_until":
                _check_time(self._draft, value, (*path, verb))
            case "expect":
                self._check_expect(value, (*path, verb))
            case "child":
                self._check_child(value, step, path)
            case "roster":
                self._check_roster(value, (*path, verb))
            case "back_to":
                self._check_back_to(value, (*path, verb))
            case _:
                self._check_command(verb, value, step, path)

    def _check_modifiers(self, verb: str, step: Mapping[str, Any], path: KeyPath) -> None:
        """Check that `as`, `refused` and `steps` stand where they are needed and nowhere else."""
        acts = verb not in _NOT_COMMANDS
        for key, belongs in (("as", acts), ("refused", acts), ("steps", verb == "child")):
            if key in step and not belongs:
                self._draft.report_error(
                    (*path, key),
                    Sentence("misplaced-key", "{key!r} does not belong to {verb!r}", key=key, verb=verb),
                    key=True,
                )
        if "as" in step:
            self._check_speaker(step["as"], (*path, "as"))
        codes = step.get("refused", [])
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            self._draft.report_error(
                (*path, "refused"), Sentence("wrong-kind", "a list of codes is needed, such as [guard]")
            )

    def _check_speaker(self, role: Any, path: KeyPath) -> None:
        if isinstance(role, str):
            self._draft.check_role(role, path, _SPEAKERS | self._staff)
        else:
            self._draft.report_error(
                path, Sentence("wrong-kind", "{kind} where a role belongs", kind=kind(role))
            )

    def _check_wait(self, value: Any, path: KeyPath) -> None:
        try:
            Duration.parse(str(value))
        except DurationError as error:
            self._draft.report_error(path, sentence_of(error, "duration"))

    def _check_command(self, verb: str, value: Any, step: Mapping[str, Any], path: KeyPath) -> None:
        """Check a step that opens a ticket, fires a trigger, or is a side command."""
        triggers = self._draft.triggers if self._own else ()
        aside = is_side_command(verb, value, triggers)
        if aside and verb != "amend":
            if verb == "assign":
                self._draft.check_role(value, (*path, verb), {NOBODY, *self._staff})
            return
        if not isinstance(value, dict):
            self._draft.report_error(
                (*path, verb),
                Sentence(
                    "wrong-kind",
                    "{kind} where the form's fields belong; {{}} if there are none",
                    kind=kind(value),
                ),
            )
            return
        if self._own and verb != "open" and not aside and verb not in triggers:
            self._draft.report_error(
                (*path, verb),
                unknown("trigger", verb, [*self._draft.triggers, *_VERBS]),
                key=True,
            )
        if self._own and "refused" not in step:  # a step may be refused for an unknown field
            self._check_fields(value, (*path, verb))

    def _check_fields(self, data: Mapping[str, Any], path: KeyPath) -> None:
        for name in data:
            if name not in self._draft.fields:
                self._draft.report_error(
                    (*path, name),
                    unknown("field", name, self._draft.fields),
                    key=True,
                )

    def _check_expect(self, value: Any, path: KeyPath) -> None:
        expected = self._load_part(value, _EXPECT_SCHEMA, path)
        if self._own:
            for state in (expected.get("state"), *(expected.get("visits") or ())):
                if state:
                    self._draft.check_state(state, path)
            self._check_fields(expected.get("data") or {}, (*path, "data"))
        for name in expected.get("registers") or ():
            if self._draft.check_known(
                "register", name, self._draft.context.registers, (*path, "registers", name)
            ):
                self._draft.used_company_names.add(f"register:{name}")
        for key in ("escalated_to", "told"):
            for index, role in enumerate(expected.get(key) or ()):
                if role:
                    self._draft.check_role(role, (*path, key, index), RECIPIENTS | self._staff)
        for role in expected.get("words") or ():
            self._draft.check_role(role, (*path, "words", role), RECIPIENTS | self._staff)
        for trigger, roles in (expected.get("may") or {}).items():
            if self._own and trigger != "open":
                self._draft.check_known("trigger", trigger, self._draft.triggers, (*path, "may", trigger))
            for index, role in enumerate(roles or ()):
                if role:
                    self._draft.check_role(role, (*path, "may", trigger, index), _SPEAKERS | self._staff)
        if expected.get("assignee"):
            self._draft.check_role(expected["assignee"], (*path, "assignee"), {NOBODY, *self._staff})

    def _check_roster(self, value: Any, path: KeyPath) -> None:
        reported = self._load_part(value, _ROSTER_SCHEMA, path)
        for index, person in enumerate(reported.get("person") or ()):
            if person:
                self._draft.check_role(person, (*path, "person", index), self._staff)

    def _check_back_to(self, value: Any, path: KeyPath) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._draft.report_error(path, Sentence("range", "which ticket? 0 is the first that was opened"))

    def _check_child(self, value: Any, step: Mapping[str, Any], path: KeyPath) -> None:
        link = self._load_part(value, _CHILD_SCHEMA, (*path, "child")).get("link")
        if link and self._own:
            self._draft.check_known("link", link, self._draft.links, (*path, "child", "link"))
        if "steps" in step:
            _StepChecker(self._draft, self._staff, own=False).check(step["steps"], (*path, "steps"))
        else:
            self._draft.report_error((*path, "steps"), Sentence("missing-key", "'steps' is missing"))

    def _load_part(self, value: Any, schema: StrictSchema, path: KeyPath) -> dict[str, Any]:
        """`value` loaded by its schema, which depends on the verb and so is known only now."""
        loaded, complaints = load_part(value, schema, path)
        for place, message in complaints:
            self._draft.report_error(place, message, key=is_about_key(message))
        return loaded
