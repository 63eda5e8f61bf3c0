"""Reads `visible` and `retention`: whom tickets exist for, and how long they keep their personal data."""

from __future__ import annotations

from workflows.language.building.draft import Draft
from workflows.language.definition import Visibility
from workflows.timing.durations import Duration, Unit

TO = frozenset({"department", "department-head"})  # beside the organisation's roles


def read_visible(draft: Draft) -> Visibility | None:
    """Whom tickets exist for; None for everybody."""
    raw = draft.said.get("visible")
    if raw is None:
        return None
    to = tuple(role for role in raw.get("to") or () if role)
    for index, role in enumerate(raw.get("to") or ()):
        if role:
            draft.knows_role(role, ("visible", "to", index), TO)
    if not raw.get("to"):
        draft.wrong(("visible",), "for whom? Say `to` with at least one role", key=True)
    source = raw.get("when")
    when = draft.expression(source, ("visible", "when"), "bool") if source else None
    if when is not None:
        _check_when(draft, when.names)
    return Visibility(to=to, when=when)


def _check_when(draft: Draft, names: frozenset[str]) -> None:
    """The condition is asked once a step and kept, so it looks at nothing that changes by itself; and what it
    answers can be seen, so it looks at nothing personal."""
    for name in sorted(names):
        field = draft.fields.get(name)
        if field is None:
            draft.wrong(("visible", "when"), f"`visible` looks at the form's fields only, not at {name!r}")
        elif field.personal:
            draft.wrong(("visible", "when"), f"{name!r} is personal; `visible` looks at open fields only")


def read_retention(draft: Draft) -> Duration | None:
    """How long after its end a ticket keeps its personal data; None for ever."""
    said: Duration | None = draft.said.get("retention")
    if said is not None and said.unit not in (Unit.DAYS, Unit.WEEKS):
        draft.wrong(("retention",), f"{said} is no time to keep papers; write days or weeks: `1095 days`")
    return said
