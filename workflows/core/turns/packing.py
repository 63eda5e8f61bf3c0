"""A roster as plain data, and back: what is stored and what the log keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from workflows.core.turns.roster import MakeUp, Member, Place, Presence, Reception, Roster, Suspension


def packed(roster: Roster) -> dict[str, Any]:
    """Everything but where it belongs and its `seq`, which are columns of their own."""
    return {
        "places": [asdict(place) for place in roster.places],
        "make_ups": [asdict(each) for each in roster.make_ups],
        "suspensions": [asdict(each) for each in roster.suspensions],
        "members": {
            person: {"ability": member.ability, "rests": sorted(member.rests)}
            for person, member in roster.members.items()
        },
        "given": dict(roster.given),
    }


def unpacked(site: str, name: str, seq: int, day: str, state: Mapping[str, Any]) -> Roster:
    """The roster that was packed."""
    return Roster(
        site=site,
        name=name,
        seq=seq,
        day=day,
        places=tuple(_place(each) for each in state["places"]),
        make_ups=tuple(MakeUp(**each) for each in state["make_ups"]),
        suspensions=tuple(Suspension(**each) for each in state["suspensions"]),
        members={
            person: Member(ability=each["ability"], rests=frozenset(each["rests"]))
            for person, each in state["members"].items()
        },
        given=state["given"],
    )


def _place(data: Mapping[str, Any]) -> Place:
    receiving = tuple(Reception(**each) for each in data["receiving"])
    return Place(**{**data, "presence": Presence(data["presence"]), "receiving": receiving})
