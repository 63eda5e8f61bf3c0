"""Answers kept under an idempotency key where no ticket is written."""

from __future__ import annotations

from service.api.answers import Answer, unpacked
from service.api.call import Call


def kept(call: Call, answer: Answer) -> Answer:
    """The answer, remembered if a key was given; or the first one, if another request was quicker."""
    if call.key is None:
        return answer
    first = call.desk.store.keep_answer(call.staff.id, call.key, call.digest, answer.packed(), call.now)
    return answer if first is None else unpacked(first)
