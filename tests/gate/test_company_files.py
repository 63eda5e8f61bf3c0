"""A file of the company is changed by itself, through the gate: whoever leans on it is looked at."""

from __future__ import annotations

import pytest
from gate_desk import FILES, MONDAY, SITE, GateDesk, T

from workflows.core.people import Membership, Staff
from workflows.definitions.base import BaseMissing, Outdated
from workflows.errors import Forbidden, Invalid, NotFound
from workflows.gate.company_files import CompanyFiles, CompanyPublication
from workflows.gate.gate import Gate
from workflows.language.builder.context import digest_of
from workflows.storage.definitions import Authorship, DefinitionStore
from workflows.storage.people.people import People

ORGANISATION, CALENDARS = "organisation.yaml", "calendars.yaml"
MORE_ROLES = FILES[ORGANISATION].replace("roles: {", f"roles: {{keeper: {{title: {T}}}, ")
REPORTS = f"""
rented:
  title: {T}
  roles: [clerk]
  counts: tickets
  of: rental
  by: plan
  period: month
  columns: {{all: {{title: {T}, count: true}}}}
"""


@pytest.fixture
def files(yard: GateDesk) -> CompanyFiles:
    return CompanyFiles(yard.gate, yard.definitions, DefinitionStore(yard.database))


def publish(
    files: CompanyFiles, name: str, text: str, base: str | None, by: str = "lead"
) -> CompanyPublication:
    return files.publish(name, text, Authorship(at=MONDAY, by=by, reason="asked for"), base)[0]


def test_a_file_is_published_and_those_that_lean_on_it_get_a_new_version(
    files: CompanyFiles, yard: GateDesk
) -> None:
    """Their texts are the same; open tickets stay."""
    done = publish(files, ORGANISATION, MORE_ROLES, "1")
    assert (done.file.version, done.file.based_on, done.file.reason, done.changed) == (
        2,
        1,
        "asked for",
        True,
    )
    assert [(each.name, each.version) for each in done.processes] == [("fee", 2), ("rental", 2)]
    assert "keeper" in yard.definitions.latest("fee").organisation.roles
    assert files.find(ORGANISATION, 1).text == FILES[ORGANISATION]
    assert [each.version for each in files.versions(ORGANISATION)] == [1, 2]


def test_what_is_broken_in_the_processes_is_told_at_its_place(files: CompanyFiles) -> None:
    text = FILES[ORGANISATION].replace("clerk", "keeper")
    with pytest.raises(Invalid) as refused:
        publish(files, ORGANISATION, text, "1")
    assert {each.message.split(":")[0] for each in refused.value.reasons} == {
        "escalations.yaml", "fee@1", "rental@1",
    }  # fmt: skip
    assert len(files.versions(ORGANISATION)) == 1


def test_a_scenario_that_goes_otherwise_by_other_hours_prevents_it(
    files: CompanyFiles, yard: GateDesk
) -> None:
    steps = "wait_until: 2026-03-04 17:30}\n      - {expect: {overdue: false}}\n      - {bill: {}, as: clerk}"
    yard.change("rental.yaml", ("bill: {}, as: clerk}", steps))
    yard.publish()
    text = FILES[CALENDARS].replace("18:00", "17:00")
    found = files.review(CALENDARS, text, MONDAY, None)
    assert [(each.code, each.file) for each in found.blocking] == [("scenario", "rental@2")]


def test_a_report_of_what_is_not_there_is_an_error(files: CompanyFiles) -> None:
    """No process is read again for it."""
    assert publish(files, "reports.yaml", REPORTS, None).file.version == 1
    found = files.review("reports.yaml", REPORTS.replace("by: plan", "by: tariff"), MONDAY, None)
    assert [(each.file, each.line) for each in found.blocking] == [("reports.yaml", 7)]


def test_what_was_wrong_before_is_not_its_doing(files: CompanyFiles, yard: GateDesk) -> None:
    """A version of earlier days has a role that nobody has."""
    with DefinitionStore(yard.database).publish_transaction(Authorship(at=MONDAY, by="lead")) as transaction:
        text = FILES["fee.yaml"].replace("owner: {role: clerk}", "owner: {role: clark}")
        transaction.put("workflow", "fee", digest_of(text), text, yard.definitions.company_versions())
    done = publish(files, ORGANISATION, MORE_ROLES, "1")
    assert [each.name for each in done.processes] == ["rental"]


def test_whoever_was_slower_is_shown_the_difference(files: CompanyFiles) -> None:
    """And nothing is published without a base."""
    with pytest.raises(BaseMissing):
        publish(files, ORGANISATION, MORE_ROLES, None)
    publish(files, ORGANISATION, MORE_ROLES, digest_of(FILES[ORGANISATION]))
    with pytest.raises(Outdated) as refused:
        publish(files, ORGANISATION, f"{FILES[ORGANISATION]}# mine\n", "1")
    assert "keeper" in str(refused.value.details["difference"])


def test_it_concerns_all_sites(files: CompanyFiles, yard: GateDesk) -> None:
    """Whoever may publish at one of two may not."""
    people = People(yard.database)
    for name, sites in {"one": [SITE], "both": [SITE, "harbour"]}.items():
        posts = tuple(Membership(site, "clerk") for site in sites)
        people.add_staff(Staff(id=name, account=name, name=name, memberships=posts))
    with pytest.raises(Forbidden):
        publish(files, ORGANISATION, MORE_ROLES, "1", by="one")
    assert publish(files, ORGANISATION, MORE_ROLES, "1", by="both").changed


def test_a_publication_in_between_is_looked_at_first(
    files: CompanyFiles, yard: GateDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was checked with other texts than those in force is checked again."""
    reviews, original = [], Gate.review

    def review(*given: object) -> object:
        reviews.append(given)
        if len(reviews) == 1:
            yard.change("fee.yaml", ("Somebody pays.", "Somebody pays at once."))
            yard.publish()
        return original(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Gate, "review", review)
    done = publish(files, ORGANISATION, MORE_ROLES, "1")
    assert [(each.name, each.version) for each in done.processes] == [("fee", 3), ("rental", 2)]
    assert len(reviews) == 2


def test_a_file_that_there_is_not_is_not_known(files: CompanyFiles) -> None:
    with pytest.raises(NotFound, match=r"did you mean 'calendars\.yaml'"):
        files.find("calendar.yaml")
