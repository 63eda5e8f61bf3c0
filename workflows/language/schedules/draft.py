"""A company file (schedules.yaml, reports.yaml) while it is loaded: the names it may use, and its
findings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from workflows.language.builder.context import CompanyContext
from workflows.language.builder.draft import Expected
from workflows.language.definition import Definition
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError
from workflows.language.files.source import SourceFile
from workflows.language.files.yaml_parser import kind
from workflows.language.findings import Finding, Findings, KeyPath, unknown
from workflows.language.forms.field import Field, lacking_sentence, missing_languages
from workflows.sentence import Sentence, sentence_of

Registers = Mapping[str, Mapping[str, Field]]
Parts = TypeVar("Parts")


@dataclass(frozen=True, slots=True)
class CompanyFileDraft:
    """The loaded file. `schema_findings` holds the malformed values: what would only follow from those is not
    reported.

    known    the usable processes
    names    all that exist, including those with errors of their own
    """

    context: CompanyContext
    definitions: Mapping[str, Definition]
    names: Collection[str]
    registers: Registers
    schema_findings: Findings
    findings: Findings

    def report_error(
        self, path: KeyPath, message: Sentence, *, key: bool = False, within: tuple[int, int] = (1, 1)
    ) -> None:
        """Report an error about the value at `path`."""
        if not self.schema_findings.is_affected(path):
            self.findings.add(path, message, key=key, within=within)

    def check_known(self, what: str, name: str, among: Collection[str], path: KeyPath) -> bool:
        """Whether `name` is one of `among`; if not, this is reported, unless it exists but has errors of its
        own."""
        if name not in among and f"{what}:{name}" not in self.context.broken:
            self.report_error(
                path,
                unknown(what, name, among),
            )
        return name in among

    def check_title(self, title: Mapping[str, str] | None, path: KeyPath) -> Mapping[str, str]:
        """The title; a missing one, or a missing language, is reported."""
        missing = missing_languages(title or {}, self.context.languages)
        if missing and title is not None:
            self.report_error(path, lacking_sentence("title", missing))
        return title or {}

    def parse_expression(
        self, source: str, path: KeyPath, expect: Expected, scope: Scope
    ) -> Expression | None:
        """The checked expression; None, with a finding, if it has an error."""
        try:
            expression = scope.check(source, expect)
        except ExpressionError as error:
            if not self.context.mentions_broken(source):
                self.report_error(path, sentence_of(error, "expression"), within=(error.line, error.column))
            return None
        if expression.visited_states:
            self.report_error(
                path, Sentence("unknown-name", "there is no ticket yet, so none has visited a state")
            )
        return expression


def read_company_file(
    text: str | bytes,
    file: str,
    context: CompanyContext,
    definitions: Mapping[str, Definition],
    names: Collection[str] | None,
    read: Callable[[CompanyFileDraft, Any], Parts],
    nothing: Parts,
) -> tuple[Parts, tuple[Finding, ...]]:
    """What `read` makes of the data of a file, and the findings; `nothing` of an empty or unreadable one.

    `definitions` are the usable processes, `names` all that exist; without `names`, those are all.
    """
    source = SourceFile(text, file)
    if not source.is_complete or source.data is None:
        return nothing, source.findings
    schema_findings, findings = source.new_findings(), source.new_findings()
    if not isinstance(source.data, dict):
        schema_findings.add(
            (), Sentence("wrong-kind", "{kind} where a mapping of names belongs", kind=kind(source.data))
        )
        return nothing, tuple(sorted((*source.findings, *schema_findings.in_file_order)))
    draft = CompanyFileDraft(
        context,
        definitions,
        names if names is not None else definitions.keys(),
        {name: register.fields for name, register in context.registers.items()},
        schema_findings,
        findings,
    )
    parts = read(draft, source.data)
    findings.merge(schema_findings)
    return parts, tuple(sorted((*source.findings, *findings.in_file_order)))


class NestedFindings(Findings):
    """Findings about a part of a file: `prefix` is put before their paths."""

    def __init__(self, parent: Findings, prefix: KeyPath) -> None:
        self._whole, self._prefix = parent, prefix

    def add(self, path: KeyPath, message: str, **more: Any) -> None:
        """Add an error about the part to the findings of the whole."""
        self._whole.add((*self._prefix, *path), message, **more)

    def is_affected(self, path: KeyPath) -> bool:
        """Whether there is a finding at this path of the part, above it or below it."""
        return self._whole.is_affected((*self._prefix, *path))


class DiscardedFindings(Findings):
    """Discards findings about something that cannot be checked, since it uses something with errors of its
    own."""

    def __init__(self, parent: Findings) -> None:
        self._whole = parent

    def add(self, path: KeyPath, message: str, **more: Any) -> None:
        """Discard the error."""

    def is_affected(self, path: KeyPath) -> bool:
        """Whether the parent has a finding at `path`, above it or below it."""
        return self._whole.is_affected(path)
