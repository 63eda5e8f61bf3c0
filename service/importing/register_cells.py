"""What the cell of a list says for a column of a register: by value, or as people write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.importing.values import Times, Unfit, number_of, truth_of
from workflows.core.people import Directory
from workflows.language.forms.field import Field, FieldType, Titles
from workflows.language.forms.organisation import Organisation
from workflows.timing.instants import rfc3339

_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d/%m/%Y")
_MOMENTS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
_AMOUNT = re.compile(r"[¥￥元,，\s]")
_SEVERAL = re.compile(r"\s*[;；、，]\s*")


@dataclass(frozen=True, slots=True)
class Cells:
    """Reads cells at one site."""

    times: Times
    directory: Directory
    organisation: Organisation

    def value(self, text: str, column: Field) -> object:
        """The value of a cell; None for an empty one. `Unfit` if it cannot be read."""
        said = text.strip()
        if not said:
            return None
        match column.type:
            case FieldType.NUMBER:
                return number_of(_AMOUNT.sub("", said))
            case FieldType.MONEY:
                return _AMOUNT.sub("", said)
            case FieldType.BOOLEAN:
                return truth_of(said)
            case FieldType.DATE:
                return self.times.moment(said, (*_DAYS, *_MOMENTS)).date().isoformat()
            case FieldType.DATETIME:
                return rfc3339(self.times.instant(said, (*_MOMENTS, *_DAYS)))
            case FieldType.CHOICE:
                return _option(said, _titles(column))
            case FieldType.CHOICES:
                return [_option(part, _titles(column)) for part in _SEVERAL.split(said) if part]
            case FieldType.DEPARTMENT:
                return _option(said, self.organisation.departments)
            case FieldType.STAFF:
                return self._person(said)
        return said

    def _person(self, said: str) -> str:
        """The id of the member of staff with this id or account."""
        staff = self.directory.staff
        found = said if said in staff else next((p.id for p in staff.values() if p.account == said), None)
        if found is None:
            raise Unfit(f"{said!r} is no account of this site")
        return found


def _titles(column: Field) -> Mapping[str, Titles]:
    return {option.value: option.title for option in column.options}


def _option(said: str, options: Mapping[str, Titles]) -> str:
    """The option with this value, or this title in any language. What is neither stays, and is refused."""
    if said in options:
        return said
    folded = said.casefold()
    return next((v for v, titles in options.items() if folded in _folded(titles.values())), said)


def _folded(words: Iterable[str]) -> set[str]:
    return {word.casefold() for word in words}
