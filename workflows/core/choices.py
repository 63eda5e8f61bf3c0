"""What an actor may do with a ticket now; what not, and why, and who could."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workflows.core import lending, refusing, rights
from workflows.core.commands import Actor
from workflows.core.looking import values_of
from workflows.core.ticket import Situation
from workflows.core.walking import apart, standing
from workflows.errors import Reason
from workflows.language.definition import Definition, Transition
from workflows.language.forms.values import Values, Verdict
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One trigger. Without `reasons` it may be fired; `rows` are those it would be decided among.

    Whether a guard holds that looks at the form's own fields is only known once they are filled in.
    `on_behalf` says in whose place (staff id) it would be fired, if not by right of the actor's own.
    """

    trigger: str
    rows: tuple[Transition, ...]
    reasons: tuple[Reason, ...] = ()
    who: tuple[str, ...] = ()
    on_behalf: str | None = None


def choices(situation: Situation, actor: Actor, now: Instant) -> tuple[Choice, ...]:
    """Every trigger of the process, in the order of the file."""
    own = _choices(situation, actor, now)
    found = lending.loans(actor, situation.directory, now)
    if not found:
        return own
    lent = (_lent(situation, loan, now) for loan in found)
    return tuple(min(each, key=_hindered) for each in zip(own, *lent, strict=True))


def _hindered(choice: Choice) -> tuple[bool, bool]:
    """What is preferred: what may be fired, then what the actor has a right to; their own before lent."""
    return bool(choice.reasons), any(each.code == "role-needed" for each in choice.reasons)


def _lent(situation: Situation, loan: lending.Loan, now: Instant) -> tuple[Choice, ...]:
    """The choices in the place of somebody away: what speaks against either speaks against it."""
    acting, absent = (_choices(situation, each, now) for each in (loan.acting, loan.absent))
    return tuple(
        replace(mine, reasons=mine.reasons or theirs.reasons, on_behalf=loan.absent.id)
        for mine, theirs in zip(acting, absent, strict=True)
    )


def _choices(situation: Situation, actor: Actor, now: Instant) -> tuple[Choice, ...]:
    values = values_of(situation, standing(situation), actor, now)
    triggers = dict.fromkeys(row.trigger for row in situation.definition.transitions if not row.auto)
    return tuple(_choice(situation, trigger, actor, values) for trigger in triggers)


def _choice(situation: Situation, trigger: str, actor: Actor, values: Values) -> Choice:
    ticket, definition = standing(situation), situation.definition
    everywhere = tuple(row for row in definition.transitions if row.trigger == trigger and not row.auto)
    rows = tuple(row for row in everywhere if ticket.state in row.sources)
    who = tuple(dict.fromkeys(role for row in rows or everywhere for role in row.roles))
    if not rows:
        reason = refusing.not_in_state(definition, ticket.state, everywhere)
        return Choice(trigger=trigger, rows=everywhere, reasons=(reason,), who=who)
    mine = tuple(row for row in rows if rights.permitted(row.roles, actor, definition, ticket))
    reasons = [] if mine else [refusing.role_needed(who)]
    reasons += _against(mine or rows, values) + apart(situation, trigger, actor)
    reasons += _lacking(situation, mine or rows, values)
    return Choice(trigger=trigger, rows=mine or rows, reasons=tuple(reasons), who=who)


def _against(rows: tuple[Transition, ...], values: Values) -> list[Reason]:
    """The guards' reason, when no row can hold whatever is written on the form."""
    form = {name for row in rows for name in row.fields}
    unheld: list[tuple[str, Verdict]] = []
    for row in rows:
        if row.guard is None or row.guard.names & form:
            return []
        verdict = row.guard.holds(values)
        if verdict.holds:
            return []
        unheld.append((row.guard.source, verdict))
    return [refusing.guards_say_no(unheld)]


def _lacking(situation: Situation, rows: tuple[Transition, ...], values: Values) -> list[Reason]:
    """The papers that keep every row from being taken, whatever is written on the form."""
    definition = situation.definition
    form = {name for row in rows for name in row.fields}
    each = [  # a row that wants no papers can be taken without
        refusing.papers(
            definition, [name for name in row.complete if _settled(definition, name, form)], values
        )
        for row in rows
    ]
    return min(each, key=len)


def _settled(definition: Definition, name: str, form: set[str]) -> bool:
    """Whether nothing on the form has a say in which options of the field are lacking."""
    field = definition.fields[name]
    spoken = {name}.union(*(o.when.names for o in (*field.options, *field.items) if o.when))
    return not spoken & form
