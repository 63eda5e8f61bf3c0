"""Prints as a browser sees them, and tickets to be printed."""

from __future__ import annotations

from html.parser import HTMLParser

REPAIR = {
    "reporter": "李未名",
    "contact": "13800000001",
    "unit": "3-1201",
    "place": "厨房",
    "content": "漏水 <script>alert('x')</script> & \"更多\"",
    "urgency": "urgent",
}


class Seen(HTMLParser):
    """The tags and the words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.outside: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.outside += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]

    def handle_data(self, data: str) -> None:
        self.words += [data] if data.strip() else []
