"""Who works where: the staff of a site, their posts, and who stands above whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workflows.language.forms.organisation import Organisation
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class Membership:
    """One post: a member of staff holds `role` at `site`, in `department` where the post belongs to one."""

    site: str
    role: str
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A member of staff. `id` is a UUID, `account` the sign-in name."""

    id: str
    account: str
    name: str
    memberships: tuple[Membership, ...]
    language: str = "zh-Hans"

    def roles(self, site: str) -> frozenset[str]:
        """The roles held at `site`."""
        return frozenset(post.role for post in self.memberships if post.site == site)

    def departments(self, site: str) -> frozenset[str]:
        """The departments belonged to at `site`."""
        return frozenset(p.department for p in self.memberships if p.site == site and p.department)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody is away in [from_at, to_at); `substitute_id` stands in, if anybody."""

    site: str
    staff_id: str
    from_at: Instant
    to_at: Instant
    substitute_id: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Directory:
    """A snapshot of one site's staff. `revision` tells snapshots apart."""

    site: str
    staff: Mapping[str, Staff]  # id -> staff, active ones only
    revision: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)  # what the site has said of its settings
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)  # by who is away, past ones too

    @cached_property
    def _posts(self) -> Mapping[tuple[str | None, str | None], tuple[Staff, ...]]:
        """(role, department) → who holds the one and belongs to the other; None stands for any."""
        found: dict[tuple[str | None, str | None], list[Staff]] = {}
        for member in self.staff.values():
            for role in (None, *sorted(member.roles(self.site))):
                for department in (None, *sorted(member.departments(self.site))):
                    found.setdefault((role, department), []).append(member)
        return {post: tuple(members) for post, members in found.items()}

    def holders(self, role: str, department: str | None = None) -> tuple[Staff, ...]:
        """Staff who hold `role` at the site, and belong to `department` where one is given."""
        return self._posts.get((role, department), ())

    def nearest(self, role: str, department: str | None) -> tuple[Staff, ...]:
        """The holders of `role` who belong to `department`; all of them where none does."""
        return self.holders(role, department) or self.holders(role)

    def absence(self, staff_id: str, at: Instant) -> Absence | None:
        """The absence that somebody is in at a moment."""
        found = self.absences.get(staff_id, ())
        return next((each for each in found if each.from_at <= at < each.to_at), None)

    def substitute(self, staff_id: str, at: Instant) -> str | None:
        """Who stands in for somebody who is away; for a substitute who is away as well, theirs."""
        passed: set[str] = set()
        who: str | None = staff_id
        while who is not None and who not in passed and (absence := self.absence(who, at)) is not None:
            passed.add(who)
            who = absence.substitute_id
        return None if who in passed or who == staff_id else who

    @cached_property
    def _named(self) -> Mapping[str, tuple[Absence, ...]]:
        """Who stands in → the absences in which they are named; nobody stands in for himself."""
        found: dict[str, list[Absence]] = {}
        for absence in (each for some in self.absences.values() for each in some):
            if absence.substitute_id is not None and absence.substitute_id != absence.staff_id:
                found.setdefault(absence.substitute_id, []).append(absence)
        return {substitute: tuple(some) for substitute, some in found.items()}

    def stood_in_for(self, staff_id: str, at: Instant) -> tuple[Staff, ...]:
        """Who is away at a moment and has named this member of staff; not those whom they stand in for."""
        if not self.absences or staff_id not in self.staff:
            return ()
        named = self._named.get(staff_id, ())
        away = dict.fromkeys(each.staff_id for each in named if each.from_at <= at < each.to_at)
        return tuple(self.staff[each] for each in away if each in self.staff)

    def substitutes(self, staff_id: str, at: Instant) -> tuple[str, ...]:
        """Whom somebody who is away at a moment has named; nobody while they are there."""
        away = (each for each in self.absences.get(staff_id, ()) if each.from_at <= at < each.to_at)
        named = dict.fromkeys(each.substitute_id for each in away if each.substitute_id != staff_id)
        return tuple(each for each in named if each is not None and each in self.staff)

    def members(self, department: str) -> tuple[Staff, ...]:
        """Staff who belong to `department` at the site."""
        return self._posts.get((None, department), ())


def superior_of(role: str, organisation: Organisation) -> str | None:
    """The role above `role`, or None at the top."""
    known = organisation.roles.get(role)
    return known.superior if known else None


def superiors_of(role: str, organisation: Organisation) -> Iterator[str]:
    """The roles above `role`, the next one first."""
    above = superior_of(role, organisation)
    while above is not None:
        yield above
        above = superior_of(above, organisation)
