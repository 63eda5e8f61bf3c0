"""Who may publish what: a change concerns the sites where the process is used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from workflows.definitions import Definitions
from workflows.errors import Blocked, Forbidden, Reason
from workflows.language.definition import Definition
from workflows.language.effect import ConvertEffect, OpenChildEffect
from workflows.storage.definitions import Authorship
from workflows.storage.people.people import People
from workflows.storage.queries.ticket_counts import TicketCounts

APPROVAL = "second_person_approves"
"""The setting of a site, true or false, that wants a second person for what concerns it. A company that wants
to use it declares it in settings.yaml."""


class PublishingRights:
    """Checks that a publication is in the hands of people who may publish at every site that it concerns."""

    def __init__(
        self,
        definitions: Definitions,
        people: People,
        counts: TicketCounts,
        publishers: Collection[str],
    ) -> None:
        self._definitions, self._people, self._counts = definitions, people, counts
        self._publishers = frozenset(publishers)

    def check(self, authorship: Authorship, changed: Collection[Definition] | None) -> None:
        """Raise Forbidden with the sites where who has approved, or else the author, may not publish; Blocked
        where a site wants a second person and nobody has approved.

        `changed` are definitions as they would be; None: files of the company change, which concern all
        sites.
        """
        sites = self.check_author(authorship, changed)
        wanting = self.sites_with_approval(sites)
        if wanting and authorship.approved_by in (None, authorship.by):
            raise Blocked(_approval_reason(wanting))

    def check_author(self, authorship: Authorship, changed: Collection[Definition] | None) -> frozenset[str]:
        """The sites that the change concerns. Raises Forbidden as `check` does."""
        present = self._definitions.load_in_force()
        sites = self._all_sites() if changed is None else self.find_sites(changed, present)
        self._check_person(authorship.approved_by or authorship.by, sites)
        return sites

    def find_sites(self, changed: Iterable[Definition], present: Mapping[str, Definition]) -> frozenset[str]:
        """The sites where these processes, or processes that open them, have open tickets or people who may
        open one."""
        found = list(_with_callers(changed, present))
        lifecycle = self._definitions.lifecycle()
        names = {name for each in found for name in (each.name, *lifecycle.former_names(each.name))}
        used = {site for name, site in self._counts.sites_in_use() if name in names}
        roles = frozenset[str]().union(*(each.start.roles for each in found))
        return frozenset(used | {site for site, held in self._roles().items() if held & roles})

    def sites_with_approval(self, sites: Collection[str]) -> tuple[str, ...]:
        """Those of these sites whose setting wants a second person, sorted."""
        setting = self._definitions.company().settings.get(APPROVAL)
        if setting is None:
            return ()
        return tuple(sorted(s for s in sites if setting.value_at(self._people.settings(s)) is True))

    def _check_person(self, who: str, sites: Collection[str]) -> None:
        person = self._people.staff(who)
        if person is None:  # whoever sets a desk up has no account
            missing = tuple(self._sites_of_publishers())
        else:
            missing = tuple(sorted(s for s in sites if not person.roles(s) & self._publishers))
        if missing:
            name, roles = person.name if person else who, ", ".join(sorted(self._publishers))
            message = (
                f"this concerns {', '.join(missing)} as well, where {name} may not publish; somebody who may"
                f" at each of these sites can ({roles})"
            )
            facts = {"sites": ", ".join(missing), "name": name, "roles": roles}
            who_may = tuple(sorted(self._publishers))
            raise Forbidden(Reason("other-sites", message, who=who_may, saw=list(missing), facts=facts))

    def _sites_of_publishers(self) -> list[str]:
        return sorted(site for site, roles in self._roles().items() if roles & self._publishers)

    def _all_sites(self) -> frozenset[str]:
        return frozenset(self._roles())

    def _roles(self) -> dict[str, set[str]]:
        """Site -> the roles that somebody active holds there."""
        found: dict[str, set[str]] = {}
        for account in self._people.all_accounts():
            for post in account.staff.memberships if account.active else ():
                found.setdefault(post.site, set()).add(post.role)
        return found


def _with_callers(changed: Iterable[Definition], present: Mapping[str, Definition]) -> Iterator[Definition]:
    """The definitions, and those in force that open or become one of them, at any depth."""
    waiting, seen = list(changed), set[str]()
    yield from (present[each.name] for each in waiting if each.name in present)
    while waiting:
        definition = waiting.pop()
        if definition.name not in seen:
            seen.add(definition.name)
            yield definition
            waiting += [each for each in present.values() if definition.name in _opened_by(each)]


def _opened_by(definition: Definition) -> set[str]:
    effects = [*definition.start.effects, *(e for row in definition.transitions for e in row.effects)]
    return {each.workflow for each in effects if isinstance(each, OpenChildEffect | ConvertEffect)}


def _approval_reason(wanting: tuple[str, ...]) -> Reason:
    sites = ", ".join(wanting)
    message = f"a second person has to approve this at {sites}, as a draft that is proposed"
    return Reason("approval-needed", message, facts={"sites": sites})
