"""Forms of one field, and of a field of each type."""

from __future__ import annotations

from typing import Any

import pytest
from sample_fields import ORGANISATION

from workflows.errors import Invalid, Reason
from workflows.language.forms.field import Field
from workflows.language.forms.form import Form


def one(asked: Field, value: object, required: bool = False) -> Any:
    names = ([asked.name], []) if required else ([], [asked.name])
    return Form.of({asked.name: asked}, *names).load({asked.name: value}, ORGANISATION)[asked.name]


def against(asked: Field, value: object, required: bool = False) -> list[Reason]:
    with pytest.raises(Invalid) as caught:
        one(asked, value, required)
    return list(caught.value.reasons)
