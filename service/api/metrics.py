"""What Prometheus reads: requests as they are answered, and how the desk stands when it is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service import wallclock
from service.wiring import Desk
from workflows.core.visibility import DESK
from workflows.storage.filters import TicketFilter

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Counts of one application. With PROMETHEUS_MULTIPROC_DIR, those of all its processes together."""

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
        self._kept: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._standing = Standing(desk)
        if not self._shared:
            self._registry.register(self._standing)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note a request that was answered."""
        which = (method, route, status)
        found = self._kept.get(which)
        if found is None:
            counter = self._requests.labels(method, route, status)
            found = self._kept[which] = (counter, self._seconds.labels(method, route))
        found[0].inc()
        found[1].observe(seconds)

    def text(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        if not self._shared:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        together.register(self._standing)
        return generate_latest(together)


class Standing(Collector):
    """How the desk stands at the moment it is asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        """Open and late tickets by site, messages that wait, clocks that were set aside."""
        now = wallclock.now()
        opened = GaugeMetricFamily("huifang_tickets_open", "Tickets that have not ended", labels=("site",))
        late = GaugeMetricFamily("huifang_tickets_overdue", "Tickets late now", labels=("site",))
        for site in self._desk.people.sites():
            count = self._desk.queries.count
            opened.add_metric((site.id,), count(TicketFilter(sites=(site.id,), viewer=DESK, category="open")))
            late.add_metric((site.id,), count(TicketFilter(sites=(site.id,), viewer=DESK, overdue=now)))
        yield from (opened, late)
        waiting, since = self._desk.outbox.waiting()
        yield GaugeMetricFamily("huifang_outbox_waiting", "Messages that wait to be sent", waiting)
        age = max(0, now - since) if since is not None else 0
        yield GaugeMetricFamily("huifang_outbox_oldest_seconds", "How long the oldest has waited", age)
        yield GaugeMetricFamily(
            "huifang_clocks_parked", "Clocks that were set aside", len(self._desk.queries.parked())
        )
        parked = self._desk.runs.parked([site.id for site in self._desk.people.sites()])
        yield GaugeMetricFamily("huifang_schedules_parked", "Slots that could not be opened", len(parked))

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand: asking would read the database."""
        return iter(())
