"""Calls that wake staff: what is said to whoever answers, and what the keys do."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from twilio.twiml.voice_response import VoiceResponse

from bot.bootstrap import App
from bot.domain import page_words
from bot.domain.pages import Page, PageState
from bot.domain.staff_contacts import VOICE
from bot.gateways.twilio_pages import CALL, SPOKEN, VOICE_PATH, VOICE_STATUS_PATH
from bot.services import acknowledging, page_answers
from bot.services.delivery import note_status
from bot.store.unit_of_work import SqlUnitOfWork
from channels.twilio_status import OF_CALLS, ROW_ID, take_status

log = structlog.get_logger()
STATUS_CHANNEL = "voice_status"
ROUND = "round"
# The page is said once and repeated twice.
MOST_ROUNDS = 3
KEY_SECONDS = 8
# Our own words about a call, beside Twilio's; their order is that of bot.domain.delivery.
HEARD, KEYED, MACHINE = "heard", "keyed", "machine"
BROKEN = "Ada gangguan. Masuk ke konsol untuk melihat yang menunggu."


def is_page_call(request: Request) -> bool:
    """Whether a call is one of ours to staff; all others are of people who call us."""
    return CALL in request.query_params


async def answer(app: App, request: Request, form: Mapping[str, str]) -> Response:
    """What Twilio is to do next in a call that we made, in its own language."""
    row_id = request.query_params[CALL]
    number = request.query_params.get(ROUND, "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 3
    # None at first; then how often the page has been said without an answer before this time.
    rounds = int(number) if is_number else None
    try:
        said = await app.write(lambda uow: _next(uow, app, row_id, form, rounds))
    except Exception as error:  # noqa: BLE001  # Twilio would read our error aloud in English
        log.error("call_failed", error=type(error).__name__)
        said = _end(BROKEN)
    return Response(str(said), media_type="text/xml")


def _next(
    uow: SqlUnitOfWork, app: App, row_id: str, form: Mapping[str, str], rounds: int | None
) -> VoiceResponse:
    pages = uow.pages.of_row(row_id) if ROW_ID.fullmatch(row_id) else ()
    answered_by = form.get("AnsweredBy", "")
    if answered_by.startswith("machine") or answered_by == "fax":
        # Whatever took the call, no person has heard it.
        _note(uow, app, row_id, MACHINE, "answering_machine")
        return _end("")
    if not pages:
        return _end(page_words.CALL_NEVER_MIND)
    page = pages[0]
    key = form.get("Digits", "")
    if key in (page_words.KEY_TAKE, page_words.KEY_NEXT):
        return _take_or_pass(uow, app, row_id, page, passes=key == page_words.KEY_NEXT)
    if page.state is not PageState.RINGING and page.state is not PageState.SPENT:
        return _end(page_words.CALL_NEVER_MIND)
    _note(uow, app, row_id, HEARD)
    said = 0 if rounds is None else rounds + (key != page_words.KEY_AGAIN)
    if said >= MOST_ROUNDS:
        return _end(page_words.CALL_GOODBYE)
    wrong = key not in ("", page_words.KEY_AGAIN)
    return _ask(uow, app, row_id, pages, said, wrong=wrong)


def _take_or_pass(
    uow: SqlUnitOfWork, app: App, row_id: str, page: Page, *, passes: bool
) -> VoiceResponse:
    act = acknowledging.pass_on if passes else acknowledging.acknowledge_page
    done = act(uow, page.id, page.staff_id or "", VOICE, app.office, app.clock.now())
    _note(uow, app, row_id, KEYED)
    told = page_answers.words_of(done, passes=passes)
    return _end(told.replace(done.reference, page_words.spelled(done.reference), 1))


def _ask(
    uow: SqlUnitOfWork,
    app: App,
    row_id: str,
    pages: tuple[Page, ...],
    rounds: int,
    *,
    wrong: bool,
) -> VoiceResponse:
    """Say the page, and wait for one key."""
    card = page_answers.card_of(uow, row_id, app.office)
    assert card is not None  # noqa: S101  # there are pages
    again = urlencode({CALL: row_id, ROUND: rounds})
    document = VoiceResponse()
    gather = document.gather(
        num_digits=1,
        timeout=KEY_SECONDS,
        action=f"{app.settings.base_url}{VOICE_PATH}?{again}",
        method="POST",
        # Silence is an answer too: the page is said again, or somebody else is woken.
        action_on_empty_result=True,
        finish_on_key="",
    )
    if wrong:
        gather.say(page_words.CALL_WRONG_KEY, language=SPOKEN)
    text = page_words.call_text(
        card.first.reference,
        urgent=card.urgent,
        practice=card.practice,
        others=len(pages) - 1,
    )
    gather.say(text, language=SPOKEN)
    gather.say(page_words.CALL_KEYS, language=SPOKEN)
    return document


def _end(text: str) -> VoiceResponse:
    document = VoiceResponse()
    if text:
        document.say(text, language=SPOKEN)
    document.hangup()
    return document


def _note(uow: SqlUnitOfWork, app: App, row_id: str, word: str, reason: str | None = None) -> None:
    note_status(uow, row_id, word, reason, app.office, app.clock.now())


def routes(app: App) -> list[BaseRoute]:
    """The route on which Twilio tells how a call goes."""

    async def status(request: Request) -> Response:
        return await take_status(app, request, STATUS_CHANNEL, VOICE_STATUS_PATH, OF_CALLS)

    return [Route(VOICE_STATUS_PATH, status, methods=["POST"])]
