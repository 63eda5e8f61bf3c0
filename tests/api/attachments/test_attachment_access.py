"""Reading files: in parts, only by who may, and never after they were erased."""

from __future__ import annotations

from typing import Any

from api_desk import COMPLAINT, HILL, LAKE, Call, Caller, codes
from attachment_samples import PDF, noted, picture, sent, stored, upload

from service.bootstrap import Desk


def test_a_part_of_a_file_can_be_had(officer: Caller, at: str) -> None:
    path = f"{at}/{sent(officer, at)}"
    whole = officer.get(path)
    assert whole.headers["Accept-Ranges"] == "bytes"
    for wanted, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=65530-65545", 65_530, 65_546),
        ("bytes=-5", len(PDF) - 5, len(PDF)),
        ("bytes=100-999999999", 100, len(PDF)),
    ):
        part = officer.get(path, Range=wanted)
        assert (part.status_code, part.data) == (206, PDF[start:stop]), wanted
        assert part.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(PDF)}"
        assert part.headers["Content-Length"] == str(stop - start)
    beyond = officer.get(path, Range=f"bytes={len(PDF)}-")
    assert (beyond.status_code, codes(beyond)) == (416, ["no-such-bytes"])
    assert beyond.headers["Content-Range"] == f"bytes */{len(PDF)}"
    for other in ("lines=0-1", "bytes=5-1", "bytes=0-1,5-6", "bytes", "bytes=x-y"):
        assert officer.get(path, Range=other).data == PDF, other


def test_who_has_a_file_is_not_sent_it_again(
    officer: Caller, call: Call, at: str, ticket: dict[str, Any]
) -> None:
    """But only who may read it is told so."""
    identity = sent(officer, at)
    tag = officer.get(f"{at}/{identity}").headers["ETag"]
    again = officer.get(f"{at}/{identity}", If_None_Match=f'"x", W/{tag}')
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert officer.get(f"{at}/{identity}", Range="bytes=0-4", If_Range=tag).data == PDF[:5]
    assert officer.get(f"{at}/{identity}", Range="bytes=0-4", If_Range='"other"').data == PDF
    assert call("elsewhere").get(f"{at}/{identity}", If_None_Match=tag).status_code == 404


def test_what_no_step_has_named_is_its_uploaders_alone(
    officer: Caller, call: Call, at: str, ticket: dict[str, Any]
) -> None:
    identity, colleague = sent(officer, at), call("cs-officer-2")
    assert colleague.get(f"{at}/{identity}").status_code == 404
    assert colleague.get(at).json["items"] == []
    assert noted(officer, ticket, identity).status_code == 201
    assert colleague.get(f"{at}/{identity}").data == PDF
    (item,) = colleague.get(at).json["items"]
    assert (item["name"], item["field"], item["seq"], item["uploader"]) == (
        "paper.pdf",
        None,
        2,
        "id-cs-officer",
    )
    history = officer.get(f"/api/tickets/{ticket['id']}/history").json["items"]
    assert history[-1]["data"] == {"attachments": [identity]}


def test_no_file_is_reached_by_another_ticket_or_site(
    officer: Caller, call: Call, at: str, ticket: dict[str, Any]
) -> None:
    """By its id, its thumbnail, or a note of one's own that names it."""
    identity = sent(officer, at, picture(), "p.jpg")
    assert noted(officer, ticket, identity).status_code == 201
    other = officer.open("complaint", COMPLAINT)
    hill = call("both").open("complaint", COMPLAINT, site=HILL)
    for staff, where in ((officer, other["id"]), (call("both"), hill["id"]), (call("elsewhere"), hill["id"])):
        for ending in ("", "/thumbnail"):
            answer = staff.get(f"/api/tickets/{where}/attachments/{identity}{ending}")
            assert (answer.status_code, codes(answer)) == (404, ["unknown-file"])
    for staff, mine in ((officer, other), (call("both"), hill)):
        answer = noted(staff, mine, identity)
        assert (answer.status_code, codes(answer)) == (422, ["no-attachment"])
    stranger, at = call("elsewhere"), f"/api/tickets/{ticket['id']}/attachments"
    for path in (at, f"{at}/{identity}", f"{at}/{identity}/thumbnail"):
        assert codes(stranger.get(path)) == ["unknown-ticket"]
    assert codes(upload(stranger, at, ("a.pdf", PDF))) == ["unknown-ticket"]


def test_a_colleagues_upload_cannot_be_named_before_it_was(
    officer: Caller, call: Call, ticket: dict[str, Any]
) -> None:
    identity = sent(officer, f"/api/attachments?site={LAKE}")
    assert codes(noted(call("cs-officer-2"), ticket, identity)) == ["no-attachment"]
    assert codes(noted(officer, ticket, "0" * 36)) == ["no-attachment"]
    assert noted(officer, ticket, identity).status_code == 201


def test_files_for_a_ticket_are_for_those_who_take_part_in_it(call: Call, at: str) -> None:
    answer = upload(call("stand-in"), at, ("a.pdf", PDF))
    assert (answer.status_code, codes(answer)) == (403, ["not-taking-part"])
    assert upload(call("office-director"), at, ("a.pdf", PDF)).status_code == 201


def test_before_opening_the_site_is_said_where_there_are_several(call: Call) -> None:
    both = call("both")
    assert codes(upload(both, "/api/attachments", ("a.pdf", PDF))) == ["site-needed"]
    assert codes(upload(both, "/api/attachments?site=nowhere", ("a.pdf", PDF))) == ["unknown-site"]
    assert upload(both, f"/api/attachments?site={HILL}", ("a.pdf", PDF)).status_code == 201


def test_what_was_erased_is_gone(
    officer: Caller, call: Call, at: str, ticket: dict[str, Any], desk: Desk
) -> None:
    identity, waiting = sent(officer, at), sent(officer, at)
    tag = noted(officer, ticket, identity).headers["ETag"]
    body = {"note": "asked for"}
    director = call("office-director")
    answer = director.post(f"/api/tickets/{ticket['id']}/erasures", body, If_Match=tag)
    assert answer.status_code == 201, answer.text
    for each in (identity, waiting):
        found = officer.get(f"{at}/{each}")
        assert (found.status_code, codes(found)) == (410, ["erased-file"])
    listed = officer.get(at).json["items"]
    assert [(each["erased"], each["name"], each["size"]) for each in listed] == [(True, None, None)] * 2
    assert stored(desk) == []


def test_a_file_that_was_lost_from_its_place_is_said_so(officer: Caller, at: str, desk: Desk) -> None:
    identity = sent(officer, at)
    (path,) = stored(desk)
    path.unlink()
    assert codes(officer.get(f"{at}/{identity}")) == ["lost-file"]
