"""The policy for passwords: long enough, and not easy to guess."""

from __future__ import annotations

from collections.abc import Iterable

from service.refusals import reason
from workflows.errors import Reason
from workflows.folding import canonical

MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 8, 200
_MAX_SCORED_LENGTH = 72  # characters: zxcvbn takes no more, and what is longer is hard to guess anyway
_MIN_SCORE = 2  # of zxcvbn's 0 to 4: more than a million guesses, which the limits make years of guessing
# zxcvbn's lists know few of them: what is typed by ear in Chinese, and what this desk is called.
_COMMON = ("woaini", "woaini1314", "1314520", "5201314", "aini1314", "mima", "huifang", "回访")


def check_password(password: str, names: Iterable[str] = ()) -> Reason | None:
    """Why this cannot be a password; None if it can. `names` (account, person) must not make it guessable."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        message = f"a password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters"
        return reason("password-length", message, least=MIN_PASSWORD_LENGTH, most=MAX_PASSWORD_LENGTH)
    from zxcvbn import zxcvbn  # it reads its lists, which no other command needs

    known = [*_COMMON, *(each for each in names if each)]
    if zxcvbn(canonical(password)[:_MAX_SCORED_LENGTH], user_inputs=known)["score"] < _MIN_SCORE:
        return reason("password-guessable", "the password is too easy to guess: take a longer or a rarer one")
    return None
