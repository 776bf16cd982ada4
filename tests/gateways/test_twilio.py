"""The WhatsApp gateway, through Twilio's own client, against a stand-in process."""

from __future__ import annotations

import asyncio
import base64
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import SystemClock
from bot.domain.messages import Button, Outbound, Purpose
from bot.gateways.twilio import TwilioWhatsApp
from bot.gateways.twilio_client import CallError, _error
from bot.gateways.twilio_verdicts import meaning_of
from bot.ports import MediaError, OutcomeOpenError, SendError
from tests.hotline import FakeClock
from tests.standins import twilio as standin
from tests.standins.process import Running, stand_in

ANI = "whatsapp:+628120000001"
ROW = "a" * 32


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """The stand-in's process."""
    with stand_in("twilio") as running:
        yield running


@pytest.fixture
def twilio(process: Running) -> Running:
    """The stand-in, in whose window Ani is, with nothing going wrong."""
    process.tell("mend")
    process.tell("set", stopped=[], gone=[], late_window=True, tokens=list(TOKENS))
    process.tell("inbound", sender=ANI, body="halo", silent=True)
    return process


TOKENS = (standin.TOKEN, standin.OLD_TOKEN)


def gateway(process: Running, **values: Any) -> TwilioWhatsApp:
    """The gateway as it is in operation, but for the host."""
    wanted: dict[str, Any] = {
        "clock": SystemClock(),
        "base_url": process.url,
        "callback_url": f"{standin.PUBLIC}/webhooks/whatsapp/status",
        "template": standin.TEMPLATE,
        **values,
    }
    sender = wanted.pop("sender", standin.SENDER)
    tokens = wanted.pop("tokens", TOKENS)
    return TwilioWhatsApp(standin.ACCOUNT, tokens, sender, **wanted)


def row(text: str = "Halo, saya di sini.", **values: Any) -> Outbound:
    """A row of the outbox."""
    wanted: dict[str, Any] = {
        "id": ROW,
        "purpose": Purpose.REPLY,
        "channel": "whatsapp",
        "token": "t",
        "attempts": 1,
        "text": text,
        "address": ANI,
        "created_at": datetime.now(UTC),
        **values,
    }
    return Outbound(**wanted)


def send(process: Running, message: Outbound, **values: Any) -> str | None:
    """Send one row."""

    async def go() -> str | None:
        sender = gateway(process, **values)
        try:
            return await sender.send(message)
        finally:
            await sender.close()

    return asyncio.run(go())


def refusal(process: Running, message: Outbound | None = None, **values: Any) -> SendError:
    """The error with which a row is refused."""
    with pytest.raises(SendError) as caught:
        send(process, message or row(), **values)
    return caught.value


def test_a_text_with_choices_is_one_message_with_numbered_lines(twilio: Running) -> None:
    """WhatsApp shows no buttons without a template: the number is the button."""
    before = len(twilio.calls("send"))
    buttons = (Button("Cek tawaran", "/check"), Button("Lapor", "/report"))
    sid = send(twilio, row("Mau apa?", buttons=buttons))
    (call,) = twilio.calls("send")[before:]
    assert call == {
        "To": ANI,
        "From": standin.SENDER,
        "Body": "Mau apa?\n\n1 Cek tawaran\n2 Lapor",
        "StatusCallback": f"{standin.PUBLIC}/webhooks/whatsapp/status?row={ROW}#rc=3&rp=all&ct=2000",
    }
    assert twilio.tell("messages", to=ANI)[-1]["sid"] == sid


def test_after_a_day_a_template_goes_without_words_of_ours(twilio: Running) -> None:
    """Only what Meta approved may open the talk again."""
    send(twilio, row(as_template=True))
    call = twilio.calls("send")[-1]
    assert call["ContentSid"] == standin.TEMPLATE
    assert "Body" not in call
    assert refusal(twilio, row(as_template=True), template="").reason == "no_template"


def test_a_messaging_service_may_pick_the_number(twilio: Running) -> None:
    """WHATSAPP_FROM may name a service instead of a number."""
    send(twilio, row(), sender=standin.SERVICE)
    call = twilio.calls("send")[-1]
    assert call["MessagingServiceSid"] == standin.SERVICE
    assert "From" not in call


