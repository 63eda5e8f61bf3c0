"""Groups of activities that the same people do: the posts that a log lets one see (Burattin, Sperduti,
Veluscek: "Business models enhancement through discovery of roles", 2013)."""

from __future__ import annotations

from collections import Counter
from math import sqrt

from workflows.mining.event_log import EventLog

_ALIKE = 0.7  # cosine of two profiles, from which on they are one post

Profile = Counter[str]
"""Who did an activity, and how often."""


def group_activities(log: EventLog) -> tuple[frozenset[str], ...]:
    """The groups, that of the most frequent activity first. Without resources there is one."""
    frequency = Counter(event.activity for event in log.events)
    groups: list[tuple[set[str], Profile]] = []
    profiles: dict[str, Profile] = {}
    for event in log.events:
        profiles.setdefault(event.activity, Counter())[event.resource] += 1
    for activity in sorted(frequency, key=lambda name: (-frequency[name], name)):
        profile = profiles[activity]
        nearest = max(groups, key=lambda group: _similarity(group[1], profile), default=None)
        if nearest is not None and _similarity(nearest[1], profile) >= _ALIKE:
            nearest[0].add(activity)
            nearest[1].update(profile)
        else:
            groups.append(({activity}, Counter(profile)))
    return tuple(frozenset(activities) for activities, _ in groups)


def _similarity(one: Profile, other: Profile) -> float:
    shared = sum(count * other[name] for name, count in one.items())
    return shared / (_length(one) * _length(other))


def _length(profile: Profile) -> float:
    return sqrt(sum(count * count for count in profile.values()))
