"""The columns of a list of staff, by their names and by their titles in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from service.refusals import reason
from workflows.errors import Invalid
from workflows.folding import identity
from workflows.language.forms.field import Titles, own_titles
from workflows.suggestions import did_you_mean

COLUMNS: Mapping[str, Titles] = {
    "account": own_titles("Account", "账号", "帳號", "Cuenta"),
    "name": own_titles("Name", "姓名", "姓名", "Nombre"),
    "language": own_titles("Language", "语言", "語言", "Idioma"),
    "mail": own_titles("E-mail", "邮箱", "電郵", "Correo"),
    "url": own_titles("URL", "推送地址", "推送地址", "Enlace"),
    "site": own_titles("Site", "项目", "項目", "Centro"),
    "role": own_titles("Role", "岗位", "崗位", "Puesto"),
    "department": own_titles("Department", "部门", "部門", "Departamento"),
}
NEEDED = ("account", "name", "site", "role")
LONGEST: Mapping[str, int] = {"mail": 254, "url": 500}
"""Characters of an address; of everything else as many as the API takes of a name."""
LONGEST_NAME = 200


def column_words() -> Iterator[str]:
    """Everything that a column may be called."""
    for name, titles in COLUMNS.items():
        yield from (name, *titles.values())


def match_columns(header: Sequence[str], site: str | None) -> list[str | None]:
    """Our column for each column of the list; None for an empty heading. With `site`, the column of sites may
    be missing. Raises Invalid with everything that does not fit."""
    by_title = {identity(word): name for name, titles in COLUMNS.items() for word in (name, *titles.values())}
    found = [by_title.get(identity(cell)) for cell in header]
    reasons = [
        reason(
            "staff-column-unknown",
            f"a list of staff has no column {cell!r}{did_you_mean(cell, COLUMNS)}",
            name=cell.strip()[:LONGEST_NAME],
        )
        for cell, name in zip(header, found, strict=True)
        if name is None and cell.strip()
    ]
    reasons += [
        reason("staff-column-twice", f"two columns are both {name}", name=name)
        for name in COLUMNS
        if found.count(name) > 1
    ]
    reasons += [
        reason("staff-column-missing", f"the list has no column {name!r}", column=name)
        for name in NEEDED
        if name not in found and not (name == "site" and site)
    ]
    if reasons:
        raise Invalid(reasons)
    return found