def test_without_a_public_address_no_report_is_asked_for(twilio: Running) -> None:
    """Twilio refuses a callback to this machine, and with it the message."""
    send(twilio, row(), callback_url="")
    assert "StatusCallback" not in twilio.calls("send")[-1]
    local = refusal(twilio, callback_url="http://127.0.0.1:8080/webhooks/whatsapp/status")
    assert (local.reason, local.permanent) == ("wrong_callback", False)


def test_a_business_scoped_id_is_an_address(twilio: Running) -> None:
    """Somebody who hides the phone number can be answered too."""
    hidden = "whatsapp:ID.4566546130240823"
    twilio.tell("inbound", sender=hidden, body="halo", silent=True)
    assert send(twilio, row(address=hidden))


@pytest.mark.parametrize(
    ("code", "reason", "unreachable"),
    [
        (21610, "stopped", True),
        (21211, "invalid_address", True),
        (21614, "invalid_address", True),
        (63024, "invalid_address", True),
        (63016, "window_closed", False),
        (21617, "too_long", False),
        (21999, "twilio 21999", False),
    ],
)
def test_what_cannot_be_mended_by_waiting(
    twilio: Running, code: int, reason: str, unreachable: bool
) -> None:
    """Each of these fails once and is shown, not tried again."""
    body = {"code": code, "message": f"no {ANI}", "status": 400}
    twilio.fail("status", "send", status=400, body=body)
    error = refusal(twilio)
    assert (error.reason, error.permanent, error.unreachable) == (reason, True, unreachable)


@pytest.mark.parametrize(
    ("status", "code", "headers", "wait", "whole_channel"),
    [
        (429, 20429, {"Retry-After": "7"}, 7.0, True),
        (429, 20429, {}, 10.0, True),
        (429, 20429, {"Retry-After": "soon"}, 10.0, True),
        (429, 63018, {"Retry-After": "3"}, 3.0, False),
        (400, 131056, {}, 10.0, False),
        (400, 63007, {}, 300.0, True),
        (403, 20003, {}, 300.0, True),
        (500, 20500, {}, None, False),
        (503, 20503, {}, None, False),
    ],
)
def test_what_passes_is_tried_again(
    twilio: Running,
    status: int,
    code: int,
    headers: dict[str, str],
    wait: float | None,
    whole_channel: bool,
) -> None:
    """Twilio's own wait is heeded; what concerns the account holds everything."""
    body = {"code": code, "message": "later", "status": status}
    twilio.fail("status", "send", status=status, body=body, headers=headers, times=2)
    error = refusal(twilio)
    twilio.tell("mend")
    assert (error.permanent, error.retry_after, error.hold_channel) == (False, wait, whole_channel)


def test_a_wrong_token_burns_nothing(twilio: Running) -> None:
    """The organisation can mend a token: rows wait meanwhile."""
    twilio.tell("set", tokens=["another"])
    error = refusal(twilio)
    assert (error.reason, error.permanent, error.hold_channel) == ("auth", False, True)
    assert error.retry_after
    assert error.retry_after >= 60


def test_the_token_before_works_while_tokens_change(twilio: Running) -> None:
    """Between setting the new token here and promoting it at Twilio nothing fails."""
    twilio.tell("set", tokens=[standin.OLD_TOKEN])
    assert send(twilio, row())


def test_nobody_there_means_that_nothing_was_sent() -> None:
    """A connection that never came about leaves nothing open."""
    with stand_in("twilio") as running:
        running.end()
        error = refusal(running)
    assert not error.permanent


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop"},
        {"kind": "refuse"},
        {"kind": "status", "status": 504, "body": "<html>gateway</html>"},
        {"kind": "status", "status": 201, "body": "<html>"},
        {"kind": "status", "status": 201, "body": "[1]"},
    ],
)
def test_a_line_that_dies_leaves_the_outcome_open(twilio: Running, fault: dict[str, Any]) -> None:
    """Neither sent nor not sent: it must be asked for."""
    twilio.fail(name="send", **fault)
    with pytest.raises(OutcomeOpenError):
        send(twilio, row())


