"""SMS: codes that answer a page, and what became of our texts."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.bootstrap import App
from bot.domain import page_words
from bot.domain.staff_contacts import SMS
from bot.gateways.twilio_pages import SMS_STATUS_PATH
from bot.services import contacts, page_answers
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import refuse
from channels.twilio_request import raw, read_form, refusal
from channels.twilio_status import OF_TEXTS, take_status
from channels.whatsapp import answer
from channels.whatsapp_messages import is_ours

log = structlog.get_logger()
PATH = "/webhooks/sms"
STATUS_CHANNEL = "sms_status"
LONGEST_TEXT = 200
STOPPED = "stopped"
# Twilio has answered these words itself and sends nothing to that phone any more, or again.
OPT_OUTS = {"STOP": STOPPED, "START": None}


def routes(app: App) -> list[BaseRoute]:
    """The routes that Twilio calls for SMS."""

    async def message(request: Request) -> Response:
        form = await read_form(app, request, SMS, PATH)
        if not is_ours(form, app.settings.twilio_account_sid, app.settings.sms_from):
            raise await refusal(app, SMS, "not_ours", raw(form))
        told, is_known = await app.write(lambda uow: _hear(uow, app, form))
        if not is_known:
            # Nobody reads this number, but whoever wrote may need help: supervisors see it.
            await refuse(app, SMS, "stranger", raw(form))
        return answer(told)

    async def status(request: Request) -> Response:
        return await take_status(app, request, STATUS_CHANNEL, SMS_STATUS_PATH, OF_TEXTS)

    return [
        Route(PATH, message, methods=["POST"]),
        Route(SMS_STATUS_PATH, status, methods=["POST"]),
    ]


def _hear(uow: SqlUnitOfWork, app: App, form: Mapping[str, str]) -> tuple[str | None, bool]:
    """What to say to a text, and whether it came from somebody whom we know."""
    sender, text = form.get("From", ""), form.get("Body", "")[:LONGEST_TEXT]
    now = app.clock.now()
    is_known = contacts.owner_of(uow, SMS, sender) is not None
    if is_known and form.get("OptOutType") in OPT_OUTS:
        contacts.note_reach(uow, SMS, sender, OPT_OUTS[form["OptOutType"]], now)
        return None, True
    told = page_answers.by_text(uow, SMS, sender, text, app.office, now)
    if told is None and is_known:
        told = page_words.ONLY_CODES
    return told, is_known or told is not None
