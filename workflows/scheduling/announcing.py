"""Takes what people announce: heavy rain is coming, the water is cut. Schedules hang on it."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core import refusing
from workflows.core.commands import Actor
from workflows.core.scheduling import following
from workflows.errors import Forbidden, NotFound, Reason
from workflows.language.schedule import EventKind
from workflows.library import Library
from workflows.storage.runs import Event, Runs
from workflows.timing.instants import Instant
from workflows.timing.problems import did_you_mean


class Announcements:
    """The events of a desk."""

    def __init__(self, library: Library, runs: Runs) -> None:
        self._library, self._runs = library, runs

    def kind(self, name: str) -> EventKind:
        """What is known of an event. `NotFound` says what was probably meant."""
        events = self._library.plan().events
        if name not in events:
            shown = name[:60]
            message = f"there is no event {shown!r}{did_you_mean(shown, events)}"
            raise NotFound(Reason("unknown-event", message, field="event", saw=shown, facts={"name": shown}))
        return events[name]

    def announce(
        self, name: str, site: str, actor: Actor, data: Mapping[str, object], now: Instant, id: str
    ) -> Event:
        """Record that something happens at a site, with all that schedules make of it.

        `id` is chosen by the caller: the same announcement sent again is the same event, as first recorded.
        Raises a `Refusal` with every reason.
        """
        kind = self.kind(name)
        if not actor.roles & set(kind.roles):
            raise Forbidden(refusing.role_needed(kind.roles))
        said = kind.form.load(dict(data), self._library.organisation)
        told = {field: value for field, value in said.items() if value is not None}
        event = Event(
            site=site, id=id, name=name, at=now, actor_id=actor.id, actor_name=actor.name, data=told
        )
        schedules = (each for each in self._library.plan().hanging_on(name) if each.at(site))
        found = (following(each, site, id, now, told) for each in schedules)
        self._runs.announce(event, [each for each in found if each is not None])
        return self._runs.event(site, id) or event
