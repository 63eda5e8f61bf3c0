"""Reads `start` and `transitions`: who may do what, from where to where, with which form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from workflows.language.building.draft import Draft
from workflows.language.building.effects import read_effects
from workflows.language.definition import TICKET_ROLES, Start, Transition
from workflows.language.effect import Convert, Effect
from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Titles
from workflows.language.forms.papers import PAPERED
from workflows.language.problems import Path

# Before there is a ticket nobody is its assignee; these two can be meant all the same.
_OPENERS = frozenset({"guest", "clock"})
# What a scenario's step may be called instead of a trigger's name.
_STORY_WORDS = frozenset({"open", "wait", "expect", "child", "as", "refused", "steps", "roster", "back_to"})


class _Deed(TypedDict):
    """What a row and the start have in common."""

    roles: tuple[str, ...]
    requires: tuple[str, ...]
    accepts: tuple[str, ...]
    complete: tuple[str, ...]
    guard: Expression | None
    effects: tuple[Effect, ...]


def read_start(draft: Draft) -> Start:
    """How a ticket comes to be."""
    raw, path = draft.said.get("start") or {}, ("start",)
    state = raw.get("state") or ""
    if state and draft.knows_state(state, (*path, "state")) and draft.states[state].ended:
        draft.wrong((*path, "state"), f"a ticket cannot begin where it ends, in {state!r}")
    deed = _deed(draft, raw, path, _OPENERS)
    for index, effect in enumerate(deed["effects"]):
        if isinstance(effect, Convert):
            draft.wrong((*path, "effects", index), "a ticket cannot be converted while it is opened")
    return Start(state=state, **deed)


def read_rows(draft: Draft, locate: Mapping[int, int]) -> tuple[Transition, ...]:
    """All rows, in the order of the file. A row without a title has that of its trigger's first row."""
    titles: dict[str, Titles] = {}
    rows = []
    for index, (path, raw) in enumerate(draft.index(("transitions",), draft.said.get("transitions"))):
        title = titles.setdefault(raw.get("trigger") or "", raw.get("title") or {})
        rows.append(_row(draft, raw, path, raw.get("title") or title, locate.get(index, 0)))
    return tuple(rows)


def _row(draft: Draft, raw: Mapping[str, Any], path: Path, title: Titles, line: int) -> Transition:
    trigger, to, auto = raw.get("trigger") or "", raw.get("to"), raw.get("auto") or False
    if trigger in _STORY_WORDS:
        draft.wrong((*path, "trigger"), f"{trigger!r} is a word of the scenarios; name the trigger otherwise")
    if to:
        draft.knows_state(to, (*path, "to"))
    sources = _sources(draft, raw.get("sources"), (*path, "from"))
    deed = _deed(draft, raw, path, TICKET_ROLES)
    if auto:
        _check_auto(draft, raw, sources, path)
    elif not raw.get("roles"):
        draft.wrong((*path, "roles"), "nobody may take this step; say `roles` (or `auto: true`)")
    _check_convert(draft, deed["effects"], to, path)
    return Transition(
        trigger=trigger, title=title, sources=sources, to=to or None, auto=auto, line=line, **deed
    )


def _sources(draft: Draft, names: tuple[str | None, ...] | None, path: Path) -> tuple[str, ...]:
    """The states a row leaves from, `open` and `any` spelled out."""
    match names:
        case ("open",):
            return tuple(name for name, category in draft.states.items() if not category.ended)
        case ("any",):
            return tuple(draft.states)
    found: list[str] = []
    for index, name in enumerate(names or ()):
        if not name:
            continue
        if name in found:
            draft.wrong((*path, index), f"{name!r} is listed twice")
        elif name in ("open", "any"):
            draft.wrong((*path, index), f"{name!r} stands alone: `from: {name}`")
        elif draft.knows_state(name, (*path, index)):
            found.append(name)
    if not names:
        draft.wrong(path, "from which state? Name one, several, `open` or `any`")
    return tuple(found)


def _deed(draft: Draft, raw: Mapping[str, Any], path: Path, extra: frozenset[str]) -> _Deed:
    roles = _named(raw.get("roles"))
    for index, role in enumerate(raw.get("roles") or ()):
        if role:
            draft.knows_role(role, (*path, "roles", index), extra)
    _check_form(draft, raw, path)
    _check_complete(draft, raw, path)
    guard = raw.get("guard")
    return _Deed(
        roles=roles,
        requires=_named(raw.get("requires")),
        accepts=_named(raw.get("accepts")),
        complete=_named(raw.get("complete")),
        guard=draft.expression(guard, (*path, "guard"), "bool") if guard else None,
        effects=read_effects(draft, raw.get("effects"), (*path, "effects")),
    )


def _named(names: Iterable[str | None] | None) -> tuple[str, ...]:
    return tuple(name for name in names or () if name)


def _check_form(draft: Draft, raw: Mapping[str, Any], path: Path) -> None:
    seen: set[str] = set()
    for key in ("requires", "accepts"):
        for index, name in enumerate(raw.get(key) or ()):
            if name in seen:
                draft.wrong((*path, key, index), f"{name!r} is asked for twice")
            elif name:
                draft.written(name, (*path, key, index))
                seen.add(name)


def _check_complete(draft: Draft, raw: Mapping[str, Any], path: Path) -> None:
    for index, name in enumerate(raw.get("complete") or ()):
        field = draft.field(name, (*path, "complete", index), *PAPERED) if name else None
        if field and not field.options and not field.items:
            draft.wrong((*path, "complete", index), f"{name!r} has no items that could be complete")


def _check_auto(draft: Draft, raw: Mapping[str, Any], sources: tuple[str, ...], path: Path) -> None:
    """A row that fires by itself has nobody to ask, and must not fire for ever."""
    if not raw.get("guard"):
        draft.wrong((*path, "guard"), "an `auto` row needs a guard")
    for key in ("roles", "requires", "accepts", "complete"):
        if raw.get(key):
            draft.wrong((*path, key), f"an `auto` row fires by itself; it has no {key}", key=True)
    if raw.get("to") is None or raw["to"] in sources:
        draft.wrong((*path, "to"), "an `auto` row leads to another state, or it would fire for ever")


def _check_convert(draft: Draft, effects: tuple[Effect, ...], to: str | None, path: Path) -> None:
    for effect in effects:
        ended = to is not None and to in draft.states and draft.states[to].ended
        if isinstance(effect, Convert) and not ended:
            draft.wrong(
                (*path, "effects"), "`convert` ends the ticket: the row's `to` must be closed or cancelled"
            )
