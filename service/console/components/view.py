"""The components of the console on one page, in each state that they have, for who makes pages."""

from __future__ import annotations

from flask import Response

from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import DueBar

pages = Pages()


@pages.get("/console/components", anybody=True)
def show_components(call: ConsoleRequest) -> Response:
    """Everything in `layout/controls.html`, with made-up contents."""

    def text(key: str) -> str:
        return call.text("components", key)

    names = ("queue", "mine", "watched")
    return call.page(
        "components/components.html",
        text("title"),
        bars=[
            DueBar(20, text("left"), text("why"), False),
            DueBar(85, text("left"), text("why"), False),
            DueBar(100, text("late"), text("why"), True),
        ],
        tabs=[
            {
                "path": "#tabs",
                "title": call.text("my_desk", name),
                "count": str(3 * place),
                "current": not place,
            }
            for place, name in enumerate(names)
        ],
    )