def find(process: Running, message: Outbound) -> str | None:
    """Ask whether a row went out."""

    async def go() -> str | None:
        sender = gateway(process)
        try:
            return await sender.find_sent(message)
        finally:
            await sender.close()

    return asyncio.run(go())


def test_a_message_that_was_taken_before_the_line_died_is_found(twilio: Running) -> None:
    """By its words, its address and its time; one of an hour ago is another one."""
    message = row("kata yang khas", buttons=(Button("Ya", "/affirm"),))
    assert find(twilio, message) is None
    twilio.fail("drop", "send")
    with pytest.raises(OutcomeOpenError):
        send(twilio, message)
    sid = twilio.tell("messages", to=ANI)[-1]["sid"]
    assert find(twilio, message) == sid
    later = datetime.now(UTC) + timedelta(hours=1)
    assert find(twilio, row(message.text, buttons=message.buttons, created_at=later)) is None
    assert find(twilio, row("kata lain")) is None
    assert find(twilio, row(message.text, address="whatsapp:+628120000009")) is None


def test_a_wrong_clock_of_ours_finds_it_all_the_same(twilio: Running) -> None:
    """Twilio tells its own time with every answer."""
    clock = FakeClock()
    clock.forward(days=90)

    async def go() -> tuple[str | None, str | None]:
        sender = gateway(twilio, clock=clock)
        message = row("kata pada jam yang salah", created_at=clock.now())
        try:
            return await sender.send(message), await sender.find_sent(message)
        finally:
            await sender.close()

    sent, found = asyncio.run(go())
    assert sent == found


def test_not_being_able_to_ask_is_not_an_answer(twilio: Running) -> None:
    """`None` would mean that Twilio does not have it."""
    twilio.fail("status", "list", status=500)
    with pytest.raises(CallError):
        find(twilio, row())


