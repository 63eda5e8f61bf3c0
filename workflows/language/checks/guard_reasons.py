"""Guards that can refuse a step to a person, who should be told in words what they want (`because`)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from workflows.language.definition import Definition, Transition
from workflows.language.findings import KeyPath
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.values import Values
from workflows.sentence import Sentence

_NOBODY = frozenset({"clock", "parent", "child"})  # roles by which no person takes a step
_MAX_CASES = 10_000  # combinations of answers that are tried
_ADVICE = Sentence("no-because", "it may refuse this to people: say in `because` what it wants")


def find_unexplained_guards(definition: Definition) -> Iterator[tuple[KeyPath, Sentence]]:
    """Conditions without `because` of the start, of rows and of papers, that can refuse to a person.

    A row's guard cannot, where for each role another row of the trigger has none, or where the guards decide
    between them: whatever is answered, one of them holds.
    """
    start = definition.start
    if start.guard and not start.because and set(start.roles) - _NOBODY:
        yield ("start", "guard"), _ADVICE
    for index, row in enumerate(definition.transitions):
        if row.guard and not row.because and _may_refuse(definition, row):
            yield ("transitions", index, "guard"), _ADVICE
    for name, paper in definition.prints.items():
        if paper.when and not paper.because:
            yield ("prints", name, "when"), _ADVICE


def _may_refuse(definition: Definition, row: Transition) -> bool:
    return any(
        not _always_decided(definition, source, row.trigger, role)
        for source in row.sources
        for role in row.roles
        if role not in _NOBODY
    )


def _always_decided(definition: Definition, source: str, trigger: str, role: str) -> bool:
    """Whether some row of the trigger can be taken by the role whatever the form says."""
    rows = [
        row
        for row in definition.transitions_by_source[source]
        if row.trigger == trigger and role in row.roles and not row.auto
    ]
    if any(row.guard is None for row in rows):
        return True
    return _cover_all_answers(definition, rows)


def _cover_all_answers(definition: Definition, rows: Sequence[Transition]) -> bool:
    """Whether one of the guards holds for each combination of the yes-no and choice fields that they read.

    A field that every row requires has an answer; any other may be empty. A guard that reads anything else
    may fail.
    """
    closed = [row for row in rows if row.guard and _reads_answers_only(definition, row)]
    names = sorted(set[str]().union(*(row.guard.names for row in closed if row.guard)))
    required = set.intersection(*(set(row.requires) for row in rows)) if rows else set()
    answers = [_answers(definition.fields[name], empty=name not in required) for name in names]
    cases = list(itertools.islice(itertools.product(*answers), _MAX_CASES + 1))
    if not closed or len(cases) > _MAX_CASES:
        return False
    return all(
        any(
            row.guard and row.guard.holds(Values(fields=dict(zip(names, case, strict=True)))).holds
            for row in closed
        )
        for case in cases
    )


def _reads_answers_only(definition: Definition, row: Transition) -> bool:
    assert row.guard is not None, "rows without a guard refuse nothing"
    types = {definition.fields[name].type if name in definition.fields else None for name in row.guard.names}
    return types <= {FieldType.BOOLEAN, FieldType.CHOICE}


def _answers(field: Field, *, empty: bool) -> list[object]:
    options: list[object] = [option.value for option in field.options] or [True, False]
    return [*options, None] if empty else options
