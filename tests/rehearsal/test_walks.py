"""A walk that a check shows is one that can be walked: it is pasted as a scenario, and goes as written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from workflows.language.checks.walk import Walk, WalkFinder
from workflows.language.definition import Definition
from workflows.language.load import read_folder
from workflows.language.scenario import Scenario
from workflows.rehearsal.scenario import rehearse
from workflows.rehearsal.virtual_desk import VirtualDesk

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"
PROCESSES = ("complaint", "return-visit", "client-dispute", "weekly-statistics", "lease")


@pytest.fixture(scope="module")
def desk() -> Iterator[VirtualDesk]:
    """A desk where the shipped processes are in force."""
    read = read_folder(DEFINITIONS)
    desk = VirtualDesk.create()
    desk.definitions.publish(read, 0, "walks")
    desk.add_sample_staff(read.context.organisation, "UTC")
    yield desk
    desk.close()


def follow(desk: VirtualDesk, definition: Definition, walk: Walk, **expect: object) -> str | None:
    """Where the walk, read from its text, deviates; None if it goes as written."""
    (story,) = yaml.safe_load(walk.scenario("a walk", expect))
    scenario = Scenario(name=story["name"], at=story["at"], steps=tuple(story["steps"]))
    return rehearse(desk, scenario, definition).failure


@pytest.mark.parametrize("name", PROCESSES)
def test_a_walk_leads_to_its_state(desk: VirtualDesk, name: str) -> None:
    definition = desk.definitions.latest(name)
    finder = WalkFinder(definition)
    walks = {state: walk for state in definition.states if (walk := finder.find(state))}
    assert len(walks) * 2 > len(definition.states)
    failures = [follow(desk, definition, walk, state=state) for state, walk in walks.items()]
    assert failures == [None] * len(walks)


def test_a_walk_leads_to_the_values_that_are_looked_for(desk: VirtualDesk) -> None:
    definition = desk.definitions.latest("complaint")
    for severity in ("low", "medium", "high"):
        walk = WalkFinder(definition).find("feedback-given", {"severity": severity})
        assert walk is not None
        assert follow(desk, definition, walk, state="feedback-given", data={"severity": severity}) is None


def test_there_is_no_walk_to_what_no_form_takes(desk: VirtualDesk) -> None:
    assert WalkFinder(desk.definitions.latest("complaint")).find("classified", {"severity": "none"}) is None
