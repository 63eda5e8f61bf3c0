"""Everything that the trade asks for is met by a part of the definitions, or a reason says why not."""

from __future__ import annotations

from pathlib import Path

from workflows.language.reading import read_folder
from workflows.language.tracing import trace

DEFINITIONS = Path(__file__).parents[2] / "definitions"
ASKED = [f"R{number:03}" for number in range(1, 495)]


def test_every_requirement_is_met_and_shown_or_has_a_reason():
    """R001 to R494: the parts are there, the scenarios are told, the processes say so."""
    requirements, problems = trace(DEFINITIONS, read_folder(DEFINITIONS))
    assert [str(problem) for problem in problems] == []
    assert [each.id for each in requirements] == ASKED


def test_few_requirements_are_left_to_people():
    """What no software can see to is rare."""
    requirements, _ = trace(DEFINITIONS, read_folder(DEFINITIONS))
    assert sum(each.unmet is not None for each in requirements) < 10
