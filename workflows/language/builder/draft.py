"""A definition while it is being built: the loaded data, the names it may use, and the findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

from workflows.language.builder.context import CompanyContext
from workflows.language.builder.limits import MAX_CHARACTERS
from workflows.language.definition import Category
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.names import (
    ExpressionName,
    missing_document_names,
    record_names,
    setting_names,
)
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.findings import Findings, KeyPath, Severity, unknown
from workflows.language.forms.field import Field, FieldType
from workflows.sentence import Sentence, sentence_of

_NEEDED = frozenset({"state", "field", "register", "column"})  # a step without them has another meaning
Expected = Literal["bool", "any", "list"]


class WorkflowDraft:
    """Holds the loaded file, looks up names, and reports those that are unknown.

    A finding about a malformed value is dropped, since it would only be a consequence. The text of a `stored`
    version was checked when it was published: only what cannot be built is noted, in `lost`.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        schema_findings: Findings,
        findings: Findings,
        context: CompanyContext,
        *,
        stored: bool = False,
    ) -> None:
        self.data, self._schema_findings, self._findings = data, schema_findings, findings
        self.context = context
        self.stored = stored
        self.lost: dict[KeyPath, str] = {}  # where something could not be built, and why
        self.states: Mapping[str, Category] = {
            name: Category((raw or {}).get("category") or Category.OPEN)
            for name, raw in data.get("states", {}).items()
        }
        self.triggers = frozenset(
            row["trigger"] for row in data.get("transitions", ()) if row and "trigger" in row
        )
        self.links = frozenset(_child_links(data))
        self.fields: dict[str, Field] = {}
        self.used_names: set[str] = set()  # the names that expressions use
        self.used_company_names: set[str] = set()  # those of the company's files, such as `setting:rulebook`
        self.depends_on_broken = False  # whether it uses something that has errors of its own
        self._characters = 0  # the length of all expressions so far
        self.reads_child_data = False  # whether an expression uses fields of the children

    def report_error(
        self,
        path: KeyPath,
        message: Sentence,
        *,
        key: bool = False,
        within: tuple[int, int] = (1, 1),
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Report an error about the value at `path`; with another `severity`, the process is built all the
        same."""
        if not self._schema_findings.is_affected(path):
            self._findings.add(path, message, key=key, within=within, severity=severity)

    def lose(self, path: KeyPath, message: Sentence) -> None:
        """Report an error that also changes the meaning of what contains the value; a stored version notes it
        in `lost`."""
        self.lost.setdefault(path, message)
        self.report_error(path, message)

    def is_malformed(self, path: KeyPath) -> bool:
        """Whether the value at `path` is malformed, and so counts neither as given nor as missing."""
        return self._schema_findings.is_affected(path)

    def check_known(self, what: str, name: str, known: Collection[str], path: KeyPath) -> bool:
        """Whether `name` is one of `known`; if not, this is reported, unless the named item exists but has
        errors."""
        if name in known:
            return True
        if what in _NEEDED:
            self.lost.setdefault(path, f"unknown {what} {name!r}")
        if f"{what}:{name}" in self.context.broken:
            self.depends_on_broken = True
            return False
        self.report_error(path, unknown(what, name, known))
        return False

    def check_state(self, name: str, path: KeyPath) -> bool:
        """Whether the process has this state; if not, this is reported."""
        return self.check_known("state", name, self.states, path)

    def check_role(self, name: str, path: KeyPath, extra: Collection[str] = ()) -> bool:
        """Whether the organisation has this role, or it is one of `extra`; if not, this is reported."""
        return self.check_known("role", name, {*self.context.organisation.roles, *extra}, path)

    def find_field(self, name: str, path: KeyPath, *types: FieldType) -> Field | None:
        """The field of this name, if it exists and has one of the types; otherwise this is reported."""
        if not self.check_known("field", name, self.fields, path):
            return None
        field = self.fields[name]
        if types and field.type not in types:
            self.lose(
                path,
                Sentence(
                    "type",
                    "{name!r} is a {type} field; a {types} field is needed here",
                    name=name,
                    type=field.type,
                    types=" or ".join(types),
                ),
            )
            return None
        return field

    def find_writable_field(self, name: str, path: KeyPath) -> Field | None:
        """The field of this name, if forms and effects may write it; otherwise this is reported."""
        field = self.find_field(name, path)
        if field is not None and field.value is not None:
            self.report_error(
                path,
                Sentence(
                    "computed-field", "{name!r} is worked out; nothing else is written into it", name=name
                ),
            )
        elif field is not None and not field.is_input:
            self.report_error(
                path,
                Sentence(
                    "computed-field",
                    "{name!r} holds figures; only the effect `figures` writes into it",
                    name=name,
                ),
            )
        return field

    def find_open_field(self, name: str, path: KeyPath, *types: FieldType) -> Field | None:
        """The field of this name, for an owner or a deadline: not a personal one, since those would reveal
        its value."""
        field = self.find_field(name, path, *types)
        if field is not None and field.personal:
            self.report_error(
                path,
                Sentence(
                    "personal-leak",
                    "{name!r} is personal; owners and deadlines hang on open fields only",
                    name=name,
                ),
            )
        return field

    @cached_property
    def scope(self) -> Scope:
        """The scope of the process's expressions. Use it only after the fields have been built."""
        return self.build_scope(missing_document_names(self.fields))

    def build_scope(self, more: Iterable[ExpressionName] = ()) -> Scope:
        """The scope of expressions over the fields built so far, with `more` names."""
        return Scope(self.fields, sorted(self.links), more=(*self._company_names(), *more))

    def _company_names(self) -> Iterator[ExpressionName]:
        """The names that every process has from the company's files: settings of its site, entries of
        registers."""
        yield from setting_names(self.context.settings)
        yield from record_names(self.fields, self.context.registers)

    def parse_expression(
        self, source: str, path: KeyPath, expect: Expected, scope: Scope | None = None
    ) -> Expression | None:
        """The checked expression, in the process's scope or in `scope` (one with an `item`, say); None and a
        finding if it has an error."""
        before, self._characters = self._characters, self._characters + len(source)
        if self._characters > MAX_CHARACTERS and not self.stored:
            if before <= MAX_CHARACTERS:
                self.report_error(
                    path,
                    Sentence(
                        "too-large",
                        "the expressions of a process have at most {most} characters",
                        most=MAX_CHARACTERS,
                    ),
                )
            return None
        try:
            expression = (scope or self.scope).check(source, expect, stored=self.stored)
        except ExpressionError as error:
            self.lost.setdefault(path, str(error))
            if self.context.mentions_broken(source):
                self.depends_on_broken = True
            else:
                self.report_error(path, sentence_of(error, "expression"), within=(error.line, error.column))
            return None
        for state in sorted(expression.visited_states):
            self.check_state(state, path)
        self.used_names |= expression.names
        self.used_company_names |= {
            key.replace(".", ":") for key in expression.keys if key.startswith("setting.")
        }
        self.reads_child_data |= bool(expression.child_fields)
        return expression

    def list_rows(self, path: KeyPath, rows: Any) -> list[tuple[KeyPath, Mapping[str, Any]]]:
        """Each valid row of a list, with its path."""
        return [((*path, index), row or {}) for index, row in enumerate(rows or ())]


def _child_links(data: Mapping[str, Any]) -> set[str]:
    """The links under which the process opens children."""
    steps = [data.get("start") or {}, *(row or {} for row in data.get("transitions", ()))]
    effects = [
        effect for step in steps for effect in step.get("effects") or () if effect and "open" in effect
    ]
    return {link_of(effect) for effect in effects} | {link for link in data.get("children") or () if link}


def link_of(effect: Mapping[str, Any]) -> str:
    """The link of an `open`: the one given, or the name of the child's workflow."""
    return str(effect.get("link") or effect["open"].replace("-", "_"))
