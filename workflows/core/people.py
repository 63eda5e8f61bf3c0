"""The staff of a site: posts, departments, absences, and the line of superiors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workflows.folding import identity
from workflows.language.forms.organisation import Organisation
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class Membership:
    """One post: `role` at `site`, in `department` if the post belongs to one."""

    site: str
    role: str
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A member of staff. `id` is a UUID, `account` the sign-in name, `language` a tag such as zh-Hans."""

    id: str
    account: str
    name: str
    memberships: tuple[Membership, ...]
    language: str = "zh-Hans"

    def roles(self, site: str) -> frozenset[str]:
        """The roles held at `site`."""
        return frozenset(post.role for post in self.memberships if post.site == site)

    def departments(self, site: str) -> frozenset[str]:
        """The departments of the posts held at `site`."""
        return frozenset(p.department for p in self.memberships if p.site == site and p.department)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """An absence in [from_at, to_at); `substitute_id` is the substitute, if any."""

    site: str
    staff_id: str
    from_at: Instant
    to_at: Instant
    substitute_id: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Directory:
    """A snapshot of one site: its active staff, settings, absences and calendars.

    `revision` distinguishes snapshots. A site without a `zone` uses the time zone of each calendar.
    """

    site: str
    staff: Mapping[str, Staff]  # id -> staff, active ones only
    revision: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)  # the values that the site has set
    absences: Mapping[str, tuple[Absence, ...]] = field(default_factory=dict)  # by staff id, also past ones
    zone: str = ""
    # Role → the site's settings, see `site_calendars.find_statement`.
    calendars: Mapping[str, Mapping[str, object]] = field(default_factory=dict)

    @cached_property
    def _staff_by_post(self) -> Mapping[tuple[str | None, str | None], tuple[Staff, ...]]:
        """(role, department) → the staff who have both; None stands for any."""
        by_post: dict[tuple[str | None, str | None], list[Staff]] = {}
        for member in self.staff.values():
            for role in (None, *sorted(member.roles(self.site))):
                for department in (None, *sorted(member.departments(self.site))):
                    by_post.setdefault((role, department), []).append(member)
        return {post: tuple(members) for post, members in by_post.items()}

    @cached_property
    def _staff_by_account(self) -> Mapping[str, Staff]:
        """Members by the folded account name, the same for names that look alike."""
        return {identity(each.account): each for each in self.staff.values()}

    def find(self, text: str) -> Staff | None:
        """The member with this id or account; None without one."""
        return self.staff.get(text) or self._staff_by_account.get(identity(text))

    def holders(self, role: str, department: str | None = None) -> tuple[Staff, ...]:
        """The staff who hold `role` at the site, and belong to `department` if given."""
        return self._staff_by_post.get((role, department), ())

    def nearest_holders(self, role: str, department: str | None) -> tuple[Staff, ...]:
        """The holders of `role` in `department`; all holders if there is none in it."""
        return self.holders(role, department) or self.holders(role)

    def absence(self, staff_id: str, at: Instant) -> Absence | None:
        """The absence of a member of staff at an instant; None if present."""
        absences = self.absences.get(staff_id, ())
        return next((each for each in absences if each.from_at <= at < each.to_at), None)

    def substitute(self, staff_id: str, at: Instant) -> str | None:
        """The substitute (staff id) of an absentee, followed through substitutes who are absent themselves.

        None for somebody present, without a substitute, or where the substitutes form a circle.
        """
        visited: set[str] = set()
        person: str | None = staff_id
        while (
            person is not None and person not in visited and (absence := self.absence(person, at)) is not None
        ):
            visited.add(person)
            person = absence.substitute_id
        return None if person in visited or person == staff_id else person

    @cached_property
    def _absences_by_substitute(self) -> Mapping[str, tuple[Absence, ...]]:
        """Substitute → the absences that name them; naming oneself does not count."""
        by_substitute: dict[str, list[Absence]] = {}
        for absence in (each for some in self.absences.values() for each in some):
            if absence.substitute_id is not None and absence.substitute_id != absence.staff_id:
                by_substitute.setdefault(absence.substitute_id, []).append(absence)
        return {substitute: tuple(some) for substitute, some in by_substitute.items()}

    def find_delegators(self, staff_id: str, at: Instant) -> tuple[Staff, ...]:
        """The absentees at an instant who named this member of staff directly as substitute."""
        if not self.absences or staff_id not in self.staff:
            return ()
        named = self._absences_by_substitute.get(staff_id, ())
        away = dict.fromkeys(each.staff_id for each in named if each.from_at <= at < each.to_at)
        return tuple(self.staff[each] for each in away if each in self.staff)

    def substitutes(self, staff_id: str, at: Instant) -> tuple[str, ...]:
        """The substitutes named by somebody absent at the instant; empty while present."""
        away = (each for each in self.absences.get(staff_id, ()) if each.from_at <= at < each.to_at)
        named = dict.fromkeys(each.substitute_id for each in away if each.substitute_id != staff_id)
        return tuple(each for each in named if each is not None and each in self.staff)

    def members(self, department: str) -> tuple[Staff, ...]:
        """The staff of `department` at the site."""
        return self._staff_by_post.get((None, department), ())


def superior_of(role: str, organisation: Organisation) -> str | None:
    """The role above `role`; None at the top."""
    known = organisation.roles.get(role)
    return known.superior if known else None


def superiors_of(role: str, organisation: Organisation) -> Iterator[str]:
    """The roles above `role`, nearest first."""
    above = superior_of(role, organisation)
    while above is not None:
        yield above
        above = superior_of(above, organisation)
