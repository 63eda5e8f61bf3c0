"""Finds steps that stand still at a site because nobody there holds a post that may take them, and levels of
escalation that reach nobody there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from workflows.language.definition import Definition, Start, State, Transition
from workflows.language.findings import Findings, KeyPath, Severity
from workflows.language.forms.organisation import EVERYWHERE, Organisation
from workflows.sentence import Sentence

Holders = Mapping[str, Collection[str]]
"""Site -> the roles that somebody holds there."""


def check_holders(
    definitions: Mapping[str, Definition], holders: Holders, findings_by_name: Mapping[str, Findings]
) -> None:
    """Warn of what nobody can do or hear at some site; of each group of vacant posts at its first place."""
    told: set[tuple[str, str]] = set()
    for name, definition in definitions.items() if holders else ():
        for path, said in (
            *find_unheld_steps(definition, holders),
            *find_unheard_levels(definition, holders),
        ):
            if (said.code, said.facts["roles"]) not in told:
                told.add((said.code, said.facts["roles"]))
                findings_by_name[name].add(path, said, key=True, severity=Severity.WARNING)


def find_unheld_steps(definition: Definition, holders: Holders) -> Iterator[tuple[KeyPath, Sentence]]:
    """The first step of each group of posts that nobody holds at some site. What a ticket decides (assignee,
    opener …) and roles outside the company are taken to be held."""
    reported: set[frozenset[str]] = set()
    for path, step in _steps(definition):
        roles = frozenset(step.roles)
        sites = [site for site, held in holders.items() if _nobody(roles, held, definition.organisation)]
        if sites and roles not in reported:
            reported.add(roles)
            facts = {"roles": ", ".join(sorted(roles)), "step": _verb(step)}
            message = Sentence(
                "role-unheld", "nobody in the company holds {roles}, and only they may {step}", **facts
            )
            if sites != [EVERYWHERE]:
                pattern = "nobody at {sites} holds {roles}, and only they may {step}"
                message = Sentence("role-unheld", pattern, sites=", ".join(sites), **facts)
            yield (*path, "roles"), message


def find_unheard_levels(definition: Definition, holders: Holders) -> Iterator[tuple[KeyPath, Sentence]]:
    """The first level of each escalation whose recipients are posts that nobody holds at some site, nor any
    post above them."""
    reported: set[frozenset[str]] = set()
    for name, state in definition.states.items():
        if state.escalation is None:
            continue
        for number, level in enumerate(definition.policies[state.escalation].levels, 1):
            roles = _recipients(level.notify, state, definition.organisation)
            if not roles or level.fire:
                continue
            hearing = _with_superiors(roles, definition.organisation)
            sites = [
                site for site, held in holders.items() if _nobody(hearing, held, definition.organisation)
            ]
            if sites and roles not in reported:
                reported.add(roles)
                facts = {"level": str(number), "policy": state.escalation, "roles": ", ".join(sorted(roles))}
                pattern = "level {level} of {policy!r} reaches nobody: nobody holds {roles}"
                yield ("states", name, "escalation"), Sentence("unheard", pattern, **facts)
                break


def _steps(definition: Definition) -> Iterator[tuple[KeyPath, Start | Transition]]:
    yield ("start",), definition.start
    for index, row in enumerate(definition.transitions):
        if not row.auto:
            yield ("transitions", index), row


def _nobody(roles: Collection[str], held: Collection[str], organisation: Organisation) -> bool:
    """Whether all the roles are posts of the company, and nobody holds one of them."""
    posts = [name for name in roles if name in organisation.roles and not organisation.roles[name].outside]
    return bool(roles) and len(posts) == len(roles) and not set(posts) & set(held)


def _recipients(notify: Sequence[str], state: State, organisation: Organisation) -> frozenset[str]:
    """The posts that a level tells; empty if it tells somebody whom only the ticket decides."""
    above = _superior(state.owner.role if state.owner else None, organisation)
    meant = {"superior": above, "next-superior": _superior(above, organisation)}
    posts = {meant.get(name, name) for name in notify}
    known = frozenset(post for post in posts if post in organisation.roles)
    return known if len(known) == len(posts) else frozenset()


def _with_superiors(roles: Collection[str], organisation: Organisation) -> frozenset[str]:
    """The posts and all above them: while one is empty, the post above it hears."""
    hearing, waiting = set[str](), [*roles]
    while waiting:
        role = waiting.pop()
        if role and role not in hearing:
            hearing.add(role)
            waiting.append(_superior(role, organisation))
    return frozenset(hearing)


def _superior(role: str | None, organisation: Organisation) -> str:
    known = organisation.roles.get(role or "")
    return (known.superior if known else None) or ""


def _verb(step: Start | Transition) -> str:
    return repr(step.trigger) if isinstance(step, Transition) else "open a ticket"
