"""A story may say what the site has decided; the next one begins with the defaults again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scenario_texts import ORDER

from workflows.rehearsal import ScenarioResult

RehearseText = Callable[[str], list[ScenarioResult]]
SETTINGS = "quick: {type: boolean, title: {en: T, zh-Hans: 题, zh-Hant: 題, es: T}, default: false}\n"


def story(name: str, settings: str, refused: str) -> str:
    """An order is given and finished, or it is refused that it be finished."""
    return f"""\
  - name: {name}
    at: 2026-03-02 09:00
    settings: {settings}
    steps:
      - {{open: {{what: lamp}}, as: desk}}
      - {{give: {{department: gardens}}, as: desk}}
      - {{finish: {{}}, as: worker{refused}}}
"""


def test_a_story_lasts_as_long_as_what_it_says_of_the_site(
    rehearse_text: RehearseText, tmp_path: Path
) -> None:
    (tmp_path / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
    quick = ORDER.replace("workflow: order", "workflow: quick-order").replace("O-{year}", "Q-{year}")
    quick = quick.replace("guard: what != 'no'", "guard: setting.quick")
    stories = "".join(
        story(name, settings, refused)
        for name, settings, refused in (
            ("decided", "{quick: true}", ""),
            ("undecided", "{}", ", refused: [guard]"),
            ("decided again", "{quick: true}", ""),
        )
    )
    (tmp_path / "quick.yaml").write_text(f"{quick}\nscenarios:\n{stories}", encoding="utf-8")
    results = rehearse_text("  []\n")
    assert [(each.name, each.failure) for each in results] == [
        ("decided", None),
        ("undecided", None),
        ("decided again", None),
    ]
