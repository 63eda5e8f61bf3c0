"""Acts about a process that go through the gate as well: take back, retire, reinstate, rename."""

from __future__ import annotations

import re

from workflows.core.commands import Actor
from workflows.definitions import Definitions, Publication
from workflows.definitions.checks import raise_if_invalid
from workflows.definitions.publish import decide_again
from workflows.errors import Blocked, Invalid, NotFound, Reason
from workflows.gate.gate import Gate
from workflows.gate.lifecycle import find_problems_without, rename_text
from workflows.storage.definition_changes import REINSTATE, RENAME, RETIRE
from workflows.storage.definitions import Authorship, DefinitionStore
from workflows.versions import WORKFLOW

_NAME = re.compile(r"[a-z][a-z0-9-]{0,99}")


class ProcessChanges:
    """Carries out the acts, each with a reason and a person, and refuses what would strand others."""

    def __init__(self, gate: Gate, definitions: Definitions, store: DefinitionStore) -> None:
        self._gate, self._definitions, self._store = gate, definitions, store

    def take_back(self, name: str, to: int, authorship: Authorship, base: str | None) -> Publication:
        """Publish the text of an earlier version as a new one: what has been is not rewritten.

        Raises as publishing does; NotFound if there is no such version.
        """
        name = self._definitions.latest(name).name
        earlier = self._store.get(WORKFLOW, name, to)
        if earlier is None:
            raise NotFound(Reason("unknown-version", f"{name} has no version {to}", field="to", saw=to))
        file = f"{name}@{to}"
        reviewed = self._gate.review_text(earlier.text, file, authorship.at, None)
        return self._gate.publish_text(reviewed, file, authorship, base)

    def retire(self, name: str, actor: Actor, authorship: Authorship) -> None:
        """New tickets are refused from now on, open ones are finished. Raises Invalid with every process,
        schedule and report in force that needs it."""

        def attempt(revision: int) -> None:
            present = self._check_in_force(name)
            self._gate.rights.check_author(authorship, [self._definitions.latest(present)])
            raise_if_invalid(tuple(find_problems_without(present, self._gate.in_force())))
            with self._store.publish_transaction(authorship, revision) as transaction:
                transaction.record(present, RETIRE, actor, authorship.reason or "")

        decide_again(attempt, self._store.revision)

    def reinstate(self, name: str, actor: Actor, authorship: Authorship) -> None:
        """Take back that a process was retired. Raises Blocked if it was not, Invalid if what is in force by
        now does not go with it."""

        def attempt(revision: int) -> None:
            if name not in self._definitions.lifecycle().retired:
                self._definitions.latest(name)
                message = f"{name} is not retired"
                raise Blocked(Reason("not-retired", message, facts={"name": name}))
            self._gate.rights.check_author(authorship, [self._definitions.latest(name)])
            version = self._definitions.current_versions()[name]
            text = self._definitions.text(name, version)
            reviewed = self._gate.review_text(text, f"{name}@{version}", authorship.at, None)
            raise_if_invalid(reviewed.blocking)
            with self._store.publish_transaction(authorship, revision) as transaction:
                transaction.record(name, REINSTATE, actor, authorship.reason or "")

        decide_again(attempt, self._store.revision)

    def rename(self, name: str, to: str, actor: Actor, authorship: Authorship) -> Publication:
        """Publish the text in force under a new name. The former one still opens tickets and finds them; open
        tickets stay on their version. Raises Invalid if the new name cannot be one or is taken."""

        def attempt(revision: int) -> Publication:
            present = self._check_in_force(name)
            self._gate.rights.check_author(authorship, [self._definitions.latest(present)])
            self._check_new_name(to)
            text = rename_text(self._definitions.text(present, self._definitions.latest(present).version), to)
            reviewed = self._gate.review_renamed(text, f"{to}.yaml", present, authorship.at)
            raise_if_invalid(reviewed.blocking)
            definition = reviewed.proposal.after.definitions[to]
            company = self._definitions.company_versions()
            with self._store.publish_transaction(authorship, revision) as transaction:
                version = transaction.put(WORKFLOW, to, definition.digest, text, dict(company))
                transaction.record(present, RENAME, actor, authorship.reason or "", to)
            return Publication(name=to, version=version, changed=True)

        return decide_again(attempt, self._store.revision)

    def _check_in_force(self, name: str) -> str:
        """The present name of a process in force. Raises NotFound, or Blocked if it is retired."""
        self._definitions.lifecycle().check_open(name)
        return self._definitions.latest(name).name

    def _check_new_name(self, to: str) -> None:
        if not _NAME.fullmatch(to):
            message = f"{to!r} is no name of lower-case letters, digits and hyphens"
            raise Invalid(Reason("bad-name", message, field="to", facts={"name": to}))
        if to in self._definitions.current_versions():
            message = f"{to} is, or was, the name of a process"
            raise Invalid(Reason("name-taken", message, field="to", facts={"name": to}))
