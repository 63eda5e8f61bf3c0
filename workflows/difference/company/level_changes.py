"""Two versions of the escalation policies: which levels come, go or move, and who hears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.difference.company.statement import CompanyChange, compare_entries
from workflows.language.forms.field import Titles
from workflows.timing.durations import SECONDS_IN
from workflows.timing.escalation import EscalationPolicy
from workflows.timing.escalation_levels import EscalationLevel

_DUE = 100  # per cent of the budget


def compare_policies(
    before: Mapping[str, EscalationPolicy],
    after: Mapping[str, EscalationPolicy],
    titles: Mapping[str, Titles],
) -> Iterator[CompanyChange]:
    """The levels at the same moment are compared; of the others, those that do the same have moved."""

    def title_of(name: str, _: EscalationPolicy) -> Titles:
        return titles.get(name, {})

    def compare(name: str, old: EscalationPolicy, new: EscalationPolicy) -> Iterator[CompanyChange]:
        for code, facts in _compare(old, new):
            yield CompanyChange(code=code, entry=name, title=titles.get(name, {}), facts=facts)

    yield from compare_entries("policy", before, after, title_of, compare)


def _compare(old: EscalationPolicy, new: EscalationPolicy) -> Iterator[tuple[str, Mapping[str, object]]]:
    heard, hears = ({who for each in of.levels for who in each.notify} for of in (old, new))
    for code, who in (("policy-hears", hears - heard), ("policy-deaf", heard - hears)):
        if who:
            yield code, {"who": tuple(sorted(who))}
    gone = [each for each in old.levels if each not in new.levels]
    come = [each for each in new.levels if each not in old.levels]
    for level in list(gone):
        same = next((each for each in come if _moment(each) == _moment(level)), None)
        moved = next((each for each in come if describe_level(each) == describe_level(level)), None)
        other = same or moved
        if other is None:
            continue
        gone.remove(level)
        come.remove(other)
        if same:
            yield "level-changed", {"at": _moment(level), "before": level, "after": same}
        else:
            facts = {"before": _moment(level), "after": _moment(other), "level": level}
            yield f"level-{_compare_moments(level, other)}", facts
    for code, levels in (("level-removed", gone), ("level-added", come)):
        for level in levels:
            yield code, {"at": _moment(level), "level": level}
    if old.acknowledge != new.acknowledge:
        yield "policy-acknowledge", {"before": old.acknowledge, "after": new.acknowledge}


def describe_level(level: EscalationLevel) -> tuple[object, ...]:
    """What a level does, whenever it fires."""
    return level.notify, level.raises, level.fire, level.urgent


def _moment(level: EscalationLevel) -> object:
    """`80%`, or the durations from due."""
    return f"{level.at_percent}%" if level.at_percent is not None else level.after


def _compare_moments(old: EscalationLevel, new: EscalationLevel) -> str:
    """`earlier`, `later`, or `moved` if they cannot be compared."""
    if old.at_percent is not None and new.at_percent is not None:
        return "earlier" if new.at_percent < old.at_percent else "later"
    units = {each.unit for each in (*old.after, *new.after)}
    if old.at_percent is None and new.at_percent is None and len(units) == 1:
        one, other = (sum(each.amount * SECONDS_IN[each.unit] for each in of.after) for of in (old, new))
        return "earlier" if other < one else "later"
    if new.at_percent is not None and new.at_percent <= _DUE:
        return "earlier"
    return "later" if old.at_percent is not None and old.at_percent <= _DUE else "moved"
