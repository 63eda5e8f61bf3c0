"""A definition while it is being read: what its file says, what it may name, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

from workflows.language.building.context import Context
from workflows.language.definition import Category
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.names import Name, paper_names, record_names, setting_names
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.field import Field, FieldType
from workflows.language.problems import Path, Report
from workflows.timing.problems import did_you_mean

_FEW = 500  # among more names the nearest is not looked for: a hostile text would take minutes
Expected = Literal["bool", "any", "list"]


class Draft:
    """Holds the loaded file and says whether a name is known, with a complaint in its place when it is not.

    A complaint about something that is out of shape already is dropped: it would only follow from it.
    """

    def __init__(self, said: Mapping[str, Any], shape: Report, report: Report, context: Context) -> None:
        self.said, self._shape, self._report = said, shape, report
        self.context = context
        self.states: Mapping[str, Category] = {
            name: Category((raw or {}).get("category") or Category.OPEN)
            for name, raw in said.get("states", {}).items()
        }
        self.triggers = frozenset(
            row["trigger"] for row in said.get("transitions", ()) if row and "trigger" in row
        )
        self.links = frozenset(_links(said))
        self.fields: dict[str, Field] = {}
        self.expressed: set[str] = set()  # the names that expressions speak of
        self.spoken: set[str] = set()  # and those of the company's files among them: `setting:rulebook`
        self.below = False  # whether one speaks of the children's fields

    def wrong(self, path: Path, message: str, *, key: bool = False, within: tuple[int, int] = (1, 1)) -> None:
        """Complain about the value at `path`."""
        if not self._shape.touches(path):
            self._report.add(path, message, key=key, within=within)

    def knows(self, what: str, name: str, known: Collection[str], path: Path) -> bool:
        """Whether `name` is one of `known`; a complaint if not."""
        if name not in known:
            meant = did_you_mean(name, known) if len(known) <= _FEW else ""
            self.wrong(path, f"unknown {what} {name!r}{meant}")
        return name in known

    def knows_state(self, name: str, path: Path) -> bool:
        """Whether there is such a state."""
        return self.knows("state", name, self.states, path)

    def knows_role(self, name: str, path: Path, extra: Collection[str] = ()) -> bool:
        """Whether the organisation has such a role, or it is one of `extra`."""
        return self.knows("role", name, {*self.context.organisation.roles, *extra}, path)

    def field(self, name: str, path: Path, *types: FieldType) -> Field | None:
        """The field of this name, if there is one and it is of one of the types."""
        if not self.knows("field", name, self.fields, path):
            return None
        found = self.fields[name]
        if types and found.type not in types:
            self.wrong(path, f"{name!r} is a {found.type} field; a {' or '.join(types)} field is needed here")
            return None
        return found

    def written(self, name: str, path: Path) -> Field | None:
        """A field that a form or an effect may write."""
        found = self.field(name, path)
        if found is not None and found.value is not None:
            self.wrong(path, f"{name!r} is worked out; nothing else is written into it")
        elif found is not None and not found.asked:
            self.wrong(path, f"{name!r} holds figures; only the effect `figures` writes into it")
        return found

    def open_field(self, name: str, path: Path, *types: FieldType) -> Field | None:
        """A field that owners and deadlines hang on. A personal one would show what it holds."""
        found = self.field(name, path, *types)
        if found is not None and found.personal:
            self.wrong(path, f"{name!r} is personal; owners and deadlines hang on open fields only")
        return found

    @cached_property
    def scope(self) -> Scope:
        """What expressions may speak of. Asked for when the fields have been read."""
        return self.scope_of(paper_names(self.fields))

    def scope_of(self, more: Iterable[Name] = ()) -> Scope:
        """What expressions may speak of while the fields are as they are now."""
        return Scope(self.fields, sorted(self.links), more=(*self._company_names(), *more))

    def _company_names(self) -> Iterator[Name]:
        """What the company's files give to every process: its site's settings, the entries of registers."""
        yield from setting_names(self.context.settings)
        yield from record_names(self.fields, self.context.registers)

    def expression(
        self, source: str, path: Path, expect: Expected, scope: Scope | None = None
    ) -> Expression | None:
        """The expression, checked against the fields and links, or against a scope with an `item` as well."""
        try:
            found = (scope or self.scope).check(source, expect)
        except ExpressionError as error:
            self.wrong(path, str(error), within=(error.line, error.column))
            return None
        for state in sorted(found.visited):
            self.knows_state(state, path)
        self.expressed |= found.names
        self.spoken |= {key.replace(".", ":") for key in found.keys if key.startswith("setting.")}
        self.below |= bool(found.below)
        return found

    def index(self, path: Path, rows: Any) -> list[tuple[Path, Mapping[str, Any]]]:
        """Each row of a list that may have holes, with its path."""
        return [((*path, index), row or {}) for index, row in enumerate(rows or ())]


def _links(said: Mapping[str, Any]) -> set[str]:
    """The names under which children are opened."""
    steps = [said.get("start") or {}, *(row or {} for row in said.get("transitions", ()))]
    effects = [
        effect for step in steps for effect in step.get("effects") or () if effect and "open" in effect
    ]
    return {link_of(effect) for effect in effects} | {link for link in said.get("children") or () if link}


def link_of(effect: Mapping[str, Any]) -> str:
    """The link of an `open`: as it says, or called after the workflow."""
    return str(effect.get("link") or effect["open"].replace("-", "_"))
