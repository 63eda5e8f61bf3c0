"""Waivers: `waive: {code: reason}` at the top of a file accepts its warnings of that code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from workflows.language.findings import Finding, Severity, SourceLocator, errors
from workflows.sentence import Sentence

_KEY = "waive"


class _File(SourceLocator, Protocol):
    """A file as plain data, with the place of every value."""

    @property
    def data(self) -> Any: ...


def apply_waivers(findings: Iterable[Finding], files: Iterable[_File]) -> tuple[Finding, ...]:
    """The findings, those that their file waives with the reason; and one for each waiver that is not needed,
    or is of an error."""
    found = list(findings)
    for file in files:
        for code, reason in _reasons(file).items():
            about = [at for at, each in enumerate(found) if each.code == code and _is_of(each, file)]
            for at in about:
                if found[at].severity is not Severity.ERROR:
                    found[at] = replace(found[at], waived=reason)
            if not about and not errors(found):  # with an error, not everything was looked at
                found.append(_unused(file, code))
        found += find_waived_errors(found, file)
    return tuple(dict.fromkeys(found))


def find_waived_errors(findings: Iterable[Finding], file: _File) -> tuple[Finding, ...]:
    """A finding for each waiver of an error in the file: it has to be mended."""
    wrong = {each.code for each in findings if each.severity is Severity.ERROR and _is_of(each, file)}
    return tuple(_of_an_error(file, code) for code in _reasons(file) if code in wrong)


def _reasons(file: _File) -> Mapping[str, str]:
    waived = file.data.get(_KEY) if isinstance(file.data, dict) else None
    return dict(_texts(waived)) if isinstance(waived, dict) else {}


def _texts(waived: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
    yield from ((code, reason) for code, reason in waived.items() if isinstance(reason, str))


def _is_of(found: Finding, file: _File) -> bool:
    return file.file in (found.file, found.used_in)


def _of_an_error(file: _File, code: str) -> Finding:
    sentence = Sentence("waiver-of-an-error", "{waived!r} is an error here: mend it", waived=code)
    return Finding.of(sentence, file.file, *file.locate((_KEY, code), key=True), path=(_KEY, code))


def _unused(file: _File, code: str) -> Finding:
    sentence = Sentence("waiver-unused", "nothing is to be waived: there is no {waived!r} here", waived=code)
    place = file.locate((_KEY, code), key=True)
    return Finding.of(sentence, file.file, *place, path=(_KEY, code), severity=Severity.WARNING)
