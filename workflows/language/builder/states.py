"""Builds `states` and `clocks`: who has the next move, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.definition import Owner, State
from workflows.language.findings import KeyPath
from workflows.language.forms.field import FieldType
from workflows.language.promise import ANY, ClockSpec, Due
from workflows.language.schemas.schema_values import list_items, locate_items, pick_given
from workflows.sentence import Sentence, sentence_of
from workflows.timing.durations import Duration, DurationError

OTHERWISE = "otherwise"
_SOURCE_WORDS = ("open", "any")
_TIME_TYPES = (FieldType.DATE, FieldType.DATETIME)


def read_states(draft: WorkflowDraft) -> dict[str, State]:
    """The states by name."""
    raws = draft.data.get("states") or {}
    for word in _SOURCE_WORDS:
        if word in raws:
            draft.report_error(
                ("states", word),
                Sentence(
                    "reserved-name", "{word!r} means several states in `from`; name it otherwise", word=word
                ),
                key=True,
            )
    return {name: _read_state(draft, name, raw or {}, ("states", name)) for name, raw in raws.items()}


def read_clocks(draft: WorkflowDraft) -> dict[str, ClockSpec]:
    """The named clocks by name."""
    raws = draft.data.get("clocks") or {}
    return {name: _read_clock(draft, name, raw or {}, ("clocks", name)) for name, raw in raws.items()}


def _read_state(draft: WorkflowDraft, name: str, raw: Mapping[str, Any], path: KeyPath) -> State:
    return State(
        name=name,
        **pick_given(raw, "title"),
        category=draft.states[name],
        owner=_read_owner(draft, raw["owner"], (*path, "owner")) if raw.get("owner") else None,
        due=_read_due(draft, raw["due"], (*path, "due")) if raw.get("due") else None,
        escalation=_read_escalation(draft, raw, path),
    )


def _read_owner(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Owner:
    role, department, staff = raw.get("role"), raw.get("department"), raw.get("staff")
    if role:
        draft.check_role(role, (*path, "role"))
    if department:
        draft.find_open_field(department, (*path, "department"), FieldType.DEPARTMENT)
    if staff:
        draft.find_open_field(staff, (*path, "staff"), FieldType.STAFF)
    if staff and (role or department):
        draft.report_error(
            path, Sentence("choose-one", "an owner is `staff` alone, or `role` and `department`")
        )
    return Owner(role=role, department=department, staff=staff)


def _read_escalation(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> str | None:
    policy: str | None = raw.get("escalation")
    if policy is None:
        return None
    draft.check_known("escalation", policy, draft.context.policies, (*path, "escalation"))
    spoiled = any(draft.is_malformed((*path, key)) for key in ("due", "within"))
    if not raw.get("due") and not raw.get("within") and not spoiled:
        draft.report_error(
            (*path, "escalation"),
            Sentence("misplaced-key", "nothing falls due here, so nothing escalates; say when"),
            key=True,
        )
    return policy


def _read_clock(draft: WorkflowDraft, name: str, raw: Mapping[str, Any], path: KeyPath) -> ClockSpec:
    for key in ("starts", "stops"):
        for place, state in locate_items(raw, key, path):
            draft.check_state(state, place)
    return ClockSpec(
        name=name,
        **pick_given(raw, "title", "pauses", "on_reopen"),
        starts=list_items(raw, "starts"),
        stops=list_items(raw, "stops"),
        due=_read_clock_due(draft, raw, path),
        escalation=_read_escalation(draft, raw, path),
        restarts=_read_restarts(draft, raw, path),
    )


def _read_restarts(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> tuple[str, ...]:
    """The triggers that restart the clock, or `any` for every step of a person."""
    due, triggers = raw.get("due"), list_items(raw, "restarts")
    if triggers and isinstance(due, Mapping) and "within" not in due:
        draft.report_error(
            (*path, "restarts"),
            Sentence("misplaced-key", "an agreed moment is not begun anew; give a duration"),
            key=True,
        )
    for index, name in enumerate(triggers):
        place = (*path, "restarts", index)
        if name != ANY:
            draft.check_known("trigger", name, draft.triggers, place)
        elif len(triggers) > 1:
            draft.report_error(place, Sentence("choose-one", "`any` stands alone: `restarts: any`"))
    return triggers


def _read_clock_due(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Due:
    """The promise of a clock: `within` (with `by`), or `due` as for a state."""
    if ("within" in raw) == ("due" in raw):
        draft.report_error(path, Sentence("choose-one", "a clock has either `within` or `due`"), key=True)
    if "due" in raw:
        if "by" in raw:
            draft.report_error((*path, "by"), Sentence("misplaced-key", "`by` belongs to `within`"), key=True)
        return _read_due(draft, raw["due"], (*path, "due"))
    return _read_within(draft, raw, path)


def _read_due(draft: WorkflowDraft, raw: Any, path: KeyPath) -> Due:
    if not isinstance(raw, Mapping):
        return Due(within=raw)
    given = [key for key in ("within", "at", "before") if key in raw]
    if len(given) != 1:
        draft.lose(path, Sentence("choose-one", "say one of `within`, `at` and `before`"))
        return Due()
    if "grace" in raw and given != ["at"]:
        draft.report_error((*path, "grace"), Sentence("misplaced-key", "`grace` belongs to `at`"), key=True)
    if "per" in raw and given == ["within"]:
        draft.report_error(
            (*path, "per"),
            Sentence("misplaced-key", "`per` belongs to `before` or `at`; beside `within` it is `by`"),
            key=True,
        )
    match given[0]:
        case "within":
            return _read_within(draft, raw, path)
        case "at":
            if "by" in raw:
                draft.report_error(
                    (*path, "by"), Sentence("misplaced-key", "`by` belongs to `within` or `before`"), key=True
                )
            _check_time_field(draft, raw["at"], (*path, "at"))
            return _read_due_at(draft, raw, "grace", path)
        case _:
            _check_time_field(draft, raw["before"], (*path, "before"))
            return _read_due_at(draft, raw, "by", path)


def _read_due_at(draft: WorkflowDraft, raw: Mapping[str, Any], key: str, path: KeyPath) -> Due:
    """The promise to meet a moment, earlier (`by`) or later (`grace`) by one duration, or by one for each
    answer of the field `per`."""
    at, ahead, length, per = raw.get("before") or raw.get("at"), key == "by", raw.get(key), raw.get("per")
    if isinstance(length, Mapping):
        if per is None:
            draft.report_error(
                (*path, key), Sentence("missing-key", "which field decides? Say `per: <a choice field>`")
            )
        else:
            _check_answers(draft, length, per, (*path, "per"), (*path, key))
        for answer, each in length.items():
            _check_backwards(draft, each if ahead else None, (*path, key, answer))
        choices = {answer: each for answer, each in length.items() if answer != OTHERWISE}
        return Due(at=at, choices=choices, by=per, otherwise=length.get(OTHERWISE), ahead=ahead)
    if per is not None:
        draft.report_error(
            (*path, "per"),
            Sentence("missing-key", "`per` needs a mapping of its answers in `{key}`", key=key),
            key=True,
        )
    return Due(at=at, before=_read_ahead(draft, raw, path)) if ahead else Due(at=at, grace=length)


def _check_backwards(draft: WorkflowDraft, length: Duration | None, path: KeyPath) -> None:
    if length is not None and length.working:
        draft.report_error(
            path,
            Sentence(
                "duration",
                "only time on the wall can be counted backwards, and {length!r} is working time",
                length=str(length),
            ),
        )


def _check_time_field(draft: WorkflowDraft, name: str | None, path: KeyPath) -> None:
    if name:
        draft.find_open_field(name, path, *_TIME_TYPES)


def _read_ahead(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Duration | None:
    """The duration `by` of a `before`."""
    if "by" not in raw:
        draft.report_error((*path, "by"), Sentence("missing-key", "say by how much before: `by: 1 hour`"))
        return None
    try:
        length = Duration.parse(str(raw["by"] or ""))
    except DurationError as error:
        draft.lose((*path, "by"), sentence_of(error, "duration"))
        return None
    _check_backwards(draft, length, (*path, "by"))
    return length


def _read_within(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> Due:
    """A duration, or one for each answer of the field `by`."""
    promise, by = raw.get("within"), raw.get("by")
    if isinstance(by, Mapping):
        draft.lose(
            (*path, "by"),
            Sentence("wrong-kind", "a mapping where a field belongs: `by` names what decides `within`"),
        )
        return Due()
    if not isinstance(promise, Mapping):
        if by is not None:
            draft.report_error(
                (*path, "by"),
                Sentence("missing-key", "`by` needs a mapping of its answers in `within`"),
                key=True,
            )
        return Due(within=promise)
    if by is None:
        draft.report_error(
            (*path, "within"), Sentence("missing-key", "which field decides? Say `by: <a choice field>`")
        )
    else:
        _check_answers(draft, promise, by, (*path, "by"), (*path, "within"))
    choices = {answer: length for answer, length in promise.items() if answer != OTHERWISE}  # None: `none`
    return Due(choices=choices, by=by, otherwise=promise.get(OTHERWISE))


def _check_answers(
    draft: WorkflowDraft, lengths: Mapping[str, Any], by: str, by_path: KeyPath, path: KeyPath
) -> None:
    """Check that each answer is an option of the field `by`, and that each option has an answer."""
    field = draft.find_open_field(by, by_path, FieldType.CHOICE)
    if field is None or not field.options:
        return
    options = {option.value: option for option in field.options}
    for answer in lengths.keys() - {OTHERWISE}:
        draft.check_known("option", answer, options, (*path, answer))
    missing = [value for value in options if value not in lengths]
    if missing and OTHERWISE not in lengths:
        draft.report_error(
            path,
            Sentence(
                "missing-value",
                "no duration for {missing}; add it, or `otherwise`",
                missing=", ".join(missing),
            ),
        )
