"""What a change means for the open tickets. They stay on their version, so that most of it is only said.

Nothing here asks the database. Personal values are never among what is said; of an encrypted field it is
known only that a ticket has personal values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workflows.gate.change import WITH_OPTIONS, Group, ProcessChange, Usage
from workflows.gate.promises import compare_promises, describe_promise, promises_of
from workflows.language.definition import Definition
from workflows.language.findings import Finding, Findings, KeyPath, Severity
from workflows.language.forms.field import Field
from workflows.sentence import Sentence


def find_impact(change: ProcessChange, usage: Usage) -> tuple[Finding, ...]:
    """The notes on a changed process, each at its place in the new text."""
    if change.after is None or change.source is None:
        return ()
    notes = Notes(change.source.new_findings())
    _note_states(change, change.after, usage, notes)
    _note_triggers(change, change.after, usage, notes)
    _note_fields(change, change.after, usage, notes)
    _note_promises(change, change.after, usage, notes)
    _note_rollback(change, usage, notes)
    return notes.findings.in_file_order


class Notes:
    """Collects notes about one text."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings

    def add(self, path: KeyPath, said: Sentence) -> None:
        """Add a note at the key of a path."""
        self.findings.add(path, said, key=True, severity=Severity.NOTE)


def _versions_by(
    change: ProcessChange, names: Callable[[Definition], Iterable[str]]
) -> Mapping[str, list[int]]:
    """Name -> the versions in use that have it."""
    found: dict[str, list[int]] = {}
    for version, old in sorted(change.in_use.items()):
        for name in names(old):
            found.setdefault(name, []).append(version)
    return found


def _note_states(change: ProcessChange, after: Definition, usage: Usage, notes: Notes) -> None:
    for state, versions in _versions_by(change, lambda old: old.states.keys() - after.states.keys()).items():
        group = usage.of(change.name, versions).in_states([state])
        if group.seen:
            said = Sentence(
                "removed-state",
                "'{state}' (line {line} of version {version}) is gone; open tickets in it: {count}{numbers};"
                " they stay on their version unless moved",
                state=state,
                line=change.line_of(versions[-1], ("states", state)),
                version=versions[-1],
                count=group.seen,
                numbers=group.named,
            )
            notes.add(("states",), said)


def _note_triggers(change: ProcessChange, after: Definition, usage: Usage, notes: Notes) -> None:
    """Steps that new tickets do not have, and some open ones do: from the state in which they stand."""
    for trigger, versions in _versions_by(change, lambda old: old.triggers - after.triggers).items():
        members = tuple(
            each
            for version in versions
            for each in usage.of(change.name, [version]).in_states(_sources(change.in_use[version], trigger))
        )
        group = Group(members)
        if group.seen:
            said = Sentence(
                "removed-trigger",
                "the step '{trigger}' is gone for new tickets; open tickets that can still take it:"
                " {count}{numbers}",
                trigger=trigger,
                count=group.seen,
                numbers=group.named,
            )
            notes.add(("transitions",), said)


def _sources(definition: Definition, trigger: str) -> frozenset[str]:
    """The states from which people may fire a trigger."""
    return frozenset(
        state for row in definition.transitions if row.trigger == trigger for state in row.sources
    )


def _note_fields(change: ProcessChange, after: Definition, usage: Usage, notes: Notes) -> None:
    for name, versions in _versions_by(change, lambda old: old.fields).items():
        new = after.fields.get(name)
        for version in versions:
            old = change.in_use[version].fields[name]
            if old.value is None:  # a computed one is worked out anew at each step of its own version
                _note_field(change, version, old, new, usage, notes)


def _note_field(
    change: ProcessChange, version: int, old: Field, new: Field | None, usage: Usage, notes: Notes
) -> None:
    if new is None or new.type is not old.type:
        if count := _count(change, version, old, usage):
            facts = {"field": old.name, "old": old.type, "version": version, "count": count}
            if new is None:
                notes.add(("fields",), Sentence("removed-field", _REMOVED_FIELD, meant=None, **facts))
            else:
                said = Sentence("type-with-data", _TYPE_WITH_DATA, new=new.type, meant=None, **facts)
                notes.add(("fields", old.name), said)
    elif old.type in WITH_OPTIONS:
        kept = {option.value for option in new.options}
        for value in (option.value for option in old.options if option.value not in kept):
            if count := _count(change, version, old, usage, value):
                facts = {"field": old.name, "value": value, "version": version, "count": count}
                said = Sentence("option-in-use", _OPTION_IN_USE, meant=None, **facts)
                notes.add(("fields", old.name, "options"), said)


_REMOVED_FIELD = (
    "the field '{field}' is gone; open tickets of version {version} with a value in it: {count}; no report"
    " counts it any more"
)
_TYPE_WITH_DATA = (
    "'{field}' becomes a {new} field (was {old}); open tickets of version {version} with a value in it:"
    " {count}; no sum counts it"
)
_OPTION_IN_USE = (
    "'{value}' is no option of '{field}' any more; open tickets of version {version} with it: {count};"
    " reports show the bare word"
)


def _count(change: ProcessChange, version: int, field: Field, usage: Usage, value: str = "") -> str:
    """How many tickets have the value; of an encrypted field at most as many as have any personal value.
    Empty for none."""
    if field.personal:
        sealed = usage.of(change.name, [version]).sealed
        return f"\u2264 {sealed}" if sealed else ""
    return str(usage.count_values(change.name, [version], field.name, value) or "")


_SHORTER_PROMISE = (
    "the promise of '{promise}' is shorter for new tickets only: {new}; open tickets that keep {old}:"
    " {count}, of them in it now: {there}"
)
_LONGER_PROMISE = (
    "the promise of '{promise}' is longer for new tickets only: {new}; open tickets that keep {old}:"
    " {count}, of them in it now: {there}"
)
_OTHER_PROMISE = (
    "the promise of '{promise}' is another for new tickets only: {new}; open tickets that keep {old}:"
    " {count}, of them in it now: {there}"
)
_PROMISES = {"shorter": _SHORTER_PROMISE, "longer": _LONGER_PROMISE}


def _note_promises(change: ProcessChange, after: Definition, usage: Usage, notes: Notes) -> None:
    new = promises_of(after)
    for version, old in sorted(change.in_use.items()):
        group = usage.of(change.name, [version])
        for path, before in promises_of(old).items() if group.seen else ():
            now = new.get(path)
            if (path[:-1] == ("states",) and path[-1] not in after.states) or now == before:
                continue
            there = group.in_states([str(path[-1])]).seen if path[0] == "states" else 0
            said = Sentence(
                "deadline-for-new-only",
                _PROMISES.get(compare_promises(before, now), _OTHER_PROMISE),
                promise=path[-1],
                new=describe_promise(now),
                old=describe_promise(before),
                count=group.seen,
                there=there,
            )
            notes.add(path if now else path[:1], said)


def _note_rollback(change: ProcessChange, usage: Usage, notes: Notes) -> None:
    if change.same_as is None:
        return
    later = [version for version in change.in_use if version > change.same_as]
    group = usage.of(change.name, later)
    if not group.seen:
        said = Sentence("rollback", "this is the text of version {version} again", version=change.same_as)
    else:
        said = Sentence(
            "rollback",
            "this is the text of version {version} again; open tickets of later versions ({later}):"
            " {count}{numbers}, in {states}; they stay there unless moved",
            version=change.same_as,
            later=group.versions,
            count=group.seen,
            numbers=group.named,
            states=", ".join(sorted({repr(each.state) for each in group if each.seen})),
        )
    notes.add(("workflow",), said)
