"""Who receives whom: the two rulebooks of turn-taking as tables, and the readings of what they leave open.

A rulebook says for every occasion who receives, whose turn that uses, whether the one who received makes up a
turn, and whose client it is. What the sources say in two ways, or not at all, is a *reading*: a word that a
roster may choose otherwise. `core.turns` walks the tables; nothing here does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum


class Whom(StrEnum):
    """Somebody who may receive. The first of a row who can, does."""

    IN_TURN = "in-turn"  # make-up turns first, then the order of the sign-in book
    FREELY_IN_TURN = "freely-in-turn"  # the same one, who keeps the turn as a make-up
    NAMED = "named"  # whose client it is, or who is asked for; also while receiving, for it is his client
    NAMED_FREE = "named-free"  # the same, if receiving nobody
    STAND_IN = "stand-in"  # whom the named one has left as substitute
    DESIGNATED = "designated"  # whom the named one names by telephone, or the sales manager assigns
    PARTNER = "partner"  # the first of several whose client it is
    ANY_FREE = "any-free"  # the first of the order who is free; the order itself stands still
    LAST_FREE = "last-free"  # of the last two of the order without a client, the last


class Uses(StrEnum):
    """Whose turn a reception out of turn uses up. Who is next in turn always uses his own."""

    NOBODYS = "nobody's"
    RECEIVERS = "receiver's"
    NAMEDS = "named one's"


class Belongs(StrEnum):
    """Whose client it is afterwards."""

    NOBODY = "nobody"
    RECEIVER = "receiver"
    NAMED = "named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a rulebook. `rule` says where it is written."""

    receives: tuple[Whom, ...]
    uses: Uses = Uses.NOBODYS
    makes_up: bool = False  # the receiver makes up a turn for it, whoever it is
    belongs: Belongs = Belongs.NOBODY
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """How a rulebook is read where it may be read in two ways. Every value is one of `CHOICES`."""

    door: str  # the first two are not both at the door: `both` are skipped, only who is `missing`, or `none`
    deposit: str  # no deposit paid, the owner busy: a turn of the `owner` or of the `volunteer`
    free_service: str  # closed clients served for an absent colleague: a make-up `never` or `always`
    phone: str  # a phone client who asks for somebody: `counted` as his turn or only `owned`
    brought: str  # a new client brought by an old one: `counted` or `uncounted`
    handed_over: str  # the client turns out to be a colleague's: the receiver's turn is `made-up` or `lost`
    receiving: str  # who is passed over while receiving: the turn is `made-up` or `lost`
    official: str  # who is passed over while away on official business: `made-up` or `lost`
    short_leave: str  # who told the next one of a short absence: `made-up` or `lost`
    off_shift: str  # before and after one's shift: in the order (`kept`) or not (`skipped`)
    second_client: str  # a second client at a time: `never`, or `when-nobody-is-free`
    suspension: str  # when it begins: on the `same-day` or the `next-working-day`
    make_ups: str  # those of the evening: gone with the `day`, or `carried` to the next
    noon: str  # between these times no turn is used: `12:00-13:30`, or `none`


STRATEGIES = ("least-loaded", "balanced", "rotation", "turn")
"""How somebody is chosen out of many."""
MARKS = ("finish", "hand-over", "pass-on", "permit", "grant", "suspend", "lift")
"""What a step of a process may say in a roster."""

