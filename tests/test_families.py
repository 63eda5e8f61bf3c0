"""Every member of a family (field types, effects, marks) is known to each table that must know it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from workflows.core import commands
from workflows.language import effect
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_types import TRAITS
from workflows.language.forms.list_fields import build_answer
from workflows.language.forms.schema import field_schema
from workflows.language.schemas.effects import EFFECTS
from workflows.registry import complete

LANGUAGE = (Path(__file__).resolve().parents[1] / "docs" / "language.md").read_text("utf-8")


def test_a_table_that_forgets_one_is_refused_when_the_program_starts() -> None:
    with pytest.raises(TypeError, match="_SHAPES knows nothing of money"):
        complete(FieldType, {kind: 1 for kind in FieldType if kind is not FieldType.MONEY}, "_SHAPES")


def test_a_table_that_speaks_of_what_there_is_not_is_refused() -> None:
    with pytest.raises(TypeError, match="READERS speaks of what there is not: lower"):
        complete(["raise"], {"raise": 1, "lower": 2}, "READERS")


@pytest.mark.parametrize("kind", FieldType)
def test_every_field_type_has_traits_an_answer_and_a_schema(kind: FieldType) -> None:
    field = Field(name="asked", type=kind, title={})
    assert TRAITS[kind].kind
    assert build_answer(field)
    assert field_schema(field, required=True, language="en")


def test_every_effect_of_the_language_can_be_written_in_a_file() -> None:
    """One key for each, but for the two ways of assigning."""
    assert len(get_args(effect.Effect)) == len(EFFECTS) + 1


@pytest.mark.parametrize("word", [*FieldType, *EFFECTS])
def test_every_field_type_and_effect_is_explained_to_authors(word: str) -> None:
    blocks = [line for line in LANGUAGE.splitlines() if line.startswith("    ")]
    code = " ".join([*blocks, *re.findall(r"`[^`]+`", LANGUAGE)])
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", code)


def test_every_command_is_a_command_on_a_ticket_or_opens_one() -> None:
    assert {commands.Open, *get_args(commands.TicketCommand)} == set(get_args(commands.Command))
