"""What Twilio tells later of our texts and calls."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from bot.bootstrap import App
from bot.gateways.twilio import ROW
from bot.services.delivery import note_status
from channels.twilio_request import raw, read_form, refusal

ROW_ID = re.compile(r"[0-9a-f]{32}")
WORD = re.compile(r"[a-z_-]{1,20}")
# Of Twilio's codes, of which 0 says that there is none.
ERROR = re.compile(r"0*([1-9][0-9]{0,5})")
OF_TEXTS = ("MessageStatus", "SmsStatus")
OF_CALLS = ("CallStatus",)


async def take_status(
    app: App, request: Request, channel: str, path: str, names: Sequence[str]
) -> Response:
    """Note how a row of ours got on, under the first of the parameters that is there.

    BadRequestError, and quarantine, for what does not come from our account or makes no sense.
    """
    form = await read_form(app, request, channel, path)
    if form.get("AccountSid") != app.settings.twilio_account_sid:
        raise await refusal(app, channel, "not_ours", raw(form))
    word = next((form[name] for name in names if form.get(name)), "")
    if not WORD.fullmatch(word):
        raise await refusal(app, channel, "malformed", raw(form), 400)
    row_id = request.query_params.get(ROW, "")
    # Rows that we do not know were erased, or belong to another database: nothing to do.
    if ROW_ID.fullmatch(row_id):
        error = ERROR.fullmatch(form.get("ErrorCode", ""))
        code = None if error is None else error[1]
        await app.write(
            lambda uow: note_status(uow, row_id, word, code, app.office, app.clock.now())
        )
    return Response(status_code=204)
