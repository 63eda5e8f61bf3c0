"""Builds `visible` and `retention`: for whom tickets exist, and how long they keep their personal data."""

from __future__ import annotations

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.definition import Visibility
from workflows.language.schemas.schema_values import list_items, locate_items
from workflows.sentence import Sentence
from workflows.timing.durations import Duration, Unit

EXTRA_AUDIENCE = frozenset({"department", "department-head"})  # besides the organisation's roles


def read_visible(draft: WorkflowDraft) -> Visibility | None:
    """The restriction of who can see the tickets; None if everybody at the site can."""
    raw = draft.data.get("visible")
    if raw is None:
        return None
    to = list_items(raw, "to")
    for place, role in locate_items(raw, "to", ("visible",)):
        draft.check_role(role, place, EXTRA_AUDIENCE)
    if not raw.get("to"):
        draft.report_error(
            ("visible",), Sentence("missing-key", "for whom? Say `to` with at least one role"), key=True
        )
    source = raw.get("when")
    when = draft.parse_expression(source, ("visible", "when"), "bool") if source else None
    if when is not None:
        _check_when(draft, when.names)
    return Visibility(to=to, when=when)


def _check_when(draft: WorkflowDraft, names: frozenset[str]) -> None:
    """Check that the condition uses nothing that changes without a step, since its result is stored at each
    step, and nothing personal, since its result can be seen."""
    for name in sorted(names):
        field = draft.fields.get(name)
        if field is None:
            draft.report_error(
                ("visible", "when"),
                Sentence(
                    "unknown-name", "`visible` looks at the form's fields only, not at {name!r}", name=name
                ),
            )
        elif field.personal:
            draft.report_error(
                ("visible", "when"),
                Sentence(
                    "personal-leak", "{name!r} is personal; `visible` looks at open fields only", name=name
                ),
            )


def read_retention(draft: WorkflowDraft) -> Duration | None:
    """How long after its end a ticket keeps its personal data; None: for ever."""
    retention: Duration | None = draft.data.get("retention")
    if retention is not None and retention.unit not in (Unit.DAYS, Unit.WEEKS):
        draft.report_error(
            ("retention",),
            Sentence(
                "duration",
                "{retention} is no time to keep papers; write days or weeks: `1095 days`",
                retention=retention,
            ),
        )
    return retention
