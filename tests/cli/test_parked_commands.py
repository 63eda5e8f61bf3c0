"""Escalation levels that were set aside, at the command line."""

from __future__ import annotations

from pathlib import Path

from command_line import Huifang, Said, desk_in

CLOCK = "state.todo"


def set_aside(data: Path) -> str:
    """The number of an errand whose clock has been set aside."""
    desk = desk_in(data)
    site, ticket = desk.database.read("SELECT site_id, id FROM tickets ORDER BY number LIMIT 1", {})[0]
    desk.store.park(site, ticket, CLOCK, "no such luck")
    seen = desk.engine.look(site, ticket, None).ticket
    desk.close()
    assert seen is not None
    return seen.number


def test_they_are_listed_and_tried_again(tickets: Huifang, tmp_path: Path) -> None:
    """By somebody who looks after the desk, with a reason; and once."""
    number = set_aside(tmp_path / "data")
    assert tickets("parked").out == f"office\t{number}\t{CLOCK}\tno such luck\n"
    asked = ("unpark", number, CLOCK, "--site", "office", "--note", "mended", "--as", "li")
    assert "li does not look after the desk" in tickets(*asked).err
    config = tmp_path / "config.toml"
    config.write_text("[api]\npublishers = ['clerk']\n", encoding="utf-8")
    assert tickets("--config", config, *asked) == Said(0, "it will be tried again\n", "")
    assert tickets("parked").out == ""
    assert "is not set aside" in tickets("--config", config, *asked).err
