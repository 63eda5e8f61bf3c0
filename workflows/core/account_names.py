"""Rules for account names: names that look alike must not be different accounts."""

from __future__ import annotations

import unicodedata

from workflows.errors import Reason
from workflows.folding import canonical, has_unseen, mixes_scripts

LONGEST_ACCOUNT = 64
_SIGNS = "._-@+"


def normalize_account_name(text: str) -> tuple[str, list[Reason]]:
    """The name in its stored form (half width, composed, trimmed), and every reason against it."""
    name = canonical(text)
    reasons = []
    if not name:
        reasons.append(_reason("an account needs a name"))
    elif len(name) > LONGEST_ACCOUNT:
        reasons.append(_reason(f"an account has at most {LONGEST_ACCOUNT} characters"))
    elif has_unseen(text):
        reasons.append(_reason("an account has no characters that cannot be seen"))
    elif not name[0].isalnum() or not all(each.isalnum() or each in _SIGNS or _mark(each) for each in name):
        reasons.append(_reason("an account is letters and digits, with . _ - @ + between them"))
    elif mixes_scripts(name):
        reasons.append(_reason("an account does not mix alphabets that look alike"))
    return name, reasons


def _mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc")


def _reason(message: str) -> Reason:
    return Reason("bad-account", message, field="account")
