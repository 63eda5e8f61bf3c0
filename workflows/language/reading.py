"""YAML → definitions: one text, or a whole folder, with everything that is wrong at once.

Nothing here raises for what a file says. A definition with a problem is not given out; its problems are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import NamedTuple

from workflows.language.building.company import COMPANY, company_files, read_context
from workflows.language.building.context import Context
from workflows.language.building.crossing import check_crossings, check_numbers
from workflows.language.building.likeness import liken
from workflows.language.building.turns import check_unique_rosters
from workflows.language.building.workflow import build
from workflows.language.definition import Definition
from workflows.language.files.source import Source
from workflows.language.problems import Problem, Report, errors
from workflows.language.reports.reading import REPORTS, check_figures, read_reports, report_names
from workflows.language.schedules.reading import SCHEDULES, read_schedules

REQUIREMENTS = "requirements"  # the folder that says which part meets what the trade asks for; see `tracing`
SURVIVORS = "survivors.yaml"  # the mutants that nothing notices, each with the reason; see `rehearsal`
_NO_PROCESS = frozenset({*COMPANY, SCHEDULES, REPORTS, SURVIVORS})


class Reading(NamedTuple):
    """One text as it was understood. `source` knows where everything stands."""

    definition: Definition | None
    problems: tuple[Problem, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder as it was understood. Texts and sources are by process, `company` by file name.

    `schedules` and `reports` are the texts of those files, empty if there are none.
    """

    context: Context
    company: Mapping[str, bytes]
    definitions: Mapping[str, Definition]
    texts: Mapping[str, str]
    sources: Mapping[str, Source]
    problems: tuple[Problem, ...]
    schedules: bytes = b""
    reports: bytes = b""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a definition from being used."""
        return errors(self.problems)


def read_text(
    text: str | bytes, filename: str, context: Context, known: Mapping[str, Definition] | None = None
) -> Reading:
    """Read one text. `known` are the other processes it may speak of; without, it is not judged by them."""
    page = _Page(text, filename, context)
    if page.definition and known is not None:
        together = {**known, page.definition.name: page.definition}
        check_crossings(page.definition, together, together.keys(), page.report)
    return Reading(page.usable, page.problems, page.source)


def read_folder(path: FilePath | str) -> Folder:
    """Read the organisation, the calendars, the escalations, every process and the schedules of a folder."""
    folder = FilePath(path)
    company = company_files(folder)
    context, found = read_context(company, str(folder))
    problems = list(found)
    pages = list(_pages(folder, context, problems))
    by_name = _unique(pages)
    _check_together(pages, by_name)
    reports = _aside(folder / REPORTS, problems)
    for page in pages:
        if page.definition:
            check_figures(page.definition, report_names(reports), page.report)
    for page in pages:
        problems.extend(page.problems)
    usable = {name: page for name, page in by_name.items() if page.usable}
    definitions = {name: page.definition for name, page in usable.items() if page.definition}
    schedules = _aside(folder / SCHEDULES, problems)
    problems.extend(read_schedules(schedules, str(folder / SCHEDULES), context, definitions, by_name)[1])
    problems.extend(read_reports(reports, str(folder / REPORTS), context, definitions, by_name)[1])
    return Folder(
        context=context,
        company=company,
        definitions=definitions,
        texts={name: page.text for name, page in usable.items()},
        sources={name: page.source for name, page in usable.items()},
        problems=tuple(problems),
        schedules=schedules,
        reports=reports,
    )


def _aside(file: FilePath, problems: list[Problem]) -> bytes:
    """The text of schedules.yaml or reports.yaml; a folder need not have them."""
    try:
        return file.read_bytes() if file.exists() else b""
    except OSError as error:
        problems.append(_unreadable(file, error))
        return b""


def _unreadable(file: FilePath, error: OSError) -> Problem:
    return Problem(file=str(file), line=0, column=0, message=f"cannot be read: {error.strerror}")


class _Page:
    """One file while a folder is read."""

    def __init__(self, text: str | bytes, filename: str, context: Context) -> None:
        self.source = Source(text, filename)
        self.report = Report(self.source)
        self.text = ""
        self.definition: Definition | None = None
        if self.source.whole:
            self.text = text if isinstance(text, str) else text.decode()
            if liken(self.source, context.shapes, self.report):
                self.definition = build(self.text, self.source, context, self.report)

    @property
    def name(self) -> str | None:
        """What the process is called, also when it has problems."""
        name = self.source.data.get("workflow") if isinstance(self.source.data, dict) else None
        return name if isinstance(name, str) else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(sorted((*self.source.problems, *self.report.problems)))

    @property
    def usable(self) -> Definition | None:
        """The definition, if nothing is wrong with it."""
        return None if self.problems else self.definition


def _pages(folder: FilePath, context: Context, problems: list[Problem]) -> Iterator[_Page]:
    for file in sorted(folder.rglob("*.yaml")):
        if (file.parent == folder and file.name in _NO_PROCESS) or file.parent == folder / REQUIREMENTS:
            continue
        try:
            text = file.read_bytes()
        except OSError as error:
            problems.append(_unreadable(file, error))
            continue
        yield _Page(text, str(file), context)


def _unique(pages: list[_Page]) -> dict[str, _Page]:
    """The pages by the name of the process; of two with one name the first."""
    found: dict[str, _Page] = {}
    for page in pages:
        if page.name is None:
            continue
        first = found.setdefault(page.name, page)
        if first is not page:
            page.report.add(("workflow",), f"{page.name!r} is defined in {first.source.file} already")
    return found


def _check_together(pages: list[_Page], by_name: Mapping[str, _Page]) -> None:
    known = {name: page.definition for name, page in by_name.items() if page.definition}
    for page in pages:
        if page.definition:
            check_crossings(page.definition, known, by_name, page.report)
    reports = {name: page.report for name, page in by_name.items()}
    check_numbers(known, reports)
    check_unique_rosters(known, reports)
