"""What became of each message, and the letter as it was sent.

Until now `sent` was written of messages that only the log took, too. Which they were is not known any more, so they
become `unrecorded`: nobody may be shown as told who perhaps was not. Those that waited after a failure become
`failed`, those that waited for their channel or the morning `held`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

_UNRECORDED = "of before channels were recorded: it may have been sent, or only written to the log"


def upgrade() -> None:
    """Add the columns, correct the statuses, and index the messages of a ticket."""
    for name, kind in (
        ("tried_at", sa.BigInteger()),
        ("channel", sa.Text()),
        ("letter", sa.Text()),
        ("sealed_letter", sa.LargeBinary()),
    ):
        op.add_column("outbox", sa.Column(name, kind, nullable=True))
    op.drop_index("ix_outbox_sent", "outbox")
    op.drop_index("ix_outbox_pending", "outbox")
    outbox = sa.table(
        "outbox",
        *(sa.column(name) for name in ("status", "last_error", "attempts", "sent_at", "tried_at")),
    )
    c = outbox.c
    sent = sa.update(outbox).where(c.status == "sent")
    op.execute(sent.values(status="unrecorded", last_error=_UNRECORDED, tried_at=c.sent_at, sent_at=None))
    waiting = sa.update(outbox).where(c.status == "pending", c.last_error.is_not(None))
    op.execute(waiting.where(c.attempts > 0).values(status="failed"))
    op.execute(waiting.values(status="held"))
    waits = sa.text("status IN ('pending', 'held', 'failed')")
    unreached = sa.text("status IN ('logged', 'no-address')")
    for name, columns, where in (
        ("ix_outbox_pending", ["urgent", "not_before"], waits),
        ("ix_outbox_unreached", ["tried_at"], unreached),
        ("ix_outbox_ticket", ["site_id", "ticket_id", "seq", "id"], None),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """The statuses cannot be told apart any more; restore a backup instead."""
    raise NotImplementedError("restore a backup instead")
