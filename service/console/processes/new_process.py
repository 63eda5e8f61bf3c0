"""A new process: a few questions, and the editor with a text that nothing is wrong with."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Response

from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.processes.duration_texts import write_length_of
from service.console.processes.editor import answer_text, editor_page
from service.console.processes.sent_text import SentText
from service.texts import localize
from workflows.language.builder.context import CompanyContext
from workflows.language.schemas.fields import NAME
from workflows.mining.outline_answers import OutlineAnswers, make_numbering, outline_of
from workflows.mining.outline_text import write_outline
from workflows.timing.durations import Duration

pages = Pages(guard=ConsoleRequest.managed_sites)
PATH = "/new-process"
_LONGEST = 2_000  # characters of an answer
_LENGTHS = ("1 working hour", "4 working hours", "1 working day", "2 working days", "5 working days")
_USUAL = "2 working days"
_STANDARD = "standard"


@pages.get(PATH)
def begin_process(call: ConsoleRequest) -> Response:
    """The questions; once they are answered (`?name=&title=&states=&role=&due=`), the editor."""
    given = {name: text.strip()[:_LONGEST] for name, text in call.request.args.items()}
    if not given:
        return _ask(call, {}, {})
    company = call.desk.definitions.company()
    states = [each.strip() for each in re.split("[,，、;；\n]", given.get("states", "")) if each.strip()]
    wrong = _find_wrong(call, company, given, states)
    if wrong:
        return _ask(call, given, wrong)
    answers = OutlineAnswers(
        name=given["name"],
        title=given.get("title") or given["name"],
        states=list(dict.fromkeys(states)),
        role=given["role"],
        due=Duration.parse(given["due"]),
        numbering=make_numbering(given["name"]),
        calendar=next(iter(company.calendars)),
        escalation=_STANDARD if _STANDARD in company.policies else None,
    )
    text = write_outline(outline_of(answers), call.desk.settings.languages)
    return editor_page(call, SentText(name="", text=text))


@pages.post(PATH)
def send_new_text(call: ConsoleRequest) -> Response:
    """Check, publish or keep the text of the new process."""
    return answer_text(call, SentText.of(call, ""))


def _find_wrong(
    call: ConsoleRequest, company: CompanyContext, given: Mapping[str, str], states: list[str]
) -> dict[str, str]:
    """Question → what is wrong with its answer."""
    name, wrong = given.get("name", ""), {}
    if not re.fullmatch(NAME, name):
        wrong["name"] = call.text("new_process", "name-wrong")
    elif name in call.desk.definitions.current_versions():
        wrong["name"] = call.text("new_process", "name-taken")
    if len(dict.fromkeys(states)) < 2:
        wrong["states"] = call.text("new_process", "states-wrong")
    if given.get("role") not in company.organisation.roles:
        wrong["role"] = call.text("new_process", "role-wrong")
    if given.get("due") not in _LENGTHS:
        wrong["due"] = call.text("new_process", "due-wrong")
    return wrong


def _ask(call: ConsoleRequest, given: Mapping[str, str], wrong: Mapping[str, str]) -> Response:
    roles = call.desk.definitions.organisation.roles.values()
    return call.page(
        "processes/questions.html",
        call.text("process_editor", "new-title"),
        422 if wrong else 200,
        given=given,
        wrong=wrong,
        roles=[(each.name, localize(each.title, call.language)) for each in roles if not each.outside],
        lengths=[(text, write_length_of(call.language, text)) for text in _LENGTHS],
        usual=_USUAL,
    )
