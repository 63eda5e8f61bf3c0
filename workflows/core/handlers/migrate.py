"""Moving an open ticket to another version of its process, by a plan; and bringing it back.

The context is that of the new version; `context.former` is the version that the ticket leaves. The step
keeps what the plan does not speak of. What it replaces is stored with it, so that the undo leaves ticket and
clocks exactly as they were; only what counts steps goes on (`seq`, `head`, `changed_at`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.core.access import assignment, delegation
from workflows.core.clocks.advance import merge_clocks
from workflows.core.clocks.move_clocks import MovedClock, move_clocks
from workflows.core.commands import DESK_ID, Migrate, OnTicket, UndoMigration
from workflows.core.handlers.enter_state import finish_step
from workflows.core.input import common_reasons
from workflows.core.input.field_values import build_title
from workflows.core.input.moved_values import MovedValues, move_values
from workflows.core.step import MIGRATED, RESTORED, HistoryEvent, Replaced, Restored, Step
from workflows.core.ticket import OpenRelative, StepContext, Ticket, Trail
from workflows.errors import Blocked, Forbidden, Reason, build_refusal
from workflows.language.checks.family_contract import (
    Expected,
    find_unmet,
    find_unmet_above,
    find_unrecognised,
    is_ambiguous,
    meets,
)
from workflows.language.definition import Definition
from workflows.language.migration_plan import ProcessMove
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant, rfc3339


def migrate(context: StepContext, command: Migrate, now: Instant) -> Step | None:
    """The step to the plan's version; None for a ticket that is there, has ended, or that the plan does not
    speak of. Raises a refusal with every reason why the ticket must stay."""
    _check_actor(command)
    before, former = context.ticket, context.former
    move = command.plan.find_move(before.workflow, before.version)
    if move is None or former is None or before.closed_at is not None:
        return None
    new = context.definition
    values = move_values(before, new, move, context.calendar.zone)
    reasons = [
        *_check_state(before, new, move),
        *values.reasons,
        *_check_family(context, former),
        *_check_ended_children(context, former),
    ]
    if reasons:
        raise build_refusal(reasons)
    after = _place(context, former, move, values, now)
    moved = move_clocks(context, after, move, now)
    started = context._replace(clocks=tuple(each.after for each in moved))
    # Seen from the new version the ticket has stood there all along: nothing is entered, nothing restarts.
    stood = after._replace(seq=before.seq, closed_at=None)
    step = finish_step(started, stood, after, kind=MIGRATED, actor=command.actor, values={})
    clocks = merge_clocks(started.clocks, step.clocks)
    stored = {each.name: each for each in context.clocks}
    return step._replace(
        before=before,
        event=step.event._replace(
            source=before.state,
            data=_describe(command, former, step.after, values, moved, clocks),
            personal={},
        ),
        clocks=tuple(each for each in clocks if stored.get(each.name) != each),
        removed_clocks=tuple(sorted(stored.keys() - {each.name for each in clocks})),
        replaced=Replaced(command.migration, before, context.clocks),
    )


def undo_migration(context: StepContext, command: UndoMigration, now: Instant) -> Step | None:
    """The step back to what the migration replaced. Refused where the ticket has moved on since, or where
    what was replaced has been erased."""
    _check_actor(command)
    kept, ticket = context.kept, context.ticket
    if kept is None:
        return None
    if kept.seq != ticket.seq:
        message = f"the ticket has moved on since: it was migrated by step {kept.seq}, it is at {ticket.seq}"
        facts = {"migrated": str(kept.seq), "now": str(ticket.seq)}
        raise Blocked(Reason("moved-on", message, saw=ticket.seq, facts=facts))
    if kept.ticket is None:
        raise Blocked(Reason("replaced-erased", "what the migration replaced has been erased"))
    after = kept.ticket._replace(
        number=ticket.number, seq=ticket.seq + 1, changed_at=now, watchers=ticket.watchers, head=ticket.head
    )
    stored = {each.name: each for each in context.clocks}
    return Step(
        before=ticket,
        after=after,
        event=HistoryEvent(
            seq=after.seq,
            at=now,
            kind=RESTORED,
            actor=command.actor,
            source=ticket.state,
            to=after.state,
            data={"migration": command.migration, "version": {"from": ticket.version, "to": after.version}},
        ),
        clocks=tuple(each for each in kept.clocks if stored.get(each.name) != each),
        removed_clocks=tuple(sorted(stored.keys() - {each.name for each in kept.clocks})),
        restored=Restored(command.migration, kept.sealed, kept.keyed),
    )


def _check_actor(command: OnTicket) -> None:
    """Only the desk itself moves tickets to other versions; who may set it going is checked before."""
    if command.actor.id != DESK_ID:
        raise Forbidden(common_reasons.role_needed(("clock",)))


def _check_state(ticket: Ticket, new: Definition, move: ProcessMove) -> Iterator[Reason]:
    state = move.state_of(ticket.state)
    if state not in new.states:
        message = f"version {new.version} has no state {state!r}: the plan says nothing of tickets there"
        yield Reason("state-without-place", message, saw=ticket.state, facts={"state": state})


def _check_family(context: StepContext, former: Definition) -> Iterator[Reason]:
    """What the ticket's open parent and children would wait for in vain."""
    new, link = context.definition, context.ticket.link or ""
    for relative in context.relatives:
        if relative.parent:
            broken = find_unmet(relative.definition, link, new) - find_unmet(relative.former, link, former)
            broken |= find_unmet_above(new, relative.definition) - find_unmet_above(former, relative.former)
            above, had = relative.definition, former
        else:
            link, child = relative.link, relative.definition
            broken = find_unmet(new, link, child) - find_unmet(former, link, relative.former)
            broken |= find_unmet_above(child, new) - find_unmet_above(relative.former, former)
            above, had = new, relative.former
        for each in sorted(broken):
            if meets(had, each) or not is_ambiguous(above, link):
                yield _strand(relative, new, each)


