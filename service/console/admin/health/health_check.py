"""What is looked at to say whether the desk is well: the same as `/readyz` and the metrics tell machines, of
the sites that the user looks after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from service.bootstrap import Desk
from service.console.admin.admin_page import PARTS
from service.former_rules import FormerRulesReader
from service.reachability import Reachability, ReachabilityReader
from workflows.storage.deliveries import DEAD
from workflows.timing.instants import Instant

CLOCK_LATE = 300  # seconds after which a level that was not fired means that no clock process runs
RELAY_LATE = 600  # seconds, for messages that should have left
COUNTED = 100  # messages at most
_REACHED: WeakKeyDictionary[Desk, ReachabilityReader] = WeakKeyDictionary()
_FORMER: WeakKeyDictionary[Desk, FormerRulesReader] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """One thing that was looked at. Its texts on the page are `<name>-ok`, `<name>-bad` with the `facts`, and
    `<name>-do`; `path` is where it can be mended."""

    name: str
    ok: bool
    facts: Mapping[str, object] = field(default_factory=dict)
    path: str = ""


def run_checks(
    desk: Desk, sites: Sequence[str], now: Instant, write: Callable[[Instant], str]
) -> list[HealthCheck]:
    """All checks, what is not well first. `write` writes an instant as people read it."""
    reached = read_reachability(desk)
    found = [
        _check_clock(desk, now, write),
        _check_relay(desk, now, write),
        _check_failed_messages(desk, sites),
        _check_parked(desk, sites),
        *_check_channels(reached, sites),
        _check_days(desk, sites, now),
        _check_versions(desk),
    ]
    return sorted(found, key=lambda each: each.ok)


def read_reachability(desk: Desk) -> Reachability:
    """Who can be told; addresses are opened anew only when the staff has changed."""
    if desk not in _REACHED:
        _REACHED[desk] = ReachabilityReader(desk)
    return _REACHED[desk].read()


def _check_clock(desk: Desk, now: Instant, write: Callable[[Instant], str]) -> HealthCheck:
    """Whether levels are fired when they are due: whatever process does so, it is seen by what it leaves."""
    oldest = desk.store.oldest_due_level()
    late = oldest is not None and oldest < now - CLOCK_LATE
    return HealthCheck(name="clock", ok=not late, facts={"since": write(oldest)} if oldest and late else {})


def _check_relay(desk: Desk, now: Instant, write: Callable[[Instant], str]) -> HealthCheck:
    _, oldest = desk.outbox.count_pending()
    late = oldest is not None and oldest < now - RELAY_LATE
    return HealthCheck(name="relay", ok=not late, facts={"since": write(oldest)} if oldest and late else {})


def _check_failed_messages(desk: Desk, sites: Sequence[str]) -> HealthCheck:
    count = len(desk.queries.messages(DEAD, None, COUNTED, sites=sites).messages)
    shown = f"{COUNTED}+" if count == COUNTED else str(count)
    return HealthCheck(name="dead", ok=not count, facts={"count": shown}, path=PARTS["messages"])


def _check_parked(desk: Desk, sites: Sequence[str]) -> HealthCheck:
    count = len(desk.queries.parked_clocks(sites)) + len(desk.runs.parked_runs(sites))
    return HealthCheck(name="parked", ok=not count, facts={"count": count}, path=PARTS["parked"])


def _check_channels(reached: Reachability, sites: Sequence[str]) -> list[HealthCheck]:
    lacking = sum(reached.without_address.get(site, 0) for site in sites)
    return [
        HealthCheck(name="mail", ok=reached.mail, path=PARTS["channels"]),
        HealthCheck(name="clients", ok=reached.clients, path=PARTS["channels"]),
        HealthCheck(name="addresses", ok=not lacking, facts={"count": lacking}, path=PARTS["people"]),
    ]


def _check_days(desk: Desk, sites: Sequence[str], now: Instant) -> HealthCheck:
    unknown = desk.engine.calendars.find_unknown_years(now, sites)
    years = sorted({(each.year, each.calendar) for each in unknown})
    named = ", ".join(f"{calendar} {year}" for year, calendar in years)
    return HealthCheck(name="days", ok=not years, facts={"years": named})


def _check_versions(desk: Desk) -> HealthCheck:
    if desk not in _FORMER:
        _FORMER[desk] = FormerRulesReader(desk)
    refused = _FORMER[desk].read()
    named = ", ".join(f"{process} {version}" for process, version in refused)
    return HealthCheck(name="versions", ok=not refused, facts={"versions": named})
