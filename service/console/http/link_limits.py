"""How often residents may send, and how many wrong links an address may try. Counted in the database, for all
processes."""

from __future__ import annotations

from service.bootstrap import Desk
from service.refusals import TooMany, reason
from service.sign_in import attempt_subject, network_of
from workflows.storage.people.attempt_counts import AttemptCounts
from workflows.timing.instants import Instant


class LinkLimits:
    """The limits for one address at one moment."""

    def __init__(self, desk: Desk, address: str, now: Instant) -> None:
        self._counts, self._bounds, self._now = AttemptCounts(desk.database), desk.settings.links, now
        self._place = network_of(address)

    def check_misses(self) -> None:
        """Raise TooMany for an address from which many wrong links came."""
        self._check({self._missed: self._bounds.misses_by_address})

    def count_miss(self) -> None:
        """Count a wrong link."""
        self._counts.record([self._missed], self._now, self._bounds.wait)

    def take_send(self, link: str) -> None:
        """Count a form that is sent by the link. Raises TooMany if there were enough."""
        by_link = attempt_subject("link sends", link)
        by_address = attempt_subject("link sends of address", self._place)
        self._check({by_link: self._bounds.sends, by_address: self._bounds.sends_by_address})
        self._counts.record([by_link, by_address], self._now, self._bounds.wait)

    @property
    def _missed(self) -> str:
        return attempt_subject("link misses", self._place)

    def _check(self, bounds: dict[str, int]) -> None:
        for subject, count in self._counts.read(bounds).items():
            left = count.since_at + self._bounds.wait - self._now
            if count.times >= bounds[subject] and left > 0:
                minutes = -(-left // 60)
                message = f"that was too often; try again in {minutes} minutes, or call us"
                raise TooMany(reason("too-often", message, minutes=minutes), left)
