"""A folder that is published says of each file which text it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflows.definitions.base import describe_change, outdated
from workflows.definitions.in_force import REPORTS_KIND, SCHEDULES_KIND
from workflows.language.builder.company import COMPANY_FILES
from workflows.language.builder.context import digest_of
from workflows.language.load import Folder
from workflows.language.reports.load import REPORTS_FILE
from workflows.language.schedules.load import SCHEDULES_FILE
from workflows.storage.definitions import COMPANY as COMPANY_KIND
from workflows.storage.definitions import DefinitionStore, PublishedVersion
from workflows.versions import WORKFLOW

FileKey = tuple[str, str]
"""Kind and name of what a file of the folder defines."""
Latest = Callable[[str, str], PublishedVersion | None]
FILE_KINDS = {
    **dict.fromkeys(COMPANY_FILES, COMPANY_KIND),
    SCHEDULES_FILE: SCHEDULES_KIND,
    REPORTS_FILE: REPORTS_KIND,
}
"""The company's files -> the kind under which each is stored."""
ALONE = {(SCHEDULES_KIND, SCHEDULES_FILE), (REPORTS_KIND, REPORTS_FILE)}
"""The files to whose versions nothing refers."""


def list_files(folder: Folder, latest: Latest) -> dict[FileKey, str]:
    """The texts of a folder. A file of the company that was removed counts as empty."""
    files = {
        (COMPANY_KIND, name): folder.company.get(name, b"").decode("utf-8", "replace")
        for name in COMPANY_FILES
    }
    files |= {(SCHEDULES_KIND, SCHEDULES_FILE): folder.schedules.decode("utf-8", "replace")}
    files |= {(REPORTS_KIND, REPORTS_FILE): folder.reports.decode("utf-8", "replace")}
    present = {key: text for key, text in files.items() if text or key[1] in folder.company or latest(*key)}
    return present | {(WORKFLOW, name): text for name, text in folder.texts.items()}


def check_bases(
    store: DefinitionStore, latest: Latest, files: Mapping[FileKey, str], bases: Mapping[FileKey, str]
) -> None:
    """Raise Outdated for every file whose text in force is neither its own, nor the one it was made from.

    `bases` are digests of texts (`digest_of`); a file without one was made from nothing that is known.
    """
    changes = []
    for key, text in files.items():
        current, base = latest(*key), bases.get(key)
        if current is not None and current.text != text and base != digest_of(current.text):
            versions = store.versions(*key) if base else ()
            made_from = next((each for each in reversed(versions) if digest_of(each.text) == base), None)
            changes.append(describe_change(store, made_from, current, text))
    if changes:
        raise outdated(changes)
