"""A process as a picture."""

# a table is read by its lines
from __future__ import annotations

from xml.etree import ElementTree

import mmdr
import pytest

from tests.language.language_desk import changed, definition, titles
from workflows.language.diagram import mermaid, svg
from workflows.language.forms.field import LANGUAGES

HANSI = "title: {en: Handled, zh-Hans: 处理中, zh-Hant: 處理中, es: En curso}"


def drawn(old: str = "", new: str = "", language: str = "en", current: str | None = None) -> list[str]:
    """The lines of the Mermaid text."""
    made = definition(changed(old, new)) if old else definition()
    return mermaid(made, language, current).splitlines()


def test_states_and_triggers_are_drawn():
    """The start, one arrow for all triggers that go one way, the ends."""
    lines = drawn("to: closed, roles: [desk]", "to: handled, roles: [desk]")
    assert lines[0] == "stateDiagram-v2"
    assert "[*] --> s0" in lines
    assert "s0 --> s1 : Classify" in lines
    assert "s4 --> [*]" in lines
    assert not any(line.startswith("s1 --> s1") for line in lines)


def test_triggers_of_one_way_share_an_arrow():
    """Joined by a stroke; more than four are counted."""
    row = "  - {trigger: t%d, title: {en: T%d}, from: registered, to: handled, roles: [desk]}\n"
    rows = "".join(row % (n, n) for n in range(5))
    lines = drawn("  - {trigger: note", rows + "  - {trigger: note")
    assert "s0 --> s1 : Classify / T0 / T1 / T2 / +2" in lines


def test_steps_that_stay_are_written_into_the_box():
    """And those of `from: open` into a box of their own."""
    lines = drawn()
    assert 'state "Handled<br/>↻ Split" as s1' in lines
    assert 'state "any open state<br/>↻ Note" as anyopen' in lines
    assert "anyopen --> s5 : Give up" in lines
    every = drawn("from: open, to: withdrawn", "from: any, to: withdrawn")
    assert "everywhere --> s5 : Give up" in every


def test_auto_rows_are_marked():
    """They need nobody."""
    assert "s1 --> s3 : ⚡ Finish" in drawn()


def test_titles_are_in_the_language_asked_for():
    """Or in English, or there is the name at least."""
    new = [HANSI]
    assert any("处理中" in line for line in drawn("title: " + titles("Handled"), new[0], "zh-Hans"))
    assert any(
        "Handled" in line for line in drawn("title: " + titles("Handled"), "title: {en: Handled}", "es")
    )
    assert any('"handled<br/>' in line for line in drawn("title: " + titles("Handled") + ", ", "", "es"))


def test_states_are_coloured_by_their_kind_and_the_current_one_stands_out():
    """Waiting, closed, cancelled, current."""
    lines = drawn(current="waiting")
    assert {"class s4 closed", "class s5 cancelled", "class s2 current"} <= set(lines)
    assert "class s2 waiting" not in lines
    assert "class s2 waiting" in drawn(current="nowhere")


def test_what_mermaid_would_misread_is_harmless():
    """Quotation marks, colons, angle brackets."""
    nasty = "title: {en: 'A \"b\"; c: <script>%%'}"
    lines = drawn("title: " + titles("Handled"), nasty)
    assert any(line.startswith("state \"A 'b'； c： ‹script›％％") for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_is_svg_without_script(language: str):
    """In every language."""
    picture = svg(definition(), language, "handled")
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert "<script" not in picture
    assert "foreignObject" not in picture


def test_a_tangle_is_drawn_by_the_second_renderer(monkeypatch: pytest.MonkeyPatch):
    """The first gives up on too many long arrows; without the second there is the text."""
    tried = []
    real = mmdr.render

    def render(source: str, backend: str | None = None) -> object:
        tried.append(backend)
        if backend is None or len(tried) > 2:
            raise ValueError("too much work")
        return real(source, backend=backend)

    monkeypatch.setattr(mmdr, "render", render)
    assert ElementTree.fromstring(svg(definition())).tag.endswith("svg")
    assert tried == [None, "mermaid-rs-renderer"]
    text = svg(definition())
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert "s0 --&gt; s1" in text or "s0 --> s1" in text
