"""One process file while its folder is read."""

from __future__ import annotations

import codecs
import re

from workflows.language.builder.context import CompanyContext
from workflows.language.builder.limits import check_limits
from workflows.language.builder.templates import apply_shapes
from workflows.language.builder.workflow import build_definition
from workflows.language.definition import Definition
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, Findings, structural_errors
from workflows.language.waivers import find_waived_errors

_NAME_LINE = re.compile(rb"^\s*workflow:\s*([a-z0-9-]+)", re.MULTILINE)
_SCENARIOS_AT_END = re.compile(rb"^scenarios:(?!.*^[a-z])", re.MULTILINE | re.DOTALL)


class WorkflowFile:
    """One process file while its folder is read. Without `scenarios`, these are not read: nobody asks about
    them in a file that is only named by the one that is looked at."""

    def __init__(
        self, text: str | bytes, filename: str, context: CompanyContext, *, scenarios: bool = True
    ) -> None:
        self._raw = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
        self.source = SourceFile(text if scenarios else _without_scenarios(self._raw), filename)
        self.report = Findings(self.source)
        self.text = ""
        self.definition: Definition | None = None
        if self.source.is_complete:
            self.text = text if isinstance(text, str) else text.decode()
            if apply_shapes(self.source, context.shapes, self.report) and check_limits(
                self.source.data, self.report
            ):
                self.definition = build_definition(self.text, self.source, context, self.report)

    @property
    def name(self) -> str | None:
        """The name of the process, even if its file has errors."""
        name = self.source.data.get("workflow") if isinstance(self.source.data, dict) else None
        return name if isinstance(name, str) else self._guess_name

    @property
    def _guess_name(self) -> str | None:
        """The name found in a text that is not valid YAML: the process exists, so others may name it."""
        found = None if self.source.is_complete else find_name(self._raw)
        return found[1].decode() if found else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        found = (*self.source.findings, *self.report.in_file_order)
        return tuple(sorted((*found, *find_waived_errors(found, self.source))))

    @property
    def valid_definition(self) -> Definition | None:
        """The definition, if it has no errors. Those of its scenarios leave it whole: what else is wrong with
        it is told as well."""
        return None if structural_errors(self.findings) else self.definition


def find_name(text: bytes) -> re.Match[bytes] | None:
    """The line with the name of the process, also in a text that is saved as UTF-16."""
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = text.decode("utf-16", "replace").encode("utf-8", "replace")
    return _NAME_LINE.search(text)


def _without_scenarios(text: bytes) -> bytes:
    """The text up to its scenarios, if they are the last that stands in it: they are half of a file."""
    found = _SCENARIOS_AT_END.search(text)
    return text[: found.start()] if found else text
