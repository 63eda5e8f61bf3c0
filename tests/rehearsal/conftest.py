"""A small company and its one process, for stories to be told of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stories import COMPANY, ORDER, VISIT

from workflows.rehearsal import Result, rehearse_folder


@pytest.fixture
def tell(tmp_path: Path) -> Callable[[str], list[Result]]:
    """Rehearses the scenarios of a text, indented like a list of the file."""

    def told(scenarios: str) -> list[Result]:
        for name, text in COMPANY.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / "visit.yaml").write_text(VISIT, encoding="utf-8")
        (tmp_path / "order.yaml").write_text(f"{ORDER}\nscenarios:\n{scenarios}", encoding="utf-8")
        return list(rehearse_folder(tmp_path))

    return told
