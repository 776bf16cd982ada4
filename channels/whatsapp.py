"""WhatsApp's webhooks: messages of people, and what became of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from twilio.twiml.messaging_response import MessagingResponse

from bot.bootstrap import App
from bot.domain.channels import WHATSAPP
from bot.domain.messages import InboundMessage
from bot.domain.office import Office
from bot.domain.staff_contacts import WHATSAPP_PAGE
from bot.gateways.twilio import STATUS_PATH
from bot.services import contacts, page_answers
from bot.store.unit_of_work import SqlUnitOfWork
from channels.inbound import is_open, take_in
from channels.requests import BadRequestError
from channels.twilio_request import raw, read_form, read_pairs, refusal
from channels.twilio_status import OF_TEXTS, take_status
from channels.whatsapp_messages import MalformedError, identities, is_ours, normalise

log = structlog.get_logger()
PATH = "/webhooks/whatsapp"
STATUS_CHANNEL = "whatsapp_status"
LONGEST_ANSWER = 200


def routes(app: App) -> list[BaseRoute]:
    """The routes that Twilio calls for WhatsApp."""

    async def message(request: Request) -> Response:
        form = await read_form(app, request, WHATSAPP, PATH)
        try:
            inbound = normalise(form)
        except MalformedError:
            raise await refusal(app, WHATSAPP, "malformed", raw(form), 400) from None
        settings = app.settings
        if not is_ours(form, settings.twilio_account_sid, settings.whatsapp_from):
            raise await refusal(app, WHATSAPP, "not_ours", raw(form))
        told = await app.write(lambda uow: staff_answer(uow, form, app.office, app.clock.now()))
        if told is not None:
            return answer(told)
        if not await is_open(app, WHATSAPP):
            raise BadRequestError(503, "not open yet")
        received = await take_in(app, inbound)
        log.info("received", channel=WHATSAPP, turn=received.turn_id, repeat=received.duplicate)
        # Answers to people are sent by the REST API, where they can be tried again and followed.
        return answer(None)

    async def status(request: Request) -> Response:
        return await take_status(app, request, STATUS_CHANNEL, STATUS_PATH, OF_TEXTS)

    return [
        Route(PATH, message, methods=["POST"]),
        Route(STATUS_PATH, status, methods=["POST"]),
    ]


def answer(text: str | None) -> Response:
    """A text back to whoever wrote, through Twilio; nothing with None."""
    document = MessagingResponse()
    if text:
        document.message(text)
    return Response(str(document), media_type="text/xml")


def staff_answer(
    uow: SqlUnitOfWork, form: Mapping[str, str], office: Office, now: datetime
) -> str | None:
    """What to say to a member who answers a page; None for what is to be taken in as ever.

    A member may also be a person who asks something: only a code or a tapped button of a page
    is an answer. A button that came to somebody else is refused, and no case either.
    """
    phone = phone_of(form)
    owner = contacts.owner_of(uow, WHATSAPP_PAGE, phone)
    said = (form.get("ButtonPayload") or form.get("Body", "")).strip()[:LONGEST_ANSWER]
    act = page_answers.BUTTONS.get(said)
    if act is None or (owner is None and not form.get("ButtonPayload")):
        return page_answers.by_text(uow, WHATSAPP_PAGE, phone, said, office, now)
    replied = form.get("OriginalRepliedMessageSid", "")
    page_id = None if owner is None else page_answers.page_of_reply(uow, owner, replied)
    passes = act == page_answers.PAYLOAD_NEXT
    done = page_answers.by_button(
        uow, page_id or "", WHATSAPP_PAGE, phone, passes=passes, office=office, now=now
    )
    return page_answers.words_of(done, passes=passes)


def is_staff_answer(uow: SqlUnitOfWork, form: Mapping[str, str]) -> bool:
    """Whether a message is a member's answer to a page, as `staff_answer` would take it."""
    said = form.get("Body", "").strip()[:LONGEST_ANSWER]
    if said not in page_answers.BUTTONS and not page_answers.is_answer(said):
        return False
    return contacts.owner_of(uow, WHATSAPP_PAGE, phone_of(form)) is not None


def phone_of(form: Mapping[str, str]) -> str:
    """The number that a message came from, +62...; Meta may show another id in its place."""
    sender, aliases = identities(form)
    return next(iter(aliases), sender).removeprefix(f"{WHATSAPP}:")


def read_again(body: bytes) -> InboundMessage:
    """The message in a body that was kept in quarantine; MalformedError when there is none."""
    try:
        return normalise(dict(read_pairs(body)))
    except ValueError as error:
        raise MalformedError("no message") from error
