"""Who hears more or less: by notices of steps, by escalation levels, by urges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from workflows.difference.change import Topic, VersionChange
from workflows.difference.parts import StepPair, VersionPair
from workflows.language.definition import Definition
from workflows.language.effect import Effect, NotifyEffect
from workflows.timing.durations import SECONDS_IN
from workflows.timing.escalation import EscalationLevel

_Levels = Sequence[EscalationLevel]


def list_message_changes(versions: VersionPair) -> Iterator[VersionChange]:
    """The changes of notices by step, then of escalations by state and clock."""
    for pair in versions.step_pairs():
        yield from _compare_notices(versions, pair)
    old, new = versions.old, versions.new
    found: dict[str, list[VersionChange]] = {}
    for name, one, other in versions.pairs(old.states, new.states, versions.sides[1].former_states):
        if one is not None and other is not None:
            before, after = _levels(old, one.escalation), _levels(new, other.escalation)
            for each in _compare_levels(before, after, {}):
                found.setdefault(repr((each.code, each.facts)), []).append(
                    VersionChange(topic=each.topic, code=each.code, states=(name,), facts=each.facts)
                )
    for alike in found.values():
        states = tuple(state for each in alike for state in each.states)
        yield VersionChange(topic=Topic.MESSAGES, code=alike[0].code, states=states, facts=alike[0].facts)
    for name, clock, later in versions.pairs(old.clocks, new.clocks, {}):
        if clock is not None and later is not None:
            before, after = _levels(old, clock.escalation), _levels(new, later.escalation)
            yield from _compare_levels(before, after, {"clock": name})
    if set(old.urge.notify) != set(new.urge.notify):
        facts = {"before": old.urge.notify, "after": new.urge.notify}
        yield VersionChange(topic=Topic.MESSAGES, code="urge-notify", facts=facts)


def _levels(definition: Definition, policy: str | None) -> _Levels:
    found = definition.policies.get(policy) if policy else None
    return found.levels if found else ()


def _compare_notices(versions: VersionPair, pair: StepPair) -> Iterator[VersionChange]:
    before = _recipients(versions, pair.old.effects, 0)
    after = _recipients(versions, pair.new.effects, 1)
    for code, some, others in (("notice-less", before, after), ("notice-more", after, before)):
        gone = tuple(dict.fromkeys(who for who, when in some if (who, when) not in others))
        whole = tuple(who for who in gone if all(who != other for other, _ in others))
        if whole:
            yield _notice(code, pair, recipients=whole)
        if code == "notice-more":
            changed = tuple(who for who in gone if who not in whole)
            for who in changed:
                was, now = (
                    " || ".join(when for other, when in each if other == who) for each in (before, after)
                )
                yield _notice("notice-condition", pair, recipients=(who,), before=was, after=now)
    for who in dict.fromkeys(who for who, _ in before):
        one, other = ({u for (w, _), u in each.items() if w == who} for each in (before, after))
        if other and one != other:
            code = "notice-urgent" if True in other and True not in one else "notice-calm"
            yield _notice(code, pair, recipients=(who,))


def _recipients(
    versions: VersionPair, effects: Sequence[Effect], side: int
) -> Mapping[tuple[str, str], bool]:
    """(recipient, condition) -> whether the notice is urgent."""
    found: dict[tuple[str, str], bool] = {}
    for effect in effects:
        if isinstance(effect, NotifyEffect):
            when = versions.write(effect.when, side)
            for who in effect.to:
                found[who, when] = found.get((who, when), False) or effect.urgent
    return found


def _notice(code: str, pair: StepPair, **facts: object) -> VersionChange:
    return VersionChange(
        topic=Topic.MESSAGES, code=code, states=pair.states, trigger=pair.trigger, facts=facts
    )


def _compare_levels(old: _Levels, new: _Levels, facts: Mapping[str, object]) -> Iterator[VersionChange]:
    """Who hears of a delay, and from which level on; what a level raises or fires."""

    def change(code: str, **more: object) -> VersionChange:
        return VersionChange(topic=Topic.MESSAGES, code=f"escalation-{code}", facts={**facts, **more})

    before, after = _first_levels(old, "notify"), _first_levels(new, "notify")
    for who in dict.fromkeys((*before, *after)):
        one, other = before.get(who), after.get(who)
        if one is None and other is not None:
            yield change("hears", recipient=who, at=_place(other))
        elif other is None and one is not None:
            yield change("hears-not", recipient=who, at=_place(one))
        elif one is not None and other is not None and _place(one) != _place(other):
            yield change(_order(one, other), recipient=who, before=_place(one), at=_place(other))
        if one is None or other is None:
            continue
        if _times(old, who) != _times(new, who):
            yield change("times", recipient=who, before=_times(old, who), after=_times(new, who))
        if one.urgent != other.urgent:
            yield change("urgent" if other.urgent else "calm", recipient=who, at=_place(other))
    for word, gained, lost in (("fire", "fires", "fires-not"), ("raises", "raises", "raises-not")):
        before, after = _first_levels(old, word), _first_levels(new, word)
        for what in dict.fromkeys((*before, *after)):
            one, other = before.get(what), after.get(what)
            if other is None and one is not None:
                yield change(lost, what=what, at=_place(one))
            elif other is not None and (one is None or _place(one) != _place(other)):
                yield change(gained, what=what, at=_place(other))


def _first_levels(levels: _Levels, word: str) -> dict[str, EscalationLevel]:
    """Whom a level notifies, or what it fires or raises -> the first such level."""
    found: dict[str, EscalationLevel] = {}
    for level in levels:
        value = getattr(level, word)
        for each in value if isinstance(value, tuple) else (value,) if value else ():
            found.setdefault(each, level)
    return found


def _times(levels: _Levels, who: str) -> int:
    return sum(who in level.notify for level in levels)


def _place(level: EscalationLevel) -> dict[str, object]:
    """When a level fires: at a percentage, or after durations."""
    if level.at_percent is not None:
        return {"percent": level.at_percent}
    return {"after": tuple(map(str, level.after))}


def _order(one: EscalationLevel, other: EscalationLevel) -> str:
    if one.at_percent is not None and other.at_percent is not None:
        return "earlier" if other.at_percent < one.at_percent else "later"
    if one.at_percent is None and other.at_percent is None:
        before, after = (sum(d.amount * SECONDS_IN[d.unit] for d in each.after) for each in (one, other))
        return "earlier" if after < before else "later"
    if (one.at_percent or 101) <= 100:
        return "later"
    return "earlier" if (other.at_percent or 101) <= 100 else "moved"
