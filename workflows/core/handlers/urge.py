"""A further call about a ticket (催单): it is counted, the owner hears of it, and the priority may go up."""

from __future__ import annotations

from workflows.core.access import assignment, permissions
from workflows.core.commands import Urge
from workflows.core.effects import apply
from workflows.core.handlers.amend import closed_reason
from workflows.core.handlers.enter_state import finish_step
from workflows.core.input import common_reasons
from workflows.core.step import NOTICE, Message, Step
from workflows.core.ticket import StepContext
from workflows.errors import Forbidden, Reason, build_refusal
from workflows.language.forms.field import own_titles
from workflows.timing.instants import Instant

_TEXT = own_titles(
    "Somebody has called again about it ({count}).",
    "客户再次催办（第 {count} 次）。",
    "客戶再次催辦（第 {count} 次）。",
    "Han vuelto a llamar por este asunto ({count}).",
)


def urge(context: StepContext, command: Urge, now: Instant) -> Step:
    """The step of a further call. It is no work on the ticket: clocks that restart on activity go on."""
    before, definition, actor = context.ticket, context.definition, command.actor
    rule = definition.urge
    if not actor.roles:
        raise Forbidden(Reason("not-a-member", "calls are written down by the site's staff"))
    reasons: list[Reason] = []
    if rule.roles and not permissions.has_any_role(rule.roles, actor, definition, before):
        reasons.append(common_reasons.role_needed(rule.roles))
    if before.closed_at is not None:
        reasons.append(closed_reason(before))
    if reasons:
        raise build_refusal(reasons)
    count = before.trail.urges + 1
    after = before._replace(seq=before.seq + 1, changed_at=now, trail=before.trail._replace(urges=count))
    if rule.raise_after is not None and count % rule.raise_after == 0:
        after = apply.raise_priority(after)
    words = {language: text.format(count=count) for language, text in _TEXT.items()}
    template = Message(kind=NOTICE, recipient="", role="", text=words)
    step = finish_step(
        context,
        before,
        after,
        kind="urge",
        actor=actor,
        values={},
        note=command.note,
        messages=assignment.build_messages(rule.notify, context, after, template),
    )
    return step._replace(event=step.event._replace(data={**step.event.data, "urges": count}))
