"""Whoever can read a JSON Schema can walk every process of the house, with no word of it built in."""

from __future__ import annotations

import pytest
from running_desk import ROOT, SITE, RunningDesk
from schema_reader import Stranger

FILES = (ROOT / "definitions").glob("*/*.yaml")
PROCESSES = sorted(file.stem for file in FILES if file.parent.name != "requirements")


@pytest.fixture(scope="module")
def stranger(desk: RunningDesk) -> Stranger:
    """Somebody who has the one account of the demonstration that holds every post, and nobody to ask."""
    return Stranger(desk("everyone"), SITE, lambda _: desk("everyone"))


def test_every_process_is_published(stranger: Stranger) -> None:
    """The stranger finds as many processes as there are definitions."""
    found = [each["name"] for each in stranger.me.get("/api/workflows")["items"] if each["may_open"]]
    assert set(PROCESSES) <= set(found)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_stranger_brings_a_ticket_of_every_process_to_a_good_end(stranger: Stranger, process: str) -> None:
    """From the form to the closed ticket, by the schemas and the reasons of refusals alone."""
    ended = stranger.brings_to_an_end(stranger.opens(process))
    assert ended["category"] == "closed", ended
    assert all(child["closed"] for child in ended["children"])
