"""Changes of the shipped processes that break a caller or strand a ticket."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Edit = Callable[[str], str]


def asks(field: str) -> Edit:
    """The process asks for one more field when it is opened."""

    def edit(text: str) -> str:
        before, start, after = text.partition("\nstart:")
        head, requires, rest = after.partition("requires: [")
        rest = re.sub(rf"(accepts: \[(?:[a-z_]+, )*?){field}(?:, |(?=\]))", r"\1", rest, count=1)
        return f"{before}{start}{head}{requires}{field}, {rest}"

    return edit


def renames(old: str, new: str) -> Edit:
    """A name of the process is another one, everywhere in its own text."""
    return lambda text: re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", new, text)


def shuts_out(role: str) -> Edit:
    """Relatives may no longer take any step."""

    def edit(text: str) -> str:
        text = re.sub(rf"(?<=[\[ ]){role}, ", "", text)
        return re.sub(rf"roles: \[{role}\]", "roles: [cs-officer]", text)

    return edit


def adds(line: str) -> Edit:
    return lambda text: f"{text}\n{line}\n"


def says(old: str, new: str) -> Edit:
    return lambda text: text.replace(old, new)


HARMFUL: Mapping[str, tuple[str, Edit]] = {
    "callers of repair name no part": ("repair", asks("part")),
    "nobody tells when a repair would be convenient": ("repair", asks("convenient_time")),
    "callers of engineering give no matter": ("engineering-order", asks("matter")),
    "complaints have no place": ("complaint", asks("place")),
    "complaints have no photos": ("complaint", asks("photos")),
    "an inquiry that becomes a complaint has no unit": ("communicative-complaint", asks("unit")),
    "suggestions have no author": ("suggestion", asks("author")),
    "fees come without an area": ("fee-collection", asks("area")),
    "a release comes without papers": ("item-release", asks("id_document")),
    "the bar does not say how many": ("stock-movement", asks("quantity")),
    "improvements have no end": ("assigned-task", asks("finish_by")),
    "not everybody has a photo": ("inspection-nonconformity", asks("photo")),
    "relays have no details": ("tour-task", asks("details")),
    "parcels have no recipient": ("mail-and-parcel", asks("recipient")),
    "visits have no head count": ("emergency-visit", asks("headcount")),
    "drinks have no area": ("drink-service", asks("area")),
    "tours tell no needs": ("meeting-service", asks("needs")),
    "announcements come without an audience": ("announcement", asks("audience")),
    "announcements come without files": ("announcement", asks("files")),
    "clients do not say whether they buy": ("client-followup", asks("intends_to_buy")),
    "callers say how urgent it is": ("repair", renames("urgency", "urgent_how")),
    "callers say how they came": ("complaint", renames("channel", "way_in")),
    "callers send drawings": ("engineering-order", renames("drawings", "plans")),
    "callers name the amount": ("fee-collection", renames("other_amount", "extra")),
    "callers name the occasion": ("item-release", renames("occasion", "cause_of_it")),
    "arrivals are amended": ("tour-task", renames("arrival", "arrives")),
    "sessions are amended": ("reception-day-signature", renames("session_at", "held_at")),
    "a report sums it": ("satisfaction-survey", renames("discontent", "unhappy")),
    "a report sums cups": ("drink-service", renames("cups", "glasses")),
    "a report counts by cause": ("complaint", renames("cause", "root")),
    "a report counts by part": ("repair", renames("part", "piece")),
    "a tour reads who leads": ("tour-task", renames("lead", "leader")),
    "a case reads who signs": ("reception-day-signature", renames("signer", "who_signs")),
    "a tour withdraws its tasks": ("tour-task", renames("withdraw", "recall")),
    "a day postpones its cases": ("reception-day-case", renames("postpone", "defer")),
    "a dispute makes the keeper surrender": ("client-followup", renames("surrender", "hand-over")),
    "a patrol reports to its custody": ("house-custody", renames("report-problem", "tell-problem")),
    "a day withdraws its signatures": ("reception-day-signature", renames("withdraw", "recall")),
    "a meeting is cancelled with its tour": ("meeting-service", renames("cancel", "call-off")),
    "a move waits until fees are paid": ("fee-collection", renames("paid", "settled")),
    "a move waits until goods are released": ("item-release", renames("released", "let-out")),
    "a rental waits for its card": ("card-issue", renames("issued", "handed-out")),
    "a move-in waits for the acceptance": ("house-acceptance", renames("accepted", "taken-over")),
    "a case waits until all have signed": ("reception-day-signature", renames("signed", "undersigned")),
    "two processes number alike": ("repair", says("numbering: ", "numbering: TS-{year}-{seq:5} # ")),
    "a case is deaf to its day": ("reception-day-case", shuts_out("parent")),
}
