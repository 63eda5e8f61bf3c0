"""The two rulebooks of the reception rota as tables, and the readings of the rules that can be read in two
ways.

For every occasion a rulebook gives the receiver, whose turn it uses, whether the receiver makes up a turn,
and who owns the client. A rule that the sources state in two ways, or not at all, is a *reading*: a word that
a roster may choose. `core.turns` applies the tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum


class ReceiverRule(StrEnum):
    """Who may receive. The first rule of a row that finds somebody decides."""

    IN_TURN = "in-turn"  # make-up turns first, then the order of signing in
    FREELY_IN_TURN = "freely-in-turn"  # the same person, who keeps the turn as a make-up
    NAMED = "named"  # the client's owner, or the person asked for; even while receiving
    NAMED_FREE = "named-free"  # the same, unless already receiving
    SUBSTITUTE = "stand-in"  # the substitute of the named person
    DESIGNATED = "designated"  # named by telephone, or assigned by the sales manager
    PARTNER = "partner"  # the first of several owners of the client
    ANY_FREE = "any-free"  # the first in the order who is free; the order does not advance
    LAST_FREE = "last-free"  # the last of the last two in the order who have no client


class TurnUse(StrEnum):
    """Whose turn a reception out of turn uses. The person who is next in turn always uses their own."""

    NOBODY = "nobody's"
    RECEIVER = "receiver's"
    NAMED = "named one's"


class ClientOwner(StrEnum):
    """Who owns the client after the reception."""

    NOBODY = "nobody"
    RECEIVER = "receiver"
    NAMED = "named"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionRow:
    """One row of a rulebook. `rule` is where the source says so."""

    receives: tuple[ReceiverRule, ...]
    uses: TurnUse = TurnUse.NOBODY
    makes_up: bool = False  # the receiver makes up a turn afterwards
    belongs: ClientOwner = ClientOwner.NOBODY
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The chosen readings of a rulebook. Every value is one of `CHOICES`."""

    door: str  # the first two are not both at the door: `both` are skipped, only who is `missing`, or `none`
    deposit: str  # no deposit paid, the owner busy: a turn of the `owner` or of the `volunteer`
    free_service: str  # closed clients served for an absent colleague: a make-up `never` or `always`
    phone: str  # a phone client who names somebody: `counted` as that person's turn or only `owned`
    brought: str  # a new client brought by an old one: `counted` or `uncounted`
    handed_over: str  # the client turns out to be a colleague's: the receiver's turn is `made-up` or `lost`
    receiving: str  # who is passed over while receiving: the turn is `made-up` or `lost`
    official: str  # who is passed over while away on official business: `made-up` or `lost`
    short_leave: str  # after a short absence announced to the next person: `made-up` or `lost`
    off_shift: str  # before and after one's shift: in the order (`kept`) or not (`skipped`)
    second_client: str  # a second client at a time: `never`, or `when-nobody-is-free`
    suspension: str  # when it begins: on the `same-day` or the `next-working-day`
    make_ups: str  # those of the evening: gone with the `day`, or `carried` to the next
    noon: str  # between these times no turn is used: `12:00-13:30`, or `none`


STRATEGIES = ("least-loaded", "balanced", "rotation", "turn")
"""The strategies by which one of several people is chosen."""
ROSTER_MARKS = ("finish", "hand-over", "pass-on", "permit", "grant", "suspend", "lift")
"""The marks that a step of a process may make in a roster."""

