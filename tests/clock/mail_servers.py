"""Mail servers that misbehave, on this machine: each says what its script has, line by line."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread


@dataclass
class Script:
    """What the server answers to each command; `greeting` first. None: it says nothing, and waits.

    `drips` are the commands (or `greeting`) that it answers a byte at a time; `patient` says that a client
    has waited for all of it. `ids` are those of the letters it has taken.
    """

    greeting: str | None = "220 ready"
    answers: dict[str, str | None] = field(default_factory=dict)
    drips: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list, repr=False)
    patient: bool = field(default=False, repr=False)
    ids: list[str] = field(default_factory=list, repr=False)
    _over: Event = field(default_factory=Event, repr=False)

    def play(self, line: socket.socket) -> None:
        """Serve one client until it leaves."""
        with line, suppress(OSError):
            words = line.makefile("rb")
            self._say(line, "greeting", self.greeting)
            while (said := words.readline()) and not self._over.is_set():
                command = said.decode().split()[0].upper()
                self.heard.append(command)
                answer = self.answers.get(command, _POLITE.get(command, "502 no"))
                self._say(line, command, answer)
                if command == "DATA" and answer == _POLITE["DATA"]:
                    lines = list(iter(words.readline, b".\r\n"))
                    self._say(line, "END", self.judge(_id_of(lines)))
                if command == "QUIT" and answer:
                    return

    def judge(self, letter: str) -> str | None:
        """The answer to a whole letter."""
        answer = self.answers.get("END", "250 taken")
        if answer is not None and answer.startswith("250"):
            self.ids.append(letter)
        return answer

    def over(self) -> None:
        """Let those who wait go."""
        self._over.set()

    def _say(self, line: socket.socket, command: str, answer: str | None) -> None:
        if command in self.drips:
            for _ in range(100):
                line.sendall(b"2")
                if self._over.wait(0.05):
                    return
            self.patient = True
        elif answer is None:
            self._over.wait(60)
        else:
            line.sendall(f"{answer}\r\n".encode())


def _id_of(lines: list[bytes]) -> str:
    """What stands between the brackets of the Message-ID, before the @."""
    said = next((line for line in lines if line.lower().startswith(b"message-id:")), b"<@")
    return said.decode().partition("<")[2].partition("@")[0]


_POLITE = {
    "EHLO": "250 here",
    "HELO": "250 here",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    "RSET": "250 fine",
    "QUIT": "221 bye",
}


@contextmanager
def serving(script: Script) -> Iterator[int]:
    """The port of a server that plays the script to everybody who comes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listener.accept()
                    Thread(target=script.play, args=(line,), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        yield int(listener.getsockname()[1])
        script.over()
        listener.shutdown(socket.SHUT_RDWR)
