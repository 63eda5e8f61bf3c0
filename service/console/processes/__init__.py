"""Processes: what is in force, how many tickets stand where, every version, and the text that is edited."""

from service.console.http.pages import Pages
from service.console.processes import acts, draft_acts, editor, migrations, new_process, view

pages = Pages(
    [
        *view.pages.pages,
        *editor.pages.pages,
        *draft_acts.pages.pages,
        *acts.pages.pages,
        *new_process.pages.pages,
        *migrations.pages.pages,
    ]
)

__all__ = ["pages"]
