"""Prometheus metrics: counts of requests, and the state of the desk at the time of the scrape.

The state tells how many tickets each site has: only a scrape with the token of the settings gets it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service import wallclock
from service.bootstrap import Desk
from service.clock_metrics import CLOCK_REGISTRY
from service.reachability import ReachabilityReader
from workflows.storage.errors import Unavailable
from workflows.timing.instants import Instant

_DAY = 86_400
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The metrics of one application. With PROMETHEUS_MULTIPROC_DIR, of all its processes together."""

    def __init__(self, desk: Desk) -> None:
        self._shared = "PROMETHEUS_MULTIPROC_DIR" in os.environ
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "huifang_http_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "huifang_http_request_seconds",
            "Time taken to answer",
            ("method", "route"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._sign_ins = Counter(
            "huifang_sign_in_failures", "Sign-ins that were refused", ("why",), registry=self._registry
        )
        self._kept: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._standing = CollectorRegistry()
        self._standing.register(DeskCollector(desk))

    def record_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered, with its duration in seconds."""
        which = (method, route, status)
        found = self._kept.get(which)
        if found is None:
            counter = self._requests.labels(method, route, status)
            found = self._kept[which] = (counter, self._seconds.labels(method, route))
        found[0].inc()
        found[1].observe(seconds)

    def record_sign_in_failure(self, why: str) -> None:
        """Count a sign-in that was refused; `why` is `credentials`, `waiting` or `busy`."""
        self._sign_ins.labels(why).inc()

    def render(self, *, whole: bool) -> bytes:
        """The metrics in Prometheus' text format: counts of requests, and with `whole` the state of the
        desk."""
        if self._shared:
            every = CollectorRegistry()
            MultiProcessCollector(every)  # type: ignore[no-untyped-call]  # it has no types
            counts = generate_latest(every)
        else:
            counts = generate_latest(self._registry) + generate_latest(CLOCK_REGISTRY)
        return counts + (generate_latest(self._standing) if whole else b"")


class DeskCollector(Collector):
    """Collects the state of the desk from the database at each scrape."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._reachability = ReachabilityReader(desk)

    def collect(self) -> Iterator[Metric]:
        """Whether the database is available; then open and overdue tickets by site, messages, parked
        clocks and slots."""
        try:
            found = list(self._collect_all())
        except Unavailable:
            found = []
        yield GaugeMetricFamily("huifang_database_up", "Whether the database serves us", bool(found))
        yield from found

    def _collect_all(self) -> Iterator[Metric]:
        now = wallclock.now()
        opened = GaugeMetricFamily("huifang_tickets_open", "Tickets that have not ended", labels=("site",))
        late = GaugeMetricFamily("huifang_tickets_overdue", "Tickets late now", labels=("site",))
        sites = [site.id for site in self._desk.people.sites()]
        for site, standing in self._desk.counts.count_by_site(sites, now).items():
            opened.add_metric((site,), standing.open)
            late.add_metric((site,), standing.overdue)
        yield from (opened, late)
        waiting, since = self._desk.outbox.count_pending()
        yield GaugeMetricFamily("huifang_outbox_waiting", "Messages that wait to be sent", waiting)
        age = max(0, now - since) if since is not None else 0
        yield GaugeMetricFamily("huifang_outbox_oldest_seconds", "How long the oldest has waited", age)
        yield GaugeMetricFamily(
            "huifang_outbox_dead",
            "Messages that will not leave by themselves",
            self._desk.outbox.count_dead(),
        )
        yield from self._collect_unreached(now)
        yield GaugeMetricFamily(
            "huifang_clocks_parked", "Clocks that were set aside", self._desk.queries.count_parked()
        )
        unknown = GaugeMetricFamily(
            "huifang_calendar_days_unknown",
            "Years within reach whose make-up working days a calendar does not know",
            labels=("site", "calendar", "year"),
        )
        for each in self._desk.engine.calendars.find_unknown_years(now):
            unknown.add_metric((each.site, each.calendar, str(each.year)), 1)
        yield unknown
        parked = self._desk.runs.parked_runs(sites)
        yield from self._collect_files()
        yield GaugeMetricFamily("huifang_schedules_parked", "Slots that could not be opened", len(parked))

    def _collect_unreached(self, now: Instant) -> Iterator[Metric]:
        unreached = GaugeMetricFamily(
            "huifang_outbox_unreached",
            "Messages of the last 24 hours that nobody received, as only the log took them",
            labels=("status",),
        )
        for status, count in self._desk.outbox.count_unreached(now - _DAY).items():
            unreached.add_metric((status,), count)
        yield unreached
        found = self._reachability.read()
        channels = GaugeMetricFamily(
            "huifang_channel_available", "Whether the channel is set up", labels=("channel",)
        )
        channels.add_metric(("mail",), found.mail)
        channels.add_metric(("client",), found.clients)
        yield channels
        lacking = GaugeMetricFamily(
            "huifang_staff_without_address", "Staff who cannot be told anything", labels=("site",)
        )
        for site, count in found.without_address.items():
            lacking.add_metric((site,), count)
        yield lacking

    def _collect_files(self) -> Iterator[Metric]:
        """What the uploaded files of each site take; a row for each site is read."""
        files = GaugeMetricFamily("huifang_attachments", "Files that are kept", labels=("site",))
        size = GaugeMetricFamily("huifang_attachments_bytes", "Bytes that they take", labels=("site",))
        for site, usage in self._desk.attachments.usage().items():
            files.add_metric((site,), usage.files)
            size.add_metric((site,), usage.bytes)
        yield from (files, size)

    def describe(self) -> Iterator[Metric]:
        """No descriptions in advance: the registry would call `collect`, which reads the database."""
        return iter(())
