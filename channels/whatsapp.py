"""WhatsApp's webhooks: messages of people, and what became of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.bootstrap import App
from bot.domain.channels import WHATSAPP
from bot.domain.messages import InboundMessage
from bot.gateways.twilio import ROW, STATUS_PATH
from bot.services.delivery import note_status
from channels.inbound import is_open, take_in
from channels.requests import BadRequestError
from channels.whatsapp_messages import MalformedError, is_ours, normalise
from channels.whatsapp_request import read_form, read_pairs, refusal

log = structlog.get_logger()
PATH = "/webhooks/whatsapp"
STATUS_CHANNEL = "whatsapp_status"
ROW_ID = re.compile(r"[0-9a-f]{32}")
STATUS = re.compile(r"[a-z_]{1,20}")
# Of Twilio's codes, of which 0 says that there is none.
ERROR = re.compile(r"0*([1-9][0-9]{0,5})")
# Answers are sent by the REST API, where they can be tried again and followed.
NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


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
        if not await is_open(app, WHATSAPP):
            raise BadRequestError(503, "not open yet")
        received = await take_in(app, inbound)
        log.info("received", channel=WHATSAPP, turn=received.turn_id, repeat=received.duplicate)
        return Response(NO_ANSWER, media_type="text/xml")

    async def status(request: Request) -> Response:
        form = await read_form(app, request, STATUS_CHANNEL, STATUS_PATH)
        if form.get("AccountSid") != app.settings.twilio_account_sid:
            raise await refusal(app, STATUS_CHANNEL, "not_ours", raw(form))
        row_id = request.query_params.get(ROW, "")
        word = form.get("MessageStatus") or form.get("SmsStatus") or ""
        if not STATUS.fullmatch(word):
            raise await refusal(app, STATUS_CHANNEL, "malformed", raw(form), 400)
        # Rows that we do not know were erased, or belong to another database: nothing to do.
        if ROW_ID.fullmatch(row_id):
            error = ERROR.fullmatch(form.get("ErrorCode", ""))
            code = None if error is None else error[1]
            await app.write(
                lambda uow: note_status(uow, row_id, word, code, app.office, app.clock.now())
            )
        return Response(status_code=204)

    return [
        Route(PATH, message, methods=["POST"]),
        Route(STATUS_PATH, status, methods=["POST"]),
    ]


def raw(form: Mapping[str, str]) -> bytes:
    """The body of a request again, for the quarantine."""
    return urlencode(list(form.items())).encode()


def read_again(body: bytes) -> InboundMessage:
    """The message in a body that was kept in quarantine; MalformedError when there is none."""
    try:
        return normalise(dict(read_pairs(body)))
    except ValueError as error:
        raise MalformedError("no message") from error
