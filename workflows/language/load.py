"""Loads definitions from YAML, one text or a whole folder, and reports every problem at once.

No exception is raised for the contents of a file. A definition with an error is left out, and its findings
are returned.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from workflows.language.builder.company import CALENDARS, COMPANY_FILES, company_files, read_context
from workflows.language.builder.context import CompanyContext
from workflows.language.builder.rosters import check_unique_rosters
from workflows.language.checks.company_numbers import check_numbers
from workflows.language.checks.filled_posts import Holders, check_holders
from workflows.language.checks.fire_cycles import check_feedback, check_feedback_together
from workflows.language.checks.literals import check_literals
from workflows.language.checks.opening_cycles import check_opening_cycles, check_opening_cycles_together
from workflows.language.checks.promises import find_short_calendars
from workflows.language.checks.references import check_references
from workflows.language.definition import Definition
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, errors
from workflows.language.forms.field import LANGUAGES
from workflows.language.reports.load import REPORTS_FILE, check_report_names, read_reports, report_names
from workflows.language.schedules.load import SCHEDULES_FILE, read_schedules
from workflows.language.workflow_file import WorkflowFile, find_name
from workflows.sentence import Sentence

REQUIREMENTS_FILE = "requirements"  # a folder, read by `tools.requirements`
SURVIVORS_FILE = "survivors.yaml"  # read by `tools.survivors`
_OTHER_FILES = frozenset({*COMPANY_FILES, SCHEDULES_FILE, REPORTS_FILE, SURVIVORS_FILE})


class ParsedWorkflow(NamedTuple):
    """The result of reading one text. `source` knows the place of every value. `built` is the definition as
    far as it could be built, even if it has errors."""

    definition: Definition | None
    findings: tuple[Finding, ...]
    source: SourceFile
    built: Definition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The result of reading a folder. Texts and sources are by process name, `company` by file name.

    `schedules` and `reports` are the texts of those files; empty if the file does not exist. `place` is where
    the folder is.
    """

    context: CompanyContext
    company: Mapping[str, bytes]
    definitions: Mapping[str, Definition]
    texts: Mapping[str, str]
    sources: Mapping[str, SourceFile]
    findings: tuple[Finding, ...]
    schedules: bytes = b""
    reports: bytes = b""
    place: str = ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that prevent a definition from being used."""
        return errors(self.findings)


def read_text(
    text: str | bytes,
    filename: str,
    context: CompanyContext,
    definitions: Mapping[str, Definition] | None = None,
) -> ParsedWorkflow:
    """Read one text. `known` are the other processes that it may name; without it, references to them are not
    checked."""
    page = WorkflowFile(text, filename, context)
    if page.definition and definitions is not None:
        together = {**definitions, page.definition.name: page.definition}
        check_references(page.definition, together, together.keys(), page.report)
        check_literals(page.definition, together, page.report)
        check_opening_cycles(page.definition, together, page.report)
        check_feedback(page.definition, together, page.report)
        name = page.definition.name
        check_holders({name: page.definition}, context.organisation.posts, {name: page.report})
    return ParsedWorkflow(page.valid_definition, page.findings, page.source, page.definition)


def read_folder(
    path: Path | str, about: Path | None = None, languages: tuple[str, ...] = LANGUAGES
) -> Folder:
    """Read the organisation, the calendars, the escalation policies, every process and the schedules of a
    folder.

    With `about`, the file of one process in it, only that process and those related to it are read, and
    neither schedules nor reports: as much as is needed to find the problems of that file. Texts are asked for
    in the `languages`.
    """
    folder = Path(path)
    company = company_files(folder)
    context, found = read_context(company, str(folder), languages=languages)
    findings = list(found)
    texts, unread = _texts(folder, findings)
    names = _find_names({**texts, **unread})
    chosen = (
        _related(about, texts, names, context)
        if about
        else (WorkflowFile(texts[file], str(file), context) for file in texts)
    )
    pages = list(chosen)
    by_name = _index_by_name(pages)
    _check_together(pages, by_name, {*by_name, *names}, context.organisation.posts)
    reports = _read_optional_file(folder / REPORTS_FILE, findings)
    reported = report_names(reports)
    for page in pages:
        if page.definition:
            check_report_names(page.definition, reported, page.report)
    for page in pages:
        findings.extend(page.findings)
    usable = {name: page for name, page in by_name.items() if page.valid_definition}
    definitions = {name: page.definition for name, page in usable.items() if page.definition}
    schedules = _read_optional_file(folder / SCHEDULES_FILE, findings)
    findings.extend(find_short_calendar_problems(company, context, definitions, folder))
    if about not in texts:
        findings.extend(
            read_schedules(schedules, str(folder / SCHEDULES_FILE), context, definitions, {*by_name, *names})[
                1
            ]
        )
        findings.extend(
            read_reports(reports, str(folder / REPORTS_FILE), context, definitions, {*by_name, *names})[1]
        )
    return Folder(
        context=context,
        company=company,
        definitions=definitions,
        texts={name: page.text for name, page in usable.items()},
        sources={name: page.source for name, page in usable.items()},
        findings=tuple(findings),
        schedules=schedules,
        reports=reports,
        place=str(folder),
    )


def _read_optional_file(file: Path, findings: list[Finding]) -> bytes:
    """The text of schedules.yaml or reports.yaml; empty if the file does not exist."""
    try:
        return file.read_bytes() if file.exists() else b""
    except OSError as error:
        findings.append(_unreadable_finding(file, error))
        return b""


def _unreadable_finding(file: Path, error: OSError) -> Finding:
    return Finding.of(Sentence("unreadable-file", "cannot be read: {why}", why=error.strerror), str(file))


def find_process_files(folder: Path) -> dict[str, Path]:
    """The file of each process of a folder, by name; also of those that have errors."""
    return _find_names(_texts(folder, [])[0])


PLAN_ENDING = ".migration.yaml"
_OTHER_ENDING = "a file that ends with .yml is not read; name it .yaml"
_OWN = re.compile(rb"^\s*(?:workflow|numbering):\s*(\S+)", re.MULTILINE)  # must be unique
_ROSTERS = re.compile(rb"^rosters:", re.MULTILINE)


def is_process(file: Path, folder: Path) -> bool:
    """Whether a YAML file of a folder holds a process, by its location and name; plans of migrations stand
    beside them."""
    return (
        not (file.parent == folder and file.name in _OTHER_FILES)
        and not file.name.endswith(PLAN_ENDING)
        and file.parent != folder / REQUIREMENTS_FILE
    )


def _texts(folder: Path, problems: list[Finding]) -> tuple[dict[Path, bytes], dict[Path, bytes]]:
    """The readable process files, sorted; and those that another ending keeps from being read."""
    found: dict[Path, bytes] = {}
    unread: dict[Path, bytes] = {}
    for file in sorted(folder.rglob("*.y*ml")):
        if not is_process(file, folder):
            continue
        if file.suffix != ".yaml":
            problems.append(Finding.of(Sentence("ext", _OTHER_ENDING), str(file), 1, 1))
        try:
            (found if file.suffix == ".yaml" else unread)[file] = file.read_bytes()
        except OSError as error:
            problems.append(_unreadable_finding(file, error))
    return found, unread


def _find_names(texts: Mapping[Path, bytes]) -> dict[str, Path]:
    """Process name -> its file, found by a search in the texts."""
    found = ((find_name(text), file) for file, text in texts.items())
    return {name[1].decode(): file for name, file in found if name}


def find_short_calendar_problems(
    company: Mapping[str, bytes], context: CompanyContext, definitions: Mapping[str, Definition], folder: Path
) -> tuple[Finding, ...]:
    """What is wrong with the calendars of a folder for the promises of these processes."""
    slow = find_short_calendars(definitions, context.calendars)
    if not slow:
        return ()
    report = SourceFile(company[CALENDARS], str(folder / CALENDARS)).new_findings()
    for problem in slow:
        report.add_problem(problem)
    return report.in_file_order


def _related(
    about: Path, texts: Mapping[Path, bytes], names: Mapping[str, Path], context: CompanyContext
) -> list[WorkflowFile]:
    """The processes of a file and of all files it names, directly or not. Of some files only what they are by
    themselves is needed, not what they name: those that open it, those with the same numbering or name, and
    those that have a roster, because others refer to it by the roster's name."""
    callers = frozenset(_files_with("open|convert", about, texts))
    expecting = frozenset(_files_with("converted", about, texts))  # in their scenarios
    pages: dict[Path, WorkflowFile] = {}
    waiting = [about]
    while waiting:
        file = waiting.pop()
        if file not in pages:
            whole = file == about or file in expecting
            pages[file] = WorkflowFile(texts[file], str(file), context, scenarios=whole)
            waiting += [names[word] for word in _words(pages[file].source.data) if names.get(word) in texts]
    own = set(_OWN.findall(texts[about]))
    for file, text in texts.items():
        if file not in pages and (file in callers or own & {*_OWN.findall(text)} or _ROSTERS.search(text)):
            pages[file] = WorkflowFile(text, str(file), context, scenarios=file in expecting)
    return [pages[file] for file in texts if file in pages]


