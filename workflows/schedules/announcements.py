"""Announcements of events, such as heavy rain or a water cut, that schedules follow."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core.commands import Actor
from workflows.core.input import common_reasons
from workflows.core.schedule_slots import find_after_event
from workflows.definitions import Definitions
from workflows.errors import Forbidden, NotFound, Reason
from workflows.language.schedule_spec import EventKind
from workflows.site_calendars import SiteCalendars
from workflows.storage.schedule_runs import Event, ScheduleRuns
from workflows.suggestions import did_you_mean
from workflows.timing.instants import Instant


class Announcements:
    """The events of all sites."""

    def __init__(self, definitions: Definitions, runs: ScheduleRuns, calendars: SiteCalendars) -> None:
        self._definitions, self._runs, self._calendars = definitions, runs, calendars

    def find(self, name: str) -> EventKind:
        """An event kind. Raises `NotFound` with a suggestion."""
        events = self._definitions.plan().events
        if name not in events:
            shown = name[:60]
            message = f"there is no event {shown!r}{did_you_mean(shown, events)}"
            raise NotFound(Reason("unknown-event", message, field="event", saw=shown, facts={"name": shown}))
        return events[name]

    def announce(
        self, name: str, site: str, actor: Actor, data: Mapping[str, object], now: Instant, id: str
    ) -> Event:
        """Record an event at a site, with the occurrences of all schedules that follow it.

        The caller chooses `id`: an announcement sent twice is one event, as first recorded. Raises a
        `Refusal` with every reason.
        """
        kind = self.find(name)
        if not actor.roles & set(kind.roles):
            raise Forbidden(common_reasons.role_needed(kind.roles))
        values = kind.form.load(dict(data), self._definitions.organisation)
        data_given = {field: value for field, value in values.items() if value is not None}
        event = Event(
            site=site, id=id, name=name, at=now, actor_id=actor.id, actor_name=actor.name, data=data_given
        )
        schedules = (each for each in self._definitions.plan().triggered_by(name) if each.applies_at(site))
        dated = (self._calendars.schedule(site, each) for each in schedules)
        occurrences = (find_after_event(each, site, id, now, data_given) for each in dated)
        self._runs.announce(event, [each for each in occurrences if each is not None])
        return self._runs.event(site, id) or event
