"""What an author hears where a text is no YAML: tabs, full-width punctuation, the scanner's own words."""

from __future__ import annotations

import re
from typing import Any

from workflows.language.punctuation import find_full_width, full_width_sentence
from workflows.sentence import Sentence

# A value of one line that YAML takes for something else: it begins with a quotation mark, a bracket or a sign
# and goes on behind it, or there is a colon and a blank in it.
_GOES_ON = r"\ *[^\s,#}\]].*?"
_UNQUOTED = re.compile(
    rf"""\s*(?:-\ )?[\w-]+:\ +(?P<value>
        '[^']*'{_GOES_ON} | "[^"]*"{_GOES_ON} | \[[^\]]*\]{_GOES_ON} | [!&*]\S.*? | [^'"\[{{\s].*:\ .*?
    )\s*(?:\ \#.*)?$""",
    re.VERBOSE,
)
Place = tuple[int, int]
"""Line and column, from 1."""


def explain_scanner_error(error: Any, text: str) -> tuple[Sentence, Place]:
    """The sentence and the place for an error of PyYAML's scanner, which may point behind the mistake."""
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines()
    for line in _suspicious_lines(error):
        written = _outside_quotes(lines[line]) if line < len(lines) else ""
        if (at := find_full_width(written)) is not None:
            return full_width_sentence(written[at]), (line + 1, at + 1)
    written = lines[mark.line] if mark.line < len(lines) else ""
    indent = written[: len(written) - len(written.lstrip())]
    if "\t" in indent:
        return Sentence("tab", "the line begins with a tab; indent with blanks, not with tabs"), (
            mark.line + 1,
            mark.column + 1,
        )
    for line in _suspicious_lines(error):
        if line < len(lines) and (value := _UNQUOTED.match(lines[line])):
            return _quoting_sentence(value["value"]), (line + 1, value.start("value") + 1)
    return _scanner_sentence(error), (mark.line + 1, mark.column + 1)


def explain_tag(tag: str, line: str) -> Sentence:
    """The sentence for a tag in a line: mostly it was meant as `not` at the beginning of an expression."""
    value = _UNQUOTED.match(line)
    if value and value["value"].startswith(tag):
        return _quoting_sentence(value["value"])
    return Sentence(
        "yaml",
        "tags such as {tag!r} are no part of the language; put text that begins with ! in quotes",
        tag=tag,
    )


def _quoting_sentence(value: str) -> Sentence:
    quoted = f'"{value}"' if '"' not in value and "\\" not in value else "'" + value.replace("'", "''") + "'"
    return Sentence(
        "yaml", "YAML reads this otherwise; put the whole value in quotation marks: {quoted}", quoted=quoted
    )


def _suspicious_lines(error: Any) -> list[int]:
    """The line of the error, the one before it, and the one in which what is being read began."""
    marks = [each for each in (error.problem_mark, error.context_mark) if each]
    here = marks[0].line
    return list(dict.fromkeys([here, max(here - 1, 0), *(each.line for each in marks)]))


def _outside_quotes(line: str) -> str:
    """The line with what stands in quotation marks, and its comment, blanked out."""
    shown, quote = [], ""
    for at, letter in enumerate(line):
        if letter == "#" and not quote and line[at - 1 : at] in ("", " "):
            break
        if quote or letter in "'\"":
            quote = "" if letter == quote else quote or letter
            letter = "x"
        shown.append(letter)
    return "".join(shown)


def _scanner_sentence(error: Any) -> Sentence:
    problem = error.problem or "this is no YAML"
    words = f"{problem} {error.context or ''}".strip()
    if "cannot start any token" in problem:
        return Sentence("yaml", "{words} (put text that begins with % @ or ` in quotes)", words=words)
    return Sentence("yaml", "{words}", words=words)
