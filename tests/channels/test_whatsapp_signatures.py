"""Who may speak to the WhatsApp webhooks: signatures, proxies, tokens, nonsense."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels.whatsapp_line import PATH, WhatsAppLine, form, statuses, whatsapp_line
from tests.hotline import story
from tests.standins import twilio as standin
from tests.standins.process import Running

DATABASES = ["sqlite"]


@pytest.mark.parametrize(
    "values",
    [
        {"Body": ""},
        {"Body": "dua spasi di akhir  "},
        {"Body": "  \n halo\t"},
        {"Body": "é 😀 & = + % ü"},
        {"ProfileName": "", "NewThing": "", "Another": " x "},
        {"ChannelMetadata": '{"type":"whatsapp","data":{"context":{"a":"b&c=d"}}}'},
    ],
)
@story
async def test_what_is_signed_is_let_in(
    tmp_path: Path, twilio: Running, values: dict[str, str]
) -> None:
    """Blank and unknown parameters, spaces, signs: all of it counts as it is."""
    async with whatsapp_line(tmp_path, twilio) as line:
        assert statuses(await line.post(PATH, form(**values))) == [200]
        assert await line.refused() == {}


@story
async def test_a_parameter_that_comes_twice_is_signed_twice(
    tmp_path: Path, twilio: Running
) -> None:
    """As Twilio signs lists."""
    async with whatsapp_line(tmp_path, twilio) as line:
        pairs = [*form().items(), ("Tag", "b"), ("Tag", "a"), ("Tag", "b")]
        assert statuses(await line.post(PATH, pairs)) == [200]


@pytest.mark.parametrize(
    "how",
    [
        {"headers": {"Host": "evil.example"}},
        {"headers": {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "inside:8080"}},
        {"public": "https://hotline.example:443"},
        {"token": standin.OLD_TOKEN},
    ],
)
@story
async def test_a_proxy_or_a_new_token_changes_nothing(
    tmp_path: Path, twilio: Running, how: dict[str, Any]
) -> None:
    """What counts is the address that Twilio was given, never the one that was called."""
    async with whatsapp_line(tmp_path, twilio) as line:
        assert statuses(await line.post(PATH, form(), **how)) == [200]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"signature": ""}, "unsigned"),
        ({"signature": "bm9wZQ=="}, "bad_signature"),
        ({"signature": "\u00e9\u00fc"}, "bad_signature"),
        ({"token": "guessed"}, "bad_signature"),
        ({"token": ""}, "bad_signature"),
        ({"public": "http://hotline.example"}, "bad_signature"),
        ({"public": "https://evil.example"}, "bad_signature"),
    ],
)
@story
async def test_what_is_not_signed_is_kept_apart(
    tmp_path: Path, twilio: Running, how: dict[str, Any], reason: str
) -> None:
    """403, into quarantine, and nobody is answered; a repeat is one entry."""
    async with whatsapp_line(tmp_path, twilio) as line:
        answers = await line.post(PATH, form(), times=2, **how)
        assert statuses(answers) == [403, 403]
        assert all(len(body) < 100 and "error" in body for _, body, _ in answers)
        assert await line.refused() == {("whatsapp", reason): 2}
        assert await line.held() == 1
        assert await line.sees() == []


@story
async def test_a_signature_is_of_one_address_and_one_body(tmp_path: Path, twilio: Running) -> None:
    """Replayed with other words, or to another webhook, it is worth nothing."""
    async with whatsapp_line(tmp_path, twilio) as line:
        pairs = list(form().items())
        signature = standin.sign(standin.TOKEN, standin.PUBLIC + PATH, pairs)
        assert statuses(await line.post(PATH, form(), signature=signature, times=2)) == [200, 200]
        for path, values in (
            (PATH, {"Body": "tolong"}),
            (PATH, {"Extra": ""}),
            (f"{PATH}?a=b", {}),
            ("/webhooks/voice", {}),
            (f"{PATH}/status", {}),
        ):
            answers = await line.post(path, form(**values), signature=signature)
            assert statuses(answers) == [403]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"To": "whatsapp:+62899"}, 403),
        ({"To": "whatsapp:+62899", "MessagingServiceSid": "MG" + "9" * 32}, 403),
        ({"AccountSid": "AC" + "9" * 32}, 403),
        ({"To": "whatsapp:+62899", "MessagingServiceSid": standin.SERVICE}, 200),
        ({"MessagingServiceSid": "MG" + "9" * 32}, 200),
        ({"MessageSid": ""}, 400),
        ({"From": ""}, 400),
        ({"From": "+628120000001"}, 400),
    ],
)
@story
async def test_ours_and_not_ours(
    tmp_path: Path, twilio: Running, values: dict[str, str], status: int
) -> None:
    """Numbers of our Messaging Service are ours; signed nonsense goes to quarantine."""
    sender = f"{standin.SENDER},{standin.SERVICE}"
    async with whatsapp_line(tmp_path, twilio, whatsapp_from=sender) as line:
        assert statuses(await line.post(PATH, form(**values))) == [status]
        assert await line.held() == (0 if status == 200 else 1)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/status", "/webhooks/voice"])
@story
async def test_what_is_too_long_or_no_form(tmp_path: Path, twilio: Running, path: str) -> None:
    """413 and 400 in short JSON, on every webhook."""
    async with whatsapp_line(tmp_path, twilio) as line:
        assert statuses(await line.post(path, form(Body="a" * 70_000))) == [413]
        json_type = {"Content-Type": "application/json"}
        assert statuses(await line.post(path, form(), headers=json_type)) == [400]
        many = [(f"a{number}", "") for number in range(600)]
        assert statuses(await line.post(path, many)) == [400]


@story
async def test_before_the_channel_is_opened_nothing_is_taken(
    tmp_path: Path, twilio: Running
) -> None:
    """503 makes Twilio try again; once it is open, what was refused is found."""
    async with whatsapp_line(tmp_path, twilio, tanyadulu_practice=False) as line:
        assert statuses(await line.writes("halo")) == [503]
        assert await line.reconcile() == 0
        assert await line.sees() == []


@settings(
    max_examples=8,  # each with a server of its own and a hundred requests
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    bodies=st.lists(
        st.one_of(
            st.binary(max_size=300),
            st.dictionaries(
                st.sampled_from([*form(), "MediaUrl0", "Latitude", "ButtonPayload", "Contacts"]),
                st.text(max_size=80),
            ).map(lambda values: urlencode(values).encode()),
        ),
        min_size=20,
        max_size=40,
    )
)
def test_garbage_never_breaks_it(tmp_path: Path, twilio: Running, bodies: list[bytes]) -> None:
    """Signed or not, with whatever in it: an answer below 500."""
    folder = tmp_path / str(len(list(tmp_path.iterdir())))

    async def conversation() -> None:
        async with whatsapp_line(folder, twilio) as line:
            for body in bodies:
                for path in (PATH, f"{PATH}/status", "/webhooks/voice"):
                    status = await asyncio.to_thread(post_raw, line, path, body)
                    assert status < 500

    asyncio.run(conversation())


def post_raw(line: WhatsAppLine, path: str, body: bytes) -> int:
    """Post bytes with the signature that Twilio would make, if it were a form of Twilio's."""
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": standin.sign(standin.TOKEN, standin.PUBLIC + path, pairs),
    }
    where = urlsplit(line.twilio.tell("where"))
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
