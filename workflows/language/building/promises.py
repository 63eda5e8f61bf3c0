"""Reads `states` and `clocks`: who has the next move, and by when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from workflows.language.building.draft import Draft
from workflows.language.definition import Owner, State
from workflows.language.forms.field import FieldType
from workflows.language.problems import Path
from workflows.language.promise import ANY, ClockSpec, Due
from workflows.timing.durations import Duration, DurationError

OTHERWISE = "otherwise"
_SOURCE_WORDS = ("open", "any")
_MOMENTS = (FieldType.DATE, FieldType.DATETIME)


def read_states(draft: Draft) -> dict[str, State]:
    """All states."""
    raws = draft.said.get("states") or {}
    for word in _SOURCE_WORDS:
        if word in raws:
            draft.wrong(
                ("states", word), f"{word!r} means several states in `from`; name it otherwise", key=True
            )
    return {name: _state(draft, name, raw or {}, ("states", name)) for name, raw in raws.items()}


def read_clocks(draft: Draft) -> dict[str, ClockSpec]:
    """All named clocks."""
    raws = draft.said.get("clocks") or {}
    return {name: _clock(draft, name, raw or {}, ("clocks", name)) for name, raw in raws.items()}


def _state(draft: Draft, name: str, raw: Mapping[str, Any], path: Path) -> State:
    return State(
        name=name,
        title=raw.get("title") or {},
        category=draft.states[name],
        owner=_owner(draft, raw["owner"], (*path, "owner")) if raw.get("owner") else None,
        due=_due(draft, raw["due"], (*path, "due")) if raw.get("due") else None,
        escalation=_escalation(draft, raw, path),
    )


def _owner(draft: Draft, raw: Mapping[str, Any], path: Path) -> Owner:
    role, department, staff = raw.get("role"), raw.get("department"), raw.get("staff")
    if role:
        draft.knows_role(role, (*path, "role"))
    if department:
        draft.open_field(department, (*path, "department"), FieldType.DEPARTMENT)
    if staff:
        draft.open_field(staff, (*path, "staff"), FieldType.STAFF)
    if staff and (role or department):
        draft.wrong(path, "an owner is `staff` alone, or `role` and `department`")
    return Owner(role=role, department=department, staff=staff)


def _escalation(draft: Draft, raw: Mapping[str, Any], path: Path) -> str | None:
    policy: str | None = raw.get("escalation")
    if policy is None:
        return None
    draft.knows("escalation", policy, draft.context.policies, (*path, "escalation"))
    if not raw.get("due") and not raw.get("within"):
        draft.wrong((*path, "escalation"), "nothing falls due here, so nothing escalates; say when", key=True)
    return policy


def _clock(draft: Draft, name: str, raw: Mapping[str, Any], path: Path) -> ClockSpec:
    for key in ("starts", "stops"):
        for place, state in _places(raw.get(key), (*path, key)):
            if state:
                draft.knows_state(state, place)
    on_reopen: Literal["continue", "restart"] = raw.get("on_reopen") or "continue"
    pauses = raw.get("pauses")
    return ClockSpec(
        name=name,
        title=raw.get("title") or {},
        starts=tuple(raw.get("starts") or ()),
        stops=tuple(raw.get("stops") or ()),
        due=_clock_due(draft, raw, path),
        escalation=_escalation(draft, raw, path),
        pauses=True if pauses is None else pauses,
        on_reopen=on_reopen,
        restarts=_restarts(draft, raw, path),
    )


def _restarts(draft: Draft, raw: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    """What begins the clock anew: triggers, or `any` act of a person."""
    due, found = raw.get("due"), tuple(name for name in raw.get("restarts") or () if name)
    if found and isinstance(due, Mapping) and "within" not in due:
        draft.wrong((*path, "restarts"), "an agreed moment is not begun anew; give a duration", key=True)
    for index, name in enumerate(found):
        place = (*path, "restarts", index)
        if name != ANY:
            draft.knows("trigger", name, draft.triggers, place)
        elif len(found) > 1:
            draft.wrong(place, "`any` stands alone: `restarts: any`")
    return found


def _places(names: tuple[str | None, ...] | None, path: Path) -> list[tuple[Path, str | None]]:
    return [((*path, index), name) for index, name in enumerate(names or ())]


def _clock_due(draft: Draft, raw: Mapping[str, Any], path: Path) -> Due:
    """A clock's promise: `within` (with `by`), or `due` as a state has it."""
    if ("within" in raw) == ("due" in raw):
        draft.wrong(path, "a clock has either `within` or `due`", key=True)
    if "due" in raw:
        if "by" in raw:
            draft.wrong((*path, "by"), "`by` belongs to `within`", key=True)
        return _due(draft, raw["due"], (*path, "due"))
    return _within(draft, raw, path)


