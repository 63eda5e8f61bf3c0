"""The invented past: stories that the definitions tell of themselves, begun some days ago and left off.

All are told side by side on one time line, and the clock fires what comes due between their steps, as it
would have. What was to be said to people then counts as said. What schedules have opened in the last hours is
there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heapreplace

from service.channels.letter import Letter
from service.channels.post import Post
from service.demo.staffing import HOME, SITES
from service.demo.story import Story
from service.importing.bringing import ticket_id
from service.relay import relay
from service.scheduler import in_batches, sweep
from service.wiring import Desk
from workflows.language.definition import Definition
from workflows.timing.instants import Instant

MOST = 40
_STEPS = (99, 3, 2, 99, 4)  # how far the stories are told, in turn
_WEEK = 7 * 86_400
_THIS_MORNING = 6 * 3_600  # seconds: what schedules have opened when the demonstration begins
_SOURCE = "demo"


class _Drawer(Post):
    """Where letters of the invented past end up."""

    def send(self, letter: Letter) -> None:
        """Nothing leaves."""

    def send_to_client(self, letter: Letter) -> None:
        """Nothing leaves."""


def tell(desk: Desk, now: Instant) -> int:
    """Tell the stories that have not been told yet, up to the present moment; how many."""
    stories = [story for story in _stories(desk, now) if desk.store.load(story.site, story.ticket) is None]
    waiting = [(story.begins, number, story.told(now)) for number, story in enumerate(stories)]
    heapify(waiting)
    while waiting:
        at, number, story = waiting[0]
        if at <= now:
            sweep(desk, at)
        following = next(story, None) if at <= now else None
        if following is None:
            heappop(waiting)
        else:
            heapreplace(waiting, (following, number, story))
    if stories:
        for _ in desk.schedules.open_between(now - _THIS_MORNING, now + 1, [HOME.id]):
            pass
        sweep(desk, now)
        drawer = _Drawer(desk.settings)
        in_batches(lambda: relay(desk, now, drawer))
    return sum(desk.store.load(story.site, story.ticket) is not None for story in stories)


def _stories(desk: Desk, now: Instant) -> Iterator[Story]:
    """Every process's first story, then every second one, and so on; each third has only just begun."""
    for number, (definition, index) in zip(range(MOST), _scenarios(desk), strict=False):
        scenario = definition.scenarios[index]
        site = SITES[number % 4 == 3].id
        story = Story(
            desk=desk,
            site=site,
            definition=definition,
            scenario=scenario,
            ticket=ticket_id(site, _SOURCE, f"{definition.name}/{scenario.name}"),
            most=_STEPS[number % len(_STEPS)] if number % 3 else 1,
        )
        yield story.moved(_shift(story.begins, number, now))


def _shift(written: Instant, number: int, now: Instant) -> int:
    """How much later than written a story begins: hours ago, or on the same weekday one or two weeks ago."""
    if number % 3 == 0:
        return now - 660 * (number + 1) - written
    return ((now - written) // _WEEK - number % 3) * _WEEK


def _scenarios(desk: Desk) -> Iterator[tuple[Definition, int]]:
    definitions = [desk.library.latest(name) for name in desk.library.names()]
    for index in range(max((len(each.scenarios) for each in definitions), default=0)):
        for each in definitions:
            if index < len(each.scenarios):
                yield each, index
