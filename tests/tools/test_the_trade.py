"""Everything that the trade asks for is met by a part of the definitions, or a reason says why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.language.findings import Finding
from workflows.language.load import Folder
from workflows.tools.requirements import Requirement, read_requirements

DEFINITIONS = Path(__file__).parents[2] / "definitions"
ASKED = [f"R{number:03}" for number in range(1, 495)]
ReadRequirements = tuple[tuple[Requirement, ...], tuple[Finding, ...]]


@pytest.fixture(scope="module")
def read_result(ours: Folder) -> ReadRequirements:
    """What the trade asks for, with the parts that meet it, and what is wrong with that."""
    return read_requirements(DEFINITIONS, ours)


def test_every_requirement_is_met_and_shown_or_has_a_reason(read_result: ReadRequirements):
    """R001 to R494: the parts are there, the scenarios are told, the processes say so."""
    requirements, problems = read_result
    assert [str(problem) for problem in problems] == []
    assert [each.id for each in requirements] == ASKED


def test_few_requirements_are_left_to_people(read_result: ReadRequirements):
    """What no software can see to is rare."""
    requirements, _ = read_result
    assert sum(each.unmet is not None for each in requirements) < 10