def _files_with(key: str, about: Path, texts: Mapping[Path, bytes]) -> Iterator[Path]:
    """The files in which the process of a file stands after one of these keys."""
    name = find_name(texts[about])
    if name:
        pattern = re.compile(rf"\b(?:{key}):\s*{re.escape(name[1].decode())}(?![\w-])".encode())
        yield from (file for file, text in texts.items() if pattern.search(text))


def _words(data: object) -> Iterator[str]:
    """The texts in a process's data that may be names of other processes."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from () if key == "scenarios" else _words(value)
    elif isinstance(data, list):
        for value in data:
            yield from _words(value)
    elif isinstance(data, str):
        yield data


def _index_by_name(pages: list[WorkflowFile]) -> dict[str, WorkflowFile]:
    """The files by the name of the process; if two have the same name, the first."""
    found: dict[str, WorkflowFile] = {}
    for page in pages:
        if page.name is None:
            continue
        first = found.setdefault(page.name, page)
        if first is not page:
            page.report.add(
                ("workflow",),
                Sentence(
                    "duplicate-name",
                    "{page!r} is defined in {file} already",
                    page=page.name,
                    file=first.source.file,
                ),
            )
    return found


def _check_together(
    pages: list[WorkflowFile], by_name: Mapping[str, WorkflowFile], names: Collection[str], posts: Holders
) -> None:
    known = {name: page.definition for name, page in by_name.items() if page.definition}
    for page in pages:
        if page.definition:
            check_references(page.definition, known, names, page.report)
            check_literals(page.definition, known, page.report)
    reports = {name: page.report for name, page in by_name.items()}
    check_numbers(known, reports)
    check_opening_cycles_together(known, reports)
    check_feedback_together(known, reports)
    check_holders(known, posts, reports)
    check_unique_rosters(known, reports)