def test_logs_and_errors_hold_no_token_and_no_number(
    twilio: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong, and however much the libraries talk."""
    caplog.set_level(logging.INFO)
    twilio.fail(
        "status",
        "send",
        status=400,
        body={"code": 21211, "message": f"no {ANI}", "status": 400},
    )
    texts = []
    for attempt in (send, find):
        twilio.fail("status", "list", status=401, times=2)
        try:
            attempt(twilio, row())
        except (SendError, CallError) as error:
            texts.append("".join(traceback.format_exception(error)))
    texts.append(caplog.text)
    assert len(texts) == 3
    for text in texts:
        for secret in (*TOKENS, ANI, ANI.removeprefix("whatsapp:+")):
            assert secret not in text


@given(status=st.integers(0, 999), code=st.integers(-5, 200_000))
@settings(max_examples=200, deadline=None)
def test_every_refusal_has_a_verdict(status: int, code: int) -> None:
    """Codes that Twilio invents tomorrow become an error that the outbox knows."""
    assert isinstance(meaning_of(_error(status, code)), SendError | OutcomeOpenError)


# Files


def sends_file(process: Running, body: bytes, content_type: str = "image/jpeg") -> str:
    """Ani sends a file; its address."""
    file = {"content_type": content_type, "base64": base64.b64encode(body).decode()}
    sid = process.tell("inbound", sender=ANI, files=[file], silent=True)["sid"]
    media = process.tell("files")["kept"][-1]
    return f"https://api.twilio.com{standin.MESSAGES}/{sid}/Media/{media}"


def fetch(process: Running, reference: str, most: int = 10_000_000) -> bytes:
    """Fetch a file."""

    async def go() -> bytes:
        source = gateway(process)
        try:
            return b"".join([piece async for piece in source.fetch(reference, most)])
        finally:
            await source.close()

    return asyncio.run(go())


def forget(process: Running, reference: str) -> None:
    """Delete a file at the provider."""

    async def go() -> None:
        source = gateway(process)
        try:
            await source.forget(reference)
        finally:
            await source.close()

    asyncio.run(go())


def test_a_file_is_fetched_and_then_deleted_there(twilio: Running) -> None:
    """The password goes to Twilio only; what is gone already is fine; a path alone will do."""
    body = bytes(range(256)) * 4000
    reference = sends_file(twilio, body)
    assert fetch(twilio, reference) == body
    assert fetch(twilio, reference.removeprefix("https://api.twilio.com")) == body
    forget(twilio, reference)
    files = twilio.tell("files")
    assert reference.rpartition("/")[2] in files["deleted"]
    forget(twilio, reference)
    with pytest.raises(MediaError) as gone:
        fetch(twilio, reference)
    assert gone.value.permanent


def test_a_file_that_is_too_large_is_given_up(twilio: Running) -> None:
    """However long it would go on."""
    reference = sends_file(twilio, b"x" * 300_000)
    with pytest.raises(MediaError) as caught:
        fetch(twilio, reference, 200_000)
    assert (caught.value.reason, caught.value.permanent) == ("too_large", True)
    assert fetch(twilio, reference, 300_000) == b"x" * 300_000


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "https://evil.example/2010-04-01/Accounts/AC1/Messages/SM1/Media/ME1",
        "https://api.twilio.com.evil.example/2010-04-01/Accounts/AC1/Messages/SM1/Media/ME1",
        "https://user@evil.example/.twilio.com/2010-04-01/Accounts/AC1/Messages/S/Media/M",
        "http://api.twilio.com/2010-04-01/Accounts/AC1/Messages/SM1/Media/ME1",
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/SM1/Media/../../x",
        "file:///etc/passwd",
    ],
)
def test_our_password_is_sent_nowhere_else(twilio: Running, reference: str) -> None:
    """A media address that is not Twilio's is never called."""
    before = len(twilio.calls())
    for act in (lambda: fetch(twilio, reference), lambda: forget(twilio, reference)):
        with pytest.raises(MediaError) as caught:
            act()
        assert caught.value.permanent
    assert len(twilio.calls()) == before


@pytest.mark.parametrize(
    ("location", "permanent"),
    [
        ("http://127.0.0.1:1/x", True),
        ("http://evil.example/x", True),
        ("file:///etc/passwd", True),
        ("", False),
    ],
)
def test_a_redirect_leads_only_to_https(twilio: Running, location: str, permanent: bool) -> None:
    """And not round and round."""
    reference = sends_file(twilio, b"x")
    twilio.fail("status", "media", status=307, headers={"Location": location}, times=9)
    with pytest.raises(MediaError) as caught:
        fetch(twilio, reference)
    assert caught.value.permanent is permanent


@pytest.mark.parametrize(
    ("name", "fault", "permanent"),
    [
        ("media", {"kind": "status", "status": 503}, False),
        ("media", {"kind": "status", "status": 401, "times": 2}, False),
        ("media", {"kind": "status", "status": 415}, True),
        ("cdn", {"kind": "status", "status": 403}, False),
        ("cdn", {"kind": "drop"}, False),
    ],
)
def test_a_fetch_that_fails_says_whether_to_try_again(
    twilio: Running, name: str, fault: dict[str, Any], permanent: bool
) -> None:
    """And the next one works."""
    reference = sends_file(twilio, b"x")
    twilio.fail(name=name, **fault)
    with pytest.raises(MediaError) as caught:
        fetch(twilio, reference)
    assert caught.value.permanent is permanent
    assert fetch(twilio, reference) == b"x"


def test_the_health_of_account_and_template(twilio: Running) -> None:
    """What `doctor` asks."""

    def check(**values: Any) -> tuple[str, ...]:
        return asyncio.run(gateway(twilio, **values).check())

    assert check() == ()
    assert check(tokens=("wrong",)) == ("auth",)
    assert check(template="HX" + "9" * 32) == ("template_missing",)
    twilio.tell("set", templates={standin.TEMPLATE: {"status": "rejected"}})
    assert check() == ("template_rejected",)
    twilio.tell("set", templates={standin.TEMPLATE: {"status": "approved"}})
    twilio.fail("drop", "account")
    assert check() == ("unreachable",)
