"""What of the board is shown: a site, a department, a process, and which page of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

PATH = "/board"
NOWHERE = "-"  # stands for the tickets of no department
_LONGEST = 100  # characters of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardChoice:
    """The filters of the board; an empty one leaves everything in."""

    site: str = ""
    department: str = ""
    process: str = ""
    page: int = 1

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> BoardChoice:
        """What an address or a form says."""
        names = {name: arguments.get(name, "")[:_LONGEST] for name in ("site", "department", "process")}
        page = arguments.get("page", "")
        return cls(
            **names, page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 5 else 1
        )

    @property
    def single(self) -> bool:
        """Whether one process of one department is chosen: its tickets are shown page by page."""
        return bool(self.department and self.process)

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set."""
        named = {"site": self.site, "department": self.department, "process": self.process}
        return {name: value for name, value in named.items() if value}

    @property
    def address(self) -> str:
        """The address of this board."""
        paged = self.filters | ({"page": str(self.page)} if self.page > 1 else {})
        return f"{PATH}?{urlencode(paged)}" if paged else PATH

    def turn_to(self, page: int) -> BoardChoice:
        """The same, another page."""
        return replace(self, page=page)

    def narrow(self, department: str | None, process: str) -> BoardChoice:
        """One process of a department, None being no department."""
        return replace(self, department=department or NOWHERE, process=process, page=1)

    def fits(self, department: str | None, process: str) -> bool:
        """Whether tickets of this department and process are shown."""
        if self.department and (department or NOWHERE) != self.department:
            return False
        return not self.process or process == self.process
