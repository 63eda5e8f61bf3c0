"""Rosters as plain data, for storage and log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from workflows.core.turns.roster import (
    MakeUp,
    Presence,
    Reception,
    Roster,
    RosterMember,
    RosterPlace,
    Suspension,
)


def serialize_roster(roster: Roster) -> dict[str, Any]:
    """The roster without site, name, day and `seq`, which are columns of their own."""
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


def deserialize_roster(site: str, name: str, seq: int, day: str, state: Mapping[str, Any]) -> Roster:
    """The roster from its plain data and its columns."""
    return Roster(
        site=site,
        name=name,
        seq=seq,
        day=day,
        places=tuple(_read_place(each) for each in state["places"]),
        make_ups=tuple(MakeUp(**each) for each in state["make_ups"]),
        suspensions=tuple(Suspension(**each) for each in state["suspensions"]),
        members={
            person: RosterMember(ability=each["ability"], rests=frozenset(each["rests"]))
            for person, each in state["members"].items()
        },
        given=state["given"],
    )


def _read_place(data: Mapping[str, Any]) -> RosterPlace:
    receiving = tuple(Reception(**each) for each in data["receiving"])
    return RosterPlace(**{**data, "presence": Presence(data["presence"]), "receiving": receiving})
