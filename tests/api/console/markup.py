"""What of a page was made by data: elements, attributes and addresses that no template of ours has."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_NEVER = frozenset({"hostile", "iframe", "object", "embed", "base", "applet", "frame", "portal", "math"})
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "data", "xlink:href", "srcset"})
_OWN = re.compile(r"[/?#](?![/\\])[^\\\s]*|")  # a path, a query or a fragment of this desk
_ELSEWHERE = re.compile(r"(tel|mailto):[^\s]*")
COMPUTED = str(7919 * 7907)  # what a template of a template would make of it; in no id or time by chance


class MarkupReader(HTMLParser):
    """Reads a page as a browser does, and notes what is not ours."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = [f"it says {COMPUTED}"] if COMPUTED in html else []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in _NEVER or (tag == "script" and not found.get("src", "").startswith("/console/static/")):
            self.faults.append(f"<{tag} {found}>")
        if tag == "meta" and "http-equiv" in found:
            self.faults.append(f"<{tag} {found}>")
        self.faults += [
            f"<{tag} {name}={value!r}>" for name, value in found.items() if _is_fault(name, value)
        ]


def _is_fault(name: str, value: str) -> bool:
    if name in _ADDRESSES:
        return not (_OWN.fullmatch(value) or _ELSEWHERE.fullmatch(value))
    return name.startswith("on") or name in ("style", "srcdoc") or "hostile" in name


def find_faults(html: str) -> list[str]:
    """What of the page is none of ours."""
    return MarkupReader(html).faults
