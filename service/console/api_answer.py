"""Answers of the API's views as the data that they hold: a page shows what a program would be told."""

from __future__ import annotations

from typing import Any

import orjson

from service.api.http.response import ApiResponse


def read_answer(answer: ApiResponse) -> Any:
    """What a view of the API answered."""
    return orjson.loads(answer.body)
