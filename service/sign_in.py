"""Sign-in by password, with a wait after repeated failures.

Failures are counted in the database: by account and address together, so that nobody can lock out a colleague
from elsewhere, and by address alone, so that nobody can try one password on every account. In a browser that
is known for the account they are counted by that browser instead, so that nobody at the same address can lock
out its owner. During a wait the right password is refused too: otherwise the answer would tell that it was
guessed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, ip_address, ip_network
from threading import BoundedSemaphore

import structlog

from service.auth import verify_password
from service.refusals import TooMany, Unauthorized, reason
from service.settings_tables import ApiSettings
from workflows.core.account_names import LONGEST_ACCOUNT
from workflows.core.people import Staff
from workflows.errors import Reason
from workflows.folding import canonical, identity
from workflows.storage.people.attempt_counts import AttemptCounts
from workflows.storage.people.people import People
from workflows.timing.instants import Instant

_log = structlog.get_logger("huifang.sign_in")
_PATIENCE = 5.0  # seconds that one waits for others' passwords to be checked
_FREE = 2  # threads that are left to everybody else, however many sign in
_AGAIN = 1  # seconds after which one may try again when there are too many at once


class SignIn:
    """Checks passwords. `threads` are those of the server: all but two may check passwords, and one more
    those of known browsers; one at a time may hash, since that takes memory and every core. `failed` is
    called with the kind of each failure."""

    def __init__(
        self,
        people: People,
        failures: AttemptCounts,
        bounds: ApiSettings,
        threads: int,
        failed: Callable[[str], None],
    ) -> None:
        self._people, self._failures, self._bounds, self._tell = people, failures, bounds, failed
        self._places = BoundedSemaphore(max(1, threads - _FREE))
        self._place_of_known = BoundedSemaphore(1)
        self._hashing = BoundedSemaphore(1)

    def check(self, account: str, password: str, address: str, now: Instant, browser: str = "") -> Staff:
        """The member of staff, if the password is right. The refusal does not say what was wrong. `browser`
        is the id of the browser, if it is known for this account."""
        place = f"browser {browser}" if browser else network_of(address)
        pair = attempt_subject("account", identity(account), place)
        alone = None if browser else attempt_subject("address", place)
        self._check_wait(pair, alone, now)
        with self._acquire_slot(known=bool(browser)):
            self._check_wait(pair, alone, now)  # others may have failed meanwhile
            known = self._people.account(account)
            right = verify_password(known.password_hash if known else None, password)
            if known is None or not (right and known.active):
                self._failures.record((pair, alone) if alone else (pair,), now, self._bounds.sign_in_wait)
                self._tell("credentials")
                shown = canonical(account)[:LONGEST_ACCOUNT]
                _log.warning("sign-in failed", account=shown, address=address)
                raise Unauthorized(Reason("bad-credentials", "the account or the password is not right"))
        self._failures.clear(pair)
        return known.staff

    def _check_wait(self, pair: str, alone: str | None, now: Instant) -> None:
        """Raise TooMany while this account at this address or browser, or the address, has to wait."""
        found = self._failures.read((pair, alone) if alone else (pair,))
        wait, left = self._bounds.sign_in_wait, 0
        if pair in found and found[pair].times >= self._bounds.sign_in_failures:
            left = found[pair].last_at + wait - now
        if alone and alone in found and found[alone].times >= self._bounds.sign_in_failures_by_address:
            left = max(left, found[alone].since_at + wait - now)
        if left > 0:
            self._tell("waiting")  # counted and not logged: whoever guesses would fill the log
            message = f"too many failures: nobody is signed in, with any password; try again in {left} s"
            raise TooMany(reason("too-many-failures", message, seconds=left), left)

    @contextmanager
    def _acquire_slot(self, *, known: bool) -> Iterator[None]:
        """As a context: one of the slots for checking a password. TooMany if none is free."""
        open_to = (self._place_of_known, self._places) if known else (self._places,)
        place = next((each for each in open_to if each.acquire(blocking=False)), None)
        if place is None:
            raise self._busy_error()
        try:
            if not self._hashing.acquire(timeout=_PATIENCE):
                raise self._busy_error()
            try:
                yield
            finally:
                self._hashing.release()
        finally:
            place.release()

    def _busy_error(self) -> TooMany:
        self._tell("busy")
        message = "too many sign in at this moment; try again in a second"
        return TooMany(reason("busy-signing-in", message), _AGAIN)


def network_of(address: str) -> str:
    """The part of the address that belongs to one subscriber: for IPv6 the /64 network."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def attempt_subject(*parts: str) -> str:
    """What attempts are counted by: nothing of the parts can be read from it."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
