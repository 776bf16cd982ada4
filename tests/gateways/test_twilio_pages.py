"""Pages by SMS, approved WhatsApp text and call, against the stand-in, through the real library."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.domain.messages import Outbound, Purpose
from bot.domain.page_cards import CardLine, PageCard
from bot.domain.staff_contacts import SMS, VOICE, WHATSAPP_PAGE
from bot.gateways.twilio_client import CallError
from bot.gateways.twilio_pages import TwilioPages, TwilioSms, TwilioTemplatePages, TwilioVoice
from bot.ports import OutcomeOpenError, SendError
from bot.settings import Settings
from tests.standins import twilio as standin
from tests.standins.process import Running, stand_in
from tests.standins.twilio_calls import VOICE_SENDER

ROW = "0123456789abcdef" * 2
SARI = "+628120000001"
LINK = "https://hotline.example/p/" + "a" * 32
CARD = PageCard(
    (CardLine("b" * 32, "TD-ABC234", "4821"),),
    urgent=True,
    console="https://hotline.example/console/cases/TD-ABC234",
    link=LINK,
)
GATEWAYS: dict[str, type[TwilioPages]] = {
    SMS: TwilioSms,
    WHATSAPP_PAGE: TwilioTemplatePages,
    VOICE: TwilioVoice,
}


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    """One process for all tests of this file."""
    with stand_in("twilio") as running:
        yield running


@pytest.fixture
def api(process: Running) -> Running:
    """The stand-in as new."""
    process.tell("mend")
    process.tell("forget")
    return process


def settings(api: Running, **more: Any) -> Settings:
    """An account that the stand-in knows."""
    values = {
        "public_base_url": standin.PUBLIC,
        "twilio_account_sid": standin.ACCOUNT,
        "twilio_auth_token": (standin.TOKEN,),
        "twilio_api_base_url": api.url,
        "whatsapp_from": standin.SENDER,
        "whatsapp_template_page": standin.TEMPLATE_PAGE,
        "sms_from": standin.SMS_SENDER,
        "voice_from": VOICE_SENDER,
        **more,
    }
    return Settings.model_validate(values)


def run[T](
    channel: str, api: Running, use: Callable[[TwilioPages], Awaitable[T]], **more: Any
) -> T:
    """Use a gateway in a loop of its own, and let go of it."""

    async def used() -> T:
        gateway = GATEWAYS[channel].from_settings(settings(api, **more), SystemClock())
        try:
            return await use(gateway)
        finally:
            await gateway.close()

    return asyncio.run(used())


def row(channel: str, card: PageCard | None = CARD, **more: Any) -> Outbound:
    """A page as the worker hands it over."""
    values = {
        "text": f"DARURAT TD-ABC234: ada orang menunggu jawaban. {LINK} 4821",
        "address": SARI,
        "created_at": SystemClock().now(),
        **more,
    }
    return Outbound(ROW, Purpose.PAGE, channel, "t", 1, card=card, **values)


def test_an_sms_says_the_page_and_asks_for_reports(api: Running) -> None:
    """From our number to theirs, with our own row in the address of the reports."""
    sid = run(SMS, api, lambda gateway: gateway.send(row(SMS)))
    (sent,) = api.calls("send")
    assert (sent["From"], sent["To"]) == (standin.SMS_SENDER, SARI)
    assert sent["Body"] == row(SMS).text
    assert f"/webhooks/sms/status?row={ROW}" in sent["StatusCallback"]
    assert [one["sid"] for one in api.tell("messages", to=SARI)] == [sid]


def test_the_approved_text_holds_reference_link_and_code(api: Running) -> None:
    """And nothing else: what a private phone shows is a number, never a story."""
    run(WHATSAPP_PAGE, api, lambda gateway: gateway.send(row(WHATSAPP_PAGE)))
    (shown,) = api.tell("messages", to=f"whatsapp:{SARI}")
    assert shown["body"] == (
        f"TanyaDulu: DARURAT TD-ABC234 menunggu jawaban. Pegang: {LINK} atau balas 4821."
    )


def test_a_flood_in_one_approved_text_names_each_case_with_its_code(api: Running) -> None:
    """One message for many cases, each of which can be taken."""
    lines = (*CARD.lines, CardLine("c" * 32, "TD-DEF567", "9933"))
    card = PageCard(lines, urgent=True, console="https://hotline.example/console")
    run(WHATSAPP_PAGE, api, lambda gateway: gateway.send(row(WHATSAPP_PAGE, card)))
    (shown,) = api.tell("messages", to=f"whatsapp:{SARI}")
    assert "TD-ABC234 (4821), TD-DEF567 (9933)" in shown["body"]
    assert "https://hotline.example/console" in shown["body"]


def test_a_call_asks_us_what_to_say_and_looks_for_machines(api: Running) -> None:
    """The address names the row; reports are wanted for each step of the call."""
    run(VOICE, api, lambda gateway: gateway.send(row(VOICE)))
    (call,) = api.calls("call")
    assert call["Url"] == f"{standin.PUBLIC}/webhooks/voice?page={ROW}"
    assert call["MachineDetection"] == "Enable"
    assert f"/webhooks/voice/status?row={ROW}" in call["StatusCallback"]
    (made,) = api.tell("calls_to", to=SARI)
    assert (made["from"], made["twiml"]) == (VOICE_SENDER, "")


def test_a_code_is_read_aloud_digit_by_digit(api: Running) -> None:
    """Without asking us: it is no page, and whoever waits for it is at the phone."""
    text = "Kode TanyaDulu: 123456."
    run(VOICE, api, lambda gateway: gateway.send(row(VOICE, None, text=text)))
    heard = api.tell("pick_up", to=SARI)
    assert heard == ["Kode TanyaDulu: 1, 2, 3, 4, 5, 6, ."]


@pytest.mark.parametrize("channel", GATEWAYS)
def test_a_sent_page_is_found_again(channel: str, api: Running) -> None:
    """The process died before it knew: the provider has it, and it is not sent twice."""
    sid = run(channel, api, lambda gateway: gateway.send(row(channel)))
    assert run(channel, api, lambda gateway: gateway.find_sent(row(channel))) == sid
    other = row(channel, address="+628120000009")
    assert run(channel, api, lambda gateway: gateway.find_sent(other)) is None


@pytest.mark.parametrize("channel", [SMS, WHATSAPP_PAGE])
def test_another_page_to_the_same_phone_is_not_taken_for_this_one(
    channel: str, api: Running
) -> None:
    """A page too many is better than none."""
    run(channel, api, lambda gateway: gateway.send(row(channel)))
    line = CardLine("c" * 32, "TD-DEF567", "9933")
    card = PageCard((line,), urgent=True, console="https://hotline.example", link=LINK[:-1] + "b")
    other = row(channel, card, text="DARURAT TD-DEF567")
    assert run(channel, api, lambda gateway: gateway.find_sent(other)) is None


def test_two_calls_to_one_phone_tell_nothing_about_either(api: Running) -> None:
    """Twilio does not say which call was for which page: the phone rings once more."""
    for _ in range(2):
        run(VOICE, api, lambda gateway: gateway.send(row(VOICE)))
    assert run(VOICE, api, lambda gateway: gateway.find_sent(row(VOICE))) is None


@pytest.mark.parametrize("channel", GATEWAYS)
def test_what_somebody_has_to_mend_first_is_no_way_just_now(channel: str, api: Running) -> None:
    """A wrong token: the page goes on by the next contact at once instead of waiting."""
    api.tell("set", tokens=["another"])
    with pytest.raises(SendError) as caught:
        run(channel, api, lambda gateway: gateway.send(row(channel)))
    assert (caught.value.permanent, caught.value.reason) == (True, "auth")


@pytest.mark.parametrize("channel", GATEWAYS)
@pytest.mark.parametrize(
    ("fault", "permanent", "reason"),
    [
        ({"status": 429, "headers": {"Retry-After": "7"}}, False, "rate"),
        ({"status": 400, "body": {"code": 21211, "message": "x"}}, True, "invalid_address"),
        ({"status": 400, "body": {"code": 21610, "message": "x"}}, True, "stopped"),
        ({"status": 400, "body": {"code": 21215, "message": "x"}}, True, "country_closed"),
        ({"status": 500}, False, "HTTP 500, 500"),
    ],
)
def test_refusals_are_told_apart(
    channel: str, fault: dict[str, Any], permanent: bool, reason: str, api: Running
) -> None:
    """What is permanent goes on at once; what passes is tried again after the provider's wait."""
    api.fail("status", **fault)
    with pytest.raises(SendError) as caught:
        run(channel, api, lambda gateway: gateway.send(row(channel)))
    assert (caught.value.permanent, caught.value.reason) == (permanent, reason)
    assert caught.value.retry_after == (7.0 if reason == "rate" else None)