ROSTER_REPORTS = (
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
"""The reports that people may make to a roster."""
LEAVE_KINDS = ("official", "private", "short")
"""The reasons for leaving after having signed in."""

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_EITHER = ("made-up", "lost")
_COUNTED = ("counted", "uncounted")
READING_CHOICES: Mapping[str, tuple[str, ...]] = {
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
assert READING_CHOICES.keys() == {each.name for each in fields(Readings)}, "every reading has its choices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """A table of occasions, and the readings that apply unless a roster chooses others."""

    name: str
    readings: Readings
    table: Callable[[Readings], Mapping[str, ReceptionRow]]


def project_rules(read: Readings) -> Mapping[str, ReceptionRow]:
    """The rules of project sales: property consultants receive clients."""
    in_turn = ReceptionRow(
        receives=(ReceiverRule.IN_TURN,), belongs=ClientOwner.RECEIVER, rule="project 2, 8"
    )
    return {
        "new-client": in_turn,
        "not-a-client": ReceptionRow(receives=(ReceiverRule.FREELY_IN_TURN,), rule="project 3"),
        "closed-old-client": ReceptionRow(
            receives=(
                ReceiverRule.NAMED,
                ReceiverRule.DESIGNATED,
                ReceiverRule.SUBSTITUTE,
                ReceiverRule.ANY_FREE,
            ),
            makes_up=read.free_service == "always",
            belongs=ClientOwner.NAMED,
            rule="project 5",
        ),
        "old-client": ReceptionRow(
            receives=(ReceiverRule.NAMED,), belongs=ClientOwner.NAMED, rule="project 12, 13"
        ),
        "old-client-of-absent": ReceptionRow(
            receives=(ReceiverRule.DESIGNATED, ReceiverRule.SUBSTITUTE, ReceiverRule.ANY_FREE),
            belongs=ClientOwner.NAMED,
            rule="project 13",
        ),
        "name-forgotten": _with_rule(in_turn, "project 13"),
        "own-client-while-receiving": ReceptionRow(
            receives=(ReceiverRule.DESIGNATED, ReceiverRule.NAMED),
            belongs=ClientOwner.NAMED,
            rule="project 12",
        ),
        "brought-by-old-client": ReceptionRow(
            receives=(ReceiverRule.NAMED,),
            uses=_named_turn_use(read.brought),
            belongs=ClientOwner.NAMED,
            rule="project 15",
        ),
        "new-before-old-client": _with_rule(in_turn, "project 15"),
        "brought-by-unknown-client": _with_rule(in_turn, "project 15"),
        "phone-client": ReceptionRow(
            receives=(ReceiverRule.NAMED_FREE, ReceiverRule.IN_TURN),
            uses=TurnUse.RECEIVER if read.phone == "counted" else TurnUse.NOBODY,
            belongs=ClientOwner.RECEIVER,
            rule="project 16",
        ),
        "brought-by-joint-client": ReceptionRow(
            receives=(ReceiverRule.PARTNER,),
            uses=TurnUse.RECEIVER if read.brought == "counted" else TurnUse.NOBODY,
            belongs=ClientOwner.RECEIVER,
            rule="project 18",
        ),
        "assigned-by-manager": ReceptionRow(
            receives=(ReceiverRule.DESIGNATED,), belongs=ClientOwner.RECEIVER, rule="project 1"
        ),
    }


def shop_rules(read: Readings) -> Mapping[str, ReceptionRow]:
    """The rules of a second-hand shop: salespersons receive clients."""
    return {
        "new-client": ReceptionRow(
            receives=(ReceiverRule.IN_TURN,), belongs=ClientOwner.RECEIVER, rule="shop 12, 13"
        ),
        "old-client": ReceptionRow(
            receives=(ReceiverRule.NAMED_FREE,), belongs=ClientOwner.NAMED, rule="shop 5"
        ),
        "old-client-of-absent": ReceptionRow(
            receives=(ReceiverRule.FREELY_IN_TURN,), belongs=ClientOwner.NAMED, rule="shop 6"
        ),
        "old-client-of-busy": ReceptionRow(
            receives=(ReceiverRule.LAST_FREE, ReceiverRule.NAMED),
            uses=TurnUse.NAMED if read.deposit == "owner" else TurnUse.RECEIVER,
            belongs=ClientOwner.NAMED,
            rule="shop 10",
        ),
        "deposit-client-of-busy": ReceptionRow(
            receives=(ReceiverRule.LAST_FREE, ReceiverRule.NAMED), belongs=ClientOwner.NAMED, rule="shop 10"
        ),
        "closed-old-client": ReceptionRow(
            receives=(ReceiverRule.NAMED, ReceiverRule.LAST_FREE),
            belongs=ClientOwner.NAMED,
            rule="shop 7, 17",
        ),
        "outside-group": ReceptionRow(
            receives=(ReceiverRule.NAMED_FREE, ReceiverRule.LAST_FREE),
            belongs=ClientOwner.NAMED,
            rule="shop 15",
        ),
        "phone-client": ReceptionRow(
            receives=(ReceiverRule.NAMED_FREE, ReceiverRule.LAST_FREE),
            uses=_named_turn_use(read.phone),
            belongs=ClientOwner.NAMED,
            rule="shop 16",
        ),
        "phone-call": ReceptionRow(receives=(ReceiverRule.LAST_FREE, ReceiverRule.ANY_FREE), rule="shop 17"),
        "assigned-by-manager": ReceptionRow(
            receives=(ReceiverRule.DESIGNATED,), belongs=ClientOwner.RECEIVER, rule="shop 11"
        ),
    }


def _with_rule(row: ReceptionRow, rule: str) -> ReceptionRow:
    return replace(row, rule=rule)


def _named_turn_use(counted: str) -> TurnUse:
    return TurnUse.NAMED if counted == "counted" else TurnUse.NOBODY


RULEBOOKS: Mapping[str, Rulebook] = {
    "project": Rulebook(
        name="project",
        table=project_rules,
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
        table=shop_rules,
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


def is_time_span(text: str) -> bool:
    """Whether `text` is a time span of the day, such as `12:00-13:30`, or `none`."""
    start, _, end = text.partition("-")
    return text == "none" or (bool(_TIME.fullmatch(start) and _TIME.fullmatch(end)) and start < end)
