"""Who hears of a step beside those whom the definition names, and who does not. It is decided last.

Nobody is told of their own deed. Those who follow the ticket hear of what people and the process do with it,
as long as they may see it, and not twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.core.access.delegation import may_see
from workflows.core.access.permissions import build_actor
from workflows.core.commands import DESK_ID, Actor, Command, Open
from workflows.core.step import NOTICE, Message, Step
from workflows.core.ticket import StepContext
from workflows.language.definition import Definition
from workflows.language.forms.field import LANGUAGES, Titles, own_titles

CLIENT = "client"
_ENDED = own_titles(
    "What you opened was joined to this ticket, which has ended.",
    "您受理的事项已并入此工单，现已办结。",
    "您受理的事項已併入此工單，現已辦結。",
    "Lo que usted abrió se unió a este expediente, que ha terminado.",
)
WATCHER = "watcher"  # the capacity in which somebody who follows a ticket is addressed

_TITLES = {
    "assign": own_titles("Assigned", "已分派", "已分派", "Asignado"),
    "claim": own_titles("Taken on", "已认领", "已認領", "Asumido"),
    "acknowledge": own_titles(
        "An escalation was acknowledged",
        "升级提醒已确认",
        "升級提醒已確認",
        "Se ha dado por visto un aviso",
    ),
    "urge": own_titles("Somebody has called again", "客户再次催办", "客戶再次催辦", "Han vuelto a llamar"),
    "merge": own_titles(
        "Joined to another ticket", "已并入另一张工单", "已併入另一張工單", "Unido a otro expediente"
    ),
    "take-over": own_titles(
        "Another ticket was joined to it",
        "另一张工单已并入",
        "另一張工單已併入",
        "Se le ha unido otro expediente",
    ),
    "note": own_titles("A note was written", "新增备注", "新增備註", "Se ha escrito una nota"),
    "amend": own_titles("The form was corrected", "表单已更正", "表單已更正", "Formulario corregido"),
}
"""What the steps are called that have no trigger of the definition. Of the others nobody hears who only
follows: levels of escalation have recipients of their own."""


def complete_messages(step: Step, context: StepContext, command: Command) -> Step:
    """The step without messages to those whose deed it is, and with those to the ticket's watchers.

    `command` set the step going; what follows on the same ticket is the deed of its actor, too.
    """
    if step.after.trail.merged:
        step = step._replace(messages=(*step.messages, *_build_merged_messages(step, context)))
    if not (step.messages or step.after.watchers):
        return step
    same = step.after.id == (command.id if isinstance(command, Open) else command.ticket)
    doers = _find_doers(step.event.actor, command.actor if same else None)
    messages = tuple(each for each in step.messages if each.recipient not in doers)
    if step.after.watchers and (words := _describe_step(step, context.definition)):
        informed = doers | {each.recipient for each in messages}
        template = Message(kind=NOTICE, recipient="", role=WATCHER, text=words)
        readers = _find_readers(step, context)
        messages += tuple(template._replace(recipient=each) for each in readers if each not in informed)
    return step._replace(messages=messages)


def _build_merged_messages(step: Step, context: StepContext) -> Iterator[Message]:
    """What the clients of merged tickets hear, as the ticket's own does; their openers hear of its end."""
    merged = step.after.trail.merged
    for message in step.messages:
        if message.recipient == CLIENT:
            yield from (message._replace(recipient=f"{CLIENT}:{each.id}") for each in merged if each.client)
    if step.after.closed_at is not None and (step.before is None or step.before.closed_at is None):
        template = Message(kind=NOTICE, recipient="", role="opener", text=_ENDED)
        told = {each.recipient for each in step.messages}
        openers = dict.fromkeys(each.opener for each in merged if each.opener in context.directory.staff)
        yield from (template._replace(recipient=each) for each in openers if each not in told)


def _find_doers(actor: Actor, initiator: Actor | None) -> frozenset[str]:
    """The staff ids of those whose deed a step of this actor is. Somebody absent in whose place it was done
    is not among them: they hear what was done in their name."""
    doers = {actor.on_behalf if actor.id == DESK_ID else actor.id, initiator.id if initiator else None}
    return frozenset(each for each in doers if each is not None and each != DESK_ID)


def _describe_step(step: Step, definition: Definition) -> Titles:
    """What the step is called, by language; empty for one that watchers do not hear of."""
    event = step.event
    if event.trigger is None:
        return _TITLES.get(event.kind, {})
    titled = (each.title for each in definition.transitions if each.trigger == event.trigger and each.title)
    return next(titled, None) or dict.fromkeys(LANGUAGES, event.trigger)


def _find_readers(step: Step, context: StepContext) -> Iterator[str]:
    """Those of the ticket's watchers who work at the site and may see the ticket as the step leaves it."""
    directory, after = context.directory, step.after
    for watcher in after.watchers:
        member = directory.staff.get(watcher)
        if member is not None and may_see(
            build_actor(member, directory.site), directory, after, after.changed_at
        ):
            yield watcher
