"""What axe finds against a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# WCAG 2.2 A and AA; and the order of headings and what lies outside of every landmark.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = "color-contrast"
_AXE = Axe()


def find_violations(page: Page, *, colours: bool = True) -> str:
    """Each rule that the page breaks, with the elements; or nothing. Without `colours` it is much faster."""
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {COLOURS: {"enabled": colours}},
        "resultTypes": ["violations"],
    }
    found = _AXE.run(page, options=options).response["violations"]
    return "\n".join(
        f"{rule['id']}: {rule['help']}\n  {node['html']}\n  {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    )
