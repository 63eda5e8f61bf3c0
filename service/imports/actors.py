"""The actor of an imported step: a name, or a member of staff."""

from __future__ import annotations

from collections.abc import Mapping

from service.imports.cells import UnreadableCell
from service.imports.cells.cell import require_text, require_value
from service.imports.import_map import MappedStep
from workflows.core.access.permissions import SEPARATION_EXEMPT_POST
from workflows.core.commands import Actor
from workflows.core.people import Directory
from workflows.folding import identity

_LONGEST_NAME = 80
_SURFACE = "import"


class ActorResolver:
    """Finds the actors of a site. `waived`: the separation of duties was not observed."""

    def __init__(self, directory: Directory, waived: bool) -> None:
        self._staff = {identity(member.account): member for member in directory.staff.values()}
        self._site = directory.site
        self._waived = frozenset({SEPARATION_EXEMPT_POST}) if waived else frozenset()
        self._known: dict[tuple[str, str, bool], Actor] = {}

    def resolve(self, step: MappedStep, cells: Mapping[str, str]) -> Actor:
        """The actor of the step, in the role that the map gives. UnreadableCell if an account is not one
        of the site."""
        name = require_text(require_value(cells[step.by.column])) if step.by.column else step.by.account or ""
        key = (step.role, name, step.by.accounts)
        if key not in self._known:
            self._known[key] = (
                self._staff_actor(step, name) if step.by.accounts and name else self._named_actor(step, name)
            )
        return self._known[key]

    def _staff_actor(self, step: MappedStep, account: str) -> Actor:
        member = self._staff.get(identity(account))
        if member is None:
            raise UnreadableCell(f"{account!r} is no account of this site")
        return Actor(
            id=member.id,
            name=member.name,
            roles=member.roles(self._site) | {step.role} | self._waived,
            departments=member.departments(self._site),
            surface=_SURFACE,
        )

    def _named_actor(self, step: MappedStep, text: str) -> Actor:
        name = text[:_LONGEST_NAME]
        return Actor(
            id=f"import:{name}" if name else "import",
            name=name or "import",
            roles=frozenset({step.role}) | self._waived,
            surface=_SURFACE,
        )
