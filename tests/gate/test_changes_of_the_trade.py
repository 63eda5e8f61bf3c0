"""Changes of the shipped processes: what breaks a caller or strands a ticket is stopped, what harms nobody is
not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from harmful_changes import HARMFUL, Edit, adds, says

from workflows.gate.change import ProcessChange, Usage
from workflows.gate.in_force import InForce
from workflows.gate.parents import OpenParent, find_stranded
from workflows.gate.proposal import Proposal, propose_text
from workflows.gate.review import review
from workflows.gate.scenarios import find_failed_scenarios
from workflows.language.findings import errors
from workflows.language.load import Folder
from workflows.storage.queries.open_tickets import StandingTickets

pytestmark = pytest.mark.usefixtures("parsed_once")
NOW = 1_790_000_000
REMARKS = ("grooming-check", "night-patrol", "supplier-liaison", "staff-roster", "security-post", "lease")
REMARKS += ("owner-record", "archive-transfer", "travel-booking", "emergency-drill")
PURPOSES = ("desk-upkeep", "document-admin", "department-admin", "sales-office-patrol", "vip-reception")
TITLES = ("model-flat-visit", "contact-list-update", "attendance-statistics", "weekly-statistics")
WIDER = ("client-dispute", "inquiry", "vacant-unit", "owner-forum", "meeting-service", "community-activity")
MORE_TIME = ("department-meeting", "exhibition-tour", "card-issue", "title-transfer", "suggestion")
HARMLESS: Mapping[str, Edit] = {
    **dict.fromkeys(REMARKS, adds("# a remark for whoever reads this")),
    **dict.fromkeys(PURPOSES, lambda text: re.sub(r"\npurpose: .*", "\npurpose: To say it better.", text)),
    **dict.fromkeys(TITLES, lambda text: re.sub(r"\ntitle: \{en: ", r"\g<0>The ", text)),
    **dict.fromkeys(WIDER, says("max: 200", "max: 300")),
    **dict.fromkeys(MORE_TIME, lambda text: re.sub(r"\nstates:", "\nretention: 520 weeks\nstates:", text)),
}


@pytest.fixture(scope="module")
def in_force(ours: Folder) -> InForce:
    """All shipped processes, in force as version 1."""
    definitions = {name: replace(each, version=1) for name, each in ours.definitions.items()}
    return InForce(
        context=ours.context,
        company=ours.company,
        definitions=definitions,
        texts=ours.texts,
        versions=dict.fromkeys(definitions, 1),
        schedules=ours.schedules,
        reports=ours.reports,
    )


def propose(in_force: InForce, name: str, edit: Edit) -> Proposal:
    text = edit(in_force.texts[name])
    assert text != in_force.texts[name]
    return propose_text(text, f"{name}.yaml", in_force)


def stranded(proposal: Proposal, in_force: InForce) -> list[str]:
    """What would strand tickets, of which there is one in each state of each process."""
    (name,) = proposal.names
    change = ProcessChange(name=name, before=in_force.definitions[name], after=proposal.proposed)
    found: list[str] = []
    for parent in in_force.definitions.values():
        if name not in in_force.texts[parent.name] or parent.name == name:
            continue
        standing = tuple(
            StandingTickets(workflow=parent.name, version=1, state=state, count=1, seen=1)
            for state, each in parent.states.items()
            if not each.category.ended
        )
        open_parent = OpenParent(parent, in_force.texts[parent.name], Usage(standing).of(parent.name))
        after = proposal.after.definitions
        found += map(str, find_stranded({name: change}, open_parent, in_force.definitions, after))
    return found


@pytest.mark.parametrize("what", HARMFUL)
def test_what_would_break_a_caller_or_strand_a_ticket_is_stopped(in_force: InForce, what: str) -> None:
    """By itself the text is right, so that it is said where others lean on it."""
    name, edit = HARMFUL[what]
    proposal = propose(in_force, name, edit)
    found = errors(review(proposal, NOW, in_force).findings)
    assert {each.code for each in found if each.file == f"{name}.yaml"} <= {"numbering-clash"}
    assert found or stranded(proposal, in_force)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_harms_nobody_passes(in_force: InForce, name: str) -> None:
    proposal = propose(in_force, name, HARMLESS[name])
    assert errors(review(proposal, NOW, in_force).findings) == ()
    assert stranded(proposal, in_force) == []


def test_all_that_harms_nobody_is_rehearsed_too(in_force: InForce) -> None:
    changed = {name: propose(in_force, name, edit) for name, edit in HARMLESS.items()}
    after = replace(
        next(iter(changed.values())).after,
        definitions={
            **in_force.definitions,
            **{name: each.after.definitions[name] for name, each in changed.items()},
        },
        texts={**in_force.texts, **{name: each.text for name, each in changed.items()}},
        sources={name: each.after.sources[name] for name, each in changed.items()},
    )
    together = Proposal(after=after, names=tuple(changed))
    assert list(find_failed_scenarios(together, in_force)) == []
