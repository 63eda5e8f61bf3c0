"""The templates of the console, which lie in the folders of their pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.console.layout.assets import asset_address

_FOLDER = Path(__file__).parents[1]


@cache
def _environment() -> Environment:
    """Everything is escaped; a name that a view does not give is an error, not an empty text."""
    found = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals["asset"] = asset_address
    return found


def render_template(name: str, **values: Any) -> str:
    """The HTML of a template, such as `my_desk/desk.html`. Its forms have one token, made for the first."""
    return _environment().get_template(name).render(form_token=cache(generate_csrf), **values)
