"""Builds `start` and `transitions`: who may do what, from which state to which, with which form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.builder.effects import read_effects
from workflows.language.builder.guest_values import read_guest_values
from workflows.language.builder.notices import check_reason_text
from workflows.language.definition import GUEST, TICKET_ROLES, Start, Transition
from workflows.language.effect import ConvertEffect, Effect
from workflows.language.expressions.expression import Expression
from workflows.language.findings import KeyPath, Severity
from workflows.language.forms.field import Titles
from workflows.language.forms.required_documents import DOCUMENT_TYPES
from workflows.language.scenario import SCENARIO_WORDS
from workflows.language.schemas.schema_values import list_items, locate_items
from workflows.sentence import Sentence

# Of the roles that depend on the ticket, those that exist before there is one.
_OPENERS = frozenset({GUEST, "clock"})


class _CommonParts(TypedDict):
    """The parts that a transition and the start have in common."""

    roles: tuple[str, ...]
    requires: tuple[str, ...]
    accepts: tuple[str, ...]
    complete: tuple[str, ...]
    guard: Expression | None
    because: Titles
    effects: tuple[Effect, ...]


def read_start(draft: WorkflowDraft) -> Start:
    """How a ticket is opened."""
    raw, path = draft.data.get("start") or {}, ("start",)
    state = raw.get("state") or ""
    if state and draft.check_state(state, (*path, "state")) and draft.states[state].ended:
        draft.report_error(
            (*path, "state"),
            Sentence("wrong-state", "a ticket cannot begin where it ends, in {state!r}", state=state),
        )
    result = _read_common(draft, raw, path, _OPENERS)
    for index, effect in enumerate(result["effects"]):
        if isinstance(effect, ConvertEffect):
            draft.report_error(
                (*path, "effects", index),
                Sentence("wrong-state", "a ticket cannot be converted while it is opened"),
            )
    return Start(state=state, guest=read_guest_values(draft, raw, path), **result)


def read_transitions(draft: WorkflowDraft, locate: Mapping[int, int]) -> tuple[Transition, ...]:
    """All transitions in the order of the file. One without a title has the title of its trigger's first
    row."""
    titles: dict[str, Titles] = {}
    rows = []
    for index, (path, raw) in enumerate(draft.list_rows(("transitions",), draft.data.get("transitions"))):
        title = titles.setdefault(raw.get("trigger") or "", raw.get("title") or {})
        rows.append(_read_transition(draft, raw, path, raw.get("title") or title, locate.get(index, 0)))
    return tuple(rows)


def _read_transition(
    draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath, title: Titles, line: int
) -> Transition:
    trigger, to, auto = raw.get("trigger") or "", raw.get("to"), bool(raw.get("auto"))
    if trigger in SCENARIO_WORDS:
        draft.report_error(
            (*path, "trigger"),
            Sentence(
                "reserved-name",
                "{trigger!r} is a word of the scenarios; name the trigger otherwise",
                trigger=trigger,
            ),
        )
    if to:
        draft.check_state(to, (*path, "to"))
    sources = _expand_sources(draft, raw.get("sources"), (*path, "from"))
    result = _read_common(draft, raw, path, TICKET_ROLES)
    if auto:
        _check_auto(draft, raw, sources, path)
    elif not raw.get("roles") and not draft.is_malformed((*path, "auto")):
        draft.report_error(
            (*path, "roles"),
            Sentence("nobody-may", "nobody may take this step; say `roles` (or `auto: true`)"),
        )
    _check_convert(draft, result["effects"], to, path)
    return Transition(
        trigger=trigger, title=title, sources=sources, to=to or None, auto=auto, line=line, **result
    )


def _expand_sources(
    draft: WorkflowDraft, names: tuple[str | None, ...] | None, path: KeyPath
) -> tuple[str, ...]:
    """The states that a row leaves, with `open` and `any` expanded."""
    match names:
        case ("open",):
            return tuple(name for name, category in draft.states.items() if not category.ended)
        case ("any",):
            return tuple(draft.states)
    states: list[str] = []
    for index, name in enumerate(names or ()):
        if not name:
            continue
        if name in states:
            draft.report_error(
                (*path, index), Sentence("duplicate-item", "{name!r} is listed twice", name=name)
            )
        elif name in ("open", "any"):
            draft.report_error(
                (*path, index), Sentence("choose-one", "{name!r} stands alone: `from: {name}`", name=name)
            )
        elif draft.check_state(name, (*path, index)):
            states.append(name)
    if not names:
        draft.report_error(
            path, Sentence("missing-key", "from which state? Name one, several, `open` or `any`")
        )
    return tuple(states)


def _read_common(
    draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath, extra: frozenset[str]
) -> _CommonParts:
    for place, role in locate_items(raw, "roles", path):
        draft.check_role(role, place, extra)
    _check_form(draft, raw, path)
    _check_complete(draft, raw, path)
    guard = raw.get("guard")
    if raw.get("because") and not guard:
        draft.report_error(
            (*path, "because"),
            Sentence("misplaced-key", "`because` of what? There is no guard that could refuse"),
            key=True,
            severity=Severity.WARNING,
        )
    check_reason_text(draft, raw.get("because") or {}, (*path, "because"))
    return _CommonParts(
        roles=list_items(raw, "roles"),
        requires=list_items(raw, "requires"),
        accepts=list_items(raw, "accepts"),
        complete=list_items(raw, "complete"),
        guard=draft.parse_expression(guard, (*path, "guard"), "bool") if guard else None,
        because=raw.get("because") or {},
        effects=read_effects(draft, raw.get("effects"), (*path, "effects")),
    )


def _check_form(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> None:
    seen: set[str] = set()
    for key in ("requires", "accepts"):
        for place, name in locate_items(raw, key, path):
            if name in seen:
                draft.report_error(
                    place, Sentence("duplicate-item", "{name!r} is asked for twice", name=name)
                )
            else:
                draft.find_writable_field(name, place)
                seen.add(name)


def _check_complete(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> None:
    for place, name in locate_items(raw, "complete", path):
        field = draft.find_field(name, place, *DOCUMENT_TYPES)
        if field and not field.options and not field.items:
            draft.report_error(
                place, Sentence("field-type", "{name!r} has no items that could be complete", name=name)
            )


def _check_auto(
    draft: WorkflowDraft, raw: Mapping[str, Any], sources: tuple[str, ...], path: KeyPath
) -> None:
    """Check that an auto transition asks nobody for anything and cannot fire for ever."""
    if not raw.get("guard"):
        draft.report_error((*path, "guard"), Sentence("auto-row", "an `auto` row needs a guard"))
    for key in ("roles", "requires", "accepts", "complete"):
        if raw.get(key):
            draft.report_error(
                (*path, key),
                Sentence("auto-row", "an `auto` row fires by itself; it has no {key}", key=key),
                key=True,
            )
    if raw.get("to") is None or raw["to"] in sources:
        draft.report_error(
            (*path, "to"),
            Sentence("auto-row", "an `auto` row leads to another state, or it would fire for ever"),
        )


def _check_convert(draft: WorkflowDraft, effects: tuple[Effect, ...], to: str | None, path: KeyPath) -> None:
    for effect in effects:
        ended = to is not None and to in draft.states and draft.states[to].ended
        if isinstance(effect, ConvertEffect) and not ended:
            draft.report_error(
                (*path, "effects"),
                Sentence(
                    "wrong-state", "`convert` ends the ticket: the row's `to` must be closed or cancelled"
                ),
            )
