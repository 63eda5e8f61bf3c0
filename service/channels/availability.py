"""Which channels are unavailable. Their messages wait together, and are not tried one by one."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.timing.instants import Instant


@dataclass(slots=True)
class _Outage:
    times: int
    until: Instant


@dataclass(slots=True)
class Availability:
    """The failures that one relay has seen. A failed channel waits `first` seconds, then doubled, at most
    `longest`."""

    first: int
    longest: int
    _away: dict[str, _Outage] = field(default_factory=dict)

    def blocked_until(self, channel: str, now: Instant) -> Instant | None:
        """Until when the channel is not tried; None if it may be tried.

        An instant further ahead than any wait comes from a clock that was fast, and is ignored.
        """
        trouble = self._away.get(channel)
        if trouble is None or not now < trouble.until <= now + max(self.first, self.longest):
            return None
        return trouble.until

    def record_failure(self, channel: str, now: Instant) -> Instant:
        """The channel has failed; returns when it is to be tried again."""
        trouble = self._away.setdefault(channel, _Outage(0, now))
        wait = min(self.longest, self.first << min(trouble.times, 30))
        trouble.times += 1
        trouble.until = now + wait
        return trouble.until

    def record_success(self, channel: str) -> None:
        """The channel works: forget its failures."""
        self._away.pop(channel, None)