def _check_ended_children(context: StepContext, former: Definition) -> Iterator[Reason]:
    """What its children ended with and only the former version recognises: it finishes on that one."""
    new = context.definition
    for child in context.children:
        if not child.closed:
            continue
        number = child.number if child.audience is None else ""  # a restricted one is not named
        for each in sorted(find_unrecognised(former, new, child.link, child.state, child.data)):
            message = (
                f"its child {number} has ended with {each.kind} {each.name!r}, which version {new.version}"
                " no longer looks at: it would wait for ever"
            )
            facts = {"number": number, "kind": each.kind, "name": each.name}
            yield Reason("ended-child-unrecognised", message, saw=number, facts=facts)


def _strand(relative: OpenRelative, new: Definition, broken: Expected) -> Reason:
    side = "parent" if relative.parent else "child"
    message = (
        f"its {side} {relative.number} ({relative.definition.name} version {relative.definition.version}) and"
        f" version {new.version} would not find each other: {broken.kind} {broken.name!r};"
        " move both, by `also`"
    )
    facts = {"number": relative.number, "kind": broken.kind, "name": broken.name}
    return Reason("family-stranded", message, saw=relative.number, facts=facts)


def _place(
    context: StepContext, former: Definition, move: ProcessMove, values: MovedValues, now: Instant
) -> Ticket:
    """The ticket on its new version, before clocks and what every step works out."""
    before, new = context.ticket, context.definition
    state = move.state_of(before.state)
    category = new.states[state].category
    title = build_title(new, values.data) if _retitles(former, new, move) else before.title
    after = before._replace(
        version=new.version,
        state=state,
        category=str(category),
        seq=before.seq + 1,
        changed_at=now,
        closed_at=now if category.ended else None,
        data=values.data,
        personal=values.personal,
        title=title,
        trail=_move_trail(before.trail, move, state),
    )
    return _assign(context, before, after, move, now)


def _retitles(former: Definition, new: Definition, move: ProcessMove) -> bool:
    """Whether another field than before gives the title, or its values are converted."""
    if former.summary is None:
        return new.summary is not None and former.readable
    named = move.field_move(former.summary)
    return named.to != new.summary or bool(named.options)


def _move_trail(trail: Trail, move: ProcessMove, state: str) -> Trail:
    """The trail with the new names of the states. The state in which the ticket stands was entered once at
    least."""
    visits: dict[str, int] = {}
    for name, count in trail.visits.items():
        visits[move.state_of(name)] = visits.get(move.state_of(name), 0) + count
    visits.setdefault(state, 1)
    return trail._replace(visits=visits)


def _assign(context: StepContext, before: Ticket, after: Ticket, move: ProcessMove, now: Instant) -> Ticket:
    """The ticket with its assignee, if they may go on with it; else with the one who takes over, or nobody:
    then it waits to be claimed."""
    if before.assignee is None or after.closed_at is not None:
        return after
    member = context.directory.staff.get(before.assignee)
    roles = member.roles(context.directory.site) if member else frozenset[str]()
    successors = [new for old, new in move.roles.items() if old in roles and new not in roles]
    if not successors and (
        member is None or delegation.could_work_on(context._replace(ticket=after), member, now)
    ):
        return after
    for role in successors:
        holders = context.directory.holders(role)
        return after._replace(assignee=holders[0].id if len(holders) == 1 else None)
    department, assignee = assignment.find_department_and_assignee(
        context, after.state, after.data, after.department, after.assignee
    )
    return after._replace(department=department, assignee=assignee)


def _describe(
    command: Migrate,
    former: Definition,
    after: Ticket,
    values: MovedValues,
    moved: tuple[MovedClock, ...],
    clocks: tuple[Clock, ...],
) -> dict[str, object]:
    """What the history keeps: the plan and its reason, the versions, and what became of fields and clocks.
    No value of a field is among it."""
    before = {each.after.name: each for each in moved}
    found: dict[str, object] = {
        "migration": command.migration,
        "because": command.plan.because,
        "version": {"from": former.version, "to": after.version},
    }
    changed = {
        clock.name: _describe_clock(before.get(clock.name), clock)
        for clock in clocks
        if clock.name not in before or before[clock.name].before != clock
    }
    found |= {"clocks": changed} if changed else {}
    return found | ({"dropped": list(values.dropped)} if values.dropped else {})


def _describe_clock(moved: MovedClock | None, after: Clock) -> Mapping[str, object]:
    return {
        "how": moved.how if moved else "start",
        "promise": after.promise,
        "before": _due(moved.before) if moved else None,
        "after": _due(after),
    }


def _due(clock: Clock) -> str | None:
    return None if clock.due_at is None else rfc3339(clock.due_at)