REPORTS = (
    "sign-in",
    "sign-out",
    "leave",
    "return",
    "step-back",
    "shift-over",
    "permit",
    "grant",
    "lift",
    "describe",
)
"""What people may report to a roster."""
LEAVES = ("official", "private", "short")
"""Why somebody is away who has signed in."""

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_EITHER = ("made-up", "lost")
_COUNTED = ("counted", "uncounted")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "door": ("both", "missing", "none"),
    "deposit": ("owner", "volunteer"),
    "free_service": ("never", "always"),
    "phone": ("counted", "owned"),
    "brought": _COUNTED,
    "handed_over": _EITHER,
    "receiving": _EITHER,
    "official": _EITHER,
    "short_leave": _EITHER,
    "off_shift": ("kept", "skipped"),
    "second_client": ("never", "when-nobody-is-free"),
    "suspension": ("same-day", "next-working-day"),
    "make_ups": ("day", "carried"),
    "noon": (),  # a span of the day, or `none`
}
assert CHOICES.keys() == {each.name for each in fields(Readings)}, "every reading has its choices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """A table of occasions, and how it is read unless a roster says otherwise."""

    name: str
    readings: Readings
    table: Callable[[Readings], Mapping[str, Row]]


def project(read: Readings) -> Mapping[str, Row]:
    """Project sales: reception of clients by property consultants."""
    in_turn = Row(receives=(Whom.IN_TURN,), belongs=Belongs.RECEIVER, rule="project 2, 8")
    return {
        "new-client": in_turn,
        "not-a-client": Row(receives=(Whom.FREELY_IN_TURN,), rule="project 3"),
        "closed-old-client": Row(
            receives=(Whom.NAMED, Whom.DESIGNATED, Whom.STAND_IN, Whom.ANY_FREE),
            makes_up=read.free_service == "always",
            belongs=Belongs.NAMED,
            rule="project 5",
        ),
        "old-client": Row(receives=(Whom.NAMED,), belongs=Belongs.NAMED, rule="project 12, 13"),
        "old-client-of-absent": Row(
            receives=(Whom.DESIGNATED, Whom.STAND_IN, Whom.ANY_FREE),
            belongs=Belongs.NAMED,
            rule="project 13",
        ),
        "name-forgotten": _ruled(in_turn, "project 13"),
        "own-client-while-receiving": Row(
            receives=(Whom.DESIGNATED, Whom.NAMED), belongs=Belongs.NAMED, rule="project 12"
        ),
        "brought-by-old-client": Row(
            receives=(Whom.NAMED,), uses=_nameds(read.brought), belongs=Belongs.NAMED, rule="project 15"
        ),
        "new-before-old-client": _ruled(in_turn, "project 15"),
        "brought-by-unknown-client": _ruled(in_turn, "project 15"),
        "phone-client": Row(
            receives=(Whom.NAMED_FREE, Whom.IN_TURN),
            uses=Uses.RECEIVERS if read.phone == "counted" else Uses.NOBODYS,
            belongs=Belongs.RECEIVER,
            rule="project 16",
        ),
        "brought-by-joint-client": Row(
            receives=(Whom.PARTNER,),
            uses=Uses.RECEIVERS if read.brought == "counted" else Uses.NOBODYS,
            belongs=Belongs.RECEIVER,
            rule="project 18",
        ),
        "assigned-by-manager": Row(receives=(Whom.DESIGNATED,), belongs=Belongs.RECEIVER, rule="project 1"),
    }


def shop(read: Readings) -> Mapping[str, Row]:
    """A second-hand shop: reception of clients by salespersons."""
    return {
        "new-client": Row(receives=(Whom.IN_TURN,), belongs=Belongs.RECEIVER, rule="shop 12, 13"),
        "old-client": Row(receives=(Whom.NAMED_FREE,), belongs=Belongs.NAMED, rule="shop 5"),
        "old-client-of-absent": Row(receives=(Whom.FREELY_IN_TURN,), belongs=Belongs.NAMED, rule="shop 6"),
        "old-client-of-busy": Row(
            receives=(Whom.LAST_FREE, Whom.NAMED),
            uses=Uses.NAMEDS if read.deposit == "owner" else Uses.RECEIVERS,
            belongs=Belongs.NAMED,
            rule="shop 10",
        ),
        "deposit-client-of-busy": Row(
            receives=(Whom.LAST_FREE, Whom.NAMED), belongs=Belongs.NAMED, rule="shop 10"
        ),
        "closed-old-client": Row(
            receives=(Whom.NAMED, Whom.LAST_FREE), belongs=Belongs.NAMED, rule="shop 7, 17"
        ),
        "outside-group": Row(
            receives=(Whom.NAMED_FREE, Whom.LAST_FREE), belongs=Belongs.NAMED, rule="shop 15"
        ),
        "phone-client": Row(
            receives=(Whom.NAMED_FREE, Whom.LAST_FREE),
            uses=_nameds(read.phone),
            belongs=Belongs.NAMED,
            rule="shop 16",
        ),
        "phone-call": Row(receives=(Whom.LAST_FREE, Whom.ANY_FREE), rule="shop 17"),
        "assigned-by-manager": Row(receives=(Whom.DESIGNATED,), belongs=Belongs.RECEIVER, rule="shop 11"),
    }


def _ruled(row: Row, rule: str) -> Row:
    return replace(row, rule=rule)


def _nameds(counted: str) -> Uses:
    return Uses.NAMEDS if counted == "counted" else Uses.NOBODYS


RULEBOOKS: Mapping[str, Rulebook] = {
    "project": Rulebook(
        name="project",
        table=project,
        readings=Readings(
            door="both",
            deposit="owner",
            free_service="never",
            phone="counted",
            brought="uncounted",
            handed_over="made-up",
            receiving="made-up",
            official="made-up",
            short_leave="lost",
            off_shift="kept",
            second_client="never",
            suspension="next-working-day",
            make_ups="day",
            noon="none",
        ),
    ),
    "shop": Rulebook(
        name="shop",
        table=shop,
        readings=Readings(
            door="none",
            deposit="owner",
            free_service="never",
            phone="owned",
            brought="uncounted",
            handed_over="made-up",
            receiving="made-up",
            official="lost",
            short_leave="made-up",
            off_shift="skipped",
            second_client="when-nobody-is-free",
            suspension="next-working-day",
            make_ups="day",
            noon="12:00-13:30",
        ),
    ),
}


def is_span(text: str) -> bool:
    """Whether `text` is a span of the day, `12:00-13:30`, or `none`."""
    start, _, end = text.partition("-")
    return text == "none" or (bool(_TIME.fullmatch(start) and _TIME.fullmatch(end)) and start < end)