def _due(draft: Draft, raw: Any, path: Path) -> Due:
    if not isinstance(raw, Mapping):
        return Due(within=raw)
    given = [key for key in ("within", "at", "before") if key in raw]
    if len(given) != 1:
        draft.wrong(path, "say one of `within`, `at` and `before`")
        return Due()
    if "grace" in raw and given != ["at"]:
        draft.wrong((*path, "grace"), "`grace` belongs to `at`", key=True)
    if "per" in raw and given == ["within"]:
        draft.wrong((*path, "per"), "`per` belongs to `before` or `at`; beside `within` it is `by`", key=True)
    match given[0]:
        case "within":
            return _within(draft, raw, path)
        case "at":
            if "by" in raw:
                draft.wrong((*path, "by"), "`by` belongs to `within` or `before`", key=True)
            _moment(draft, raw["at"], (*path, "at"))
            return _spanned(draft, raw, "grace", path)
        case _:
            _moment(draft, raw["before"], (*path, "before"))
            return _spanned(draft, raw, "by", path)


def _spanned(draft: Draft, raw: Mapping[str, Any], key: str, path: Path) -> Due:
    """A moment, and how long before (`by`) or after it (`grace`): one length, or one by the field `per`."""
    at, ahead, said, per = raw.get("before") or raw.get("at"), key == "by", raw.get(key), raw.get("per")
    if isinstance(said, Mapping):
        if per is None:
            draft.wrong((*path, key), "which field decides? Say `per: <a choice field>`")
        else:
            _check_answers(draft, said, per, (*path, "per"), (*path, key))
        for answer, length in said.items():
            _check_backwards(draft, length if ahead else None, (*path, key, answer))
        choices = {answer: length for answer, length in said.items() if answer != OTHERWISE}
        return Due(at=at, choices=choices, by=per, otherwise=said.get(OTHERWISE), ahead=ahead)
    if per is not None:
        draft.wrong((*path, "per"), f"`per` needs a mapping of its answers in `{key}`", key=True)
    return Due(at=at, before=_ahead(draft, raw, path)) if ahead else Due(at=at, grace=said)


def _check_backwards(draft: Draft, length: Duration | None, path: Path) -> None:
    if length is not None and length.working:
        draft.wrong(
            path, f"only time on the wall can be counted backwards, and {str(length)!r} is working time"
        )


def _moment(draft: Draft, name: str | None, path: Path) -> None:
    if name:
        draft.open_field(name, path, *_MOMENTS)


def _ahead(draft: Draft, raw: Mapping[str, Any], path: Path) -> Duration | None:
    """The duration in `by`, beside `before`."""
    if "by" not in raw:
        draft.wrong((*path, "by"), "say by how much before: `by: 1 hour`")
        return None
    try:
        length = Duration.parse(str(raw["by"] or ""))
    except DurationError as error:
        draft.wrong((*path, "by"), str(error))
        return None
    _check_backwards(draft, length, (*path, "by"))
    return length


def _within(draft: Draft, raw: Mapping[str, Any], path: Path) -> Due:
    """A duration, or one for each answer to the question `by`."""
    promise, by = raw.get("within"), raw.get("by")
    if isinstance(by, Mapping):
        draft.wrong((*path, "by"), "a mapping where a field belongs: `by` names what decides `within`")
        return Due()
    if not isinstance(promise, Mapping):
        if by is not None:
            draft.wrong((*path, "by"), "`by` needs a mapping of its answers in `within`", key=True)
        return Due(within=promise)
    if by is None:
        draft.wrong((*path, "within"), "which field decides? Say `by: <a choice field>`")
    else:
        _check_answers(draft, promise, by, (*path, "by"), (*path, "within"))
    choices = {answer: length for answer, length in promise.items() if answer != OTHERWISE}  # None: `none`
    return Due(choices=choices, by=by, otherwise=promise.get(OTHERWISE))


def _check_answers(draft: Draft, lengths: Mapping[str, Any], by: str, asked: Path, path: Path) -> None:
    """Whether each answer is an option of the field `by`, and each option has an answer."""
    field = draft.open_field(by, asked, FieldType.CHOICE)
    if field is None or not field.options:
        return
    options = {option.value: option for option in field.options}
    for answer in lengths.keys() - {OTHERWISE}:
        draft.knows(f"option of {by!r}:", answer, options, (*path, answer))
    missing = [value for value in options if value not in lengths]
    if missing and OTHERWISE not in lengths:
        draft.wrong(path, f"no duration for {', '.join(missing)}; add it, or `otherwise`")
