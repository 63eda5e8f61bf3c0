"""The invented past: scenarios of the definitions that began some days ago and stopped on the way.

All run side by side in the order of time, and the clock jobs run between their steps, as they would have.
Messages of that time are not sent; their letters are kept. Tickets that schedules opened in the last hours
exist too.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heapreplace

from service.bootstrap import Desk
from service.channels.letter import Letter
from service.channels.post import LOG, Post
from service.channels.receipt import Receipt
from service.demo.scenario import TicketScenario
from service.demo.staff import HOME, SITES
from service.imports.case_importer import derive_ticket_id
from service.relay import relay_batch
from service.scheduler import run_batches, sweep
from workflows.language.definition import Definition
from workflows.storage.deliveries import LOGGED
from workflows.timing.instants import Instant

MAX_SCENARIOS, FEW_SCENARIOS = 180, 40
_STEPS = (99, 99, 3, 99, 2, 99, 99, 4)  # how many steps of each scenario are played, in turn
_WEEKS = 4  # of the past
_WEEKDAYS = 5
_JUST_NOW = 6  # of so many scenarios, one began only some hours ago
_WEEK = 7 * 86_400
_THIS_MORNING = 6 * 3_600  # seconds: what schedules have opened when the demonstration begins
_SOURCE = "demo"


class _DiscardingPost(Post):
    """A post that sends nothing, for messages of the invented past."""

    def send(self, _letter: Letter) -> Receipt:
        """Discard the letter, and say so."""
        return Receipt(LOG, LOGGED, "of the invented past: nothing was sent")

    def send_to_client(self, letter: Letter) -> Receipt:
        """Discard the letter, and say so."""
        return self.send(letter)


def play_scenarios(desk: Desk, now: Instant, most: int) -> int:
    """Play up to `most` scenarios that have not been played yet, up to `now`; returns their number."""
    stories = [
        story
        for story in _build_scenarios(desk, now, most)
        if desk.store.load(story.site, story.ticket) is None
    ]
    waiting = [(story.starts_at, number, story.play(now)) for number, story in enumerate(stories)]
    heapify(waiting)
    while waiting:
        at, number, run = waiting[0]
        if at <= now:
            sweep(desk, at)
        following = next(run, None) if at <= now else None
        if following is None:
            heappop(waiting)
        else:
            heapreplace(waiting, (following, number, run))
    if stories:
        for _ in desk.schedules.open_between(now - _THIS_MORNING, now + 1, [HOME.id]):
            pass
        sweep(desk, now)
        drawer = _DiscardingPost(desk.settings)
        run_batches(lambda: relay_batch(desk, now, drawer))
    return sum(desk.store.load(story.site, story.ticket) is not None for story in stories)


def _build_scenarios(desk: Desk, now: Instant, most: int) -> Iterator[TicketScenario]:
    """Each process's first scenario, then each one's second, and so on; some of them began only just now."""
    for number, (definition, index) in zip(range(most), _first_scenarios(desk), strict=False):
        scenario = definition.scenarios[index]
        site = SITES[number % 4 == 3].id
        run = TicketScenario(
            desk=desk,
            site=site,
            definition=definition,
            scenario=scenario,
            ticket=derive_ticket_id(site, _SOURCE, f"{definition.name}/{scenario.name}"),
            max_steps=_STEPS[number % len(_STEPS)] if number % _JUST_NOW else 1,
        )
        yield run.shifted(_time_shift(run.starts_at, number, now))


def _time_shift(written: Instant, number: int, now: Instant) -> int:
    """Seconds by which a scenario begins later than written: some hours ago, or on a day of the last four
    weeks."""
    if number % _JUST_NOW == 0:
        return now - 240 * (number + 1) - written
    days = number % _WEEKDAYS * 86_400  # not all on the day that the scenarios are written for
    return ((now - written) // _WEEK - number % _WEEKS) * _WEEK - _WEEK + days


def _first_scenarios(desk: Desk) -> Iterator[tuple[Definition, int]]:
    definitions = [desk.definitions.latest(name) for name in desk.definitions.names()]
    for index in range(max((len(each.scenarios) for each in definitions), default=0)):
        for each in definitions:
            if index < len(each.scenarios):
                yield each, index
