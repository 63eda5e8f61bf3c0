"""A day at the desk in Python, with nothing but what openapi-python-client made of the desk's description.

`python day.py ADDRESS PASSWORD PHOTO PHOTO` prints what the day came to, as one line of JSON.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from huifang_client import AuthenticatedClient, Client
from huifang_client.api.attachments import download, list_attachments, upload_to_ticket
from huifang_client.api.bulk import assign_many
from huifang_client.api.people import issue_token
from huifang_client.api.registers import find_caller
from huifang_client.api.tickets import (
    count_queue,
    find_duplicates,
    list_tickets,
    open_ticket,
    show_messages,
    show_ticket,
    show_transitions,
    take_step,
    urge,
)
from huifang_client.models import (
    AttachmentPage,
    BulkAnswers,
    BulkAssignments,
    Caller,
    Duplicates,
    IssuedToken,
    IssueToken,
    ListTicketsView,
    OpenTicket,
    OpenTicketData,
    Problem,
    QueueCounts,
    TakeStep,
    TakeStepData,
    Ticket,
    TicketMessagePage,
    TicketPage,
    TicketReference,
    Transitions,
    UploadedFiles,
    UploadToTicketBody,
    UrgeTicket,
)
from huifang_client.types import File

Answer = TypeVar("Answer")
PHONE, LAST_DIGITS = "13800000005", "00005"
ADDRESS, PASSWORD, *PHOTOS = sys.argv[1:]


def expect(kind: type[Answer], answer: object) -> Answer:
    """The answer, which is of this kind; a refusal ends the day."""
    if isinstance(answer, Problem):
        raise SystemExit(f"{answer.title}: {[reason.message for reason in answer.blocked_by]}")
    assert isinstance(answer, kind), answer
    return answer


def sign_in(account: str) -> AuthenticatedClient:
    """Somebody of the demonstration desk."""
    with Client(base_url=ADDRESS) as client:
        body = IssueToken(account=account, password=PASSWORD, name="generated client")
        issued = expect(IssuedToken, issue_token.sync(client=client, body=body))
    return AuthenticatedClient(base_url=ADDRESS, token=issued.token)


def fire(client: AuthenticatedClient, ticket: Ticket, trigger: str, **form: object) -> Ticket:
    """Take a step of the ticket as it was seen."""
    data = TakeStepData.from_dict(form)
    body = TakeStep(trigger=trigger, data=data)
    return expect(Ticket, take_step.sync(ticket.number, client=client, body=body, if_match=f'"{ticket.seq}"'))


def open_one(client: AuthenticatedClient, workflow: str, **form: object) -> Ticket:
    """Open a ticket."""
    body = OpenTicket(workflow=workflow, data=OpenTicketData.from_dict(form))
    return expect(Ticket, open_ticket.sync(client=client, body=body))


reception, officer, worker = sign_in("receptionist"), sign_in("cs-officer"), sign_in("repair-worker")
repair = open_one(
    reception,
    "repair",
    reporter="何演示",
    contact=PHONE,
    unit="1-0201",
    place="厨房",
    content="水龙头滴水",
    urgency="normal",
)
comes_at = datetime.now(UTC) + timedelta(hours=2)
repair = fire(officer, repair, "classify", scope="indoor", charge="warranty", warranty_end="2099-12-31")
repair = fire(officer, repair, "issue-slip")
repair = fire(officer, repair, "assign", worker="repair-worker")
repair = fire(officer, repair, "schedule", appointment=comes_at.isoformat(), estimate="半小时")

# The caller's second call.
caller = expect(Caller, find_caller.sync(client=officer, phone=LAST_DIGITS))
households = [line for household in caller.households for line in household.tickets]
found = [line.number for line in (*households, *caller.tickets)]
alike = expect(Duplicates, find_duplicates.sync(client=reception, workflow="repair", value="1-0201"))
urged = expect(Ticket, urge.sync(repair.number, client=reception, body=UrgeTicket(note="住户再次来电")))

# The worker's queue, his photos, the end of his work.
counts = expect(QueueCounts, count_queue.sync(client=worker))
queue = expect(TicketPage, list_tickets.sync(client=worker, view=ListTicketsView.QUEUE, limit=100))
(mine,) = [line for line in queue.items if line.number == repair.number]
steps = expect(Transitions, show_transitions.sync(mine.number, client=worker))
repair = fire(worker, expect(Ticket, show_ticket.sync(mine.number, client=worker)), "start")
files = [File(BytesIO(Path(photo).read_bytes()), Path(photo).name, "image/jpeg") for photo in PHOTOS]
uploaded = expect(
    UploadedFiles, upload_to_ticket.sync(repair.number, client=worker, body=UploadToTicketBody(file=files))
)
listed = expect(AttachmentPage, list_attachments.sync(repair.number, client=worker))
picture = expect(File, download.sync(repair.number, str(uploaded.items[0].id), client=worker))
repair = fire(worker, repair, "finish", result="已换阀芯", signed=True)

# The manager gives six complaints to somebody else; two were withdrawn meanwhile.
complaints = [
    open_one(
        officer, "complaint", complainant="Ann", contact="13800000001", channel="phone", content="the lift"
    )
    for _ in range(6)
]
for complaint in complaints[:2]:
    fire(officer, complaint, "withdraw", reason="settled")
many = BulkAssignments(
    assignee="everyone",
    tickets=[TicketReference(ticket=complaint.number, seq=complaint.seq) for complaint in complaints],
)
answers = expect(BulkAnswers, assign_many.sync(client=sign_in("cs-supervisor"), body=many))

messages = expect(TicketMessagePage, show_messages.sync(repair.number, client=officer))
print(
    json.dumps(
        {
            "ticket": repair.number,
            "found": repair.number in found,
            "alike": repair.number in [line.number for line in alike.items],
            "urges": urged.urges,
            "waiting": counts.total >= 1 and mine.overdue is False,
            "could": sorted(step.trigger for step in steps.available),
            "photos": len(listed.items),
            "picture": picture.payload.read(2).hex(),
            "state": repair.state,
            "moved": answers.done,
            "refused": [reason.code for each in answers.items for reason in each.blocked_by],
            "told": sorted({message.role for message in messages.items if message.role is not None}),
        }
    )
)
