"""The files that a folder of definitions cannot do without, for a company that has none yet."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

_MANAGER = {"en": "Manager", "zh-Hans": "经理", "zh-Hant": "經理", "es": "Responsable"}
_OFFICE = {"en": "Office hours", "zh-Hans": "办公时间", "zh-Hant": "辦公時間", "es": "Horario de oficina"}
_STANDARD = {"en": "Standard", "zh-Hans": "标准", "zh-Hant": "標準", "es": "Normal"}


def write_company(roles: Collection[str], zone: str, languages: Sequence[str]) -> dict[str, str]:
    """organisation.yaml, calendars.yaml and escalations.yaml: these roles below a manager, hours from
    Monday to Friday in the time zone, and a superior who hears of what is late."""

    def titled(words: dict[str, str] | str) -> str:
        said = dict.fromkeys(languages, words) if isinstance(words, str) else words
        pairs = (f"{each}: {json.dumps(said[each], ensure_ascii=False)}" for each in languages)
        return f"{{{', '.join(pairs)}}}"

    below = "".join(
        f"  {role}: {{superior: manager, title: {titled(role)}}}\n" for role in roles if role != "manager"
    )
    return {
        "organisation.yaml": f"roles:\n{below}  manager: {{title: {titled(_MANAGER)}}}\ndepartments: {{}}\n",
        "calendars.yaml": (
            f"office:\n  title: {titled(_OFFICE)}\n  zone: {zone}\n"
            '  hours: {mon-fri: ["09:00-18:00"]}\n  holidays: none\n  working_days: to-close\n'
        ),
        "escalations.yaml": (
            f"standard:\n  title: {titled(_STANDARD)}\n  levels:\n"
            "    - {at: 80%, notify: owner}\n    - {at: 100%, notify: superior}\n"
        ),
    }
