"""A sentence about a problem, with what is needed to say it in another language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType


class Sentence(str):
    """An English sentence that knows its code, the pattern it was made from, and the facts filled into it.

    `meant` is what was probably meant, or several such; it ends the sentence.
    """

    code: str
    pattern: str
    facts: Mapping[str, str]

    def __new__(
        cls, code: str, pattern: str, /, *, meant: str | Collection[str] | None = None, **facts: object
    ) -> Sentence:
        known = {name: str(value) for name, value in facts.items()}
        near = (meant,) if isinstance(meant, str) and meant else tuple(meant or ())
        ending = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
        made = super().__new__(cls, pattern.format_map(known) + ending)
        made.code, made.pattern = code, pattern
        made.facts = MappingProxyType(known | {"meant": " / ".join(near)} if near else known)
        return made

    def listing(self, names: Collection[str]) -> Sentence:
        """This sentence, ended by the names that are known; itself where it says what was meant."""
        if not names or "meant" in self.facts:
            return self
        known = ", ".join(names)
        made = super().__new__(Sentence, f"{self}; known: {known}")
        made.code, made.pattern = self.code, self.pattern
        made.facts = MappingProxyType({**self.facts, "listed": known})
        return made


def sentence_of(error: Exception, code: str) -> Sentence:
    """The sentence that an error was raised with; its words under this code, if they were no sentence."""
    said = error.args[0] if error.args else ""
    return said if isinstance(said, Sentence) else Sentence(code, "{words}", words=said)


def as_sentence(message: str, code: str, facts: Mapping[str, str]) -> Sentence:
    """The message as a sentence; other words become one of this code, with these facts."""
    if isinstance(message, Sentence):
        return message
    return Sentence(code, message.replace("{", "{{").replace("}", "}}"), **facts)
