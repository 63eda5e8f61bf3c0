"""Who of a desk cannot be told anything: by its channels, and by the addresses of its staff."""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from service.bootstrap import Desk

_log = structlog.get_logger("huifang.letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """Which channels there are, who of the staff (ids) has no address that one serves, and how many of each
    site."""

    mail: bool
    clients: bool
    staff: dict[str, int] = field(default_factory=dict)
    without_address: dict[str, int] = field(default_factory=dict)
    unreached: frozenset[str] = frozenset()

    @property
    def unreachable(self) -> list[str]:
        """Who cannot be told, or not everybody of them: `clients`, `staff`."""
        found = [] if self.clients else ["clients"]
        return [*found, "staff"] if any(self.without_address.values()) else found


class ReachabilityReader:
    """Reads who can be told. Addresses are opened anew only when the staff has changed."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: tuple[int, Reachability] | None = None

    def read(self) -> Reachability:
        """Who can be told now."""
        revision = self._desk.people.revision()
        if self._known is None or self._known[0] != revision:
            self._known = revision, self._count()
        return self._known[1]

    def _count(self) -> Reachability:
        settings, people = self._desk.settings, self._desk.people
        mail, kinds = bool(settings.mail.host), people.address_kinds()
        usable = {"url", "mail"} if mail else {"url"}
        members = {site.id: people.directory(site.id).staff.keys() for site in people.sites()}
        reached = {member for member, known in kinds.items() if known & usable}
        return Reachability(
            mail=mail,
            clients=bool(settings.channels.client),
            staff={site: len(there) for site, there in members.items()},
            without_address={site: len(there - reached) for site, there in members.items()},
            unreached=frozenset().union(*members.values()) - reached,
        )


def warn_of_unreachable(desk: Desk) -> None:
    """Log one line that says who cannot be told, if there is anybody."""
    found = ReachabilityReader(desk).read()
    if not found.unreachable:
        return
    lacking = {
        site: f"{count} of {found.staff[site]}" for site, count in found.without_address.items() if count
    }
    _log.warning(
        "not everybody can be told",
        clients="can be told" if found.clients else "cannot be told: no channel (HUIFANG_CHANNELS)",
        mail="can be sent" if found.mail else "cannot be sent: no server ([mail] in config.toml)",
        staff_without_address=lacking or "none",
    )