@pytest.mark.parametrize("channel", GATEWAYS)
def test_a_line_that_dies_leaves_the_outcome_open(channel: str, api: Running) -> None:
    """The provider may have taken it: it is asked, not called a failure."""
    api.fail("drop")
    with pytest.raises(OutcomeOpenError):
        run(channel, api, lambda gateway: gateway.send(row(channel)))
    assert run(channel, api, lambda gateway: gateway.find_sent(row(channel))) is not None
    api.fail("status", status=503)
    with pytest.raises(CallError):
        run(channel, api, lambda gateway: gateway.find_sent(row(channel)))


@pytest.mark.parametrize("channel", GATEWAYS)
def test_no_address_is_no_call(channel: str, api: Running) -> None:
    """Nothing is asked of the provider."""
    before = len(api.calls())
    with pytest.raises(SendError):
        run(channel, api, lambda gateway: gateway.send(row(channel, address=None)))
    assert len(api.calls()) == before


@pytest.mark.parametrize(
    ("channel", "values", "found"),
    [
        (SMS, {}, ()),
        (VOICE, {}, ()),
        (WHATSAPP_PAGE, {}, ()),
        (SMS, {"sms_from": "+628110000009"}, ("sender_missing",)),
        (SMS, {"sms_from": VOICE_SENDER}, ("sender_unable",)),
        (VOICE, {"voice_from": standin.SMS_SENDER}, ("sender_unable",)),
        (WHATSAPP_PAGE, {"whatsapp_template_page": "HX" + "9" * 32}, ("template_missing",)),
        (SMS, {"twilio_auth_token": ("wrong",)}, ("auth",)),
    ],
)
def test_the_check_names_what_is_wrong(
    channel: str, values: dict[str, Any], found: tuple[str, ...], api: Running
) -> None:
    """Account, sender and template, before the first night."""
    assert run(channel, api, lambda gateway: gateway.check(), **values) == found
