"""A small company and its one process, for scenarios to be rehearsed with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from scenario_texts import COMPANY, ORDER, VISIT

from tests.rehearsal.definitions_desk import read_once, trade
from workflows.rehearsal import ScenarioResult, rehearse_folder

__all__ = ["read_once", "rehearse_text", "trade"]


@pytest.fixture
def rehearse_text(tmp_path: Path) -> Callable[[str], list[ScenarioResult]]:
    """Rehearses the scenarios of a text, indented like a list of the file."""

    def rehearse_scenarios(scenarios: str) -> list[ScenarioResult]:
        for name, text in COMPANY.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / "visit.yaml").write_text(VISIT, encoding="utf-8")
        (tmp_path / "order.yaml").write_text(f"{ORDER}\nscenarios:\n{scenarios}", encoding="utf-8")
        return list(rehearse_folder(tmp_path))

    return rehearse_scenarios
